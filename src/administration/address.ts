/**
 * Where a running `serve` takes orders: a socket beside its store, or a named pipe on Windows, whose name follows from the
 * store's. Owns the name. Who may connect is a matter of the file's mode (listener.ts).
 */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** sockaddr_un.sun_path with its terminating zero (unix(7)); on macOS and the BSDs 104. */
const LONGEST = { linux: 107, other: 103 } as const;

/** `serve` and a command may name one store by different paths. Undefined when a socket's name cannot be so long. */
export function administrationAddress(storePath: string, platform: string = process.platform): string | undefined {
  const real = existsSync(storePath) ? realpathSync(storePath) : resolve(storePath);
  if (platform === 'win32') {
    const digest = createHash('sha256').update(real.toLowerCase()).digest('hex');
    return String.raw`\\.\pipe\mortise-${digest.slice(0, 32)}`;
  }
  const path = `${real}.sock`;
  return Buffer.byteLength(path) <= (platform === 'linux' ? LONGEST.linux : LONGEST.other) ? path : undefined;
}
