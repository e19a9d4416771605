import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { User } from '../../src/model/user.ts';
import type { UserType } from '../../src/model/gateway.ts';
import { knowUser } from '../../src/signin/users.ts';
import type { KnownUser, MappedEntry, UserDependencies } from '../../src/signin/users.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { refusalFrom } from '../refusal-of.ts';
import {
  COMPUTER,
  customAttributes,
  DEVICES,
  dnOf,
  entryOf,
  GATEWAY,
  MARK,
  PEOPLE,
  POPULATION,
  sidOf,
  without,
  withValue,
} from './entries.ts';

const NOW = new Date('2026-11-23T08:00:00Z');
const LATER = new Date('2026-11-24T08:00:00Z');
const PLAIN = customAttributes({ name: 'objectSid' }, { name: MARK });
const OTHER = { ...COMPUTER, name: 'PC-2', objectGUID: '22222222-5d7e-4a0b-9f26-1c8e44d3a101', relativeId: 1602 };
/** PC-1 deleted and made anew: the same name and place, another object. */
const REMADE = { ...COMPUTER, objectGUID: '33333333-5d7e-4a0b-9f26-1c8e44d3a101', relativeId: 1699 };

let store: Store;
let notes: string[];

beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  notes = [];
});
afterEach(() => store.close());

function signIn(
  entry: MappedEntry,
  { now = NOW, ...dependencies }: Partial<UserDependencies> & { now?: Date } = {},
): Promise<KnownUser> {
  return knowUser(entry, now, { users: store.users, environment: PLAIN, randomUUID, ...dependencies }, (note) =>
    notes.push(note),
  );
}

const users = (): Promise<readonly User[]> => store.users.list();

describe('the first sign-in', () => {
  test('creates the user in the population of its user type, with mapped attributes, device mark and link', async () => {
    const { user, attributes } = await signIn(entryOf(COMPUTER));
    expect(await users()).toEqual([user]);
    expect(user).toMatchObject({
      populationId: POPULATION,
      username: COMPUTER.objectGUID,
      enabled: true,
      attributes: { externalId: COMPUTER.objectGUID, objectSid: sidOf(COMPUTER), [MARK]: 'true' },
      link: {
        gatewayId: GATEWAY,
        userTypeId: DEVICES.id,
        correlationAttributes: {
          objectGUID: COMPUTER.objectGUID,
          objectSid: sidOf(COMPUTER),
          dn: dnOf(COMPUTER),
          sAMAccountName: 'PC-1$',
        },
      },
      createdAt: NOW,
    });
    expect(user.attributes, 'the username has a place of its own').not.toHaveProperty('username');
    expect(attributes).toEqual({ username: COMPUTER.objectGUID, ...user.attributes });
    expect(notes).toEqual([`user created: ${user.username} (${user.id})`]);
  });

  test.each([
    ['STRING', customAttributes({ name: MARK, type: 'STRING' }), 'true'],
    ['BOOLEAN', customAttributes({ name: MARK, type: 'BOOLEAN' }), true],
    ['undeclared', customAttributes(), 'true'],
  ] as const)('the device mark is of the type of its custom attribute: %s', async (_type, environment, mark) => {
    const known = await signIn(entryOf(COMPUTER), { environment });
    expect(known.user.attributes[MARK]).toBe(mark);
    expect(known.attributes[MARK]).toBe(mark);
  });

  test('a person bears no device mark', async () => {
    const known = await signIn(entryOf(COMPUTER, { userType: PEOPLE }));
    expect(known.user.attributes).not.toHaveProperty(MARK);
    expect(known.attributes).not.toHaveProperty(MARK);
  });

  test.each([undefined, ''])('without a username (%j) there is no user', async (username) => {
    const { mapped, ...entry } = entryOf(COMPUTER);
    const { username: _, ...rest } = mapped;
    const refusal = await refusalFrom(
      signIn({ ...entry, mapped: username === undefined ? rest : { ...rest, username } }),
    );
    expect(refusal.code).toBe('attribute-missing');
    expect(refusal.facts.attribute).toBe('username');
    expect(await users()).toEqual([]);
  });

  test('two at the same time make one user, and only the one that made it says so', async () => {
    const known = await Promise.all(Array.from({ length: 8 }, () => signIn(entryOf(COMPUTER))));
    expect(await users()).toHaveLength(1);
    expect(new Set(known.map(({ user }) => user.id)).size).toBe(1);
    expect(notes).toEqual([expect.stringMatching(/^user created: /)]);
  });

  test('the later of two that meet takes what the entry has become meanwhile', async () => {
    // The look-up of the second happened before the first had created the user.
    const first = await signIn(entryOf(COMPUTER));
    notes = [];
    const moved = { ...COMPUTER, parent: 'OU=Elsewhere,DC=corp,DC=example,DC=test' };
    const blind = { ...store.users, findByCorrelation: async () => [] };
    const second = await signIn(entryOf(moved, { mapped: { nickname: 'new' } }), { users: blind, now: LATER });
    expect(second.user.id).toBe(first.user.id);
    expect(second.user.link?.correlationAttributes['dn']).toBe(dnOf(moved));
    expect(second.user.attributes['nickname']).toBe('new');
    expect(notes).toEqual(['user attributes updated']);
  });
});

