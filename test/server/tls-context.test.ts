/** Certificates of two key types side by side, both TLS versions, and renewal without a signal. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { certificatesOf, watchCertificates } from '../../src/server/tls-context.ts';
import { HOST, openGround } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-tls-'));
let ground: Ground;
let rsa: { readonly certificateFile: string; readonly keyFile: string };

beforeAll(async () => {
  ground = await openGround();
  rsa = { certificateFile: join(folder, 'rsa.pem'), keyFile: join(folder, 'rsa.key') };
  const subject = ['-subj', `/CN=${HOST}`, '-keyout', rsa.keyFile, '-out', rsa.certificateFile];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
    stdio: 'pipe',
  });
});
afterAll(async () => {
  await ground.close();
  rmSync(folder, { recursive: true });
});

interface Shown {
  readonly type: 'ec' | 'rsa';
  readonly protocol: string | null;
}

function shown({ port }: RunningMortise, options: ConnectionOptions): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: HOST, rejectUnauthorized: false, ...options });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { bits, asn1Curve } = socket.getPeerCertificate();
      resolve({ type: asn1Curve === undefined && bits === 2048 ? 'rsa' : 'ec', protocol: socket.getProtocol() });
      socket.destroy();
    });
  });
}

describe('ECDSA and RSA side by side', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: each client is shown what it can check', async (version) => {
    const { tls } = ground.workspace.configuration.server;
    const mortise = await ground.start({ server: { tls: { ...tls, additionalCertificates: [rsa] } } });
    const only = (sigalgs: string) => shown(mortise, { minVersion: version, maxVersion: version, sigalgs });
    expect(await only('RSA-PSS+SHA256:RSA+SHA256')).toEqual({ type: 'rsa', protocol: version });
    expect(await only('ECDSA+SHA256')).toEqual({ type: 'ec', protocol: version });
  });

  test('one certificate alone keeps out who cannot check it, and TLS 1.1 nobody speaks', async () => {
    const mortise = await ground.start();
    await expect(shown(mortise, { sigalgs: 'RSA-PSS+SHA256' })).rejects.toThrow(/handshake failure/);
    await expect(
      shown(mortise, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol version|unsupported protocol/);
  });
});

describe('changed files', () => {
  test('are taken up once, and looked at again when they could not be used', async () => {
    const { tls } = ground.workspace.configuration.server;
    const own = { ...rsa, certificateFile: join(folder, 'own.pem') };
    writeFileSync(own.certificateFile, certificatesOf(tls)[0] ?? '');
    const take = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('key values mismatch'));
    const log = { info: vi.fn(), error: vi.fn() };
    const watch = watchCertificates({ tls: () => own, take, log, everyMs: 5 });
    writeFileSync(own.certificateFile, 'half');
    await expect.poll(() => log.error.mock.calls.length).toBe(1);
    expect([take.mock.calls.length, log.info.mock.calls.length]).toEqual([1, 0]);
    writeFileSync(own.certificateFile, 'the whole');
    await expect.poll(() => log.info.mock.calls.length).toBe(1);
    rmSync(own.certificateFile);
    await expect.poll(() => take.mock.calls.length).toBe(3);
    watch.close();
  });
});
