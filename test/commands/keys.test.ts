/** `mortise keys …` as processes, with key files that openssl wrote. */
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { ENV, IDS } from '../config/sample.ts';
import { openssl, openWorkshop } from '../keys/openssl.ts';
import { openSite, SECRETS } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const keys = (command: string, ...args: readonly string[]): Promise<Ended> =>
  site.run('keys', command, '--config', 'mortise.yaml', ...args);
const PASSPHRASE = 'passphrase-5d1f';
const withPassphrase = (...args: readonly string[]): Promise<Ended> =>
  site.runWith({ ...ENV, PASSPHRASE }, 'keys', 'import', '--config', 'mortise.yaml', ...args);

function refused({ status, stdout, stderr }: Ended): string {
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at |ENOENT/m);
  for (const secret of [...SECRETS, PASSPHRASE]) expect(stderr).not.toContain(secret);
  return stderr;
}

describe('create', () => {
  test('the first key is the one that the application names; again is a mistake that says so', async () => {
    const made = await keys('create');
    expect({ status: made.status, stderr: made.stderr }).toEqual({ status: 0, stderr: '' });
    expect(made.stdout).toMatch(new RegExp(`^id {7}${IDS.key}\nname {5}Mortise signing\n`));
    expect(made.stdout).toContain('Microsoft 365 (corp.example.com) signs with it from the next `mortise serve` on.');
    expect(made.stdout).not.toContain('PRIVATE');
    expect(refused(await keys('create'))).toBe(
      'Every application of mortise.yaml has its signing key. For a further one give it a name: --name NAME.\n',
    );
    const further = await keys('create', '--name', 'next');
    expect(further.stdout).toMatch(/No application signs with it yet: set idpSigning\.key\.id to [0-9a-f-]{36}, /);
    expect(refused(await keys('create', '--name', 'next'))).toMatch(/^name-taken: .*\(next\)\n$/);
    expect(refused(await keys('create', '--id', IDS.key.toUpperCase(), '--name', 'third'))).toMatch(/^name-taken: /);

    const list = (await keys('list')).stdout.trimEnd().split('\n');
    expect(list).toHaveLength(2);
    expect(list[0]).toMatch(
      new RegExp(`^${IDS.key} {2}[0-9A-F]{40} {2}valid until \\d{4}-\\d\\d-\\d\\d {2}Mortise signing$`),
    );
  });

  test('an identifier must be one', async () => {
    expect(refused(await keys('create', '--id', 'signing'))).toContain("argument 'signing' is invalid. Give a UUID");
  });

  test('not while serve runs: it says to stop it first', async () => {
    await site.putSigningKey();
    const running = site.start('serve', '--config', 'mortise.yaml');
    await running.logged('"listening"');
    expect(refused(await keys('create', '--name', 'next'))).toMatch(/a running `mortise serve`\?\)\. Stop it first/);
    expect((await keys('list')).stdout, 'looking is allowed').toContain(IDS.key);
  });
});

describe('list and show', () => {
  test('without a store nothing is made', async () => {
    for (const [command, ...args] of [['list'], ['show', 'x']] as const)
      expect(refused(await keys(command, ...args))).toMatch(
        /^There is no store at .*`mortise keys create` makes it\.\n$/,
      );
  });

  test('one key by its id in any case or its name, in a shell without secrets', async () => {
    const { certificate } = await site.putSigningKey();
    const base64 = Buffer.from(certificate).toString('base64');
    for (const which of [IDS.key.toUpperCase(), `key ${IDS.key}`]) {
      const { status, stdout } = await site.runWith({}, 'keys', 'show', which, '--config', 'mortise.yaml');
      expect(status).toBe(0);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe(base64);
    }
    expect(refused(await keys('show', 'nobody'))).toMatch(/^key-unknown: .*`mortise keys list`.*\(nobody\)\n$/);
  });

  test('a key that the master key does not open is marked', async () => {
    await site.putSigningKey();
    const env = { ...ENV, MASTER: Buffer.alloc(32, 8).toString('base64') };
    const { status, stdout } = await site.runWith(env, 'keys', 'list', '--config', 'mortise.yaml');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('cannot be used: master-key-wrong'),
    });
  });
});

describe('import: what is named wrongly', () => {
  const FILES = 'Name either --pkcs12 FILE, or both --certificate FILE and --key FILE.\n';
  test.each([
    [[], FILES],
    [['--certificate', 'tls.pem'], FILES],
    [['--pkcs12', 'a.pfx', '--key', 'tls.key'], FILES],
    [['--pkcs12', 'absent.pfx'], 'There is no file absent.pfx.\n'],
    [
      ['--pkcs12', '.'],
      '. cannot be read (EISDIR: illegal operation on a directory, read). Check path and permissions.\n',
    ],
    [
      ['--pkcs12', 'tls.pem', '--passphrase-env', 'ABSENT'],
      'The environment has no variable ABSENT. --passphrase-env takes the name of a variable that holds the passphrase.\n',
    ],
  ])('%j', async (args, message) => {
    expect(refused(await keys('import', ...args))).toBe(message);
  });

  test('a key that Entra cannot verify with', async () => {
    expect(refused(await keys('import', '--certificate', 'tls.pem', '--key', 'tls.key'))).toMatch(/^key-not-rsa: /);
  });
});

describe.skipIf(openssl === undefined)('import: files of openssl', () => {
  test('PKCS#12 and encrypted PEM, the passphrase from the environment alone', async () => {
    const material = await createKeyMaterial({ name: 'imported', now: new Date(), modulusBits: 2048 });
    const workshop = openWorkshop(material);
    const pass = `pass:${PASSPHRASE}`;
    const pkcs12 = ['pkcs12', '-export', '-inkey', 'key.pem', '-in', 'cert.pem', '-passout', pass, '-out', 'out'];
    site.write('key.pfx', workshop.make(pkcs12));
    site.write('key.pem', workshop.make(['pkey', '-in', 'key.pem', '-aes256', '-passout', pass, '-out', 'out']));
    site.write('cert.pem', workshop.make(['x509', '-in', 'cert.pem', '-out', 'out']));
    workshop.close();

    expect(refused(await keys('import', '--pkcs12', 'key.pfx'))).toMatch(/^passphrase-missing: .*`--passphrase-env`/);
    expect(
      refused(await keys('import', '--pkcs12', 'key.pfx', '--passphrase-env', 'BIND')),
      'a passphrase that is another',
    ).toMatch(/^passphrase-wrong: /);

    const first = await withPassphrase('--pkcs12', 'key.pfx', '--passphrase-env', 'PASSPHRASE');
    expect({ status: first.status, stderr: first.stderr }).toEqual({ status: 0, stderr: '' });
    expect(first.stdout).toContain(`id       ${IDS.key}\n`);
    const fingerprint = new X509Certificate(material.certificate).fingerprint.replaceAll(':', '');
    expect(first.stdout).toContain(fingerprint);

    const pem = ['--certificate', 'cert.pem', '--key', 'key.pem', '--passphrase-env', 'PASSPHRASE', '--name', 'again'];
    const second = await withPassphrase(...pem, '--id', IDS.unknown.toUpperCase());
    expect(second.status).toBe(0);
    expect(second.stdout).toContain(`id       ${IDS.unknown}\n`);
    expect(first.stdout + second.stdout).not.toMatch(new RegExp(`PRIVATE|${PASSPHRASE}`));
    expect((await site.run('check', '--config', 'mortise.yaml')).status, 'serve can sign with it').toBe(0);
  });
});
