/** What would fail against Entra by where a claim comes from, found before a device finds it. */
import { expect, test } from 'vitest';
import { load, said } from './sample.ts';
import type { Changes } from './sample.ts';

const A = 'environment.applications[0].attributes';
const row = (...rows: readonly object[]): Changes => ({ 'app.attributes': rows });
const mapping = (type: 'device' | 'cloudUser', ...rows: readonly object[]): Changes => ({
  [`${type}.newUserLookup.attributeMappings`]: rows,
});
const warnings = (changes: Changes): readonly string[] => said(load(changes).warnings);

test('the template’s rows fit the template’s mappings, with either anchor', () => {
  expect(warnings({})).toEqual([]);
  expect(warnings({ 'device.anchor': 'objectGUID', 'cloudUser.anchor': 'objectGUID' })).toEqual([]);
  expect(warnings({ 'device.anchor': 'ms-ds-consistencyguid' })).toEqual([]);
  expect(warnings({ 'environment.templateAttributes': { objectSid: 'accountId' } })).toEqual([]);
});

test('a string anchor, of which no GUID can be made, is said once for each user type', () => {
  const of = (type: string, attribute: string): string =>
    `${A} (\`Subject\`) makes a GUID of user.externalId, which user type ${type} maps from ${attribute}, a text: nothing comes of it unless the text is a GUID`;
  expect(warnings({ 'device.anchor': 'employeeID' }).map((text) => text.replace(/\[\d+\]\.value|\.value/, ''))).toEqual(
    [of('Hybrid joined devices', 'employeeID')],
  );
  expect(warnings({ 'device.anchor': 'objectSid', 'cloudUser.anchor': 'employeeID' })).toHaveLength(2);
});

test.each(['Subject', 'ImmutableID', 'onpremobjectguid'])('%s as the text of a GUID', (name) => {
  const [first, ...more] = warnings(row({ name, value: '${user.externalId}' }));
  expect(first).toBe(
    `${A}[0].value (\`${name}\`) issues mS-DS-ConsistencyGuid of user type ${name === 'onpremobjectguid' ? 'Hybrid joined devices' : 'Cloud users'} as the text of a GUID; Entra compares base64 of its bytes`,
  );
  expect(more).toHaveLength(name === 'onpremobjectguid' ? 0 : 1);
});

test('objectSid on Account ID, while the row reads the attribute of the template', () => {
  const rows = [
    { name: 'objectSid', remove: true },
    { name: 'accountId', value: '${ldapAttributes.objectSid}' },
  ];
  expect(warnings(mapping('device', ...rows))).toEqual([
    `${A} (\`primarysid\`) reads user.objectSid, which user type Hybrid joined devices does not map; its objectSid is mapped to accountId`,
  ]);
  expect(
    warnings({ ...mapping('device', ...rows), ...row({ name: 'primarysid', value: '${user.accountId}' }) }),
  ).toEqual([]);
});

test('a primarysid that is no SID', () => {
  expect(warnings(row({ name: 'primarysid', value: '${user.nickname}' }))).toEqual([
    `${A}[0].value (\`primarysid\`) reads user.nickname, which user type Hybrid joined devices maps from sAMAccountName; Entra wants the objectSid`,
  ]);
});

test('a mapping that is missing', () => {
  expect(warnings(mapping('cloudUser', { name: 'userPrincipalName', remove: true }))).toEqual([
    expect.stringContaining(
      'reads user.userPrincipalName, which user type Cloud users does not map: UPN would have no value',
    ),
  ]);
});

test('people without an ImmutableID', () => {
  const rows = row({
    name: 'ImmutableID',
    issuedTo: 'device',
    value: '${#string.uuidAsBase64Guid(user.externalId,null)}',
  });
  expect(warnings(rows)).toEqual([`${A} has no row ImmutableID for people: Entra knows nobody without it`]);
});

test('an expression that may know better is left alone, and claims that Entra does not decide by', () => {
  expect(warnings(row({ name: 'UPN', value: "${#core.ifelse(user.email,user.email,'x')}" }))).toEqual([]);
  expect(warnings(row({ name: 'badge', nameFormat: 'urn:x', value: '${user.externalId}' }))).toEqual([]);
});
