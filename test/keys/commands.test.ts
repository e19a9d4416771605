import { X509Certificate, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createKey, importKey, listKeys, showKey } from '../../src/keys/commands.ts';
import type { KeyCommandContext } from '../../src/keys/commands.ts';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { loadSigningKeys } from '../../src/keys/protection.ts';
import type { StoredSigningKey } from '../../src/store/store.ts';
import { NOW } from '../saml/arbitrary-assertion.ts';

const MASTER_KEY = Buffer.alloc(32, 1).toString('base64');

let stored: Map<string, StoredSigningKey>;
let printed: string[];
let context: KeyCommandContext;

beforeEach(() => {
  stored = new Map();
  printed = [];
  let ids = 0;
  context = {
    signingKeys: {
      list: async () => [...stored.values()],
      put: async (key) => void stored.set(key.id, key),
      delete: async (id) => stored.delete(id),
    },
    masterKey: MASTER_KEY,
    now: NOW,
    randomUUID: () => `00000000-0000-4000-8000-00000000000${++ids}`,
    randomBytes,
    print: (line) => void printed.push(line),
  };
});

async function pemFiles(name = 'imported'): Promise<readonly Uint8Array[]> {
  const { privateKey, certificate } = await createKeyMaterial({ name, now: NOW, modulusBits: 2048 });
  return [privateKey.export({ type: 'pkcs8', format: 'pem' }), new X509Certificate(certificate).toString()].map((pem) =>
    Buffer.from(pem),
  );
}

describe('keys create', () => {
  test('stores a key that signs, and shows its certificate', async () => {
    const id = await createKey(context, { name: 'Contoso', validYears: 2 });
    const [key] = await loadSigningKeys([...stored.values()], MASTER_KEY);
    expect(key).toMatchObject({ id, notAfter: new Date('2028-03-04T05:06:07Z') });
    expect(printed).toContain(`id       ${id}`);
    expect(printed).toContain('subject  CN=Contoso');
    expect(printed).toContain('key      RSA, 3072 bits');
    expect(printed).toContain(Buffer.from(key?.certificate ?? []).toString('base64'));
  });

  test('never under a name that is taken', async () => {
    await createKey(context, { name: 'Contoso' });
    await expect(createKey(context, { name: 'Contoso' })).rejects.toMatchObject({ code: 'name-taken' });
    expect(stored.size).toBe(1);
  });

  test('takes the identifier that an application names, once', async () => {
    const id = '9f4c8a0b-3d55-4f0e-a1c2-000000000009';
    expect(await createKey(context, { name: 'Contoso', id })).toBe(id);
    await expect(createKey(context, { name: 'Fabrikam', id })).rejects.toMatchObject({ code: 'name-taken' });
    expect([...stored.keys()]).toEqual([id]);
  });
});

describe('keys import', () => {
  test('stores what the files hold', async () => {
    const id = await importKey(context, { name: 'AD FS', files: await pemFiles() });
    expect((await loadSigningKeys([...stored.values()], MASTER_KEY)).map((key) => key.id)).toEqual([id]);
    expect(printed).toContain('subject  CN=imported');
  });

  test('stores nothing that cannot sign now', async () => {
    const late = { ...context, now: new Date('2040-01-01T00:00:00Z') };
    await expect(importKey(late, { name: 'old', files: await pemFiles() })).rejects.toMatchObject({
      code: 'certificate-not-valid-now',
    });
    await expect(importKey(context, { name: 'none', files: [] })).rejects.toMatchObject({
      code: 'private-key-missing',
    });
    expect(stored.size).toBe(0);
  });

  test('prints warnings', async () => {
    const soon = { ...context, now: new Date('2036-02-20T00:00:00Z') };
    await importKey(soon, { name: 'soon', files: await pemFiles() });
    expect(printed.filter((line) => line.startsWith('Warning: '))).toEqual([
      expect.stringContaining('expires in 13 days'),
    ]);
  });

  test('never prints or stores the private key in the clear', async () => {
    const files = await pemFiles();
    await importKey(context, { name: 'x', files });
    const secret =
      Buffer.from(files[0] ?? [])
        .toString()
        .split('\n')[5] ?? '';
    expect(secret).toHaveLength(64);
    expect(printed.join('\n')).not.toContain(secret);
    expect(
      Buffer.from([...stored.values()][0]?.protectedPrivateKey ?? []).includes(Buffer.from(secret, 'base64')),
    ).toBe(false);
  });
});

describe('keys list', () => {
  test('says so when there is none', async () => {
    await listKeys(context);
    expect(printed).toEqual([expect.stringContaining('mortise keys create')]);
  });

  test('one line each, oldest first, with validity', async () => {
    const files = [await pemFiles('a'), await pemFiles('b')];
    const second = await importKey(context, { name: 'newer', files: files[0] ?? [] });
    const first = await importKey(
      { ...context, now: new Date(NOW.getTime() - 60_000) },
      { name: 'older', files: files[1] ?? [] },
    );
    printed.length = 0;
    await listKeys(context);
    expect(printed).toEqual([
      expect.stringMatching(new RegExp(`^${first}  [0-9A-F]{40}  valid until 2036-03-04  older$`)),
      expect.stringMatching(new RegExp(`^${second}  [0-9A-F]{40}  valid until 2036-03-04  newer$`)),
    ]);
    printed.length = 0;
    await listKeys({ ...context, now: new Date('2040-01-01T00:00:00Z') });
    expect(printed[0]).toContain('expired 2036-03-04');
    printed.length = 0;
    await listKeys({ ...context, now: new Date('2020-01-01T00:00:00Z') });
    expect(printed[0]).toContain('not valid before 2026-03-04');
  });

  test('names what the master key does not open', async () => {
    await importKey(context, { name: 'x', files: await pemFiles() });
    printed.length = 0;
    await listKeys({ ...context, masterKey: Buffer.alloc(32, 2).toString('base64') });
    expect(printed[0]).toContain('cannot be used: master-key-wrong');
  });
});

describe('keys show', () => {
  test('by id or by name, with the thumbprints that other tools show', async () => {
    const files = await pemFiles();
    const id = await importKey(context, { name: 'AD FS', files });
    const certificate = new X509Certificate(files[1] ?? '');
    for (const which of [id, 'AD FS']) {
      printed.length = 0;
      await showKey(context, which);
      expect(printed).toEqual([
        `id       ${id}`,
        'name     AD FS',
        'subject  CN=imported',
        'key      RSA, 2048 bits',
        'valid    2026-03-04 to 2036-03-04',
        `SHA-1    ${certificate.fingerprint.replaceAll(':', '')}`,
        `SHA-256  ${certificate.fingerprint256.replaceAll(':', '')}`,
        '',
        'The certificate as Entra takes it (signingCertificate):',
        certificate.raw.toString('base64'),
      ]);
    }
  });

  test('an unknown key is named', async () => {
    await expect(showKey(context, 'nobody')).rejects.toMatchObject({ code: 'key-unknown' });
  });
});
