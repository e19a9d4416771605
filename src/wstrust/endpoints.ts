/**
 * Every address of the active protocols that Mortise serves, in one table: what it speaks, which credential it takes,
 * and how a MEX document lists it. Routes and MEX are both made from it. The paths themselves stand in model/urls.ts.
 */
import { ADFS_PATHS, APPLICATION_PATHS } from '../model/urls.ts';
import type { TrustUrls } from '../model/urls.ts';
import type { TrustVersion } from './trust-version.ts';

/** An address that takes a RequestSecurityToken by POST. */
export interface TokenEndpoint {
  readonly kind: 'sts';
  /** The name in the record (Activity.endpoint). */
  readonly name:
    | 'active-sign-in'
    | 'windowstransport-2005'
    | 'windowstransport-13'
    | 'usernamemixed-2005'
    | 'usernamemixed-13';
  readonly path: string;
  /** AD FS's address of the same thing. */
  readonly adfsPath?: string;
  /** Undefined where the request's own action decides. */
  readonly version: TrustVersion | undefined;
  /** `kerberos`: HTTP Negotiate (RFC 4559). `password`: a UsernameToken in the request. Never both in one request. */
  readonly accepts: readonly ('kerberos' | 'password')[];
  /** Absent when no MEX document lists it. */
  readonly wsdl?: WsdlBinding;
}

/** An address that hands out a MEX document by GET. */
export interface MetadataEndpoint {
  readonly kind: 'mex';
  readonly name: 'mex' | 'mex13';
  readonly path: string;
  /** AD FS's address of the same thing, with AD FS's addresses in the document. */
  readonly adfsPath?: string;
  /** Names of the token endpoints in the document, in its order. */
  readonly lists: readonly TokenEndpoint['name'][];
}

/** How a token endpoint stands in WSDL. */
export interface WsdlBinding {
  /** Name of binding and port, those of AD FS: people search for them. */
  readonly name: string;
  readonly version: TrustVersion;
  readonly policy: 'windows-transport' | 'user-name';
  readonly address: keyof TrustUrls;
}

export type Endpoint = TokenEndpoint | MetadataEndpoint;

export const ENDPOINTS: readonly Endpoint[] = [
  {
    kind: 'sts',
    name: 'active-sign-in',
    path: APPLICATION_PATHS.activeSignIn,
    version: undefined,
    accepts: ['kerberos', 'password'],
  },
  {
    kind: 'sts',
    name: 'windowstransport-2005',
    path: APPLICATION_PATHS.windowsTransport2005,
    adfsPath: ADFS_PATHS.windowsTransport2005,
    version: '2005',
    accepts: ['kerberos'],
    wsdl: {
      name: 'CustomBinding_IWSTrustFeb2005Async',
      version: '2005',
      policy: 'windows-transport',
      address: 'windowsTransport2005',
    },
  },
  {
    kind: 'sts',
    name: 'windowstransport-13',
    path: APPLICATION_PATHS.windowsTransport13,
    adfsPath: ADFS_PATHS.windowsTransport13,
    version: '1.3',
    accepts: ['kerberos'],
    wsdl: {
      name: 'CustomBinding_IWSTrust13Async',
      version: '1.3',
      policy: 'windows-transport',
      address: 'windowsTransport13',
    },
  },
  {
    kind: 'sts',
    name: 'usernamemixed-2005',
    path: APPLICATION_PATHS.usernameMixed2005,
    adfsPath: ADFS_PATHS.usernameMixed2005,
    version: '2005',
    accepts: ['password'],
    wsdl: {
      name: 'UserNameWSTrustBinding_IWSTrustFeb2005Async',
      version: '2005',
      policy: 'user-name',
      address: 'usernameMixed2005',
    },
  },
  {
    kind: 'sts',
    name: 'usernamemixed-13',
    path: APPLICATION_PATHS.usernameMixed13,
    adfsPath: ADFS_PATHS.usernameMixed13,
    version: '1.3',
    accepts: ['password'],
    wsdl: {
      name: 'UserNameWSTrustBinding_IWSTrust13Async',
      version: '1.3',
      policy: 'user-name',
      address: 'usernameMixed13',
    },
  },
  {
    kind: 'mex',
    name: 'mex',
    path: APPLICATION_PATHS.metadataExchange,
    lists: ['windowstransport-2005', 'usernamemixed-2005'],
  },
  {
    // Both versions: MSAL.NET and MSAL4J need 2005 for passwords, MSAL Go and Windows' device join need 1.3.
    kind: 'mex',
    name: 'mex13',
    path: APPLICATION_PATHS.metadataExchange13,
    adfsPath: ADFS_PATHS.metadataExchange,
    lists: ['windowstransport-2005', 'usernamemixed-2005', 'usernamemixed-13', 'windowstransport-13'],
  },
];

/** The bindings that one MEX document lists, in its order. */
export function bindingsListedBy(which: MetadataEndpoint['name']): readonly WsdlBinding[] {
  const lists = ENDPOINTS.flatMap((endpoint) =>
    endpoint.kind === 'mex' && endpoint.name === which ? endpoint.lists : [],
  );
  return lists.flatMap((name) =>
    ENDPOINTS.flatMap((endpoint) =>
      endpoint.kind === 'sts' && endpoint.name === name && endpoint.wsdl !== undefined ? [endpoint.wsdl] : [],
    ),
  );
}
