/**
 * The configuration as the file writes it: the model's shapes with defaults, templates and rows that change a template.
 *
 * Owns: what may be left out, and what the file alone knows (`template`, `remove`, `allowUnencryptedLdap`,
 * `templateAttributes`). Meanings stand in model/, expansion in expand.ts; `docs/configuration.md` is made from here.
 */
import { z } from 'zod';
import { application, applicationAttribute, idpSigning, kerberosGateway } from '../model/application.ts';
import { customAttribute, environment } from '../model/environment.ts';
import { attributeMapping, gateway, newUserLookup, userType } from '../model/gateway.ts';
import { customAttributeName } from '../model/kinds.ts';
import { PRIVATE_NETWORKS, serverSettings } from '../model/server.ts';
import { branding, signIn, SILENT_USER_AGENTS, silentSignIn } from '../model/sign-in.ts';
import { APPLICATION_TEMPLATES, DEFAULT_ANCHOR, TEMPLATE_ATTRIBUTES, USER_TYPE_TEMPLATES } from './templates.ts';

const { listen, tls } = serverSettings.shape;

const serverForm = z.strictObject({
  ...serverSettings.shape,
  listen: z
    .strictObject({ host: listen.shape.host.default('0.0.0.0'), port: listen.shape.port.default(443) })
    .prefault({})
    .describe(listen.description ?? ''),
  tls,
  trustedProxies: serverSettings.shape.trustedProxies.default([]),
  windowsTransportNetworks: serverSettings.shape.windowsTransportNetworks.default([...PRIVATE_NETWORKS]),
});

const customAttributeForm = z.strictObject({
  ...customAttribute.shape,
  schemaType: customAttribute.shape.schemaType.default('CUSTOM'),
  type: customAttribute.shape.type.default('STRING'),
  unique: customAttribute.shape.unique.default(false),
  multiValued: customAttribute.shape.multiValued.default(false),
  enabled: customAttribute.shape.enabled.default(true),
});

const templateAttributesForm = z.strictObject({
  userPrincipalName: customAttributeName
    .default(TEMPLATE_ATTRIBUTES.userPrincipalName)
    .describe('Stores userPrincipalName of AD users.'),
  objectSid: customAttributeName.default(TEMPLATE_ATTRIBUTES.objectSid).describe('Stores objectSid of devices.'),
  hybridJoinDevice: customAttributeName
    .default(TEMPLATE_ATTRIBUTES.hybridJoinDevice)
    .describe('Marks devices; the default of `hybridJoinDeviceAttribute`.'),
});

const remove = z.boolean().default(false).describe('`true` takes the template’s row of this name out.');

const attributeMappingForm = z.strictObject({
  ...attributeMapping.shape,
  value: attributeMapping.shape.value.optional(),
  remove,
});

const lookup = newUserLookup.shape;

const newUserLookupForm = z
  .strictObject({
    ldapFilterPattern: lookup.ldapFilterPattern.optional(),
    population: lookup.population,
    attributeMappings: z
      .array(attributeMappingForm)
      .default([])
      .describe(lookup.attributeMappings.description ?? ''),
  })
  .describe(userType.shape.newUserLookup.description ?? '');

const userTypeForm = z.strictObject({
  template: z
    .enum(USER_TYPE_TEMPLATES)
    .optional()
    .describe('“Use default values”: fills every setting that is left out, and the mappings row by row.'),
  id: userType.shape.id,
  name: userType.shape.name.optional(),
  kind: userType.shape.kind.optional(),
  passwordAuthority: userType.shape.passwordAuthority.default('LDAP'),
  searchBaseDn: userType.shape.searchBaseDn,
  orderedCorrelationAttributes: userType.shape.orderedCorrelationAttributes.optional(),
  allowPasswordChanges: userType.shape.allowPasswordChanges.optional(),
  updateUserOnSuccessfulAuthentication: userType.shape.updateUserOnSuccessfulAuthentication.optional(),
  anchor: userType.shape.anchor.default(DEFAULT_ANCHOR),
  newUserLookup: newUserLookupForm,
});

const gatewayKerberos = gateway.shape.kerberos.unwrap();

const gatewayForm = z.strictObject({
  ...gateway.shape,
  type: gateway.shape.type.default('LDAP'),
  enabled: gateway.shape.enabled.default(true),
  vendor: gateway.shape.vendor.default('Microsoft Active Directory'),
  connectionSecurity: gateway.shape.connectionSecurity.default('TLS'),
  allowUnencryptedLdap: z
    .boolean()
    .default(false)
    .describe('Permits `connectionSecurity: None`: bind password and answers cross the network in clear text.'),
  validateTlsCertificates: gateway.shape.validateTlsCertificates.default(true),
  followReferrals: gateway.shape.followReferrals.default(false),
  kerberos: z
    .strictObject({
      ...gatewayKerberos.shape,
      additionalServicePrincipalNames: gatewayKerberos.shape.additionalServicePrincipalNames.default([]),
      minutesToRetainPreviousCredentials: gatewayKerberos.shape.minutesToRetainPreviousCredentials.default(610),
    })
    .optional()
    .describe(gateway.shape.kerberos.description ?? ''),
  userTypes: z
    .array(userTypeForm)
    .min(1)
    .describe(gateway.shape.userTypes.description ?? ''),
});

