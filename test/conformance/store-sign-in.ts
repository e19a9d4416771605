/** What every engine of the Store promise keeps of a sign-in in the browser: sessions, second factors, codes. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { factor, otherSession, session } from '../store/sample-sign-in.ts';
import { device, t0, t1, t2, uuid } from '../store/sample-users.ts';

const NORA = uuid(1);
const OMAR = uuid(2);
const earlier = (time: Date): Date => new Date(time.getTime() - 1);

/** `current` is the store of the test that runs; it holds nothing yet. */
export function signInTests(current: () => Store): void {
  let store: Store;
  beforeEach(async () => {
    store = current();
    await store.users.create(device(1), t0);
    await store.users.create(device(2), t0);
  });

  describe('sessions', () => sessionTests(() => store));
  describe('second factors', () => factorTests(() => store));
  describe('recovery codes', () => recoveryCodeTests(() => store));
  describe('enrolment codes', () => enrolmentCodeTests(() => store));

  describe('a retired user', () => {
    test('has no session, no factor and no code, and nobody else loses one', async () => {
      for (const userId of [NORA, OMAR]) {
        await store.sessions.put(session(`s-${userId}`, userId));
        await store.secondFactors.add(factor(`f-${userId}`, userId));
        await store.secondFactors.replaceRecoveryCodes(userId, ['a']);
        await store.secondFactors.putEnrolmentCode(userId, 'e', t1);
      }
      await store.users.retire(NORA, t1);
      expect(await store.sessions.find(`s-${NORA}`)).toBeUndefined();
      expect(await store.secondFactors.list(NORA)).toEqual([]);
      expect(await store.secondFactors.recoveryCodesLeft(NORA)).toBe(0);
      expect(await store.secondFactors.useEnrolmentCode(NORA, 'e', t0)).toBe(false);

      expect(await store.sessions.find(`s-${OMAR}`)).toEqual(session(`s-${OMAR}`, OMAR));
      expect(await store.secondFactors.list(OMAR)).toHaveLength(1);
      expect(await store.secondFactors.recoveryCodesLeft(OMAR)).toBe(1);
      expect(await store.secondFactors.useEnrolmentCode(OMAR, 'e', t0)).toBe(true);
    });
  });
}

