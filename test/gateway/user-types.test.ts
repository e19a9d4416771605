/** Mappings in PingOne's form, and what is read of an entry. */
import { describe, expect, test } from 'vitest';
import { FilterSyntaxError } from '../../src/directory/filter-pattern.ts';
import { compileUserType, parseMappingValue } from '../../src/gateway/user-types.ts';
import { deviceUserType, personUserType } from './user-type-samples.ts';

describe('parseMappingValue', () => {
  test.each([
    ['${ldapAttributes.mail}', [{ attribute: 'mail' }]],
    ['${ldapAttributes.mS-DS-ConsistencyGuid}', [{ attribute: 'mS-DS-ConsistencyGuid' }]],
    ['${ldapAttributes.2.5.4.3}', [{ attribute: '2.5.4.3' }]],
    ['PC ${ldapAttributes.cn}', [{ literal: 'PC ' }, { attribute: 'cn' }]],
    [
      '${ldapAttributes.sn}, ${ldapAttributes.givenName}!',
      [{ attribute: 'sn' }, { literal: ', ' }, { attribute: 'givenName' }, { literal: '!' }],
    ],
    ['costs $5 {x}', [{ literal: 'costs $5 {x}' }]],
    ['', []],
  ])('%j', (value, pieces) => {
    expect(parseMappingValue(value)).toEqual(pieces);
  });

  test.each([
    '${mail}',
    '${ldapAttributes.}',
    '${ldapAttributes.a b}',
    '${ldapAttributes.mail',
    'a ${ldapAttributes.mail} ${user.x}',
    '${LDAPATTRIBUTES.mail}',
  ])('%j is refused', (value) => {
    expect(() => parseMappingValue(value)).toThrow(TypeError);
  });
});

describe('compileUserType', () => {
  test('asks for exactly what is needed, each once', () => {
    expect(compileUserType(deviceUserType()).ldapAttributes).toEqual([
      'mS-DS-ConsistencyGuid',
      'sAMAccountName',
      'objectSid',
      'objectGUID',
      'objectCategory',
      'userAccountControl',
      'accountExpires',
    ]);
  });

  test('spellings of one name are one, and dn is no attribute', () => {
    const userType = deviceUserType({
      orderedCorrelationAttributes: ['dn', 'OBJECTGUID'],
      attributeMappings: [{ name: 'username', value: '${ldapAttributes.objectguid}' }],
    });
    const names = compileUserType(userType).ldapAttributes.map((name) => name.toLowerCase());
    expect(names.filter((name) => name === 'objectguid')).toHaveLength(1);
    expect(names).not.toContain('dn');
  });

  test('is done once for each user type', () => {
    const userType = personUserType();
    expect(compileUserType(userType)).toBe(compileUserType(userType));
  });

  test('a filter that nobody checked is not swallowed', () => {
    expect(() => compileUserType(deviceUserType({ ldapFilterPattern: '(objectClass=computer)' }))).toThrow(
      FilterSyntaxError,
    );
  });
});
