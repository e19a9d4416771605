/** What every engine of the Store promise keeps of users. */
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { Refusal } from '../../src/refusal.ts';
import { refusalFrom } from '../refusal-of.ts';
import { DEVICES, device, GATEWAY, PEOPLE, t0, t1, t2, uuid } from '../store/sample-users.ts';
/** `current` is the store of the test that runs; it holds nothing yet. */
export function userTests(current: () => Store): void {
  let store: Store;
  beforeEach(() => {
    store = current();
  });

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
    const refusal = await refusalFrom(store.users.create(device(2, { username: 'äNNE@CORP.example.test' }), t0));
    expect(refusal.code).toBe('user-not-unique');
    expect(refusal.facts.attribute).toBe('username');
    expect(refusal.facts.detail).toContain(uuid(1));
    expect((await store.users.list()).map((user) => user.id)).toEqual([uuid(1)]);
  });

  test('the value of a unique attribute is taken, of another attribute it is not', async () => {
    const people = { uniqueAttributes: ['ms-upn'] };
    await store.users.create(device(1, { ...people, attributes: { 'ms-upn': 'A@x', city: 'Ulm' } }), t0);
    const refusal = await refusalFrom(
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
    await refusalFrom(store.users.create(device(2, { username: uuid(501) }), t0));
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
    const refusal = await refusalFrom(
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
    expect((await refusalFrom(store.users.create(clash, t2))).facts.attribute).toBe('externalId');
  });

  test('an update to a taken value is refused and changes nothing', async () => {
    await store.users.create(device(1), t0);
    const second = await store.users.create(device(2), t0);
    const name = await refusalFrom(store.users.update(uuid(2), { ...device(2), username: uuid(501) }, t1));
    expect(name).toMatchObject({ code: 'user-not-unique', facts: { attribute: 'username' } });
    const link = { ...device(2).link, correlationAttributes: { objectGUID: uuid(101) } };
    const entry = await refusalFrom(store.users.update(uuid(2), { ...device(2), link }, t1));
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
    expect((await refusalFrom(store.users.update(uuid(1), device(1), t2))).code).toBe('user-disabled');
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
}
