/** An LDAP gateway to Active Directory, in the words of the PingOne management API (`gateway.schema.yaml`). */
import { z } from 'zod';
import { id } from './identifiers.ts';

/** Attributes whose values are bytes in AD; the first two identify an entry for good. */
export const AD_LINK_ATTRIBUTES = ['objectGUID', 'objectSid', 'dn', 'sAMAccountName'] as const;

export const attributeMapping = z.strictObject({
  /** Attribute of the Mortise user: `username`, `name.given`, `externalId`, … or a custom attribute. */
  name: z.string().min(1),
  /** `${ldapAttributes.X}` */
  value: z.string().min(1),
});

export const userType = z.strictObject({
  id,
  name: z.string().min(1),
  /** What the entries of this user type are. `device` limits them to objectCategory=computer. */
  kind: z.enum(['person', 'device']),
  passwordAuthority: z.literal('LDAP'),
  /** Exactly one, searched with its subtree. */
  searchBaseDn: z.string().min(1),
  /** Tried one by one, in order, to find the stored user of an entry. */
  orderedCorrelationAttributes: z.array(z.string().min(1)).min(1),
  allowPasswordChanges: z.boolean(),
  updateUserOnSuccessfulAuthentication: z.boolean(),
  /** The AD attribute that Username (devices) and External ID come from. */
  anchor: z.string().min(1),
  newUserLookup: z.strictObject({
    /** LDAP filter with the placeholder `${identifier}`. */
    ldapFilterPattern: z.string().min(1),
    population: z.strictObject({ id }),
    attributeMappings: z.array(attributeMapping).min(1),
  }),
});

export const gateway = z.strictObject({
  id,
  name: z.string().min(1),
  description: z.string().optional(),
  type: z.literal('LDAP'),
  enabled: z.boolean(),
  vendor: z.literal('Microsoft Active Directory'),
  /** `host:port`, in the order of failover. */
  serversHostAndPort: z.array(z.string().min(1)).min(1),
  connectionSecurity: z.enum(['TLS', 'StartTLS', 'None']),
  validateTlsCertificates: z.boolean(),
  followReferrals: z.literal(false),
  bindDN: z.string().min(1),
  bindPassword: z.string().min(1),
  kerberos: z
    .strictObject({
      /** UPN of the account that holds the SPN; case matters, it is part of AD's salt. */
      serviceAccountUserPrincipalName: z.string().min(3),
      serviceAccountPassword: z.string().min(1).optional(),
      /** A keytab instead of the password. */
      keytabFile: z.string().min(1).optional(),
      /** AD's sAMAccountName of the account, when the UPN's user part is not it. */
      serviceAccountSamAccountName: z.string().min(1).optional(),
      /** Kerberos realm; the UPN's suffix in upper case when absent. */
      realm: z.string().min(1).optional(),
    })
    .optional(),
  userTypes: z.array(userType).min(1),
});

export type AttributeMapping = Readonly<z.infer<typeof attributeMapping>>;
export type UserType = z.infer<typeof userType>;
export type Gateway = z.infer<typeof gateway>;