function sessionTests(current: () => Store): void {
  test('is found by its id, every field as it was', async () => {
    const { sessions } = current();
    await sessions.put(session('a', NORA));
    await sessions.put({ ...otherSession, id: 'b', userId: NORA });
    expect(await sessions.find('a')).toStrictEqual(session('a', NORA));
    expect(await sessions.find('b')).toStrictEqual({ ...otherSession, id: 'b', userId: NORA });
    expect(await sessions.find('A')).toBeUndefined();
  });

  test('an expired one is found too', async () => {
    const { sessions } = current();
    await sessions.put(session('a', NORA, { expiresAt: new Date(0) }));
    expect((await sessions.find('a'))?.expiresAt).toEqual(new Date(0));
  });

  test('is replaced whole by another of its id, back and forth', async () => {
    const { sessions } = current();
    const versions = [session('a', NORA), { ...otherSession, id: 'a', userId: OMAR }, session('a', NORA)];
    for (const version of versions) {
      await sessions.put(version);
      expect(await sessions.find('a')).toStrictEqual(version);
    }
    expect(await sessions.deleteOfUser(OMAR)).toBe(0);
    expect(await sessions.deleteOfUser(NORA)).toBe(1);
  });

  test('of two that delete it, one did', async () => {
    const { sessions } = current();
    await sessions.put(session('a', NORA));
    await sessions.put(session('b', NORA));
    expect(await Promise.all([sessions.delete('a'), sessions.delete('a')])).toEqual([true, false]);
    expect(await sessions.find('a')).toBeUndefined();
    expect(await sessions.find('b')).toBeDefined();
    expect(await sessions.delete('never')).toBe(false);
  });

  test('all of a user are deleted, and counted', async () => {
    const { sessions } = current();
    for (const id of ['a', 'b', 'c']) await sessions.put(session(id, NORA));
    await sessions.put(session('d', OMAR));
    expect(await sessions.deleteOfUser(NORA)).toBe(3);
    expect(await sessions.deleteOfUser(NORA)).toBe(0);
    expect(await Promise.all(['a', 'b', 'c'].map((id) => sessions.find(id)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await sessions.find('d')).toBeDefined();
  });

  test('those that expired before a time are pruned, however many', async () => {
    const { sessions } = current();
    const old = Array.from({ length: 1_203 }, (_, n) =>
      sessions.put(session(`old-${n}`, NORA, { expiresAt: new Date(t1.getTime() - 1 - n) })),
    );
    await Promise.all(old);
    await sessions.put(session('at', NORA, { expiresAt: t1 }));
    await sessions.put(session('after', NORA, { expiresAt: t2 }));
    expect(await sessions.prune(t1)).toBe(1_203);
    expect(await sessions.prune(t1)).toBe(0);
    expect(await sessions.find('old-0')).toBeUndefined();
    expect((await sessions.find('at'))?.id).toBe('at');
    expect((await sessions.find('after'))?.id).toBe('after');
  });

  test('a session of nobody is a defect', async () => {
    await expect(current().sessions.put(session('a', uuid(77)))).rejects.toThrow();
    expect(await current().sessions.find('a')).toBeUndefined();
  });
}

function factorTests(current: () => Store): void {
  test('come back byte for byte, in the order of creation, to their user alone', async () => {
    const { secondFactors } = current();
    const phone = factor('a', NORA, { createdAt: t1 });
    const key = factor('b', NORA, { kind: 'passkey', name: '', protectedSecret: new Uint8Array(256), counter: 0 });
    const used = factor('c', NORA, { createdAt: t2, lastUsedAt: new Date('2026-01-04T00:00:00.004Z') });
    for (const each of [used, phone, key, factor('d', OMAR)]) await secondFactors.add(each);
    expect(await secondFactors.list(NORA)).toEqual([key, phone, used]);
    expect(await secondFactors.list(OMAR)).toEqual([factor('d', OMAR)]);
    expect(await secondFactors.list(uuid(77))).toEqual([]);
  });

  test('two of one id, or one of nobody, are defects', async () => {
    const { secondFactors } = current();
    await secondFactors.add(factor('a', NORA));
    await expect(secondFactors.add(factor('a', OMAR))).rejects.toThrow('there is a second factor a already');
    await expect(secondFactors.add(factor('b', uuid(77)))).rejects.toThrow();
    expect(await secondFactors.list(NORA)).toEqual([factor('a', NORA)]);
    expect(await secondFactors.list(OMAR)).toEqual([]);
  });

  test('a use counts once: only above the last one', async () => {
    const { secondFactors } = current();
    await secondFactors.add(factor('a', NORA, { counter: 100 }));
    await secondFactors.add(factor('b', NORA, { counter: 100, createdAt: t1 }));
    const use = (counter: number, now: Date) => secondFactors.use('a', { counter, mayStay: false }, now);
    expect(await use(99, t1)).toBe(false);
    expect(await use(100, t1)).toBe(false);
    expect(await secondFactors.list(NORA)).toMatchObject([{ counter: 100, lastUsedAt: undefined }, {}]);
    expect(await use(101, t1)).toBe(true);
    expect(await use(101, t2)).toBe(false);
    const [first, second] = await secondFactors.list(NORA);
    expect(first).toMatchObject({ counter: 101, lastUsedAt: t1 });
    expect(second).toMatchObject({ counter: 100, lastUsedAt: undefined });
    expect(await secondFactors.use('never', { counter: 1, mayStay: true }, t1)).toBe(false);
  });

  test('of two that use one code at the same time the later is refused', async () => {
    const { secondFactors } = current();
    await secondFactors.add(factor('a', NORA, { counter: 100 }));
    const uses = Array.from({ length: 10 }, () => secondFactors.use('a', { counter: 101, mayStay: false }, t1));
    expect(await Promise.all(uses)).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
  });

  test('where the counter may stay, an equal one is taken and a lower one is not', async () => {
    const { secondFactors } = current();
    await secondFactors.add(factor('a', NORA, { kind: 'passkey', counter: 0 }));
    const use = (counter: number, now: Date) => secondFactors.use('a', { counter, mayStay: true }, now);
    expect([await use(0, t1), await use(0, t2)]).toEqual([true, true]);
    expect(await secondFactors.list(NORA)).toMatchObject([{ counter: 0, lastUsedAt: t2 }]);
    expect([await use(7, t2), await use(6, t2), await use(7, t2)]).toEqual([true, false, true]);
  });

  test('one is removed by its user, once', async () => {
    const { secondFactors } = current();
    await secondFactors.add(factor('a', NORA));
    await secondFactors.add(factor('b', NORA));
    expect(await secondFactors.remove(OMAR, 'a')).toBe(false);
    expect(await Promise.all([secondFactors.remove(NORA, 'a'), secondFactors.remove(NORA, 'a')])).toEqual([
      true,
      false,
    ]);
    expect((await secondFactors.list(NORA)).map(({ id }) => id)).toEqual(['b']);
  });

  test('a reset takes factors, recovery codes and enrolment code of the user, and counts the factors', async () => {
    const { secondFactors } = current();
    for (const userId of [NORA, OMAR]) {
      for (const n of [1, 2]) await secondFactors.add(factor(`${userId}-${n}`, userId));
      await secondFactors.replaceRecoveryCodes(userId, ['a', 'b', 'c']);
      await secondFactors.putEnrolmentCode(userId, 'e', t2);
    }
    expect(await secondFactors.reset(NORA)).toBe(2);
    expect(await secondFactors.reset(NORA)).toBe(0);
    expect(await secondFactors.list(NORA)).toEqual([]);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(0);
    expect(await secondFactors.useEnrolmentCode(NORA, 'e', t1)).toBe(false);
    expect(await secondFactors.list(OMAR)).toHaveLength(2);
    expect(await secondFactors.recoveryCodesLeft(OMAR)).toBe(3);
    expect(await secondFactors.useEnrolmentCode(OMAR, 'e', t1)).toBe(true);
  });
}

function recoveryCodeTests(current: () => Store): void {
  test('each is used once, whoever comes at the same time', async () => {
    const { secondFactors } = current();
    await secondFactors.replaceRecoveryCodes(NORA, ['a', 'b', 'c']);
    const uses = Array.from({ length: 8 }, () => secondFactors.useRecoveryCode(NORA, 'b'));
    expect(await Promise.all(uses)).toEqual([true, ...Array.from({ length: 7 }, () => false)]);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(2);
    expect(await secondFactors.useRecoveryCode(NORA, 'a')).toBe(true);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(1);
  });

  test('belong to one user, though another holds an equal one', async () => {
    const { secondFactors } = current();
    await secondFactors.replaceRecoveryCodes(NORA, ['a', 'mine']);
    await secondFactors.replaceRecoveryCodes(OMAR, ['a']);
    expect(await secondFactors.useRecoveryCode(OMAR, 'mine')).toBe(false);
    expect(await secondFactors.useRecoveryCode(OMAR, 'a')).toBe(true);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(2);
    expect(await secondFactors.useRecoveryCode(NORA, 'A')).toBe(false);
  });

  test('new ones replace the old ones, none at all among them', async () => {
    const { secondFactors } = current();
    await secondFactors.replaceRecoveryCodes(NORA, ['a', 'b']);
    await secondFactors.replaceRecoveryCodes(NORA, ['b', 'c', 'c']);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(2);
    expect(await secondFactors.useRecoveryCode(NORA, 'a')).toBe(false);
    expect(await secondFactors.useRecoveryCode(NORA, 'b')).toBe(true);
    await secondFactors.replaceRecoveryCodes(NORA, []);
    expect(await secondFactors.recoveryCodesLeft(NORA)).toBe(0);
    expect(await secondFactors.useRecoveryCode(NORA, 'c')).toBe(false);
  });

  test('codes of nobody are a defect', async () => {
    await expect(current().secondFactors.replaceRecoveryCodes(uuid(77), ['a'])).rejects.toThrow();
  });
}

function enrolmentCodeTests(current: () => Store): void {
  test('is used up once, before it expires, by its user', async () => {
    const { secondFactors } = current();
    await secondFactors.putEnrolmentCode(NORA, 'e', t1);
    expect(await secondFactors.useEnrolmentCode(OMAR, 'e', t0)).toBe(false);
    expect(await secondFactors.useEnrolmentCode(NORA, 'other', t0)).toBe(false);
    const uses = Array.from({ length: 5 }, () => secondFactors.useEnrolmentCode(NORA, 'e', earlier(t1)));
    expect(await Promise.all(uses)).toEqual([true, false, false, false, false]);
  });

  test('is of no use from the time at which it expires', async () => {
    const { secondFactors } = current();
    await secondFactors.putEnrolmentCode(NORA, 'e', t1);
    expect(await secondFactors.useEnrolmentCode(NORA, 'e', t1)).toBe(false);
    expect(await secondFactors.useEnrolmentCode(NORA, 'e', t2)).toBe(false);
    expect(await secondFactors.useEnrolmentCode(NORA, 'e', earlier(t1))).toBe(true);
  });

  test('a new one replaces the old one', async () => {
    const { secondFactors } = current();
    await secondFactors.putEnrolmentCode(NORA, 'old', t2);
    await secondFactors.putEnrolmentCode(NORA, 'new', t1);
    expect(await secondFactors.useEnrolmentCode(NORA, 'old', t0)).toBe(false);
    expect(await secondFactors.useEnrolmentCode(NORA, 'new', t1)).toBe(false);
    expect(await secondFactors.useEnrolmentCode(NORA, 'new', t0)).toBe(true);
  });

  test('a code for nobody is a defect', async () => {
    await expect(current().secondFactors.putEnrolmentCode(uuid(77), 'e', t1)).rejects.toThrow();
  });
}
