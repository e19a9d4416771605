/**
 * An LDAP gateway to Active Directory, in the words of the PingOne management API.
 *
 * `kind`, `anchor` and what follows `keytabFile` are Mortise's own words. Owns: shapes and meanings. Does not own:
 * defaults (config/form.ts) and how settings must fit together (config/check-*.ts).
 */
import { z } from 'zod';
import {
  distinguishedName,
  hostAndPort,
  httpServicePrincipalName,
  id,
  inputFile,
  ldapAttribute,
  ldapReference,
  nonEmpty,
  realm,
  secret,
  userPrincipalName,
} from './kinds.ts';

/** The look-up attributes of "Use default values", in their order. */
export const AD_LINK_ATTRIBUTES = ['objectGUID', 'objectSid', 'dn', 'sAMAccountName'] as const;

export const attributeMapping = z.strictObject({
  name: nonEmpty.describe('Attribute of the Mortise user: `username`, `name.given`, …, or a custom attribute.'),
  value: ldapReference.describe('Where it comes from in AD.'),
});

export const newUserLookup = z.strictObject({
  ldapFilterPattern: nonEmpty.describe(
    'LDAP filter that finds the entry of a ticket’s client; `${identifier}` stands for the client’s name.',
  ),
  population: z
    .strictObject({ id: id.describe('Identifier of the population.') })
    .describe('Where users of this type are created.'),
  attributeMappings: z
    .array(attributeMapping)
    .min(1)
    .describe('What a user is made of. With a template: rows that replace (by name), add or remove template rows.'),
});

export const userType = z.strictObject({
  id: id.describe('Identifier of the user type; stored users refer to it, so it must never change.'),
  name: nonEmpty.describe('Name for people.'),
  kind: z
    .enum(['person', 'device'])
    .describe('What its entries are. `device` takes only computers (objectCategory=computer).'),
  passwordAuthority: z.literal('LDAP').describe('Who checks passwords: AD.'),
  searchBaseDn: distinguishedName.describe('The entry below which accounts are searched, with its subtree.'),
  orderedCorrelationAttributes: z
    .array(ldapAttribute)
    .min(1)
    .describe('Attributes by which the stored user of an entry is found, tried one by one in this order.'),
  allowPasswordChanges: z.boolean().describe('Whether people of this type may change their AD password here.'),
  updateUserOnSuccessfulAuthentication: z
    .boolean()
    .describe('Whether the stored user is brought up to date at each sign-in.'),
  anchor: ldapAttribute.describe(
    'AD attribute of the source anchor: External ID, and for devices Username, are mapped from it. `objectGUID` for devices whose mS-DS-ConsistencyGuid is absent or differs from objectGUID: Entra knows a device by its objectGUID.',
  ),
  newUserLookup: newUserLookup.describe('How an account is found, and what its user is made of.'),
});

export const kerberos = z.strictObject({
  serviceAccountUserPrincipalName: userPrincipalName.describe(
    'UPN of the account that holds the SPN `HTTP/<custom domain>`. Upper and lower case as in AD: it is part of the salt.',
  ),
  serviceAccountPassword: secret.optional().describe('Its password. Either this or `keytabFile`.'),
  keytabFile: inputFile.optional().describe('A keytab with its keys, instead of the password.'),
  serviceAccountSamAccountName: nonEmpty
    .optional()
    .describe('Its sAMAccountName, when that is not the user part of the UPN.'),
  realm: realm.optional().describe('Kerberos realm of the tickets, when it is not the UPN’s suffix in upper case.'),
  additionalServicePrincipalNames: z
    .array(httpServicePrincipalName)
    .describe(
      'Further SPNs of the account whose tickets are accepted, beside `HTTP/<custom domain>`: where the custom domain is a CNAME, browsers and others ask for a ticket for its target.',
    ),
  askKdcForSalt: z
    .boolean()
    .optional()
    .describe(
      'With a password: whether a controller is asked, on TCP port 88, with which salt it made the account’s keys: at the start, and at most once a minute for tickets that open with no key. For an account that was renamed after its password was set. Mortise starts without an answer.',
    ),
  minutesToRetainPreviousCredentials: z
    .int()
    .min(1)
    .max(10_080)
    .describe(
      'How long, after a change of the password or the keytab, tickets under the former keys are still taken, in minutes: as long as tickets live, and the time until AD has the change on every controller. The last five are kept, encrypted under the master key, and forgotten when their time is over.',
    ),
  channelBindings: z
    .enum(['off', 'allow', 'require'])
    .optional()
    .describe(
      'Whether a ticket must come over the TLS connection that its client made it for (Extended Protection): `allow` compares where the client can say which, `require` refuses a client that cannot. When absent `allow`, and `off` where `server.trustedProxies` lists a proxy, because TLS may end there.',
    ),
});

export const gateway = z.strictObject({
  id: id.describe('Identifier of the gateway; stored users refer to it, so it must never change.'),
  name: nonEmpty.describe('Name for people.'),
  description: z.string().optional().describe('Free text.'),
  type: z.literal('LDAP').describe('The kind of gateway.'),
  enabled: z.boolean().describe('Whether it is used.'),
  vendor: z.literal('Microsoft Active Directory').describe('The directory behind it.'),
  serversHostAndPort: z
    .array(hostAndPort)
    .min(1)
    .describe('Domain controllers in the order of failover: 636 for TLS, 389 for StartTLS. No load balancer.'),
  connectionSecurity: z
    .enum(['TLS', 'StartTLS', 'None'])
    .describe('How the connection is protected. `None` sends the bind password in clear text.'),
  validateTlsCertificates: z
    .boolean()
    .describe('Whether the controllers’ certificates are checked, against `server.ldapCaFile` where it is given.'),
  followReferrals: z.literal(false).describe('LDAP referrals are never followed.'),
  bindDN: nonEmpty.describe('The account that reads AD: a distinguished name or a UPN.'),
  bindPassword: secret.describe('Its password.'),
  kerberos: kerberos.optional().describe('The service account whose tickets are accepted. Without it: no Kerberos.'),
  userTypes: z.array(userType).min(1).describe('Which accounts are looked up, and how.'),
});

export type AttributeMapping = Readonly<z.infer<typeof attributeMapping>>;
export type UserType = z.infer<typeof userType>;
export type Gateway = z.infer<typeof gateway>;
