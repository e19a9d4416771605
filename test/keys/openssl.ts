/** Key files as other programs write them, made at test time by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { counterpart } from '../counterparts.ts';

export const openssl = counterpart('openssl');

/** A folder with key.pem and cert.pem of a key; removed by `close`. */
export interface Workshop {
  /** Runs openssl in the folder and reads what it wrote to the file `out`. */
  make(args: readonly string[], out?: string): Buffer;
  write(name: string, content: string | Uint8Array): void;
  close(): void;
}

export function openWorkshop({ privateKey, certificate }: KeyMaterial): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-keys-'));
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'cert.pem'), new X509Certificate(certificate).toString());
  return {
    make: (args, out = 'out') => {
      if (openssl === undefined) throw new Error('openssl is not installed; the suite should have been skipped');
      execFileSync(openssl, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
      return readFileSync(join(folder, out));
    },
    write: (name, content) => writeFileSync(join(folder, name), content),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
