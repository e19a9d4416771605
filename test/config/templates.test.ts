/** The tables of the reference, row by row, as an administrator gets them by naming a template. */
import { expect, test } from 'vitest';
import { load } from './sample.ts';
import type { Changes } from './sample.ts';

const [CLOUD_USER, DEVICE] = [0, 1];

function mappings(index: number, changes: Changes = {}): readonly (readonly [string, string])[] {
  const type = load(changes).environment.gateways[0]?.userTypes[index];
  return (type?.newUserLookup.attributeMappings ?? []).map(({ name, value }) => [name, value]);
}

function claims(changes: Changes = {}): readonly Readonly<Record<string, unknown>>[] {
  return load(changes).environment.applications[0]?.attributes ?? [];
}

test('cloud users: the fourteen default rows and the custom attribute for userPrincipalName', () => {
  expect(mappings(CLOUD_USER)).toEqual([
    ['username', '${ldapAttributes.sAMAccountName}'],
    ['email', '${ldapAttributes.mail}'],
    ['name.family', '${ldapAttributes.sn}'],
    ['name.formatted', '${ldapAttributes.displayName}'],
    ['name.given', '${ldapAttributes.givenName}'],
    ['title', '${ldapAttributes.title}'],
    ['primaryPhone', '${ldapAttributes.telephoneNumber}'],
    ['mobilePhone', '${ldapAttributes.mobile}'],
    ['address.streetAddress', '${ldapAttributes.streetAddress}'],
    ['address.locality', '${ldapAttributes.l}'],
    ['address.region', '${ldapAttributes.st}'],
    ['address.postalCode', '${ldapAttributes.postalCode}'],
    ['address.countryCode', '${ldapAttributes.c}'],
    ['externalId', '${ldapAttributes.mS-DS-ConsistencyGuid}'],
    ['userPrincipalName', '${ldapAttributes.userPrincipalName}'],
  ]);
});

test('hybrid joined devices: username and External ID from the anchor, the name, the SID', () => {
  expect(mappings(DEVICE)).toEqual([
    ['username', '${ldapAttributes.mS-DS-ConsistencyGuid}'],
    ['nickname', '${ldapAttributes.sAMAccountName}'],
    ['externalId', '${ldapAttributes.mS-DS-ConsistencyGuid}'],
    ['objectSid', '${ldapAttributes.objectSid}'],
  ]);
});

test('both user types look accounts up as the guide does', () => {
  const common = {
    passwordAuthority: 'LDAP',
    orderedCorrelationAttributes: ['objectGUID', 'objectSid', 'dn', 'sAMAccountName'],
    anchor: 'mS-DS-ConsistencyGuid',
  };
  expect(load().environment.gateways[0]?.userTypes).toMatchObject([
    {
      ...common,
      name: 'Cloud users',
      kind: 'person',
      allowPasswordChanges: true,
      updateUserOnSuccessfulAuthentication: true,
      newUserLookup: {
        ldapFilterPattern:
          '(&(objectClass=user)(objectCategory=person)(|(sAMAccountName=${identifier})(mail=${identifier})(userPrincipalName=${identifier})))',
      },
    },
    {
      ...common,
      name: 'Hybrid joined devices',
      kind: 'device',
      allowPasswordChanges: false,
      updateUserOnSuccessfulAuthentication: false,
      newUserLookup: { ldapFilterPattern: '(&(objectClass=computer)(sAMAccountName=${identifier}))' },
    },
  ]);
});

test('the Microsoft 365 application: every claim with format, source and recipients', () => {
  const anchor = '${#string.uuidAsBase64Guid(user.externalId,null)}';
  expect(claims()).toEqual([
    { name: 'Subject', value: anchor, required: true, issuedTo: 'everyone' },
    {
      name: 'ImmutableID',
      value: anchor,
      required: true,
      issuedTo: 'everyone',
      nameFormat: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
    },
    {
      name: 'UPN',
      value: '${user.userPrincipalName}',
      required: true,
      issuedTo: 'person',
      nameFormat: 'http://schemas.xmlsoap.org/claims',
    },
    {
      name: 'accounttype',
      value: 'DJ',
      required: true,
      issuedTo: 'device',
      nameFormat: 'http://schemas.microsoft.com/ws/2012/01',
    },
    {
      name: 'onpremobjectguid',
      value: anchor,
      required: true,
      issuedTo: 'device',
      nameFormat: 'http://schemas.microsoft.com/identity/claims',
    },
    {
      name: 'primarysid',
      value: '${user.objectSid}',
      required: true,
      issuedTo: 'device',
      nameFormat: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
    },
  ]);
});

