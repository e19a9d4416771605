/** What every engine of the Store promise does. Each test opens a store of its own. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MOST_FAMILIAR_SOURCES } from '../../src/store/store.ts';
import type { Store, StoredServiceCredential } from '../../src/store/store.ts';
import { issued } from '../store/sample-activity.ts';
import { GATEWAY, t0, t1, t2, uuid } from '../store/sample-users.ts';
import { recordTests } from './store-record.ts';
import { signInTests } from './store-sign-in.ts';
import { userTests } from './store-users.ts';

export function describeStore(engine: string, open: () => Promise<Store>): void {
  describe(`the Store promise kept by ${engine}`, () => storeTests(open));
}

function storeTests(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('users', () => userTests(() => store));

  describe('signing keys', () => {
    const key = (id: string, byte: number) => ({
      id,
      name: `key ${byte}`,
      certificate: Uint8Array.of(0x30, byte, 0),
      protectedPrivateKey: Uint8Array.of(0, 255, byte),
      createdAt: t0,
    });

    test('come back byte for byte, are replaced and deleted', async () => {
      await store.signingKeys.put(key(uuid(1), 1));
      await store.signingKeys.put({ ...key(uuid(2), 2), createdAt: t1 });
      await store.signingKeys.put(key(uuid(1), 3));
      expect(await store.signingKeys.list()).toEqual([key(uuid(1), 3), { ...key(uuid(2), 2), createdAt: t1 }]);
      expect(await store.signingKeys.delete(uuid(1))).toBe(true);
      expect(await store.signingKeys.delete(uuid(1))).toBe(false);
      expect((await store.signingKeys.list()).map(({ id }) => id)).toEqual([uuid(2)]);
    });
  });

  describe('authenticators', () => {
    const seen = (name: string, expires: Date) => ({ fingerprint: name.padEnd(43, '-'), expires });

    test('are remembered until they expire, and deleted when they have', async () => {
      await store.authenticators.remember(seen('early', t1));
      await store.authenticators.remember(seen('late', t2));
      expect(await store.authenticators.list(t0)).toEqual([seen('early', t1), seen('late', t2)]);
      expect(await store.authenticators.list(t2)).toEqual([seen('late', t2)]);
      await store.authenticators.prune(t2);
      expect(await store.authenticators.list(t0)).toEqual([seen('late', t2)]);
    });

    test('are durable before a record that is written later, also when nobody waits for them', async () => {
      const remembered = Array.from({ length: 600 }, (_, n) => store.authenticators.remember(seen(`${n} `, t2)));
      await store.activities.append(issued(uuid(1), '2026-01-01T00:00:00Z'));
      expect(await store.authenticators.list(t0)).toHaveLength(600);
      await Promise.all(remembered);
    });
  });

  describe('credentials of service accounts', () => {
    const credential = (id: string, byte: number): StoredServiceCredential => ({
      id,
      gatewayId: GATEWAY,
      protectedCredential: Uint8Array.of(0, 255, byte),
      since: t0,
      replacedAt: undefined,
    });

    test('come back byte for byte, newest first, are replaced and removed', async () => {
      const later = { ...credential(uuid(2), 2), since: t1 };
      await store.serviceCredentials.change({ put: [credential(uuid(1), 1), later], remove: [] });
      expect(await store.serviceCredentials.list()).toEqual([later, credential(uuid(1), 1)]);
      const replaced = { ...credential(uuid(1), 1), replacedAt: t2 };
      await store.serviceCredentials.change({ put: [replaced], remove: [uuid(2), uuid(3)] });
      expect(await store.serviceCredentials.list()).toEqual([replaced]);
    });
  });

  describe('familiar sources', () => {
    const NORA = uuid(1);
    const known = (source: string, since = t0): Promise<boolean> =>
      store.familiarSources.isFamiliar(NORA, source, since);

    test('a source is familiar to the person who succeeded there, and to nobody else', async () => {
      await store.familiarSources.remember(NORA, '192.0.2.1', t1);
      expect(await known('192.0.2.1')).toBe(true);
      expect(await known('192.0.2.2')).toBe(false);
      expect(await store.familiarSources.isFamiliar(uuid(2), '192.0.2.1', t0)).toBe(false);
    });

    test('a success from too long ago is forgotten, and a new one remembered', async () => {
      await store.familiarSources.remember(NORA, '192.0.2.1', t0);
      expect(await known('192.0.2.1', t1)).toBe(false);
      await store.familiarSources.remember(NORA, '192.0.2.1', t2);
      expect(await known('192.0.2.1', t1)).toBe(true);
    });

    test('of each person the newest are kept', async () => {
      const times = Array.from({ length: MOST_FAMILIAR_SOURCES + 2 }, (_, n) => new Date(t0.getTime() + n));
      for (const [n, time] of times.entries()) await store.familiarSources.remember(NORA, `192.0.2.${n}`, time);
      await store.familiarSources.remember(uuid(2), '192.0.2.0', t0);
      expect(await Promise.all(times.map((_, n) => known(`192.0.2.${n}`)))).toEqual(times.map((_, n) => n >= 2));
      expect(await store.familiarSources.isFamiliar(uuid(2), '192.0.2.0', t0)).toBe(true);
    });
  });

  describe('sign-in in the browser', () => signInTests(() => store));

  describe('the record', () => recordTests(() => store));

  describe('the end', () => {
    test('closing waits for what was asked for, and refuses what comes later', async () => {
      const asked = Array.from({ length: 50 }, (_, n) =>
        store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z')),
      );
      await store.close();
      expect((await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')).toBe(true);
      await expect(store.signingKeys.delete(uuid(1))).rejects.toThrow('the store is closed');
      await store.close();
    });
  });
}
