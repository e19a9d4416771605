/** Looking callers up: the same expectations over the sample forest and over a real Active Directory. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import type { Directory, Search } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { lookUpCaller, mapEntry } from '../../src/gateway/look-up.ts';
import type { LookedUp } from '../../src/gateway/look-up.ts';
import { refusalFrom, refusalOf } from '../refusal-of.ts';
import { deviceUserType, personUserType } from './user-type-samples.ts';
import type { UserType } from '../../src/model/gateway.ts';

const now = new Date('2026-05-06T07:08:09Z');
const gateway = { name: 'AD' };
const BASE = 'DC=corp,DC=example,DC=test';
const DEFAULTS = [deviceUserType(), personUserType()];

type LookUpBy = (identifier: string, userTypes?: readonly UserType[]) => Promise<LookedUp>;
const lookUpIn =
  (directory: () => Directory): LookUpBy =>
  (identifier, userTypes = DEFAULTS) =>
    lookUpCaller({ gateway, userTypes, directory: directory(), identifier, now });

/** What holds for every directory with the usual accounts. */
function lookUpSuite(lookUp: LookUpBy): void {
  test.each(['DESKTOP-01$', 'desktop-01$', 'DeSkToP-01$'])(
    '%s is the device, whatever the case of its name',
    async (identifier) => {
      const { entry, userType, correlation } = await lookUp(identifier);
      expect([entry.dn, userType.kind]).toEqual([`CN=DESKTOP-01,OU=Workstations,${BASE}`, 'device']);
      expect(Object.keys(correlation).sort()).toEqual(['dn', 'objectGUID', 'objectSid', 'sAMAccountName']);
      expect(correlation).toMatchObject({ dn: entry.dn, sAMAccountName: 'DESKTOP-01$' });
      expect(correlation['objectGUID']).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      expect(correlation['objectSid']).toMatch(/^S-1-5-21-/);
    },
  );

  test('a device’s attributes are those of its mappings', async () => {
    const { entry, userType, correlation } = await lookUp('DESKTOP-01$');
    const guid = correlation['objectGUID'];
    expect(mapEntry(userType, entry)).toEqual({
      username: guid,
      externalId: guid,
      nickname: 'DESKTOP-01$',
      deviceSid: correlation['objectSid'],
    });
  });

  test('an anchor that differs from objectGUID is taken as it is', async () => {
    const { entry, userType, correlation } = await lookUp('DESKTOP-02$');
    const mapped = mapEntry(userType, entry);
    expect(mapped['externalId']).toBe(mapped['username']);
    expect(mapped['externalId']).toBe(texts(entry, 'mS-DS-ConsistencyGuid')[0]);
    expect(mapped['externalId']).not.toBe(correlation['objectGUID']);
  });

  test('a computer without the anchor is refused, with attribute and other choice; with objectGUID it is not', async () => {
    const { entry, userType } = await lookUp('DESKTOP-03$');
    const refusal = refusalOf(() => mapEntry(userType, entry));
    expect(refusal.code).toBe('anchor-missing');
    expect(refusal.facts.attribute).toBe('mS-DS-ConsistencyGuid');
    expect(refusal.facts.detail).toContain('set anchor: objectGUID on user type Devices');
    const other = await lookUp('DESKTOP-03$', [deviceUserType({ anchor: 'objectGUID' })]);
    expect(mapEntry(other.userType, other.entry)['externalId']).toBe(other.correlation['objectGUID']);
  });

  test.each(['nora.keller', 'NORA.KELLER', 'nora.keller@corp.example.test', 'nora.keller@example.test'])(
    '%s is a person',
    async (identifier) => {
      const { entry, userType } = await lookUp(identifier);
      expect([entry.dn, userType.kind]).toEqual([`CN=Nora Keller,OU=Staff,${BASE}`, 'person']);
      expect(mapEntry(userType, entry)).toMatchObject({
        username: 'nora.keller',
        email: 'nora.keller@example.test',
        'address.streetAddress': 'Zürichbergstrasse 7',
      });
    },
  );

  test('a UPN suffix other than the realm', async () => {
    const { entry, userType } = await lookUp('luca.rossi');
    const mapped = mapEntry(userType, entry);
    expect(mapped['upn']).toBe('luca.rossi@example.test');
    expect(Object.keys(mapped)).not.toContain('title');
  });

  test('a disabled computer is refused', async () => {
    const refusal = await refusalFrom(lookUp('DESKTOP-04$'));
    expect([refusal.code, refusal.facts.detail]).toEqual(['account-disabled', `CN=DESKTOP-04,OU=Workstations,${BASE}`]);
  });

  test('a gMSA is no device, though the device filter finds it', async () => {
    const refusal = await refusalFrom(lookUp('gmsa-web$'));
    expect(refusal.code).toBe('not-a-device');
    expect(refusal.facts.actual).toMatch(/^CN=ms-DS-Group-Managed-Service-Account,CN=Schema,/);
  });

  test.each([
    'DESKTOP-99$',
    'DESKTOP-01',
    '*',
    'DESKTOP-0*',
    'x)(objectClass=*',
    '',
    '\0',
    'DESKTOP-01$\0',
    'DESKTOP-01$ '.padEnd(2_000, 'x'),
  ])('%j is nobody, and the refusal says where it looked', async (identifier) => {
    const refusal = await refusalFrom(lookUp(identifier));
    expect([refusal.code, refusal.facts.actual]).toEqual(['directory-entry-missing', identifier]);
    expect(refusal.facts.detail).toContain(
      `gateway AD: user type Devices: below OU=Workstations,${BASE} for (&(objectClass=computer)(sAMAccountName=`,
    );
    expect(refusal.facts.detail).toContain(`user type People: below OU=Staff,${BASE}`);
  });

  test('a computer outside of the base is nobody', async () => {
    expect(
      (await refusalFrom(lookUp('DESKTOP-01$', [deviceUserType({ searchBaseDn: `OU=Services,${BASE}` })]))).code,
    ).toBe('directory-entry-missing');
  });

  test('a base that does not exist is told apart from one without the computer', async () => {
    const missing = `OU=Nowhere,${BASE}`;
    const types = [deviceUserType({ searchBaseDn: missing }), deviceUserType({ searchBaseDn: `OU=Services,${BASE}` })];
    const { code, facts } = await refusalFrom(lookUp('DESKTOP-01$', types));
    expect([code, facts.attribute]).toEqual(['directory-entry-missing', 'searchBaseDn']);
    expect(facts.detail).toMatch(
      new RegExp(`^${missing}: does not exist, or the bind account may not see it\\. gateway`),
    );
    expect((await refusalFrom(lookUp('DESKTOP-99$'))).facts).not.toHaveProperty('attribute');
  });

  test('a device type that finds a person alone refuses it', async () => {
    const wide = deviceUserType({ searchBaseDn: BASE, ldapFilterPattern: '(sAMAccountName=${identifier})' });
    expect((await refusalFrom(lookUp('nora.keller', [wide]))).code).toBe('not-a-device');
    expect((await lookUp('nora.keller', [wide, personUserType()])).userType.kind).toBe('person');
    expect((await lookUp('DESKTOP-01$', [personUserType(), wide])).userType.kind).toBe('device');
  });

  test('a computer that both kinds find is a device, in any order', async () => {
    const everybody = personUserType({
      searchBaseDn: BASE,
      ldapFilterPattern: '(&(objectClass=user)(sAMAccountName=${identifier}))',
    });
    for (const userTypes of [
      [everybody, deviceUserType()],
      [deviceUserType(), everybody],
    ])
      expect((await lookUp('DESKTOP-01$', userTypes)).userType.kind).toBe('device');
  });

  test('two matches inside a user type are refused by name, never the first', async () => {
    const wide = deviceUserType({
      ldapFilterPattern: '(&(objectCategory=computer)(|(sAMAccountName=${identifier})(cn=DESKTOP-02)))',
    });
    const refusal = await refusalFrom(lookUp('DESKTOP-01$', [wide]));
    expect(refusal.code).toBe('directory-entry-ambiguous');
    for (const name of ['DESKTOP-01', 'DESKTOP-02'])
      expect(refusal.facts.actual).toContain(`CN=${name},OU=Workstations,${BASE}`);
  });

  test('user types that point at different entries are refused by name', async () => {
    const astray = personUserType({ ldapFilterPattern: '(|(sAMAccountName=nora.keller)(cn=${identifier}))' });
    const refusal = await refusalFrom(lookUp('DESKTOP-01$', [deviceUserType(), astray]));
    expect(refusal.code).toBe('directory-entry-ambiguous');
    expect(refusal.facts.actual).toContain('CN=DESKTOP-01,');
    expect(refusal.facts.actual).toContain('CN=Nora Keller,');
  });
}

