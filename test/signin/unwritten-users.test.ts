/** What a sign-in would change, without a change: the same answers as the store's, and the store as before. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_USERS, unwrittenUsers } from '../../src/signin/unwritten-users.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { NewUser, Store } from '../../src/store/store.ts';
import { refusalFrom } from '../refusal-of.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const NORA: NewUser = {
  id: '11111111-1111-4111-8111-111111111111',
  populationId: '22222222-2222-4222-8222-222222222222',
  username: 'nora',
  attributes: { email: 'nora@example.test', badge: '7' },
  link: { gatewayId: 'g', userTypeId: 't', correlationAttributes: { objectGUID: 'a' } },
  uniqueAttributes: ['badge'],
};
const OTHER: NewUser = {
  ...NORA,
  id: '33333333-3333-4333-8333-333333333333',
  username: 'mia',
  attributes: { badge: '8' },
  link: { gatewayId: 'g', userTypeId: 't', correlationAttributes: { objectGUID: 'b' } },
};

let store: Store;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
});
afterEach(() => store.close());

test('a user that would be created reads as one that was, and is not', async () => {
  const unwritten = unwrittenUsers(store.users);
  const previewed = await unwritten.create(NORA, NOW);
  expect(await store.users.list()).toEqual([]);
  expect(previewed).toEqual(await store.users.create(NORA, NOW));
});

test('an update and a retirement change nothing', async () => {
  const user = await store.users.create(NORA, NOW);
  const unwritten = unwrittenUsers(store.users);
  expect(await unwritten.update(user.id, { ...NORA, username: 'nora.keller' }, NOW)).toMatchObject({
    id: user.id,
    username: 'nora.keller',
  });
  await unwritten.retire(user.id, NOW);
  expect(await store.users.list()).toEqual([user]);
});

test.each([
  ['username', { username: 'NORA' }],
  ['badge', { attributes: { badge: '7' } }],
])('a %s that somebody else holds is refused as the store would', async (attribute, change) => {
  await store.users.create(NORA, NOW);
  const wanted = { ...OTHER, ...change };
  const code = { code: 'user-not-unique', facts: { attribute } };
  expect(await refusalFrom(unwrittenUsers(store.users).create(wanted, NOW))).toMatchObject(code);
  expect(await refusalFrom(store.users.create(wanted, NOW))).toMatchObject(code);
});

test('before there is a store nobody is known', async () => {
  const unwritten = unwrittenUsers(NO_USERS);
  expect(await unwritten.findByCorrelation('g', 't', 'objectGUID', 'a')).toEqual([]);
  expect(await unwritten.create(NORA, NOW)).toMatchObject({ username: 'nora', enabled: true });
});
