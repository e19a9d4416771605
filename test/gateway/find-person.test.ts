/** What a user type's filter demands holds for people who sign in by password too. */
import { expect, test } from 'vitest';
import { parseFilterPattern } from '../../src/directory/filter-pattern.ts';
import { filterText } from '../../src/directory/filter.ts';
import { SAMPLE_PEOPLE_DN } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { findPerson, whateverTheName } from '../../src/gateway/find-person.ts';
import { AD_LINK_ATTRIBUTES } from '../../src/model/gateway.ts';
import type { Gateway, UserType } from '../../src/model/gateway.ts';
import { Refusal } from '../../src/refusal.ts';

const USUAL = '(|(sAMAccountName=${identifier})(mail=${identifier}))';

const userType = (name: string, ldapFilterPattern: string): UserType => ({
  id: '5b3c2f0e-1111-4c1a-8d62-000000000001',
  name,
  kind: 'person',
  passwordAuthority: 'LDAP',
  searchBaseDn: SAMPLE_PEOPLE_DN,
  orderedCorrelationAttributes: [...AD_LINK_ATTRIBUTES],
  allowPasswordChanges: false,
  updateUserOnSuccessfulAuthentication: true,
  anchor: 'objectGUID',
  newUserLookup: {
    ldapFilterPattern,
    population: { id: '7c1d5a52-9a2e-4e55-8a55-000000000002' },
    attributeMappings: [
      { name: 'username', value: '${ldapAttributes.sAMAccountName}' },
      { name: 'email', value: '${ldapAttributes.mail}' },
    ],
  },
});

async function find(userTypes: readonly UserType[], username = 'nora.keller@example.test'): Promise<string> {
  const gateway = { id: 'g', name: 'corp' } as Gateway;
  const gateways = [{ gateway, userTypes, directory: openSampleDirectory(sampleForest) }];
  try {
    return (await findPerson({ gateways, matchedBy: 'email', username })).found.userType.name;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

test.each([
  ['names alone', USUAL, 'people'],
  ['another name attribute alone', '(userPrincipalName=${identifier})', 'people'],
  ['a demand that the person meets', `(&${USUAL}(l=Winterthur))`, 'people'],
  ['a demand that the person does not meet', `(&${USUAL}(l=Bern))`, 'password-account-unknown'],
  ['an exception that is the person', `(&${USUAL}(!(title=Buchhalterin)))`, 'password-account-unknown'],
])('a filter with %s', async (_, filter, expected) => {
  expect(await find([userType('people', filter)])).toBe(expected);
});

test('the first of two user types that find one person is taken', async () => {
  expect(await find([userType('first', USUAL), userType('second', USUAL)])).toBe('first');
  expect(await find([userType('first', `(&${USUAL}(l=Bern))`), userType('second', USUAL)])).toBe('second');
});

test.each([
  ['(cn=${identifier})', '(objectClass=*)'],
  ['(cn=a*${identifier}*b)', '(objectClass=*)'],
  ['(&(cn=${identifier})(l=Bern)(!(st=ZH)))', '(&(objectClass=*)(l=Bern)(!(st=ZH)))'],
  ['(&(cn=${identifier})(l=B*n)(ou=*))', '(&(objectClass=*)(l=B*n)(ou=*))'],
])('%s without the name', (pattern, expected) => {
  expect(filterText(whateverTheName(parseFilterPattern(pattern)))).toBe(expected);
});