describe('a later sign-in', () => {
  const only = (attribute: string): UserType => ({ ...DEVICES, orderedCorrelationAttributes: [attribute] });

  test('changes nothing and says nothing when nothing has changed', async () => {
    const first = await signIn(entryOf(COMPUTER));
    notes = [];
    const second = await signIn(entryOf(COMPUTER), { now: LATER });
    expect(second).toEqual(first);
    expect(notes).toEqual([]);
  });

  test.each(['objectGUID', 'objectSid', 'dn', 'sAMAccountName'])('finds the user by %s alone', async (attribute) => {
    const first = await signIn(entryOf(COMPUTER));
    // Everything else of the entry is different or not readable; only the attribute asked for leads back.
    let entry = entryOf(COMPUTER, { userType: only(attribute) });
    for (const name of ['objectSid', 'dn', 'sAMAccountName']) {
      if (name !== attribute) entry = withValue(entry, name, `another ${name}`);
    }
    if (attribute !== 'objectGUID') entry = without(entry, 'objectGUID');
    const second = await signIn(entry, { now: LATER });
    expect(second.user.id).toBe(first.user.id);
    expect(await users()).toHaveLength(1);
  });

  test('an attribute by which the user type does not correlate finds nobody', async () => {
    await signIn(entryOf(COMPUTER));
    const entry = withValue(entryOf(OTHER, { userType: only('objectGUID') }), 'sAMAccountName', `${COMPUTER.name}$`);
    await signIn(entry);
    expect(await users()).toHaveLength(2);
  });

  test('the first attribute that finds somebody decides, though a later one would find another', async () => {
    const first = await signIn(entryOf(COMPUTER));
    await signIn(entryOf(OTHER));
    // Renamed to the name that another had before: objectGUID comes first.
    const renamed = await signIn(withValue(entryOf(COMPUTER), 'sAMAccountName', 'PC-2$'), { now: LATER });
    expect(renamed.user.id).toBe(first.user.id);
  });

  test('users of another user type are not found', async () => {
    const device = await signIn(entryOf(COMPUTER));
    const person = await signIn(entryOf(COMPUTER, { userType: PEOPLE, mapped: { username: 'somebody else' } }));
    expect(person.user.id).not.toBe(device.user.id);
  });

  test.each([true, false])(
    'a computer that moved keeps its user and its new dn (updating attributes: %s)',
    async (on) => {
      const userType = { ...DEVICES, updateUserOnSuccessfulAuthentication: on };
      const first = await signIn(entryOf(COMPUTER, { userType }));
      notes = [];
      const moved = { ...COMPUTER, parent: 'OU=Berlin,OU=Workstations,DC=corp,DC=example,DC=test' };
      const second = await signIn(entryOf(moved, { userType }), { now: LATER });
      expect(second.user.id).toBe(first.user.id);
      expect(second.user.link?.correlationAttributes['dn']).toBe(dnOf(moved));
      expect(notes).toEqual(['link values updated']);
      const byDn = await store.users.findByCorrelation(GATEWAY, DEVICES.id, 'dn', dnOf(COMPUTER));
      expect(byDn, 'the old place is free for another').toEqual([]);
    },
  );
});

