/**
 * The addresses of an application, in one place.
 *
 * Entra, the MEX documents, the routes and the assertion's Issuer must agree on them to the letter, so nobody else
 * builds one. Does not own: which of them are served (the table of routes in server/).
 */

/** Paths below the public base URL; `:appId` is the application's UUID in lower case. */
export const APPLICATION_PATHS = {
  /** Names the issuer only; Entra and relying parties compare it, nobody fetches it. */
  issuer: '/applications/:appId',
  activeSignIn: '/wsf/sts/:appId',
  passiveSignIn: '/wsf/prp/:appId',
  /** A person's own second factors and password. */
  account: '/wsf/account/:appId',
  metadataExchange: '/wsf/mex/:appId',
  metadataExchange13: '/wsf/mex13/:appId',
  windowsTransport2005: '/wsf/sts/:appId/2005/windowstransport',
  windowsTransport13: '/wsf/sts/:appId/13/windowstransport',
  usernameMixed2005: '/wsf/sts/:appId/2005/usernamemixed',
  usernameMixed13: '/wsf/sts/:appId/13/usernamemixed',
} as const;

/** AD FS's addresses, in any case: the application is chosen by the host name. */
export const ADFS_PATHS = {
  passiveSignIn: '/adfs/ls',
  federationMetadata: '/FederationMetadata/2007-06/FederationMetadata.xml',
  metadataExchange: '/adfs/services/trust/mex',
  windowsTransport2005: '/adfs/services/trust/2005/windowstransport',
  windowsTransport13: '/adfs/services/trust/13/windowstransport',
  usernameMixed2005: '/adfs/services/trust/2005/usernamemixed',
  usernameMixed13: '/adfs/services/trust/13/usernamemixed',
} as const;

/** What a MEX document names. */
export interface TrustUrls {
  readonly windowsTransport2005: string;
  readonly windowsTransport13: string;
  readonly usernameMixed2005: string;
  readonly usernameMixed13: string;
}

export interface ApplicationUrls extends TrustUrls {
  /** The assertion's Issuer and Entra's IssuerUri: one for each domain. */
  readonly issuerUri: string;
  readonly activeSignInUri: string;
  /** Also Entra's SignOutUri. */
  readonly passiveSignInUri: string;
  readonly accountUri: string;
  /** MEX with the WS-Trust 2005/02 endpoints alone. */
  readonly metadataExchangeUri: string;
  /** MEX with WS-Trust 1.3 and 2005/02: what Windows needs for a device's join. */
  readonly metadataExchange13Uri: string;
}

/** `publicBaseUrl` with or without a final slash; `appId` in any case. */
export function applicationUrls(publicBaseUrl: string, appId: string): ApplicationUrls {
  const base = publicBaseUrl.replace(/\/+$/, '');
  const at = (path: keyof typeof APPLICATION_PATHS): string =>
    base + APPLICATION_PATHS[path].replace(':appId', appId.toLowerCase());
  return {
    issuerUri: at('issuer'),
    activeSignInUri: at('activeSignIn'),
    passiveSignInUri: at('passiveSignIn'),
    accountUri: at('account'),
    metadataExchangeUri: at('metadataExchange'),
    metadataExchange13Uri: at('metadataExchange13'),
    windowsTransport2005: at('windowsTransport2005'),
    windowsTransport13: at('windowsTransport13'),
    usernameMixed2005: at('usernameMixed2005'),
    usernameMixed13: at('usernameMixed13'),
  };
}

/** AD FS's WS-Trust addresses at one host; `origin` without a path. */
export function adfsTrustUrls(origin: string): TrustUrls {
  return {
    windowsTransport2005: origin + ADFS_PATHS.windowsTransport2005,
    windowsTransport13: origin + ADFS_PATHS.windowsTransport13,
    usernameMixed2005: origin + ADFS_PATHS.usernameMixed2005,
    usernameMixed13: origin + ADFS_PATHS.usernameMixed13,
  };
}
