/** Which of the stored keys `serve` opens, and what it says when one that it needs is not there. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/config/load.ts';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { protectPrivateKey } from '../../src/keys/protection.ts';
import { requireSigningKeys, StartError } from '../../src/server/signing-keys.ts';
import type { StoredSigningKey } from '../../src/store/store.ts';

const NOW = new Date('2026-03-04T05:06:07Z');
const NAMED = '9f4c8a0b-3d55-4f0e-a1c2-000000000001';
const OLD = '9f4c8a0b-3d55-4f0e-a1c2-000000000002';
const masterKey = randomBytes(32).toString('base64');
const oldMasterKey = randomBytes(32).toString('base64');

async function storedKey(id: string, master: string): Promise<StoredSigningKey> {
  const { privateKey, certificate } = await createKeyMaterial({ name: id, now: NOW, modulusBits: 2048 });
  return {
    id,
    name: id,
    certificate,
    protectedPrivateKey: await protectPrivateKey(privateKey, id, master, randomBytes),
    createdAt: NOW,
  };
}

/** As much of a configuration as is looked at. */
function configuration(applications: readonly { readonly enabled: boolean; readonly keyId: string }[]): Configuration {
  return {
    server: { masterKey },
    environment: {
      applications: applications.map(({ enabled, keyId }, index) => ({
        name: `Application ${index}`,
        enabled,
        idpSigning: { algorithm: 'SHA256withRSA', key: { id: keyId } },
      })),
    },
  } as unknown as Configuration;
}

describe('requireSigningKeys', () => {
  test('opens the keys that enabled applications name', async () => {
    const keys = await requireSigningKeys(configuration([{ enabled: true, keyId: NAMED }]), [
      await storedKey(NAMED, masterKey),
    ]);
    expect(keys.map((key) => key.id)).toEqual([NAMED]);
  });

  test('leaves a key alone that no application names, whatever master key it is under', async () => {
    const stored = [await storedKey(NAMED, masterKey), await storedKey(OLD, oldMasterKey)];
    const keys = await requireSigningKeys(
      configuration([
        { enabled: true, keyId: NAMED },
        { enabled: false, keyId: OLD },
      ]),
      stored,
    );
    expect(keys.map((key) => key.id)).toEqual([NAMED]);
  });

  test('says when the master key does not open one that is needed', async () => {
    const opening = requireSigningKeys(configuration([{ enabled: true, keyId: OLD }]), [
      await storedKey(OLD, oldMasterKey),
    ]);
    await expect(opening).rejects.toMatchObject({ code: 'master-key-wrong' });
  });

  test('names each application whose key is missing, and how to make one', async () => {
    const missing = requireSigningKeys(
      configuration([
        { enabled: true, keyId: NAMED },
        { enabled: true, keyId: OLD },
      ]),
      [await storedKey(OLD, masterKey)],
    );
    await expect(missing).rejects.toThrow(StartError);
    await expect(missing).rejects.toThrow(
      /Application 0: idpSigning\.key\.id 9f4c8a0b-3d55-4f0e-a1c2-000000000001\n.*mortise keys create/,
    );
  });
});
