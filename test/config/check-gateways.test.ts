import { expect, test } from 'vitest';
import { IDS, load, problemsOf, said } from './sample.ts';
import type { Changes } from './sample.ts';

const G = 'environment.gateways[0]';
const [PEOPLE, DEVICES] = [`${G}.userTypes[0]`, `${G}.userTypes[1]`];

test('LDAP in clear text needs an opt-in, and then warns', () => {
  const plain = { 'gateway.connectionSecurity': 'None', 'gateway.serversHostAndPort': ['dc1.corp.example.com:389'] };
  expect(said(problemsOf(plain))).toEqual([
    `${G}.connectionSecurity is None, which sends the bind password in clear text`,
  ]);
  const { environment, warnings } = load({ ...plain, 'gateway.allowUnencryptedLdap': true });
  expect(environment.gateways[0]?.connectionSecurity).toBe('None');
  expect(environment.gateways[0]).not.toHaveProperty('allowUnencryptedLdap');
  expect(said(warnings)).toEqual([
    `${G}.connectionSecurity is None: the bind password crosses the network in clear text`,
  ]);
});

test.each<[Changes, string]>([
  [
    { 'gateway.validateTlsCertificates': false },
    `${G}.validateTlsCertificates is false: anybody on the network can pose as the domain controller`,
  ],
  [
    { 'gateway.serversHostAndPort': ['dc1.corp.example.com:636', 'dc2.corp.example.com:389'] },
    `${G}.serversHostAndPort[1] has port 389, which does not speak TLS`,
  ],
  [
    { 'gateway.connectionSecurity': 'StartTLS' },
    `${G}.serversHostAndPort[0] has port 636, which does not speak StartTLS`,
  ],
])('%j loads with a warning', (changes, warning) => {
  expect(said(load(changes).warnings)).toEqual([warning]);
});

test.each<[Changes, string]>([
  // one key of the service account
  [
    { 'gateway.kerberos.keytabFile': 'mortise.keytab' },
    `${G}.kerberos.keytabFile stands beside \`serviceAccountPassword\``,
  ],
  [{ 'gateway.kerberos.serviceAccountPassword': undefined }, `${G}.kerberos has no key of the service account`],
  [
    { 'gateway.kerberos.serviceAccountPassword': '${env:NO}' },
    `${G}.kerberos.serviceAccountPassword names the variable NO, which is not set`,
  ],
  // the filter
  [
    { 'device.newUserLookup.ldapFilterPattern': '(cn=x)' },
    `${DEVICES}.newUserLookup.ldapFilterPattern is no filter with a place for the caller: column 1: \${identifier} is missing: every caller would be the same entry`,
  ],
  [
    { 'device.newUserLookup.ldapFilterPattern': 'cn=${identifier}' },
    `${DEVICES}.newUserLookup.ldapFilterPattern is no filter with a place for the caller: column 1: a filter begins with (`,
  ],
  [
    { 'device.newUserLookup.ldapFilterPattern': '(&(objectClass=computer)(!(DN=${identifier})))' },
    `${DEVICES}.newUserLookup.ldapFilterPattern compares dn, which is no LDAP attribute: it would find nobody`,
  ],
  // references
  [
    { 'device.newUserLookup.population.id': IDS.unknown },
    `${DEVICES}.newUserLookup.population.id is no population of this file`,
  ],
  // mappings
  [
    { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'emial', value: '${ldapAttributes.mail}' }] },
    `${PEOPLE}.newUserLookup.attributeMappings[0].name is \`emial\`, which is no attribute of a user`,
  ],
  [
    { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'locale', value: '${ldapAttributes.}' }] },
    `${PEOPLE}.newUserLookup.attributeMappings[0].value is \`\${ldapAttributes.}\`, not \`\${ldapAttributes.NAME}\``,
  ],
  [
    { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'locale', value: 'mail' }] },
    `${PEOPLE}.newUserLookup.attributeMappings[0].value is \`mail\`, not \`\${ldapAttributes.NAME}\``,
  ],
  [
    { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'username', remove: true }] },
    `${PEOPLE}.newUserLookup.attributeMappings does not map \`username\``,
  ],
  // the anchor
  [
    { 'device.newUserLookup.attributeMappings': [{ name: 'externalId', remove: true }] },
    `${DEVICES}.newUserLookup.attributeMappings does not map \`externalId\``,
  ],
  [
    { 'device.newUserLookup.attributeMappings': [{ name: 'username', value: '${ldapAttributes.cn}' }] },
    `${DEVICES}.newUserLookup.attributeMappings[0].value maps \`username\` from cn, but \`anchor\` is mS-DS-ConsistencyGuid`,
  ],
  [
    { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'externalId', value: '${ldapAttributes.objectGUID}' }] },
    `${PEOPLE}.newUserLookup.attributeMappings[0].value maps \`externalId\` from objectGUID, but \`anchor\` is mS-DS-ConsistencyGuid`,
  ],
])('%j is refused', (changes, problem) => {
  expect(said(problemsOf(changes))).toEqual([problem]);
});

test('a custom attribute can be mapped when it is declared, enabled and text', () => {
  const mapping = {
    'cloudUser.newUserLookup.attributeMappings': [
      { name: 'site', value: '${ldapAttributes.physicalDeliveryOfficeName}' },
    ],
  };
  const row = `${PEOPLE}.newUserLookup.attributeMappings[0].name`;
  const declared = (attribute: object): Changes => ({
    ...mapping,
    'environment.customAttributes': [{ name: 'site', ...attribute }],
  });
  expect(load(declared({})).warnings).toEqual([]);
  expect(said(problemsOf(mapping))).toEqual([`${row} is \`site\`, which is no attribute of a user`]);
  expect(said(problemsOf(declared({ type: 'BOOLEAN' })))).toEqual([`${row} is \`site\`, a BOOLEAN`]);
  expect(said(problemsOf(declared({ enabled: false })))).toEqual([`${row} is \`site\`, which is not enabled`]);
});

test('people may be without External ID, and the anchor is compared as LDAP compares names', () => {
  const without = { 'cloudUser.newUserLookup.attributeMappings': [{ name: 'externalId', remove: true }] };
  const warnings = said(load(without).warnings);
  expect(warnings).toHaveLength(2);
  for (const warning of warnings) expect(warning).toContain('user type Cloud users does not map');
  const otherCase = [{ name: 'externalId', value: '${ldapAttributes.OBJECTGUID}' }];
  expect(load({ 'device.anchor': 'objectGUID', 'device.newUserLookup.attributeMappings': otherCase }).warnings).toEqual(
    [],
  );
});

test('a reference is not called wrong while what it refers to cannot be read', () => {
  expect(said(problemsOf({ 'environment.populations.1.id': 'x' }))).toEqual([
    'environment.populations[1].id is `x`, not a UUID',
  ]);
  expect(said(problemsOf({ 'environment.populations': undefined }))).toEqual(['environment.populations is missing']);
});

test('placeholders of filters and mappings are kept as they stand', () => {
  const type = load().environment.gateways[0]?.userTypes[1];
  expect(type?.newUserLookup.ldapFilterPattern).toContain('${identifier}');
  expect(type?.newUserLookup.attributeMappings[0]?.value).toBe('${ldapAttributes.mS-DS-ConsistencyGuid}');
});
