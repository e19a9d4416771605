/** What every engine of the Store promise does. Each test opens a store of its own. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { Refusal } from '../../src/refusal.ts';
import { verifyRecord } from '../../src/audit/verify.ts';
import { MOST_FAMILIAR_SOURCES } from '../../src/store/store.ts';
import type { Store, StoredServiceCredential } from '../../src/store/store.ts';
import { factorsReset, issued, wholeActivity } from '../store/sample-activity.ts';
import { sealingOver } from '../store/sample-sealing.ts';
import { DEVICES, device, GATEWAY, PEOPLE, t0, t1, t2, uuid } from '../store/sample-users.ts';
import { signInTests } from './store-sign-in.ts';

async function refusalOf(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
}

export function describeStore(engine: string, open: () => Promise<Store>): void {
  describe(`the Store promise kept by ${engine}`, () => storeTests(open));
}

function storeTests(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe('users', () => {
    test('a created user is found by each of its correlation attributes', async () => {
      const made = await store.users.create(device(1), t0);
      expect(made).toEqual({
        id: uuid(1),
        populationId: uuid(900),
        username: uuid(501),
        enabled: true,
        attributes: { externalId: 'id-1', isDevice: true, 'name.given': 'Ä' },
        link: device(1).link,
        createdAt: t0,
        updatedAt: t0,
      });
      for (const [name, value] of Object.entries(device(1).link.correlationAttributes)) {
        expect(await store.users.findByCorrelation(GATEWAY, DEVICES, name, value)).toEqual([made]);
      }
    });

    test('the value is compared exactly, a GUID and the attribute’s name without case', async () => {
      const made = await store.users.create(device(10), t0);
      const find = (name: string, value: string) => store.users.findByCorrelation(GATEWAY, DEVICES, name, value);
      expect(await find('dn', 'cn=pc10,dc=corp')).toEqual([]);
      expect(await find('dn', 'CN=PC10,DC=cor')).toEqual([]);
      expect(await find('dn', 'CN=PC%')).toEqual([]);
      expect(await find('SAMACCOUNTNAME', 'PC10$')).toEqual([made]);
      expect(await find('objectGUID', uuid(110).toUpperCase())).toEqual([made]);
    });

    test('another gateway or user type does not find it', async () => {
      await store.users.create(device(1), t0);
      expect(await store.users.findByCorrelation(GATEWAY, PEOPLE, 'objectGUID', uuid(101))).toEqual([]);
      expect(await store.users.findByCorrelation(PEOPLE, DEVICES, 'objectGUID', uuid(101))).toEqual([]);
    });

    test('all users with an equal value are found, in the order of creation', async () => {
      const link = (n: number) => ({
        ...device(n).link,
        correlationAttributes: { objectGUID: uuid(100 + n), dn: 'CN=SAME' },
      });
      await store.users.create(device(2, { link: link(2) }), t1);
      await store.users.create(device(1, { link: link(1) }), t2);
      const found = await store.users.findByCorrelation(GATEWAY, DEVICES, 'dn', 'CN=SAME');
      expect(found.map((user) => user.id)).toEqual([uuid(2), uuid(1)]);
    });

    test('is found by its id, retired too; nobody is found by another', async () => {
      const made = await store.users.create(device(1), t0);
      expect(await store.users.find(uuid(1))).toEqual(made);
      await store.users.retire(uuid(1), t1);
      expect(await store.users.find(uuid(1))).toEqual({ ...made, enabled: false, link: null, updatedAt: t1 });
      expect(await store.users.find(uuid(2))).toBeUndefined();
    });

    test('whoever holds a unique value is found by it, without case, and only while he holds it', async () => {
      const unique = (mail: string, city = 'Ulm') => ({ attributes: { mail, city }, uniqueAttributes: ['mail'] });
      const one = await store.users.create(device(1, { username: 'Änne@x', ...unique('A@X') }), t1);
      const two = await store.users.create(device(2, { username: 'a@x', ...unique('b@x') }), t0);
      const find = (value: string) => store.users.findByUniqueValue(value);
      expect(await find('äNNE@X')).toEqual([one]);
      expect(await find('a\u0308nne@x'), 'composed otherwise').toEqual([one]);
      expect(await find('a@X'), 'in the order of creation').toEqual([two, one]);
      expect(await find('B@X')).toEqual([two]);
      for (const value of ['Ulm', 'a@', '%', '']) expect(await find(value)).toEqual([]);
      await store.users.retire(uuid(2), t2);
      expect(await find('a@x')).toEqual([one]);
      await store.users.update(uuid(1), { ...device(1, { username: 'new', ...unique('new') }) }, t2);
      expect(await find('a@x')).toEqual([]);
      // Under both its attributes, yet one user.
      expect((await find('NEW')).map(({ id }) => id)).toEqual([uuid(1)]);
    });

    test('a username in other letters is taken', async () => {
      await store.users.create(device(1, { username: 'Änne@corp.example.test' }), t0);
      const refusal = await refusalOf(store.users.create(device(2, { username: 'äNNE@CORP.example.test' }), t0));
      expect(refusal.code).toBe('user-not-unique');
      expect(refusal.facts.attribute).toBe('username');
      expect(refusal.facts.detail).toContain(uuid(1));
      expect((await store.users.list()).map((user) => user.id)).toEqual([uuid(1)]);
    });

    test('the value of a unique attribute is taken, of another attribute it is not', async () => {
      const people = { uniqueAttributes: ['ms-upn'] };
      await store.users.create(device(1, { ...people, attributes: { 'ms-upn': 'A@x', city: 'Ulm' } }), t0);
      const refusal = await refusalOf(
        store.users.create(device(2, { ...people, attributes: { 'ms-upn': 'a@X', city: 'Ulm' } }), t0),
      );
      expect(refusal.facts.attribute).toBe('ms-upn');
      await store.users.create(device(3, { ...people, attributes: { city: 'Ulm' } }), t0);
      await store.users.create(device(4, { ...people, attributes: { 'ms-upn': '', city: 'Ulm' } }), t0);
      await store.users.create(device(5, { ...people, attributes: { 'ms-upn': '' } }), t0);
      expect(await store.users.list()).toHaveLength(4);
    });

    test('an attribute that comes under two spellings is one attribute', async () => {
      const { link: plain } = device(1);
      const { objectGUID, dn } = plain.correlationAttributes as { objectGUID: string; dn: string };
      const link = {
        ...plain,
        correlationAttributes: { ...plain.correlationAttributes, objectGuid: objectGUID, DN: dn },
      };
      const made = await store.users.create(device(1, { link }), t0);
      expect(made.id).toBe(uuid(1));
      await store.users.update(made.id, device(1, { link, username: uuid(7) }), t1);
      const found = await store.users.findByCorrelation(GATEWAY, DEVICES, 'objectguid', objectGUID);
      expect(found.map(({ username }) => username)).toEqual([uuid(7)]);
    });

    test('of many first sign-ins of one entry at the same time, one creates its user and all get it', async () => {
      const attempts = Array.from({ length: 20 }, (_, n) =>
        store.users.create(device(1, { id: uuid(n + 1), username: n % 2 === 0 ? uuid(501) : uuid(600 + n) }), t0),
      );
      const users = await Promise.all(attempts);
      expect(new Set(users.map((user) => user.id)).size).toBe(1);
      expect(await store.users.list()).toHaveLength(1);
    });

    test('a refused creation leaves nothing behind', async () => {
      await store.users.create(device(1), t0);
      await refusalOf(store.users.create(device(2, { username: uuid(501) }), t0));
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'objectGUID', uuid(102))).toEqual([]);
      const made = await store.users.create(device(2), t0);
      expect(made.id).toBe(uuid(2));
    });

    test('two users of one id are a defect, not a refusal', async () => {
      await store.users.create(device(1), t0);
      const error = await store.users.create({ ...device(2), id: uuid(1) }, t0).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Refusal);
    });

    test('an update replaces attributes and link, and frees what it gives up', async () => {
      await store.users.create(device(1), t0);
      const link = { ...device(1).link, correlationAttributes: { objectGUID: uuid(101), dn: 'CN=RENAMED' } };
      const changed = await store.users.update(
        uuid(1),
        { username: 'renamed', attributes: { city: 'Ulm' }, link, uniqueAttributes: ['city'] },
        t1,
      );
      expect(changed).toMatchObject({ username: 'renamed', attributes: { city: 'Ulm' }, link, createdAt: t0 });
      expect(changed.updatedAt).toEqual(t1);
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'dn', 'CN=PC1,DC=corp')).toEqual([]);
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'dn', 'CN=RENAMED')).toEqual([changed]);
      expect((await store.users.create(device(2, { username: uuid(501) }), t1)).id).toBe(uuid(2));
      const refusal = await refusalOf(
        store.users.create(device(3, { attributes: { city: 'ULM' }, uniqueAttributes: ['city'] }), t1),
      );
      expect(refusal.facts.attribute).toBe('city');
    });

    test('an update to what it is already keeps its time, and makes an attribute unique when asked', async () => {
      await store.users.create(device(1), t0);
      const same = device(1);
      expect((await store.users.update(uuid(1), same, t1)).updatedAt).toEqual(t0);
      await store.users.update(uuid(1), { ...same, uniqueAttributes: ['externalId'] }, t2);
      const clash = device(2, { attributes: { externalId: 'ID-1' }, uniqueAttributes: ['externalId'] });
      expect((await refusalOf(store.users.create(clash, t2))).facts.attribute).toBe('externalId');
    });

    test('an update to a taken value is refused and changes nothing', async () => {
      await store.users.create(device(1), t0);
      const second = await store.users.create(device(2), t0);
      const name = await refusalOf(store.users.update(uuid(2), { ...device(2), username: uuid(501) }, t1));
      expect(name).toMatchObject({ code: 'user-not-unique', facts: { attribute: 'username' } });
      const link = { ...device(2).link, correlationAttributes: { objectGUID: uuid(101) } };
      const entry = await refusalOf(store.users.update(uuid(2), { ...device(2), link }, t1));
      expect(entry).toMatchObject({ code: 'user-not-unique', facts: { attribute: 'objectGUID' } });
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'objectGUID', uuid(102))).toEqual([second]);
    });

    test('an update of nobody is a defect', async () => {
      await expect(store.users.update(uuid(7), device(7), t0)).rejects.toThrow(`there is no user ${uuid(7)}`);
      await expect(store.users.retire(uuid(7), t0)).rejects.toThrow(`there is no user ${uuid(7)}`);
    });

    test('a retired user is disabled, found no more, and its values are free', async () => {
      await store.users.create(device(1), t0);
      await store.users.retire(uuid(1), t1);
      await store.users.retire(uuid(1), t2);
      expect(await store.users.list()).toEqual([
        expect.objectContaining({ id: uuid(1), enabled: false, link: null, updatedAt: t1 }),
      ]);
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'dn', 'CN=PC1,DC=corp')).toEqual([]);
      const anew = await store.users.create({ ...device(1), id: uuid(2) }, t2);
      expect(anew.id).toBe(uuid(2));
      expect((await refusalOf(store.users.update(uuid(1), device(1), t2))).code).toBe('user-disabled');
      expect(await store.users.findByCorrelation(GATEWAY, DEVICES, 'objectGUID', uuid(101))).toEqual([anew]);
    });

    test('a retirement between an update’s look-up and its writing wins', async () => {
      await store.users.create(device(1), t0);
      const outcomes = await Promise.allSettled([
        store.users.retire(uuid(1), t1),
        store.users.update(uuid(1), { ...device(1), username: 'later' }, t1),
      ]);
      expect(outcomes[0].status).toBe('fulfilled');
      expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'user-disabled' } });
      expect(await store.users.list()).toMatchObject([{ enabled: false, link: null }]);
    });

    test('any text in any attribute comes back as it was', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 20 });
      let n = 0;
      await fc.assert(
        fc.asyncProperty(fc.dictionary(text, fc.oneof(text, fc.boolean())), text, async (attributes, dn) => {
          n += 1;
          const link = { ...device(n).link, correlationAttributes: { objectGUID: uuid(10_000 + n), dn } };
          const made = await store.users.create(device(n, { username: uuid(20_000 + n), attributes, link }), t0);
          // A document knows no prototype: { __proto__: … } is an own property here as there.
          expect(Object.entries(made.attributes)).toEqual(Object.entries(attributes));
          const found = await store.users.findByCorrelation(GATEWAY, DEVICES, 'dn', dn);
          expect(found.map((user) => user.id)).toContain(uuid(n));
          expect(found.every((user) => user.link?.correlationAttributes['dn'] === dn)).toBe(true);
        }),
        { numRuns: 100 },
      );
    });
  });

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

  describe('the record', () => {
    const list = async (query: Parameters<Store['activities']['list']>[0]) =>
      (await store.activities.list(query)).map(({ id }) => id);

    test('every field comes back as it was', async () => {
      await store.activities.append(wholeActivity);
      await store.activities.append(factorsReset);
      expect(await store.activities.list({ limit: 10 })).toStrictEqual([factorsReset, wholeActivity]);
    });

    test('a field that is absent stays absent', async () => {
      const activity = issued(uuid(1), '2026-01-01T00:00:00Z');
      await store.activities.append(activity);
      const [back] = await store.activities.list({ limit: 10 });
      expect(back).toStrictEqual(activity);
    });

    test('any text in it comes back as it was, and finds it', async () => {
      // No `$`, no `@`: those have a meaning in names.
      const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !/[$@]/.test(name));
      let n = 0;
      await fc.assert(
        fc.asyncProperty(text, text, async (principal, detail) => {
          n += 1;
          const activity: Activity = { ...issued(uuid(n), '2026-01-01T00:00:00Z', principal), notes: [detail] };
          await store.activities.append(activity);
          const found = await store.activities.list({ device: principal, limit: 1000 });
          expect(found).toContainEqual(activity);
        }),
        { numRuns: 100 },
      );
    });

    test('is listed newest first, at most the limit', async () => {
      const times = ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'];
      for (const [n, at] of times.entries()) await store.activities.append(issued(uuid(n), at));
      expect(await list({ limit: 10 })).toEqual([uuid(3), uuid(1), uuid(0), uuid(2)]);
      expect(await list({ limit: 2 })).toEqual([uuid(3), uuid(1)]);
      expect(await list({ limit: 10, since: new Date('2026-01-02T00:00:00Z') })).toEqual([uuid(3), uuid(1), uuid(0)]);
    });

    test.each([
      ['name', 'desktop-01$'],
      ['name without $', 'Desktop-01'],
      ['principal', 'desktop-01$@corp.example.test'],
      ['username', '2D1F9A3E-7C55-4E0B-A1F7-5F2F3A4B5C6D'],
      ['dn', 'cn=desktop-01,ou=computers,dc=corp,dc=example,dc=test'],
    ])('is found by the device’s %s', async (_, name) => {
      await store.activities.append(wholeActivity);
      await store.activities.append(issued(uuid(1), '2026-03-03T00:00:00Z'));
      expect(await list({ device: name, limit: 10 })).toEqual([wholeActivity.id]);
      expect(await list({ device: name, limit: 10, since: new Date('2026-03-03T00:00:00Z') })).toEqual([]);
    });

    test('is not found by a part of a name', async () => {
      await store.activities.append(wholeActivity);
      expect(await list({ device: 'DESKTOP', limit: 10 })).toEqual([]);
      expect(await list({ device: '%', limit: 10 })).toEqual([]);
    });

    test('is found by outcome, refusal and id, and by all of them together', async () => {
      await store.activities.append(wholeActivity);
      await store.activities.append(issued(uuid(1), '2026-03-03T00:00:00Z', 'DESKTOP-01$@CORP.EXAMPLE.TEST'));
      expect(await list({ outcome: 'issued', limit: 10 })).toEqual([uuid(1)]);
      await store.activities.append({ ...factorsReset, recordedAt: t0 });
      expect(await list({ outcome: 'refused', limit: 10 })).toEqual([wholeActivity.id]);
      expect(await list({ outcome: 'done', limit: 10 })).toEqual([factorsReset.id]);
      expect(await list({ device: 'NORA@corp.example.test', limit: 10 })).toEqual([factorsReset.id]);
      expect(await list({ refusal: 'attribute-missing', limit: 10 })).toEqual([wholeActivity.id]);
      expect(await list({ refusal: 'kerberos-replay', limit: 10 })).toEqual([]);
      expect(await list({ id: '6F1C2A54', limit: 10 })).toEqual([wholeActivity.id]);
      expect(await list({ id: wholeActivity.id, limit: 10 })).toEqual([wholeActivity.id]);
      expect(await list({ device: 'desktop-01', limit: 10 })).toEqual([uuid(1), wholeActivity.id]);
      expect(await list({ device: 'desktop-01', outcome: 'refused', refusal: 'attribute-missing', limit: 1 })).toEqual([
        wholeActivity.id,
      ]);
    });

    test('a second record of one id fails alone, though it shares a transaction', async () => {
      const outcomes = await Promise.allSettled([
        store.activities.append(issued(uuid(1), '2026-01-01T00:00:00Z')),
        store.activities.append(issued(uuid(1), '2026-01-02T00:00:00Z')),
        store.activities.append(issued(uuid(2), '2026-01-03T00:00:00Z')),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await list({ limit: 10 })).toEqual([uuid(2), uuid(1)]);
    });

    test('is found by person, assertion and the end of a time; a computer is no person', async () => {
      const token = (id: string) => ({ id, notOnOrAfter: t2, claims: [] });
      const nora = { ...issued(uuid(1), '2026-03-03T00:00:00Z', 'nora@CORP'), assertion: token('_Aa') };
      await store.activities.append(nora);
      await store.activities.append({
        ...issued(uuid(2), '2026-03-04T00:00:00Z', 'nora$@CORP'),
        assertion: token('_b'),
      });
      await store.activities.append({ ...factorsReset, recordedAt: t0 });
      await store.activities.append(wholeActivity);
      expect(await list({ person: 'NORA', limit: 10 })).toEqual([uuid(1)]);
      expect(await list({ device: 'nora', limit: 10 })).toEqual([uuid(2), uuid(1)]);
      expect(await list({ device: 'nora', person: 'nora@corp', limit: 10 })).toEqual([uuid(1)]);
      expect(await list({ person: 'nora@corp.example.test', limit: 10 })).toEqual([factorsReset.id]);
      expect(await list({ person: 'desktop-01', limit: 10 })).toEqual([]);
      expect(await list({ assertion: '_Aa', limit: 10 })).toEqual([uuid(1)]);
      expect(await list({ assertion: '_aa', limit: 10 })).toEqual([]);
      expect(await list({ assertion: wholeActivity.assertion?.id ?? '', limit: 10 }), 'it was refused').toEqual([]);
      const until = new Date('2026-03-04T00:00:00Z');
      expect(await list({ until, since: new Date('2026-03-03T00:00:00Z'), limit: 10 })).toEqual([uuid(1)]);
      expect(await list({ until, person: 'nora', limit: 10 })).toEqual([uuid(1)]);
    });

    test('is followed in the order of recording, and by the same filters', async () => {
      for (const n of [1, 2, 3])
        await store.activities.append(issued(uuid(n), `2026-03-0${4 - n}T00:00:00Z`, `pc${n}$`));
      const following = async (after: number, query: object = {}) =>
        (await store.activities.following(after, { limit: 10, ...query })).map(({ activity }) => activity.id);
      expect(await following(0)).toEqual([uuid(1), uuid(2), uuid(3)]);
      expect(await following(1)).toEqual([uuid(2), uuid(3)]);
      expect(await following(0, { device: 'pc3' })).toEqual([uuid(3)]);
      expect(await following(0, { limit: 1 })).toEqual([uuid(1)]);
      expect(await following(0, { until: new Date('2026-03-02T00:00:00Z') })).toEqual([uuid(3)]);
      expect(await following(3)).toEqual([]);
    });

    test('is numbered without gaps, also where one record fails', async () => {
      const ids = [uuid(1), uuid(1), uuid(2)];
      await Promise.allSettled(ids.map((id) => store.activities.append(issued(id, '2026-01-01T00:00:00Z'))));
      const rows = await store.activities.rows(0, 10);
      expect(rows.map(({ sequence, id }) => [sequence, id])).toEqual([
        [1, uuid(1)],
        [2, uuid(2)],
      ]);
      expect(await store.activities.last()).toEqual({ sequence: 2, hash: rows[1]?.hash });
      expect(await store.activities.link(1)).toEqual({ sequence: 1, hash: rows[0]?.hash });
      expect(await store.activities.link(3)).toBeUndefined();
      expect(await store.activities.unchainedThrough()).toBe(0);
      expect([...((await store.activities.names(rows)).get(2) ?? [])].toSorted()).toEqual([
        'desktop-02',
        'desktop-02$',
        'desktop-02$@corp.example.test',
      ]);
    });

    test('is pruned before a time, oldest first, and no name leads to what is gone', async () => {
      const appended = Array.from({ length: 1_203 }, (_, n) =>
        store.activities.append(issued(uuid(n), n < 1_200 ? '2026-01-01T00:00:00Z' : '2026-02-01T00:00:00Z')),
      );
      await Promise.all(appended);
      const sealing = await sealingOver(store);
      const left = [uuid(1_202), uuid(1_201), uuid(1_200)];
      expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(1_200);
      expect(await list({ limit: 10 })).toEqual(left);
      expect(await list({ device: 'desktop-02', limit: 10 })).toEqual(left);
      expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(0);
      expect(await verifyRecord(store)).toMatchObject({ records: 3, findings: [], checkpoints: 3 });
    });

    test('goes on behind what was pruned, when nothing is left', async () => {
      for (const n of [1, 2]) await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
      const sealing = await sealingOver(store);
      expect(await sealing.prune(new Date('2026-02-01T00:00:00Z'))).toBe(2);
      expect(await store.activities.last()).toBeUndefined();
      expect(await verifyRecord(store)).toMatchObject({ records: 0, findings: [] });
      await store.activities.append(issued(uuid(3), '2026-02-01T00:00:00Z'));
      expect((await store.activities.rows(0, 10)).map(({ sequence }) => sequence)).toEqual([3]);
      expect(await verifyRecord(store)).toMatchObject({ records: 1, unsigned: 1, findings: [] });
    });
  });

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