describe('over the sample forest', () => {
  lookUpSuite(lookUpIn(() => openSampleDirectory(sampleForest)));

  const pc = (attributes: Record<string, string | number | undefined>): readonly Entry[] => [
    sampleEntry(`OU=Workstations,${BASE}`, { objectClass: 'organizationalUnit' }),
    sampleEntry(`CN=PC,OU=Workstations,${BASE}`, {
      objectClass: 'computer',
      objectCategory: `CN=Computer,CN=Schema,CN=Configuration,${BASE}`,
      sAMAccountName: 'PC$',
      userAccountControl: 4096,
      ...attributes,
    }),
  ];
  const lookUpPc = (attributes: Record<string, string | number | undefined>, changes = {}): Promise<LookedUp> =>
    lookUpIn(() => openSampleDirectory(pc(attributes)))('PC$', [deviceUserType(changes)]);

  test('an expired account is refused at the time that is given', async () => {
    expect((await refusalFrom(lookUpPc({ accountExpires: '133539264000000000' }))).code).toBe('account-expired');
  });

  test('an account whose state may not be read is refused', async () => {
    expect((await refusalFrom(lookUpPc({ userAccountControl: undefined }))).code).toBe('account-state-unreadable');
  });

  test('an entry without any correlation attribute is refused', async () => {
    const refusal = await refusalFrom(lookUpPc({}, { orderedCorrelationAttributes: ['objectGUID', 'objectSid'] }));
    expect([refusal.code, refusal.facts.attribute]).toEqual(['correlation-missing', 'objectGUID, objectSid']);
  });

  test('no user type: nobody', async () => {
    expect((await refusalFrom(lookUpIn(() => openSampleDirectory(sampleForest))('DESKTOP-01$', []))).facts.detail).toBe(
      'gateway AD: no user type',
    );
  });

  test('it asks for the entries of each user type once, with what that one needs', async () => {
    const asked: Search[] = [];
    const sample = openSampleDirectory(sampleForest);
    const watched: Directory = { ...sample, search: async (search) => (asked.push(search), sample.search(search)) };
    await lookUpIn(() => watched)('DESKTOP-01$');
    expect(asked.map(({ base, scope }) => [base, scope])).toEqual([
      [`OU=Workstations,${BASE}`, 'sub'],
      [`OU=Staff,${BASE}`, 'sub'],
    ]);
    expect(asked[0]?.attributes).not.toContain('mail');
    expect(asked.every(({ sizeLimit }) => sizeLimit >= 2)).toBe(true);
  });
});

