/** The two user types of "Use default values", for tests; each call gives fresh ones. */
import type { AttributeMapping, UserType } from '../../src/model/gateway.ts';

const BASE = 'DC=corp,DC=example,DC=test';

export interface UserTypeChanges extends Partial<Omit<UserType, 'newUserLookup'>> {
  readonly ldapFilterPattern?: string;
  readonly attributeMappings?: AttributeMapping[];
}

const mapping = (name: string, attribute: string): AttributeMapping => ({
  name,
  value: `\${ldapAttributes.${attribute}}`,
});

function userType(defaults: UserType, { ldapFilterPattern, attributeMappings, ...changes }: UserTypeChanges): UserType {
  const newUserLookup = {
    ...defaults.newUserLookup,
    ...(ldapFilterPattern !== undefined && { ldapFilterPattern }),
    ...(attributeMappings !== undefined && { attributeMappings }),
  };
  return { ...defaults, ...changes, newUserLookup };
}

export function deviceUserType(changes: UserTypeChanges = {}): UserType {
  const anchor = changes.anchor ?? 'mS-DS-ConsistencyGuid';
  return userType(
    {
      id: '4a0f3c11-7b7d-4d6a-9a53-0b8f6f1c2d01',
      name: 'Devices',
      kind: 'device',
      passwordAuthority: 'LDAP',
      searchBaseDn: `OU=Workstations,${BASE}`,
      orderedCorrelationAttributes: ['objectGUID', 'objectSid', 'dn', 'sAMAccountName'],
      allowPasswordChanges: false,
      updateUserOnSuccessfulAuthentication: false,
      anchor,
      newUserLookup: {
        ldapFilterPattern: '(&(objectClass=computer)(sAMAccountName=${identifier}))',
        population: { id: '4a0f3c11-7b7d-4d6a-9a53-0b8f6f1c2d02' },
        attributeMappings: [
          mapping('username', anchor),
          mapping('externalId', anchor),
          mapping('nickname', 'sAMAccountName'),
          mapping('deviceSid', 'objectSid'),
        ],
      },
    },
    changes,
  );
}

export function personUserType(changes: UserTypeChanges = {}): UserType {
  return userType(
    {
      id: '4a0f3c11-7b7d-4d6a-9a53-0b8f6f1c2d03',
      name: 'People',
      kind: 'person',
      passwordAuthority: 'LDAP',
      searchBaseDn: `OU=Staff,${BASE}`,
      orderedCorrelationAttributes: ['objectGUID', 'objectSid', 'dn', 'sAMAccountName'],
      allowPasswordChanges: true,
      updateUserOnSuccessfulAuthentication: true,
      anchor: 'mS-DS-ConsistencyGuid',
      newUserLookup: {
        ldapFilterPattern:
          '(&(objectClass=user)(objectCategory=person)(|(sAMAccountName=${identifier})(mail=${identifier})(userPrincipalName=${identifier})))',
        population: { id: '4a0f3c11-7b7d-4d6a-9a53-0b8f6f1c2d04' },
        attributeMappings: [
          mapping('username', 'sAMAccountName'),
          mapping('email', 'mail'),
          mapping('name.given', 'givenName'),
          mapping('title', 'title'),
          mapping('address.streetAddress', 'streetAddress'),
          mapping('externalId', 'mS-DS-ConsistencyGuid'),
          mapping('upn', 'userPrincipalName'),
        ],
      },
    },
    changes,
  );
}
