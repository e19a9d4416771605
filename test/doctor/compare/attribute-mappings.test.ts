import { describe, expect, test } from 'vitest';
import { compareMappings } from '../../../src/doctor/compare/attribute-mappings.ts';
import type { ComparisonRow } from '../../../src/doctor/finding.ts';
import type { Application, ApplicationAttribute } from '../../../src/model/application.ts';
import type { UserType } from '../../../src/model/gateway.ts';
import { application as sound, userTypes } from './federation-capture.ts';

const application = sound as Application;
const NAMES = ['ImmutableID', 'Subject', 'UPN', 'accounttype', 'onpremobjectguid', 'primarysid'];

const withRow = (name: string, change: Partial<ApplicationAttribute>): Application => ({
  ...application,
  attributes: application.attributes.map((row) => (row.name === name ? { ...row, ...change } : row)),
});
const rowOf = (name: string, configured: Application, types: readonly UserType[] = []): ComparisonRow | undefined =>
  compareMappings(configured, types).find((row) => row.name === name);

test('without a configuration: every required row with all its formats and its value', () => {
  const rows = compareMappings(undefined);
  expect(rows.map(({ name }) => name)).toEqual(NAMES);
  expect(rows.every(({ verdict, actual }) => verdict === 'shown' && actual === undefined)).toBe(true);
  const expected = Object.fromEntries(rows.map((row) => [row.name, row.expected]));
  expect(expected['ImmutableID']).toContain(
    'http://schemas.microsoft.com/LiveID/Federation/2008/05 or http://schemas.xmlsoap.org/ws/2005/05/identity/claims',
  );
  expect(expected['Subject']).toContain(
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress or urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  );
  expect(expected['accounttype']).toContain('format http://schemas.microsoft.com/ws/2012/01; value "DJ"');
  expect(expected['onpremobjectguid']).toContain(
    'format http://schemas.microsoft.com/identity/claims; value #string.uuidAsBase64Guid(user.externalId,null)',
  );
  expect(expected['primarysid']).toContain(
    'format http://schemas.microsoft.com/ws/2008/06/identity/claims; value user.',
  );
});

test('the template is as it must be, its user types too', () => {
  const rows = compareMappings(application, userTypes);
  expect(rows.filter(({ verdict }) => verdict !== 'same' && verdict !== 'shown')).toEqual([]);
  expect(rows.filter(({ name }) => NAMES.includes(name)).every(({ verdict }) => verdict === 'same')).toBe(true);
});

test.each(NAMES)('a missing row %s', (name) => {
  const attributes = application.attributes.filter((row) => row.name !== name);
  expect(rowOf(name, { ...application, attributes })).toMatchObject({ verdict: 'missing', actual: undefined });
});

describe('what differs', () => {
  test.each([
    ['accounttype', { nameFormat: 'http://schemas.xmlsoap.org/claims' }, 'differs', 'set the format'],
    ['accounttype', { value: 'dj' }, 'differs', 'DJ'],
    ['accounttype', { value: 'User' }, 'differs', 'DJ'],
    ['accounttype', { issuedTo: 'person' as const }, 'differs', 'leaves out devices'],
    ['accounttype', { name: 'AccountType' }, 'differs', 'Entra writes this claim accounttype'],
    ['Subject', { issuedTo: 'person' as const }, 'differs', 'leaves out devices'],
    ['ImmutableID', { issuedTo: 'device' as const }, 'differs', 'leaves out people'],
    ['onpremobjectguid', { value: '${user.externalId}' }, 'differs', 'uuidAsBase64Guid'],
    ['onpremobjectguid', { value: '${#string.uuidAsBase64Guid(user.nickname,null)}' }, 'shown', 'user.nickname'],
    ['primarysid', { value: 'S-1-5-21-1-2-3-4' }, 'differs', 'stores objectSid'],
    ['primarysid', { value: '${user.nickname}' }, 'differs', 'mapped from sAMAccountName'],
    ['primarysid', { value: '${user.nobody}' }, 'differs', 'no row'],
    ['UPN', { value: '${user.email}' }, 'differs', 'mapped from mail'],
  ] as const)('%s %o', (name, change, verdict, note) => {
    const row = rowOf(name, withRow(name, change), userTypes);
    expect(row?.verdict).toBe(verdict);
    expect(row?.note).toContain(note);
  });

  test.each([
    ['ImmutableID', { nameFormat: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims' }],
    ['ImmutableID', { value: '#string.uuidAsBase64Guid( user.externalId, null )' }],
    ['accounttype', { value: '${"DJ"}' }],
    ['accounttype', { issuedTo: 'everyone' as const }],
  ] as const)('%s %o does not matter', (name, change) => {
    expect(rowOf(name, withRow(name, change), userTypes)?.verdict).toBe('same');
  });

  test('either format of the Subject', () => {
    const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' as const;
    expect(rowOf('Subject', { ...application, subjectNameIdentifierFormat: unspecified })?.verdict).toBe('same');
  });
});

describe('the gateway’s side', () => {
  const device = userTypes.find(({ kind }) => kind === 'device') as UserType;
  const mapped = (changes: Readonly<Record<string, string | undefined>>): UserType => ({
    ...device,
    newUserLookup: {
      ...device.newUserLookup,
      attributeMappings: device.newUserLookup.attributeMappings.flatMap((row) => {
        if (!(row.name in changes)) return [row];
        const source = changes[row.name];
        return source === undefined ? [] : [{ ...row, value: `\${ldapAttributes.${source}}` }];
      }),
    },
  });
  const verdicts = (type: UserType): readonly string[] =>
    compareMappings(application, [type])
      .filter(({ name }) => name.startsWith(type.name))
      .map(({ verdict }) => verdict);

  test.each([
    ['as the template', {}, ['same', 'same', 'same', 'same']],
    ['objectGUID for both', { username: 'objectGUID', externalId: 'objectGUID' }, ['same', 'same', 'same', 'same']],
    ['two sources', { username: 'objectGUID' }, ['differs', 'same', 'same', 'same']],
    ['no External ID', { externalId: undefined }, ['missing', 'same', 'same', 'same']],
    ['no objectSid', { objectSid: undefined }, ['same', 'missing', 'same', 'same']],
    ['no Nickname', { nickname: undefined }, ['same', 'same', 'shown', 'same']],
  ] as const)('%s', (_, changes, expected) => {
    expect(verdicts(mapped(changes))).toEqual(expected);
  });

  test('the order of the look-up', () => {
    const reversed = { ...device, orderedCorrelationAttributes: device.orderedCorrelationAttributes.toReversed() };
    expect(verdicts(reversed).at(-1)).toBe('differs');
    expect(verdicts({ ...device, orderedCorrelationAttributes: ['objectGUID'] }).at(-1)).toBe('differs');
  });
});