describe('attributes of a known user', () => {
  const updating = { ...DEVICES, updateUserOnSuccessfulAuthentication: true };
  const keeping = { ...DEVICES, updateUserOnSuccessfulAuthentication: false };

  test('are brought up to date where the user type says so', async () => {
    await signIn(entryOf(COMPUTER, { userType: updating, mapped: { nickname: 'old' } }));
    const { user, attributes } = await signIn(entryOf(COMPUTER, { userType: updating, mapped: { nickname: 'new' } }));
    expect(user.attributes['nickname']).toBe('new');
    expect(attributes['nickname']).toBe('new');
    expect(notes.at(-1)).toBe('user attributes updated');
  });

  test('stay as they were stored where it does not, and yet the claims are made of the entry found now', async () => {
    await signIn(entryOf(COMPUTER, { userType: keeping, mapped: { nickname: 'old' } }));
    notes = [];
    const changed = entryOf(COMPUTER, { userType: keeping, mapped: { nickname: 'new', username: 'renamed' } });
    const { user, attributes } = await signIn(changed);
    expect(user).toMatchObject({ username: COMPUTER.objectGUID, attributes: { nickname: 'old' } });
    expect(attributes).toMatchObject({ nickname: 'new', username: 'renamed' });
    expect(notes).toEqual([]);
  });

  test.each([updating, keeping])('a mapped value that the entry has no more is in no claim (%#)', async (userType) => {
    await signIn(entryOf(COMPUTER, { userType, mapped: { nickname: 'old' } }));
    const { user, attributes } = await signIn(entryOf(COMPUTER, { userType }));
    expect(attributes).not.toHaveProperty('nickname');
    expect('nickname' in user.attributes).toBe(userType === keeping);
  });

  test('what no mapping fills is kept, stored and claimed', async () => {
    const { user } = await signIn(entryOf(COMPUTER));
    await store.users.update(
      user.id,
      {
        username: user.username,
        attributes: { ...user.attributes, badge: '7' },
        link: user.link!,
        uniqueAttributes: [],
      },
      NOW,
    );
    const known = await signIn(entryOf(COMPUTER, { mapped: { nickname: 'new' } }), { now: LATER });
    expect(known.user.attributes).toMatchObject({ badge: '7', nickname: 'new' });
    expect(known.attributes['badge']).toBe('7');
  });
});

describe('a computer that was deleted and made anew', () => {
  test('gets a user of its own; the old link is retired, its username free, and both are noted', async () => {
    const sameName = { mapped: { username: 'pc-1' } };
    const old = await signIn(entryOf(COMPUTER, sameName));
    notes = [];
    const anew = await signIn(entryOf(REMADE, sameName), { now: LATER });
    expect(anew.user.id).not.toBe(old.user.id);
    expect(anew.user).toMatchObject({
      username: 'pc-1',
      link: { correlationAttributes: { objectGUID: REMADE.objectGUID } },
    });
    expect(anew.attributes['objectSid']).toBe(sidOf(REMADE));
    expect(notes).toEqual([
      `link retired: user pc-1 (${old.user.id}) was objectGUID ${COMPUTER.objectGUID}, the entry is a new object`,
      `user created: pc-1 (${anew.user.id})`,
    ]);
    const [retired] = await users();
    expect(retired).toMatchObject({ id: old.user.id, enabled: false, link: null });
  });

  test('is found by its new objectGUID from then on', async () => {
    await signIn(entryOf(COMPUTER));
    const anew = await signIn(entryOf(REMADE));
    notes = [];
    expect((await signIn(entryOf(REMADE))).user.id).toBe(anew.user.id);
    expect(notes).toEqual([]);
  });

  test('two of its sign-ins at the same time make one user', async () => {
    const old = await signIn(entryOf(COMPUTER));
    const anew = await Promise.all(Array.from({ length: 5 }, () => signIn(entryOf(REMADE), { now: LATER })));
    expect(new Set(anew.map(({ user }) => user.id)).size).toBe(1);
    expect((await users()).map(({ id }) => id)).toEqual([old.user.id, anew[0]?.user.id]);
  });

  test('the retirement is noted though a refusal follows', async () => {
    await signIn(entryOf(OTHER, { mapped: { username: 'taken' } }));
    const old = await signIn(entryOf(COMPUTER));
    notes = [];
    const refusal = await refusalFrom(signIn(entryOf(REMADE, { mapped: { username: 'taken' } })));
    expect(refusal.code).toBe('user-not-unique');
    expect(notes).toEqual([expect.stringContaining(`link retired: user ${old.user.username} (${old.user.id})`)]);
  });

  test('an entry whose objectGUID may not be read is taken for what it was', async () => {
    const old = await signIn(entryOf(COMPUTER));
    expect((await signIn(without(entryOf(COMPUTER), 'objectGUID'))).user.id).toBe(old.user.id);
  });
});

