import { createPrivateKey, randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { KeyError } from '../../src/keys/key-error.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { loadSigningKeys, openSecret, protectPrivateKey, protectSecret } from '../../src/keys/protection.ts';
import type { StoredSigningKey } from '../../src/store/store.ts';
import { NOW } from '../saml/arbitrary-assertion.ts';

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const ID = '3f0c3c0e-6c1f-4d0a-9a39-6a2c8e1f0b11';

let material: KeyMaterial;
let other: KeyMaterial;
let stored: StoredSigningKey;

beforeAll(async () => {
  [material, other] = (await Promise.all(
    ['one', 'two'].map((name) => createKeyMaterial({ name, now: NOW, modulusBits: 2048 })),
  )) as [KeyMaterial, KeyMaterial];
  stored = await store(ID, material);
});

async function store(id: string, { privateKey, certificate }: KeyMaterial): Promise<StoredSigningKey> {
  const protectedPrivateKey = await protectPrivateKey(privateKey, id, MASTER_KEY, randomBytes);
  return { id, name: 'one', certificate, protectedPrivateKey, createdAt: NOW };
}

async function codeOf(record: StoredSigningKey, masterKey = MASTER_KEY): Promise<string> {
  try {
    await loadSigningKeys([record], masterKey);
  } catch (error) {
    if (error instanceof KeyError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('a signing key at rest', () => {
  test('comes back as it was', async () => {
    const [key] = await loadSigningKeys([stored], MASTER_KEY);
    expect(key?.privateKey.equals(material.privateKey)).toBe(true);
    expect(key).toMatchObject({
      id: ID,
      notBefore: new Date('2026-03-04T05:01:07Z'),
      notAfter: new Date('2036-03-04T05:06:07Z'),
    });
    expect(Buffer.from(key?.certificate ?? []).equals(material.certificate)).toBe(true);
  });

  test('several come back in their order', async () => {
    const second = await store('second', other);
    expect((await loadSigningKeys([second, stored], MASTER_KEY)).map((key) => key.id)).toEqual(['second', ID]);
    expect(await loadSigningKeys([], MASTER_KEY)).toEqual([]);
  });

  test('shows nothing of itself', () => {
    const plain = material.privateKey.export({ type: 'pkcs8', format: 'der' });
    const record = Buffer.from(stored.protectedPrivateKey);
    for (let at = 0; at + 16 <= plain.length; at += 16)
      expect(record.includes(plain.subarray(at, at + 16))).toBe(false);
  });

  test('never looks the same twice', async () => {
    expect((await store(ID, material)).protectedPrivateKey).not.toEqual(stored.protectedPrivateKey);
  });

  test('is the same for the same salt and nonce', async () => {
    const fixed = (size: number): Uint8Array => new Uint8Array(size).fill(size);
    const make = (): Promise<Uint8Array> => protectPrivateKey(material.privateKey, ID, MASTER_KEY, fixed);
    expect(await make()).toEqual(await make());
  });
});

/** Made by the first version that kept signing keys: stores hold such records. Salt and nonce are 16 times 16, 12 times 12. */
describe('a record of the first version', () => {
  const pkcs8 = Buffer.from('MC4CAQAwBQYDK2VwBCIEIEf7We+DFHCpqEeHH19MG4PMjS+3lAr+Iyopc7PjB8+8', 'base64');
  const record = Buffer.from(
    'ARAQEBAQEBAQEBAQEBAQEBDD6xa18uOBtwwMDAwMDAwMDAwMDHOgy9+uYF6RI4RXOzpLK08p/j2BS/T45SALvodFY5gWshyoxuAi' +
      'bkFSIaU44UqfVOStCVJ5LLzKFWsByALYuEc=',
    'base64',
  );
  const certificate = Buffer.from(
    [
      'MIIBODCB66ADAgECAhQXqmrub7hTR08tYxTrcW376es/8TAFBgMrZXAwETEPMA0GA1UEAwwGdmVjdG9yMCAXDTI2MTEyNTE0MTMy',
      'OFoYDzIxMjYxMTAxMTQxMzI4WjARMQ8wDQYDVQQDDAZ2ZWN0b3IwKjAFBgMrZXADIQC1u6uE36lGjBrCT1KrFARAiI4UHGhjiFxN',
      'EHtOED/wbKNTMFEwHQYDVR0OBBYEFF/BEm9fP21SWQrMLWXSnTNvrUbVMB8GA1UdIwQYMBaAFF/BEm9fP21SWQrMLWXSnTNvrUbV',
      'MA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAO3zAiIiCeqZKBIdLWThCn4/ehU5MnSaBy2P0s4QpPnFByANGCileOD+YEzyMEBX8',
      'CW7rV/bcvTxjo8cB015vBw==',
    ].join(''),
    'base64',
  );

  test('opens', async () => {
    const old = { id: ID, name: 'vector', certificate, protectedPrivateKey: record, createdAt: NOW };
    const [key] = await loadSigningKeys([old], MASTER_KEY);
    expect(key?.privateKey.export({ type: 'pkcs8', format: 'der' })).toEqual(pkcs8);
    expect(await openSecret(record, 'signing key', ID, MASTER_KEY)).toEqual(pkcs8);
  });

  test('is written byte for byte', async () => {
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const fixed = (size: number): Uint8Array => new Uint8Array(size).fill(size);
    expect(await protectPrivateKey(privateKey, ID, MASTER_KEY, fixed)).toEqual(record);
  });
});

describe('another secret at rest', () => {
  const protect = (plain: Uint8Array, purpose = 'second factor', id = ID) =>
    protectSecret(plain, purpose, id, MASTER_KEY, randomBytes);

  test('any bytes come back as they were, and the caller keeps his own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), async (plain, id) => {
        const before = Uint8Array.from(plain);
        const record = await protect(plain, 'second factor', id);
        expect(Uint8Array.from(await openSecret(record, 'second factor', id, MASTER_KEY))).toEqual(before);
        expect(plain).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  test('opens under its purpose, its id and its master key alone', async () => {
    const record = await protect(Buffer.from('JBSWY3DPEHPK3PXP'));
    const opened = (purpose: string, id: string, masterKey = MASTER_KEY) =>
      expect(openSecret(record, purpose, id, masterKey)).rejects;
    const damaged = { name: 'KeyError', code: 'key-record-damaged' };
    await opened('signing key', ID).toMatchObject(damaged);
    await opened('passkey', ID).toMatchObject(damaged);
    await opened('second factor', `${ID} `).toMatchObject(damaged);
    await opened('second factor', ID, Buffer.alloc(32, 8).toString('base64')).toMatchObject({
      code: 'master-key-wrong',
      message: expect.stringContaining(`(second factor ${ID})`) as string,
    });
    await opened('second factor', ID, 'short').toMatchObject({ code: 'master-key-malformed' });
  });

  test('a signing key is no other secret', async () => {
    await expect(openSecret(stored.protectedPrivateKey, 'second factor', ID, MASTER_KEY)).rejects.toMatchObject({
      code: 'key-record-damaged',
    });
  });

  test('any flipped bit and any truncation is found', async () => {
    const record = await protect(Buffer.from('JBSWY3DPEHPK3PXP'));
    for (let at = 0; at < record.length; at += 1) {
      const flipped = Uint8Array.from(record);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      for (const changed of [flipped, record.subarray(0, at)]) {
        await expect(openSecret(changed, 'second factor', ID, MASTER_KEY)).rejects.toBeInstanceOf(KeyError);
      }
    }
  });

  test('a purpose that could be read as another with another id is a defect', async () => {
    await expect(protect(Buffer.from('x'), 'second factor 1 x')).rejects.toThrow('not the purpose of a secret');
  });
});

describe('the master key', () => {
  test('another one is called wrong, not the record damaged', async () => {
    expect(await codeOf(stored, Buffer.alloc(32, 8).toString('base64'))).toBe('master-key-wrong');
  });

  test('every bit of it counts', async () => {
    for (let bit = 0; bit < 256; bit += 5) {
      const flipped = Buffer.from(MASTER_KEY, 'base64');
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await codeOf(stored, flipped.toString('base64'))).toBe('master-key-wrong');
    }
  });

  test.each(['', 'secret', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    '%j is malformed',
    async (masterKey) => {
      expect(await codeOf(stored, masterKey)).toBe('master-key-malformed');
      await expect(protectPrivateKey(material.privateKey, ID, masterKey, randomBytes)).rejects.toMatchObject({
        code: 'master-key-malformed',
      });
    },
  );

  test('no message holds a secret', async () => {
    const error = await loadSigningKeys([stored], Buffer.alloc(32, 8).toString('base64')).catch(
      (caught: unknown) => caught,
    );
    expect(String(error)).toContain(ID);
    expect(String(error)).not.toContain(MASTER_KEY);
  });
});

describe('a changed record', () => {
  test('any flipped bit is found', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(stored.protectedPrivateKey.length - 1), fc.nat(7), async (at, bit) => {
        const protectedPrivateKey = Uint8Array.from(stored.protectedPrivateKey);
        protectedPrivateKey[at] = (protectedPrivateKey[at] ?? 0) ^ (1 << bit);
        // Salt and check stand before what is sealed: a change there looks like another master key.
        expect(await codeOf({ ...stored, protectedPrivateKey })).toBe(
          at >= 1 && at < 25 ? 'master-key-wrong' : 'key-record-damaged',
        );
      }),
      { numRuns: 200 },
    );
  });

  test('any truncation is found', async () => {
    for (const length of [0, 1, 17, 25, 36, 37, 52, 53, 54, stored.protectedPrivateKey.length - 1]) {
      expect(await codeOf({ ...stored, protectedPrivateKey: stored.protectedPrivateKey.subarray(0, length) })).toBe(
        'key-record-damaged',
      );
    }
  });

  test('a key under another id is not taken', async () => {
    expect(await codeOf({ ...stored, id: 'another' })).toBe('key-record-damaged');
  });

  test('a certificate of another key is not taken', async () => {
    expect(await codeOf({ ...stored, certificate: other.certificate })).toBe('key-record-damaged');
    expect(await codeOf({ ...stored, certificate: Buffer.from('x') })).toBe('key-record-damaged');
  });
});
