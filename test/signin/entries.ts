/** Entries as the look-up hands them on, and the parts of the configuration that stored users depend on. */
import type { LookedUp } from '../../src/gateway/look-up.ts';
import { AD_LINK_ATTRIBUTES } from '../../src/model/gateway.ts';
import type { UserType } from '../../src/model/gateway.ts';
import type { MappedEntry, UserDependencies } from '../../src/signin/users.ts';

export const GATEWAY = '0d6f4ba1-6b0c-4c5a-9f3c-2a8f4f7f0a01';
export const POPULATION = '7c1d5a52-9a2e-4e55-8a55-000000000002';
export const MARK = 'IsHybridJoinDevice';

export const DEVICES: UserType = {
  id: '5b3c2f0e-1111-4c1a-8d62-000000000002',
  name: 'Hybrid joined devices',
  kind: 'device',
  passwordAuthority: 'LDAP',
  searchBaseDn: 'OU=Workstations,DC=corp,DC=example,DC=test',
  orderedCorrelationAttributes: [...AD_LINK_ATTRIBUTES],
  allowPasswordChanges: false,
  updateUserOnSuccessfulAuthentication: true,
  anchor: 'objectGUID',
  newUserLookup: {
    ldapFilterPattern: '(sAMAccountName=${identifier})',
    population: { id: POPULATION },
    attributeMappings: [
      { name: 'username', value: '${ldapAttributes.objectGUID}' },
      { name: 'externalId', value: '${ldapAttributes.objectGUID}' },
      { name: 'objectSid', value: '${ldapAttributes.objectSid}' },
      { name: 'nickname', value: '${ldapAttributes.description}' },
    ],
  },
};

export const PEOPLE: UserType = { ...DEVICES, id: '5b3c2f0e-1111-4c1a-8d62-000000000001', kind: 'person' };

export const customAttributes = (
  ...attributes: readonly { readonly name: string; readonly type?: 'STRING' | 'BOOLEAN'; readonly unique?: boolean }[]
): Pick<UserDependencies, 'environment'>['environment'] => ({
  customAttributes: attributes.map(({ name, type = 'STRING', unique = false }) => ({
    name,
    schemaType: 'CUSTOM',
    type,
    unique,
    multiValued: false,
    enabled: true,
  })),
});

export interface Computer {
  readonly name: string;
  readonly objectGUID: string;
  readonly relativeId: number;
  readonly parent?: string;
}

export const COMPUTER: Computer = {
  name: 'PC-1',
  objectGUID: '11111111-5d7e-4a0b-9f26-1c8e44d3a101',
  relativeId: 1601,
};

export const dnOf = ({ name, parent = DEVICES.searchBaseDn }: Computer): string => `CN=${name},${parent}`;
export const sidOf = ({ relativeId }: Computer): string => `S-1-5-21-1-2-3-${relativeId}`;

/** What the look-up finds of a computer, and what the mappings of its user type make of it. */
export function entryOf(
  computer: Computer,
  { userType = DEVICES, mapped = {} }: { userType?: UserType; mapped?: Readonly<Record<string, string>> } = {},
): MappedEntry {
  const dn = dnOf(computer);
  const found: LookedUp = {
    entry: { dn, attributes: new Map() },
    userType,
    correlation: {
      objectGUID: computer.objectGUID,
      objectSid: sidOf(computer),
      dn,
      sAMAccountName: `${computer.name}$`,
    },
  };
  return {
    gateway: { id: GATEWAY },
    application: { hybridJoinDeviceAttribute: MARK },
    found,
    mapped: {
      username: computer.objectGUID,
      externalId: computer.objectGUID,
      objectSid: sidOf(computer),
      ...mapped,
    },
  };
}

/** The entry without some of its correlation values. */
export function without(entry: MappedEntry, ...names: readonly string[]): MappedEntry {
  const correlation = Object.fromEntries(
    Object.entries(entry.found.correlation).filter(([name]) => !names.includes(name)),
  );
  return { ...entry, found: { ...entry.found, correlation } };
}

/** The entry with another correlation value. */
export function withValue(entry: MappedEntry, name: string, value: string): MappedEntry {
  return { ...entry, found: { ...entry.found, correlation: { ...entry.found.correlation, [name]: value } } };
}
