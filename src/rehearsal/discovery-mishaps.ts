/** Mishaps on a device's way to the federation service: its service connection point, the realm, and the MEX document. */
import type { Mishap } from './mishaps.ts';
import { rewritingAt, signInPageAt, unreachableAt } from './on-the-way.ts';

const OTHER_APPLICATION = '4afaa6b9-1497-44b6-b1ce-1a6d396f0000';
const MEX = /\/wsf\/mex13\//;

export const DISCOVERY_MISHAPS = {
  'scp-missing': {
    wrong: 'The forest has no service connection point, so its computers know of no tenant.',
    cure: 'Let Entra Connect write it (Configure device options), or give TenantId and TenantName by Group Policy.',
    shows: 'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED',
    change: { scpName: () => undefined },
  },
  'scp-other-domain': {
    wrong: 'azureADName of the service connection point is a domain that the tenant does not have: a typing error.',
    cure: 'Correct azureADName: the domain’s name as `mortise entra cmdlets` prints it.',
    shows: 'DSREG_DISCOVERY_TENANT_NOT_FOUND',
    change: { scpName: ({ domain }) => domain.replace('corp', 'crop') },
  },
  'scp-tenant-id': {
    wrong: 'azureADName of the service connection point holds the tenant’s id, for which there is no realm.',
    cure: 'Give azureADName the federated domain; the tenant’s id belongs into azureADId.',
    shows: 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
    change: { scpName: ({ tenantId }) => tenantId },
  },
  'scp-initial-domain': {
    wrong: 'azureADName of the service connection point is the onmicrosoft.com domain, which is never federated.',
    cure: 'Give azureADName the federated domain: it alone decides whether a device asks Mortise.',
    shows: 'DSREG_E_DIRECTORY_FAILURE',
    change: { scpName: ({ initialDomain }) => initialDomain },
  },
  'proxy-sign-in-page': {
    wrong: 'The proxy wants a sign-in from the computer’s own account (SYSTEM), and shows it a page instead of Entra.',
    cure: 'Let the computers reach Entra’s addresses without signing in at the proxy; set it by `netsh winhttp set proxy`.',
    shows: 'E_INVALIDDATA',
    change: { onTheWay: signInPageAt(/\/Discover\?/) },
  },
  'realm-unreachable': {
    wrong: 'The firewall lets SYSTEM reach enterpriseregistration.windows.net, but not login.microsoftonline.com.',
    cure: 'Open login.microsoftonline.com for computer accounts too.',
    shows: 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
    change: { onTheWay: unreachableAt(/\/common\/UserRealm\//) },
  },
  'saml-protocol': {
    wrong: 'PreferredAuthenticationProtocol in Entra is saml, in which no device can sign in.',
    cure: 'Run what `mortise entra cmdlets` prints: PreferredAuthenticationProtocol is then wsFed.',
    shows: 'ERROR_ADAL_PROTOCOL_NOT_SUPPORTED',
    change: { believed: (served) => ({ ...served, PreferredAuthenticationProtocol: 'saml' }) },
  },
  'mex-not-set': {
    wrong: 'MetadataExchangeUri is not set in Entra, so devices find no WS-Trust endpoint.',
    cure: 'Run what `mortise entra cmdlets` prints: MetadataExchangeUri is then `/wsf/mex13/<appId>`.',
    shows: 'ERROR_ADAL_USERREALM_NOENDPOINT',
    change: { believed: (served) => ({ ...served, MetadataExchangeUri: undefined }) },
  },
  'mex-http': {
    wrong: 'MetadataExchangeUri in Entra begins with http:, which Windows does not follow.',
    cure: 'Run what `mortise entra cmdlets` prints: MetadataExchangeUri then begins with https:.',
    shows: 'ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE',
    change: {
      believed: (served) => ({ ...served, MetadataExchangeUri: served.MetadataExchangeUri.replace('https:', 'http:') }),
    },
  },
  'mex-other-application': {
    wrong: 'MetadataExchangeUri in Entra names an application that Mortise does not have.',
    cure: 'Run what `mortise entra cmdlets` prints: MetadataExchangeUri is then that of the domain’s application.',
    shows: 'ERROR_ADAL_WS_TRUST_MEX_REQUEST',
    change: {
      believed: (served) => ({
        ...served,
        MetadataExchangeUri: served.MetadataExchangeUri.replace(/[^/]+$/, OTHER_APPLICATION),
      }),
    },
  },
  'mex-sign-in-page': {
    wrong:
      'A proxy with a sign-in of its own stands in front of Mortise: the device gets its page, which has a DOCTYPE.',
    cure: 'Publish the MEX document without a sign-in in front of it: `curl` must show it from the device.',
    shows: 'ERROR_ADAL_FAILED_TO_PARSE_XML',
    change: { onTheWay: signInPageAt(MEX) },
  },
  'mex-is-federation-metadata': {
    wrong: 'MetadataExchangeUri in Entra is the address of FederationMetadata.xml, which is no MEX document.',
    cure: 'Run what `mortise entra cmdlets` prints: MetadataExchangeUri is then `/wsf/mex13/<appId>`.',
    shows: 'ERROR_ADAL_FAILED_TO_PARSE_XML',
    change: {
      believed: (served) => ({
        ...served,
        MetadataExchangeUri: new URL('/FederationMetadata/2007-06/FederationMetadata.xml', served.MetadataExchangeUri)
          .href,
      }),
    },
  },
  'mex-copy-without-policies': {
    wrong:
      'MetadataExchangeUri leads to a copy of the MEX document that somebody wrote by hand: its policies have other names.',
    cure: 'Run what `mortise entra cmdlets` prints: Mortise serves the document itself, and it changes with its settings.',
    shows: 'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
    change: { onTheWay: rewritingAt(MEX, (body) => body.replaceAll(' URI="#', ' URI="#copy-of-')) },
  },
  'mex-http-addresses': {
    wrong: 'A reverse proxy that ends TLS writes http: for https: in what it passes on: no address in the MEX is safe.',
    cure: 'Let the reverse proxy leave bodies as they are.',
    shows: 'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
    change: { onTheWay: rewritingAt(MEX, (body) => body.replaceAll('https://sso.', 'http://sso.')) },
  },
} as const satisfies Readonly<Record<string, Mishap>>;
