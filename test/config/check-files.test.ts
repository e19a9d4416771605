/** What the files hold that a configuration names, with keys made here and keytabs written here. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration, loadPublicConfiguration } from '../../src/config/load.ts';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { keytabFile } from '../kerberos/keytab-file.ts';
import { ENV, errorOf, readNothing, sampleText } from './sample.ts';
import type { Changes } from './sample.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const PASSPHRASE = 'tls-pass-3b9e';
let tls: ThrowAwayTls;
let other: ThrowAwayTls;
beforeAll(async () => {
  tls = await makeThrowAwayTls(['login.example.com'], NOW);
  other = await makeThrowAwayTls(['login.example.com'], NOW);
});

const der = (pem: string): Uint8Array => new X509Certificate(pem).raw;
const encrypted = (pem: string): string =>
  createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE });

type Files = Readonly<Record<string, string | Uint8Array>>;

interface Site {
  readonly files?: Files;
  readonly changes?: Changes;
  readonly now?: Date;
  readonly env?: Readonly<Record<string, string>>;
}

function load({ files = {}, changes = {}, now = NOW, env = {} }: Site = {}) {
  const all: Files = { 'tls.pem': tls.certificate, 'tls.key': tls.privateKey, ...files };
  const readBytes = (path: string): Uint8Array => {
    const content = all[path.replace('/etc/mortise/', '')];
    if (content === undefined) throw new Error('ENOENT');
    return Buffer.from(content as string);
  };
  const options = { env: { ...ENV, ...env }, readFile: readNothing, contents: { readBytes, now } };
  return loadConfiguration({ text: sampleText(changes), directory: '/etc/mortise' }, options);
}

function problems(site: Site): readonly string[] {
  const error = errorOf(() => load(site));
  expect(error.problems.every((problem) => problem.outside && (problem.line ?? 0) > 0)).toBe(true);
  return error.problems.map(({ path, message }) => `${path} ${message}`);
}

const warnings = (site: Site): readonly string[] =>
  load(site).warnings.map(({ path, message }) => `${path} ${message}`);

describe('the TLS pair', () => {
  test('of two files that belong together nothing is said', () => {
    expect(load().warnings).toEqual([]);
    const chain = { 'tls.pem': `${tls.certificate}\n${tls.ca}` };
    expect(load({ files: chain }).warnings).toEqual([]);
  });

  test('the key of another certificate, and a chain that begins with the authority', () => {
    const said = ['server.tls.keyFile is not the key of the (first) certificate in `certificateFile`'];
    expect(problems({ files: { 'tls.key': other.privateKey } })).toEqual(said);
    expect(problems({ files: { 'tls.pem': tls.ca + tls.certificate } })).toEqual(said);
  });

  test('files that hold something else', () => {
    expect(problems({ files: { 'tls.pem': tls.privateKey, 'tls.key': tls.certificate } })).toEqual([
      'server.tls.certificateFile holds no certificate in PEM',
      'server.tls.keyFile holds no private key in PEM',
    ]);
    expect(problems({ files: { 'tls.pem': der(tls.certificate) } })).toEqual([
      'server.tls.certificateFile holds no certificate in PEM',
    ]);
    const cut = tls.certificate.replace(/\n[^\n]+\n(?=-----END)/, '\n');
    expect(problems({ files: { 'tls.pem': cut } })).toEqual([
      'server.tls.certificateFile holds a certificate that cannot be read',
    ]);
  });

  test('an encrypted key: with its passphrase, without, with another, and with one that is not set', () => {
    const files = { 'tls.key': encrypted(tls.privateKey) };
    const changes = { 'server.tls.keyPassphrase': '${env:TLS}' };
    expect(load({ files, changes, env: { TLS: PASSPHRASE } }).warnings).toEqual([]);
    expect(problems({ files })).toEqual(['server.tls.keyFile is encrypted, and there is no passphrase']);
    expect(problems({ files, changes, env: { TLS: 'another' } })).toEqual([
      'server.tls.keyFile does not open with `keyPassphrase`',
    ]);
    expect(problems({ files, changes })).toEqual(['server.tls.keyPassphrase names the variable TLS, which is not set']);
  });

  test('what TLS itself does not take: a key that is too short, files joined without a line break', async () => {
    const weak = await createKeyMaterial({ name: 'weak', now: NOW, modulusBits: 1024 });
    const files = {
      'tls.pem': new X509Certificate(weak.certificate).toString(),
      'tls.key': weak.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
    const at = 'server.tls.certificateFile is not accepted for TLS';
    expect(problems({ files })).toEqual([`${at} (SSL routines::ee key too small)`]);
    expect(problems({ files: { 'tls.pem': tls.certificate + tls.ca } })).toEqual([
      `${at} (PEM routines::bad end line)`,
    ]);
  });

  test('a certificate for another host is a warning, unless a proxy shows its own', () => {
    const changes = { 'server.publicBaseUrl': 'https://sso.example.com' };
    const said = 'holds a certificate that does not name sso.example.com: computers refuse it';
    expect(warnings({ changes })).toEqual([`server.tls.certificateFile ${said}`]);
    expect(warnings({ changes: { ...changes, 'server.trustedProxies': ['192.0.2.1'] } })).toEqual([]);
    expect(warnings({ changes: { 'server.publicBaseUrl': 'https://[2001:db8::1]' } })).toHaveLength(1);
  });

  test.each([
    ['2027-11-23T12:00:00Z', 'expired 2026-11-30T'],
    ['2025-11-23T12:00:00Z', 'is not valid before 2026-11-22T'],
  ])('at %s it %s: a warning, because Mortise can serve with it', (now, said) => {
    const [warning, ...more] = warnings({ now: new Date(now) });
    expect(warning).toContain(`server.tls.certificateFile holds a certificate that ${said}`);
    expect(warning).toContain('(CN=login.example.com)');
    expect(more).toEqual([]);
  });
});

describe('a pair of another key type beside it', () => {
  const changes = {
    'server.tls.additionalCertificates': [{ certificateFile: 'rsa.pem', keyFile: 'rsa.key' }],
  };
  const at = 'server.tls.additionalCertificates[0]';
  let rsa: Files;
  beforeAll(async () => {
    rsa = await rsaPair('login.example.com');
  });

  test('of two that belong together nothing is said', () => {
    expect(load({ changes, files: rsa }).warnings).toEqual([]);
  });

  test('the key of another certificate; a file that holds something else; one that is absent', async () => {
    const another = await rsaPair('login.example.com');
    expect(problems({ changes, files: { ...rsa, 'rsa.key': another['rsa.key'] ?? '' } })).toEqual([
      `${at}.keyFile is not the key of the (first) certificate in \`certificateFile\``,
    ]);
    expect(problems({ changes, files: { ...rsa, 'rsa.pem': rsa['rsa.key'] ?? '' } })).toEqual([
      `${at}.certificateFile holds no certificate in PEM`,
    ]);
  });

  test('of the same key type it could not be shown: TLS itself would refuse it at the start', () => {
    const files = { 'rsa.pem': other.certificate, 'rsa.key': other.privateKey };
    expect(problems({ changes, files })).toEqual([
      `${at}.certificateFile holds a certificate for a key of type ec, as another one above: TLS shows one of each type`,
    ]);
    const both = {
      cert: [tls.certificate, other.certificate],
      key: [{ pem: tls.privateKey }, { pem: other.privateKey }],
    };
    expect(() => createSecureContext(both)).toThrow('key values mismatch');
  });

  test('for another host, and expired: warnings, as of the first one', async () => {
    const elsewhere = await rsaPair('sso.example.com');
    expect(warnings({ changes, files: elsewhere })).toEqual([
      `${at}.certificateFile holds a certificate that does not name login.example.com: computers refuse it`,
    ]);
    const proxied = { ...changes, 'server.trustedProxies': ['192.0.2.1'] };
    expect(warnings({ changes: proxied, files: elsewhere })).toEqual([]);
    const late = new Date('2099-01-01T00:00:00Z');
    expect(warnings({ changes, files: rsa, now: late })).toEqual([
      expect.stringMatching(/^server\.tls\.certificateFile holds a certificate that expired/),
      expect.stringMatching(
        /^server\.tls\.additionalCertificates\[0\]\.certificateFile holds .* that expired .*CN=login/,
      ),
    ]);
  });

  test('its key may have a passphrase of its own', () => {
    const files = { ...rsa, 'rsa.key': encrypted(String(rsa['rsa.key'])) };
    expect(problems({ changes, files })).toEqual([`${at}.keyFile is encrypted, and there is no passphrase`]);
    const [pair] = changes['server.tls.additionalCertificates'];
    const withPassphrase = { 'server.tls.additionalCertificates': [{ ...pair, keyPassphrase: '${env:TLS}' }] };
    expect(load({ changes: withPassphrase, files, env: { TLS: PASSPHRASE } }).warnings).toEqual([]);
    expect(problems({ changes: withPassphrase, files, env: { TLS: 'another' } })).toEqual([
      `${at}.keyFile does not open with \`keyPassphrase\``,
    ]);
  });
});

async function rsaPair(name: string): Promise<Files> {
  const { certificate, privateKey } = await createKeyMaterial({ name, now: NOW });
  return {
    'rsa.pem': new X509Certificate(certificate).toString(),
    'rsa.key': privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

test('the CA of the domain controllers: in PEM, one or several', () => {
  const changes = { 'server.ldapCaFile': 'ca.pem' };
  expect(load({ changes, files: { 'ca.pem': tls.ca + other.ca } }).warnings).toEqual([]);
  for (const wrong of [der(tls.ca), '', tls.privateKey])
    expect(problems({ changes, files: { 'ca.pem': wrong } })).toEqual([
      'server.ldapCaFile holds no certificate in PEM',
    ]);
});

test('a keytab must hold AES keys of one realm', () => {
  const changes = { 'gateway.kerberos.serviceAccountPassword': undefined, 'gateway.kerberos.keytabFile': 'k' };
  const at = 'environment.gateways[0].kerberos.keytabFile cannot be used:';
  expect(load({ changes, files: { k: keytabFile([{}]) } }).warnings).toEqual([]);
  const rc4 = keytabFile([{ encryptionType: 23, key: Buffer.alloc(16, 1) }]);
  expect(problems({ changes, files: { k: rc4 } })[0]).toMatch(/^environment.* The keytab holds only .*AES/);
  expect(problems({ changes, files: { k: 'text' } })[0]).toContain(`${at} The file is not a keytab`);
});

describe('the logo', () => {
  const at = 'environment.signIn.branding.logoFile';
  const changes = { [at]: 'logo' };
  const svg = (inside: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;

  test('of a picture nothing is said, whatever its name', () => {
    const png = Buffer.from('89504e470d0a1a0a', 'hex');
    for (const logo of [png, svg('<path d="M0 0h9v9z"/>')]) {
      const { environment, warnings: found } = load({ changes, files: { logo } });
      expect(environment.signIn.branding.logoFile).toBe('/etc/mortise/logo');
      expect(found).toEqual([]);
    }
  });

  test.each([
    ['another format', 'GIF89a', 'is neither PNG, JPEG, WebP nor SVG'],
    ['one that is too large', svg(' '.repeat(256 * 1024)), 'holds 262190 bytes, more than 256 KiB'],
    ['one that runs', svg('\n<script/>'), 'is an SVG with a script (line 2)'],
  ])('%s', (_, logo, said) => {
    expect(problems({ changes, files: { logo } })).toEqual([`${at} ${said}`]);
  });
});

test('all at once, with what is wrong in the file itself', () => {
  const changes = { 'server.ldapCaFile': 'ca.pem', 'app.colour': 'red' };
  const files = { 'tls.key': 'none', 'ca.pem': 'none' };
  const { problems: found } = errorOf(() => load({ changes, files }));
  expect(found.map(({ path }) => path)).toEqual([
    'server.tls.keyFile',
    'server.ldapCaFile',
    'environment.applications[0].colour',
  ]);
});

describe('without secrets and key files', () => {
  const source = (changes: Changes = {}) => ({ text: sampleText(changes), directory: '/etc/mortise' });
  const nothing = {
    env: {},
    readFile: () => {
      throw new Error('ENOENT');
    },
  };

  test('the public part is read', () => {
    const { server, environment } = loadPublicConfiguration(source(), nothing);
    expect(server).toEqual({
      publicBaseUrl: 'https://login.example.com',
      store: { path: '/etc/mortise/mortise.sqlite' },
    });
    expect(environment.applications.map(({ domainName }) => domainName)).toEqual(['corp.example.com']);
  });

  test('what is wrong in the file itself is reported, and that alone', () => {
    const error = errorOf(() =>
      loadPublicConfiguration(source({ 'app.domainName': 'nonsense', 'gateway.bindPassword': 'plain' }), nothing),
    );
    expect(error.problems.map(({ path }) => path)).toEqual([
      'environment.gateways[0].bindPassword',
      'environment.applications[0].domainName',
    ]);
  });
});