describe('refused', () => {
  test('two stored users that match are never the first: user-ambiguous names both', async () => {
    const shared = 'shared$';
    const one = await signIn(withValue(entryOf(COMPUTER), 'sAMAccountName', shared));
    const two = await signIn(
      withValue(
        entryOf(OTHER, { userType: { ...DEVICES, orderedCorrelationAttributes: ['objectGUID'] } }),
        'sAMAccountName',
        shared,
      ),
    );
    const byName = { ...DEVICES, orderedCorrelationAttributes: ['sAMAccountName'] };
    const refusal = await refusalFrom(
      signIn(withValue(entryOf(REMADE, { userType: byName }), 'sAMAccountName', shared)),
    );
    expect(refusal.code).toBe('user-ambiguous');
    expect(refusal.facts.actual).toContain(one.user.id);
    expect(refusal.facts.actual).toContain(two.user.id);
    expect(
      (await users()).every(({ enabled }) => enabled),
      'nothing was retired',
    ).toBe(true);
  });

  test('a username that another holds, whatever its case: user-not-unique', async () => {
    await signIn(entryOf(COMPUTER, { mapped: { username: 'Copied' } }));
    const refusal = await refusalFrom(signIn(entryOf(OTHER, { mapped: { username: 'copied' } })));
    expect(refusal.code).toBe('user-not-unique');
    expect(refusal.facts.attribute).toBe('username');
    expect(await users()).toHaveLength(1);
  });

  test('a value of a unique custom attribute that another holds: user-not-unique names the attribute', async () => {
    const environment = customAttributes({ name: 'badge', unique: true });
    const mapped = { badge: 'B-7' };
    await signIn(entryOf(COMPUTER, { mapped }), { environment });
    const refusal = await refusalFrom(signIn(entryOf(OTHER, { mapped }), { environment }));
    expect(refusal.code).toBe('user-not-unique');
    expect(refusal.facts.attribute).toBe('badge');
  });

  test('an update into a value that another holds', async () => {
    await signIn(entryOf(COMPUTER, { mapped: { username: 'one' } }));
    await signIn(entryOf(OTHER, { mapped: { username: 'two' } }));
    const refusal = await refusalFrom(signIn(entryOf(OTHER, { mapped: { username: 'one' } })));
    expect(refusal.code).toBe('user-not-unique');
    expect((await users()).map(({ username }) => username).sort()).toEqual(['one', 'two']);
  });

  test('a user that an administrator disabled: nothing is updated', async () => {
    const { user } = await signIn(entryOf(COMPUTER));
    notes = [];
    const disabled = {
      ...store.users,
      findByCorrelation: async () => [{ ...user, enabled: false }],
      update: async () => {
        throw new Error('a disabled user was updated');
      },
    };
    const refusal = await refusalFrom(signIn(entryOf(COMPUTER, { mapped: { nickname: 'new' } }), { users: disabled }));
    expect(refusal.code).toBe('user-disabled');
    expect(refusal.facts.actual).toContain(user.id);
    expect(notes).toEqual([]);
  });

  test('a user retired between look-up and update', async () => {
    const { user } = await signIn(entryOf(COMPUTER));
    const late = {
      ...store.users,
      findByCorrelation: async () => {
        await store.users.retire(user.id, NOW);
        return [user];
      },
    };
    const refusal = await refusalFrom(signIn(entryOf(COMPUTER, { mapped: { nickname: 'new' } }), { users: late }));
    expect(refusal.code).toBe('user-disabled');
  });
});