describe('mapEntry', () => {
  const entry = sampleEntry('CN=x', { cn: 'x', description: ['second', 'first'], sn: 'Keller', givenName: 'Nora' });
  const map = (value: string): Readonly<Record<string, string>> =>
    mapEntry(deviceUserType({ attributeMappings: [{ name: 'nickname', value }] }), entry);

  test.each([
    ['${ldapAttributes.cn}', { nickname: 'x' }],
    ['${ldapAttributes.sn}, ${ldapAttributes.givenName}', { nickname: 'Keller, Nora' }],
    ['${ldapAttributes.description}', { nickname: 'second' }],
    ['${ldapAttributes.dn}', { nickname: 'CN=x' }],
    ['${ldapAttributes.mail}', {}],
    ['${ldapAttributes.cn} ${ldapAttributes.mail}', {}],
    ['fixed', { nickname: 'fixed' }],
  ])('%s', (value, expected) => {
    expect(map(value)).toEqual(expected);
  });

  test('with the anchor objectGUID the other choice is mS-DS-ConsistencyGuid', () => {
    const refusal = refusalOf(() => mapEntry(deviceUserType({ anchor: 'objectGUID' }), entry));
    expect([refusal.code, refusal.facts.attribute]).toEqual(['anchor-missing', 'objectGUID']);
    expect(refusal.facts.detail).toContain('set anchor: mS-DS-ConsistencyGuid');
  });

  test('a person without the anchor is refused too, for External ID', () => {
    const refusal = refusalOf(() => mapEntry(personUserType(), sampleEntry('CN=y', { sAMAccountName: 'y' })));
    expect([refusal.code, refusal.facts.expected]).toEqual([
      'anchor-missing',
      'a value of mS-DS-ConsistencyGuid, from which externalId is mapped',
    ]);
  });

  test('a mapping of something else than the anchor is left to who needs it', () => {
    const attributeMappings = [{ name: 'username', value: '${ldapAttributes.mail}' }];
    expect(mapEntry(personUserType({ attributeMappings }), entry)).toEqual({});
  });
});

describe.skipIf(!labAvailable)('over a real Active Directory', () => {
  let lab: Lab;
  let directory: Directory;
  beforeAll(async () => {
    lab = await startLab();
    directory = openLdapDirectory(lab.gateway, { ca: lab.ca, log: { info: () => undefined, warn: () => undefined } });
  });
  afterAll(async () => {
    await directory?.close();
    await lab?.stop();
  });
  const lookUp = lookUpIn(() => directory);

  lookUpSuite(lookUp);

  test('an account name that another computer’s description holds is ambiguous under a wider filter', async () => {
    const wide = deviceUserType({
      ldapFilterPattern: '(&(objectClass=computer)(|(sAMAccountName=${identifier})(description=${identifier})))',
    });
    const refusal = await refusalFrom(lookUp('DESKTOP-07$', [wide]));
    expect(refusal.code).toBe('directory-entry-ambiguous');
    expect(refusal.facts.actual).toContain('CN=KIOSK-07,OU=Kiosks,OU=Workstations');
    expect((await lookUp('DESKTOP-07$')).entry.dn).toContain('CN=DESKTOP-07,');
  });

  test('an expired person is refused', async () => {
    expect((await refusalFrom(lookUp('vera.alt'))).code).toBe('account-expired');
  });

  test('a computer that is disabled now is refused now', async () => {
    expect((await lookUp('DESKTOP-05$')).userType.kind).toBe('device');
    await lab.modify(lab.dn('CN=DESKTOP-05,OU=Workstations'), { userAccountControl: 4098 });
    expect((await refusalFrom(lookUp('DESKTOP-05$'))).code).toBe('account-disabled');
  });
});
