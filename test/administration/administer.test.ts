/** Orders of an administrator: whom they mean, what is done, and that nothing is told before it is recorded. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { administer } from '../../src/administration/administer.ts';
import type { Order, OrderResult } from '../../src/administration/orders.ts';
import type { Store } from '../../src/store/store.ts';
import { refusalFrom } from '../refusal-of.ts';
import { DESKTOP, dependenciesOver, JONAS, knowUsers, NAMESAKE, NORA, NOW, openMemory, openSession } from './people.ts';
import type { Dependencies } from './people.ts';

let store: Store;
let dependencies: Dependencies;
beforeEach(async () => {
  store = await openMemory();
  await knowUsers(store);
  dependencies = dependenciesOver(store);
});
afterEach(() => store.close());

const carryOut = (kind: Order['kind'], user = NORA.username): Promise<OrderResult> =>
  administer({ kind, user, by: 'anna as root' }, dependencies);
const records = () => store.activities.list({ limit: 10 });

async function addApp(userId: string): Promise<void> {
  const { secondFactors } = store;
  const before = (await secondFactors.list(userId)).length;
  await secondFactors.add({
    id: `${userId} ${before}`,
    userId,
    kind: 'totp',
    name: 'Phone',
    protectedSecret: Buffer.alloc(80),
    counter: 1,
    createdAt: NOW,
    lastUsedAt: undefined,
  });
}

describe('a code for setting up a second factor', () => {
  test('is made and recorded, and lets the person in', async () => {
    const result = await carryOut('make-enrolment-code');
    expect(result).toEqual({
      kind: 'enrolment-code-made',
      username: 'nora.keller',
      code: expect.stringMatching(/^\w{5}-\w{5}$/) as unknown,
      expiresAt: '2026-03-03T10:00:00.000Z',
      factors: 0,
    });
    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      recordedAt: NOW,
      outcome: 'done',
      event: { kind: 'enrolment-code-made', detail: 'until 2026-03-03T10:00:00.000Z', by: 'anna as root' },
      endpoint: 'command-line',
      sourceAddress: 'local',
      subject: {
        kind: 'person',
        userId: NORA.id,
        username: NORA.username,
        name: NORA.username,
        objectGUID: NORA.objectGUID,
        dn: 'CN=nora.keller',
      },
    });
    const { code } = result as { code: string };
    expect(JSON.stringify(record)).not.toContain(code);
    await dependencies.secondFactors.useEnrolmentCode(NORA.id, code, NOW);
  });

  test('says how many second factors there are, even those that another master key is for', async () => {
    await addApp(NORA.id);
    await addApp(NORA.id);
    expect(await carryOut('make-enrolment-code')).toMatchObject({ factors: 2 });
  });
});

describe('a reset', () => {
  test('takes away second factors, ends sessions, is recorded, and leaves others alone', async () => {
    await addApp(NORA.id);
    await addApp(JONAS.id);
    for (const id of [NORA.id, NORA.id, JONAS.id]) await openSession(store, id);
    await carryOut('make-enrolment-code');
    expect(await carryOut('reset-second-factors')).toEqual({
      kind: 'second-factors-reset',
      username: 'nora.keller',
      factors: 1,
      sessions: 2,
    });
    expect(await store.secondFactors.list(NORA.id)).toEqual([]);
    expect(await store.secondFactors.list(JONAS.id)).toHaveLength(1);
    expect(await store.sessions.deleteOfUser(JONAS.id)).toBe(1);
    expect((await records())[0]).toMatchObject({
      outcome: 'done',
      event: { kind: 'second-factors-reset', detail: '1 second factor, 2 sessions', by: 'anna as root' },
      subject: { userId: NORA.id },
    });
    expect(await carryOut('reset-second-factors'), 'again').toMatchObject({ factors: 0, sessions: 0 });
    expect((await records())[0]?.event?.detail).toBe('0 second factors, 0 sessions');
  });

  test('ends sessions before the factors and after: none adds one meanwhile, none is opened by one of them', async () => {
    const done: string[] = [];
    await administer(
      { kind: 'reset-second-factors', user: NORA.id, by: 'anna' },
      {
        ...dependencies,
        secondFactors: { ...dependencies.secondFactors, reset: async () => done.push('factors') },
        endSessions: async () => done.push('sessions'),
        activities: { append: async () => void done.push('record') },
      },
    );
    expect(done).toEqual(['sessions', 'factors', 'sessions', 'record']);
  });
});

test('what cannot be recorded is not told', async () => {
  const failing = {
    ...dependencies,
    activities: { append: () => Promise.reject(new Error('the disk is full')) },
  };
  for (const kind of ['make-enrolment-code', 'reset-second-factors'] as const)
    await expect(administer({ kind, user: NORA.id, by: 'anna' }, failing)).rejects.toThrow('the disk is full');
});

describe('whom a name means', () => {
  test.each([
    ['the user name', 'nora.keller'],
    ['the user name in other letters', ' NORA.Keller\n'],
    ['the UPN', 'nora.keller@CORP.example.com'],
    ['the id', NORA.id],
    ['the objectGUID', NORA.objectGUID.toUpperCase()],
    ['the objectGUID in braces', `{${NORA.objectGUID}}`],
  ])('%s', async (_, name) => {
    expect(await carryOut('make-enrolment-code', name)).toMatchObject({ username: 'nora.keller' });
  });

  test.each([
    ['a stranger', 'nobody@corp.example.com'],
    ['part of a name', 'nora'],
    ['a wildcard', '%'],
    ['a device by its name', DESKTOP.username],
    ['a device by its id', DESKTOP.id],
    ['another id', 'ffffffff-0000-4000-8000-000000000000'],
    ['a distinguished name', 'CN=nora.keller'],
  ])('%s is nobody', async (_, name) => {
    expect(await carryOut('reset-second-factors', name)).toEqual({ kind: 'nobody' });
    expect(await records()).toEqual([]);
  });

  test('somebody whose directory entry is gone is nobody', async () => {
    await store.users.retire(NORA.id, NOW);
    for (const name of [NORA.username, NORA.id, NORA.objectGUID])
      expect(await carryOut('make-enrolment-code', name)).toEqual({ kind: 'nobody' });
  });

  test('one name of two people is nobody’s until the id is named', async () => {
    await knowUsers(store, [NAMESAKE]);
    const both = [JONAS, NAMESAKE].map(({ id, username }) => ({ id, username }));
    expect(await carryOut('reset-second-factors', 'jonas.brandt@corp.example.com')).toEqual({
      kind: 'several',
      people: both,
    });
    expect(await records()).toEqual([]);
    expect(await carryOut('reset-second-factors', NAMESAKE.id)).toMatchObject({ username: NAMESAKE.username });
  });
});

test('a person who guessed too often may try at once after an order', async () => {
  const { secondFactors } = dependencies;
  const guess = () => secondFactors.passTotp(NORA.id, '000000', NOW);
  for (const order of ['make-enrolment-code', 'reset-second-factors'] as const) {
    for (let n = 0; n < 6; n += 1) await refusalFrom(guess());
    expect((await refusalFrom(guess())).code).toBe('second-factor-attempts-exhausted');
    await carryOut(order);
    expect((await refusalFrom(guess())).code).toBe('second-factor-wrong');
  }
});
