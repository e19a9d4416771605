/** The hashes of the certificate that TLS presents, judged by OpenSSL. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tlsServerEndPoints } from '../../src/server/tls-server-end-point.ts';
import { counterpart } from '../counterparts.ts';

const openssl = counterpart('openssl');

describe.skipIf(openssl === undefined)('a certificate of OpenSSL', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mortise-endpoint-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...args: readonly string[]): string => execFileSync(openssl ?? '', args, { stdio: 'pipe' }).toString();

  /** As it reads `sha256 Fingerprint=AB:CD:…`. */
  const fingerprint = (file: string, hash: string): string =>
    run('x509', '-in', file, '-noout', '-fingerprint', `-${hash}`)
      .replace(/^.*=/, '')
      .replaceAll(':', '')
      .trim()
      .toLowerCase();

  test.each([
    ['RSA', ['-newkey', 'rsa:2048']],
    ['ECDSA with SHA-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-sha384']],
    ['Ed25519', ['-newkey', 'ed25519']],
  ])('%s: each hash is of the first certificate of the chain', (name, options) => {
    const [key, own, chain] = [`${name}.key`, `${name}.pem`, 'issuer.pem'].map((file) => join(folder, file));
    const make = (file = '', ...more: readonly string[]) =>
      run('req', '-x509', '-nodes', '-subj', `/CN=${name}`, '-keyout', key ?? '', '-out', file, ...more);
    make(own, ...options);
    make(chain, '-newkey', 'rsa:2048');
    const pem = Buffer.concat([readFileSync(own ?? ''), readFileSync(chain ?? '')]);
    const expected = ['sha256', 'sha384', 'sha512'].map((hash) => fingerprint(own ?? '', hash));
    expect(tlsServerEndPoints(pem).map((hash) => Buffer.from(hash).toString('hex'))).toEqual(expected);
  });
});
