/** A Microsoft 365 application (protocol WS_FED), in the words of the PingOne management API. */
import { z } from 'zod';
import { id } from './identifiers.ts';

/** [SAML 1.1 core] §2.4.2.2 */
export const NAME_IDENTIFIER_FORMATS = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
] as const;

export const SAML11_FOR_OFFICE_365 = 'urn:oasis:names:tc:SAML:1.0:assertion';

export const applicationAttribute = z.strictObject({
  name: z.string().min(1),
  /** API form: `${expression}` within literal text; the console's bare form of an expression is taken too. */
  value: z.string(),
  required: z.boolean(),
  /** SAML AttributeNamespace. */
  nameFormat: z.string().min(1).optional(),
  /** For whom the row is issued; Mortise's own word, PingOne issues every row to everybody. */
  issuedTo: z.enum(['device', 'person', 'everyone']),
});

export const application = z.strictObject({
  id,
  name: z.string().min(1),
  enabled: z.boolean(),
  type: z.literal('WEB_APP'),
  protocol: z.literal('WS_FED'),
  /** The verified domain that is federated in Entra. */
  domainName: z.string().min(1),
  audienceRestriction: z.string().min(1),
  replyUrl: z.url(),
  subjectNameIdentifierFormat: z.enum(NAME_IDENTIFIER_FORMATS),
  stsTokenType: z.literal(SAML11_FOR_OFFICE_365),
  /** Custom user attribute that marks device users; Mortise sets it by itself. */
  hybridJoinDeviceAttribute: z.string().min(1),
  useMex13: z.boolean(),
  userAttributeUsernameMatch: z.string().min(1).optional(),
  kerberos: z.strictObject({
    gateways: z.array(z.strictObject({ id, type: z.literal('LDAP'), userType: z.strictObject({ id }) })),
  }),
  idpSigning: z.strictObject({ algorithm: z.literal('SHA256withRSA'), key: z.strictObject({ id }) }),
  /** Seconds by which NotBefore lies before the time of issue. */
  notBeforeSkewSeconds: z.number().int().min(0).max(300),
  /** HTTP status of a SOAP fault: AD FS answers 500; 400 keeps some clients from sending a refused request twice. */
  soapFaultStatus: z.union([z.literal(500), z.literal(400)]),
  attributes: z.array(applicationAttribute).min(1),
});

export type ApplicationAttribute = z.infer<typeof applicationAttribute>;
export type Application = z.infer<typeof application>;