test('the template declares the custom attributes that it needs, as the guide demands', () => {
  const { environment } = load();
  expect(environment.customAttributes).toMatchObject([
    { name: 'userPrincipalName', type: 'STRING', unique: true, enabled: true, multiValued: false },
    { name: 'objectSid', type: 'STRING', unique: false, enabled: true, multiValued: false },
    { name: 'hybridJoinedDevice', type: 'BOOLEAN', unique: false, enabled: true, multiValued: false },
  ]);
  expect(environment.applications[0]).toMatchObject({
    hybridJoinDeviceAttribute: 'hybridJoinedDevice',
    userAttributeUsernameMatch: 'userPrincipalName',
  });
});

test('names of one’s own go everywhere', () => {
  const changes = {
    'environment.templateAttributes': { userPrincipalName: 'ms-upn', objectSid: 'sid', hybridJoinDevice: 'isDevice' },
  };
  expect(mappings(CLOUD_USER, changes).at(-1)).toEqual(['ms-upn', '${ldapAttributes.userPrincipalName}']);
  expect(mappings(DEVICE, changes).at(-1)).toEqual(['sid', '${ldapAttributes.objectSid}']);
  expect(claims(changes).find(({ name }) => name === 'UPN')).toMatchObject({ value: '${user.ms-upn}' });
  expect(claims(changes).find(({ name }) => name === 'primarysid')).toMatchObject({ value: '${user.sid}' });
  const { environment, warnings } = load(changes);
  expect(environment.applications[0]).toMatchObject({
    hybridJoinDeviceAttribute: 'isDevice',
    userAttributeUsernameMatch: 'ms-upn',
  });
  expect(environment.customAttributes.map(({ name }) => name)).toEqual(['ms-upn', 'sid', 'isDevice']);
  expect(warnings).toEqual([]);
});

test('objectSid may be stored in Account ID, which needs no declaration', () => {
  const changes = { 'environment.templateAttributes': { objectSid: 'accountId' } };
  expect(mappings(DEVICE, changes).at(-1)).toEqual(['accountId', '${ldapAttributes.objectSid}']);
  expect(load(changes).environment.customAttributes.map(({ name }) => name)).not.toContain('accountId');
});

test('a custom attribute that the file declares stays as it is declared', () => {
  const own = { name: 'hybridJoinedDevice', type: 'STRING', displayName: 'Joined' };
  const { customAttributes } = load({ 'environment.customAttributes': [own] }).environment;
  expect(customAttributes.filter(({ name }) => name === own.name)).toMatchObject([own]);
});

test.each(['objectGUID', 'mS-DS-ConsistencyGuid', 'employeeID'])(
  '%s as anchor: External ID and Username follow',
  (anchor) => {
    const source = `\${ldapAttributes.${anchor}}`;
    expect(Object.fromEntries(mappings(DEVICE, { 'device.anchor': anchor }))).toMatchObject({
      username: source,
      externalId: source,
    });
    expect(Object.fromEntries(mappings(CLOUD_USER, { 'cloudUser.anchor': anchor }))).toMatchObject({
      username: '${ldapAttributes.sAMAccountName}',
      externalId: source,
    });
  },
);

test('without kerberos.gateways, every user type of the gateway signs in by Kerberos', () => {
  const { environment } = load();
  const types = environment.gateways[0]?.userTypes.map(({ id }) => id);
  expect(environment.applications[0]?.kerberos.gateways.map(({ userType }) => userType.id)).toEqual(types);
});
