/**
 * A Microsoft 365 application (protocol WS_FED), in the words of the PingOne management API.
 *
 * `issuedTo`, `hostNames`, `secondFactor`, `notBeforeSkewSeconds` and `soapFaultStatus` are Mortise's own words. Owns: shapes and meanings.
 * Does not own: defaults (config/form.ts), the template's rows (config/templates.ts), evaluation (mapping/).
 */
import { z } from 'zod';
import { domainName, hostName, httpsUrl, id, nonEmpty } from './kinds.ts';

/** [SAML 1.1 core] §2.4.2.2 */
export const NAME_IDENTIFIER_FORMATS = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
] as const;

export const SAML11_FOR_OFFICE_365 = 'urn:oasis:names:tc:SAML:1.0:assertion';

export const applicationAttribute = z.strictObject({
  name: nonEmpty.describe(
    'AttributeName of the claim. `Subject` is the NameIdentifier, with the format that `subjectNameIdentifierFormat` gives.',
  ),
  value: nonEmpty.describe(
    'Text in which `${…}` holds an expression, or a bare expression such as `#string.uuidAsBase64Guid(user.externalId,null)`; other text is a literal. Quote a value that begins with `#`: YAML takes it for a comment.',
  ),
  required: z.boolean().describe('Whether nothing is issued when the row has no value. Otherwise the row is left out.'),
  nameFormat: nonEmpty.optional().describe('AttributeNamespace of the claim.'),
  issuedTo: z.enum(['device', 'person', 'everyone']).describe('For whom the row is issued.'),
});

export const kerberosGateway = z.strictObject({
  id: id.describe('Identifier of the gateway.'),
  type: z.literal('LDAP').describe('The kind of gateway.'),
  userType: z
    .strictObject({ id: id.describe('Identifier of the user type.') })
    .describe('One of the gateway’s user types.'),
});

export const idpSigning = z.strictObject({
  algorithm: z.literal('SHA256withRSA').describe('How assertions are signed.'),
  key: z
    .strictObject({
      id: id.describe(
        'Identifier of the key: a UUID of your own, under which `mortise keys create` makes it; or that of another key, as `mortise keys list` shows it.',
      ),
    })
    .describe('The signing key in the store.'),
});

export const WS_TRUST_VERSIONS = ['1.2', '1.3'] as const;

export const SECOND_FACTOR_POLICIES = ['never', 'whenAsked', 'always', 'outsideCorporateNetworks'] as const;

export const application = z.strictObject({
  id: id.describe('Identifier of the application; it is part of IssuerUri and every address, so it must never change.'),
  name: nonEmpty.describe('Name for people.'),
  enabled: z.boolean().describe('Whether its endpoints answer.'),
  type: z.literal('WEB_APP').describe('The type of application.'),
  protocol: z.literal('WS_FED').describe('The protocol of the application.'),
  domainName: domainName.describe('The verified domain that is federated in Entra. One application for each domain.'),
  audienceRestriction: nonEmpty.describe('Audience of the assertion.'),
  replyUrl: httpsUrl.describe('Where browser sign-ins are answered to, and nowhere else.'),
  sloEndpoint: httpsUrl
    .optional()
    .describe('Address that is told of a sign-out (`wa=wsignoutcleanup1.0`), and whose host a sign-out may return to.'),
  hostNames: z
    .array(hostName)
    .describe(
      'Host names at which AD FS’s addresses (`/adfs/…`, FederationMetadata.xml) mean this application. Not needed where there is one application alone.',
    ),
  assertionDuration: z
    .int()
    .min(300)
    .max(3_932_100)
    .describe(
      'How long the assertion of a browser sign-in is valid, in seconds. The active endpoints’ are valid for an hour.',
    ),
  wsTrustVersion: z
    .enum(WS_TRUST_VERSIONS)
    .describe(
      'Form of a browser sign-in’s answer: `"1.2"` a bare RequestSecurityTokenResponse, `"1.3"` a collection. In quotes: `1.2` is a number.',
    ),
  secondFactor: z
    .strictObject({
      policy: z
        .enum(SECOND_FACTOR_POLICIES)
        .describe(
          'When people are asked for one in the browser: `whenAsked` by Entra, `outsideCorporateNetworks` there and when asked, `always`, or `never`.',
        ),
    })
    .describe('The second factor.'),
  subjectNameIdentifierFormat: z.enum(NAME_IDENTIFIER_FORMATS).describe('Format of the assertion’s NameIdentifier.'),
  stsTokenType: z
    .literal(SAML11_FOR_OFFICE_365)
    .describe('Token type of the active endpoints: SAML 1.1 for Office 365, which hybrid join needs.'),
  hybridJoinDeviceAttribute: nonEmpty.describe(
    'Custom attribute that marks devices. Mortise sets it by itself on users of a device user type.',
  ),
  useMex13: z
    .boolean()
    .describe('Whether Entra is told the metadata address with WS-Trust 1.3, which hybrid join needs.'),
  userAttributeUsernameMatch: nonEmpty
    .optional()
    .describe('Custom attribute that finds the user of a username token; `email` when absent.'),
  kerberos: z
    .strictObject({
      gateways: z
        .array(kerberosGateway)
        .describe(
          'Gateways and user types whose accounts may sign in: devices by Kerberos, people by Kerberos and by password.',
        ),
    })
    .describe('Windows integrated authentication.'),
  idpSigning: idpSigning.describe('What assertions are signed with.'),
  notBeforeSkewSeconds: z
    .int()
    .min(0)
    .max(300)
    .describe('Seconds by which NotBefore lies before the time of issue, for relying parties whose clock is behind.'),
  soapFaultStatus: z
    .union([z.literal(500), z.literal(400)])
    .describe('HTTP status of a SOAP fault. AD FS answers 500; 400 keeps some clients from sending it twice.'),
  attributes: z
    .array(applicationAttribute)
    .min(1)
    .describe('The claims. With a template: rows that replace (by name), add or remove template rows.'),
});

export type ApplicationAttribute = z.infer<typeof applicationAttribute>;
export type Application = z.infer<typeof application>;
