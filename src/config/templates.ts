/**
 * What the templates expand to: the tables of "Use default values" and of the Microsoft 365 application.
 *
 * Tables only; expand.ts merges them with the file. Row order is the order of the assertion.
 */
import { AD_LINK_ATTRIBUTES } from '../model/gateway.ts';
import type { AttributeMapping, UserType } from '../model/gateway.ts';
import { knownClaim, SUBJECT } from '../mapping/known-claims.ts';
import type { ApplicationAttribute } from '../model/application.ts';
import type { CustomAttribute } from '../model/environment.ts';

/**
 * The custom attributes that the templates read and write. Their names are the file's to choose
 * (`environment.templateAttributes`), because a deployment that comes from PingOne has its own.
 */
export interface TemplateAttributes {
  readonly userPrincipalName: string;
  readonly objectSid: string;
  readonly hybridJoinDevice: string;
}

export const TEMPLATE_ATTRIBUTES: TemplateAttributes = {
  userPrincipalName: 'userPrincipalName',
  objectSid: 'objectSid',
  hybridJoinDevice: 'hybridJoinedDevice',
};

/** Source anchor of Entra Connect for people; "Use default values" takes it for devices too. */
export const DEFAULT_ANCHOR = 'mS-DS-ConsistencyGuid';

export const USER_TYPE_TEMPLATES = ['cloud-user', 'hybrid-joined-device'] as const;
export type UserTypeTemplate = (typeof USER_TYPE_TEMPLATES)[number];

export const APPLICATION_TEMPLATES = ['microsoft-365'] as const;

type UserTypeDefaults = Omit<UserType, 'id' | 'searchBaseDn' | 'anchor' | 'newUserLookup' | 'passwordAuthority'> & {
  readonly ldapFilterPattern: string;
};

/** Everything of a user type but its mappings, which depend on names and anchor. */
export const USER_TYPE_DEFAULTS: Readonly<Record<UserTypeTemplate, UserTypeDefaults>> = {
  'cloud-user': {
    name: 'Cloud users',
    kind: 'person',
    orderedCorrelationAttributes: [...AD_LINK_ATTRIBUTES],
    allowPasswordChanges: true,
    updateUserOnSuccessfulAuthentication: true,
    ldapFilterPattern:
      '(&(objectClass=user)(objectCategory=person)(|(sAMAccountName=${identifier})(mail=${identifier})(userPrincipalName=${identifier})))',
  },
  'hybrid-joined-device': {
    name: 'Hybrid joined devices',
    kind: 'device',
    orderedCorrelationAttributes: [...AD_LINK_ATTRIBUTES],
    allowPasswordChanges: false,
    updateUserOnSuccessfulAuthentication: false,
    ldapFilterPattern: '(&(objectClass=computer)(sAMAccountName=${identifier}))',
  },
};

export function ldapReferenceTo(attribute: string): string {
  return `\${ldapAttributes.${attribute}}`;
}

/** The rows of "Use default values". */
export function defaultMappings(
  template: UserTypeTemplate,
  anchor: string,
  names: TemplateAttributes,
): readonly AttributeMapping[] {
  const rows: Readonly<Record<UserTypeTemplate, readonly (readonly [name: string, attribute: string])[]>> = {
    'cloud-user': [
      ['username', 'sAMAccountName'],
      ['email', 'mail'],
      ['name.family', 'sn'],
      ['name.formatted', 'displayName'],
      ['name.given', 'givenName'],
      ['title', 'title'],
      ['primaryPhone', 'telephoneNumber'],
      ['mobilePhone', 'mobile'],
      ['address.streetAddress', 'streetAddress'],
      ['address.locality', 'l'],
      ['address.region', 'st'],
      ['address.postalCode', 'postalCode'],
      ['address.countryCode', 'c'],
      ['externalId', anchor],
      [names.userPrincipalName, 'userPrincipalName'],
    ],
    'hybrid-joined-device': [
      ['username', anchor],
      ['nickname', 'sAMAccountName'],
      ['externalId', anchor],
      [names.objectSid, 'objectSid'],
    ],
  };
  return rows[template].map(([name, attribute]) => ({ name, value: ldapReferenceTo(attribute) }));
}

/** Entra's ImmutableID: base64 of the anchor's 16 bytes as AD stores them. */
const SOURCE_ANCHOR = '${#string.uuidAsBase64Guid(user.externalId,null)}';

/** The rows of the Microsoft 365 application; namespaces and recipients follow from the names. */
export function defaultClaims(names: TemplateAttributes): readonly ApplicationAttribute[] {
  const rows: readonly (readonly [name: string, value: string])[] = [
    [SUBJECT, SOURCE_ANCHOR],
    ['ImmutableID', SOURCE_ANCHOR],
    ['UPN', `\${user.${names.userPrincipalName}}`],
    ['accounttype', 'DJ'],
    ['onpremobjectguid', SOURCE_ANCHOR],
    ['primarysid', `\${user.${names.objectSid}}`],
  ];
  return rows.map(([name, value]) => completeClaim({ name, value, required: true }));
}

/** A row with what its name says; a name that is not known is issued to everyone and has no namespace. */
export function completeClaim(row: {
  readonly name: string;
  readonly value: string;
  readonly required: boolean;
  readonly nameFormat?: string | undefined;
  readonly issuedTo?: ApplicationAttribute['issuedTo'] | undefined;
}): ApplicationAttribute {
  const { nameFormat, issuedTo, ...rest } = row;
  const claim = knownClaim(row.name);
  const namespace = nameFormat ?? claim?.nameFormat;
  return {
    ...rest,
    issuedTo: issuedTo ?? claim?.only ?? 'everyone',
    ...(namespace === undefined ? {} : { nameFormat: namespace }),
  };
}

/** The declarations that the templates add when the file has none of that name. */
export function defaultCustomAttributes(names: TemplateAttributes): readonly CustomAttribute[] {
  const declared = { schemaType: 'CUSTOM', multiValued: false, enabled: true } as const;
  return [
    { ...declared, name: names.userPrincipalName, type: 'STRING', unique: true },
    { ...declared, name: names.objectSid, type: 'STRING', unique: false },
    { ...declared, name: names.hybridJoinDevice, type: 'BOOLEAN', unique: false },
  ];
}
