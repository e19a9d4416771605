import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { KeyError } from '../../src/keys/key-error.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { loadSigningKeys, protectPrivateKey } from '../../src/keys/protection.ts';
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