const applicationAttributeForm = z.strictObject({
  ...applicationAttribute.shape,
  value: applicationAttribute.shape.value.optional(),
  required: applicationAttribute.shape.required.optional(),
  issuedTo: applicationAttribute.shape.issuedTo.optional(),
  remove,
});

const app = application.shape;

const kerberosForm = z
  .strictObject({
    gateways: z
      .array(z.strictObject({ ...kerberosGateway.shape, type: kerberosGateway.shape.type.default('LDAP') }))
      .optional()
      .describe(app.kerberos.shape.gateways.description ?? ''),
  })
  .prefault({})
  .describe(app.kerberos.description ?? '');

const applicationForm = z.strictObject({
  template: z
    .enum(APPLICATION_TEMPLATES)
    .optional()
    .describe('Fills every setting that is left out, and the claims row by row.'),
  ...app,
  name: app.name.default('Microsoft 365'),
  enabled: app.enabled.default(true),
  type: app.type.default('WEB_APP'),
  protocol: app.protocol.default('WS_FED'),
  audienceRestriction: app.audienceRestriction.default('urn:federation:MicrosoftOnline'),
  replyUrl: app.replyUrl.default('https://login.microsoftonline.com/login.srf'),
  hostNames: app.hostNames.default([]),
  assertionDuration: app.assertionDuration.default(300),
  wsTrustVersion: app.wsTrustVersion.default('1.2'),
  secondFactor: z
    .strictObject({ policy: app.secondFactor.shape.policy.default('whenAsked') })
    .prefault({})
    .describe(app.secondFactor.description ?? ''),
  subjectNameIdentifierFormat: app.subjectNameIdentifierFormat.default(
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  ),
  stsTokenType: app.stsTokenType.default('urn:oasis:names:tc:SAML:1.0:assertion'),
  hybridJoinDeviceAttribute: app.hybridJoinDeviceAttribute.optional(),
  useMex13: app.useMex13.default(true),
  kerberos: kerberosForm,
  idpSigning: z
    .strictObject({ ...idpSigning.shape, algorithm: idpSigning.shape.algorithm.default('SHA256withRSA') })
    .describe(app.idpSigning.description ?? ''),
  notBeforeSkewSeconds: app.notBeforeSkewSeconds.default(60),
  soapFaultStatus: app.soapFaultStatus.default(500),
  attributes: z
    .array(applicationAttributeForm)
    .default([])
    .describe(app.attributes.description ?? ''),
});

const silentSignInForm = z.strictObject({
  ...silentSignIn.shape,
  enabled: silentSignIn.shape.enabled.default(true),
  userAgents: silentSignIn.shape.userAgents.default([...SILENT_USER_AGENTS]),
});

const brandingForm = z.strictObject({
  ...branding.shape,
  organisationName: branding.shape.organisationName.default('Your organisation'),
  accentColour: branding.shape.accentColour.default('#0f5c8c'),
});

const { shape: signInShape } = signIn;

const signInForm = z.strictObject({
  corporateNetworks: signInShape.corporateNetworks.default([]),
  silent: silentSignInForm.prefault({}).describe(signInShape.silent.description ?? ''),
  sessionMinutes: signInShape.sessionMinutes.default(480),
  staySignedInMinutes: signInShape.staySignedInMinutes.default(1440),
  language: signInShape.language.default('en'),
  branding: brandingForm.prefault({}).describe(signInShape.branding.description ?? ''),
});

const environmentForm = z.strictObject({
  populations: environment.shape.populations,
  templateAttributes: templateAttributesForm
    .prefault({})
    .describe('Names of the custom attributes that the templates use; each is declared by itself when it is not.'),
  customAttributes: z
    .array(customAttributeForm)
    .default([])
    .describe(environment.shape.customAttributes.description ?? ''),
  gateways: z
    .array(gatewayForm)
    .min(1)
    .describe(environment.shape.gateways.description ?? ''),
  applications: z
    .array(applicationForm)
    .min(1)
    .describe(environment.shape.applications.description ?? ''),
  signIn: signInForm.prefault({}).describe(environment.shape.signIn.description ?? ''),
});

export const configurationForm = z.strictObject({
  server: serverForm.describe('How Mortise is reached and where it keeps things.'),
  environment: environmentForm.describe('Identities, in the words of the PingOne management API.'),
});

export type ConfigurationForm = z.output<typeof configurationForm>;
export type EnvironmentForm = ConfigurationForm['environment'];
export type GatewayForm = EnvironmentForm['gateways'][number];
export type UserTypeForm = GatewayForm['userTypes'][number];
export type ApplicationForm = EnvironmentForm['applications'][number];

/** Settings of PingOne's that somebody may bring along, and why they are not here. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  corsSettings: 'Leave it out: no endpoint is called from other pages',
  mappingType: 'Leave it out: every row is a custom one',
};
