/**
 * HRESULTs that Windows reports for a join, by the name that Microsoft gives them. Documented where the comment says so;
 * the ADAL names are from a table that Microsoft withdrew in 2020 and that logs still bear out.
 */
export const HRESULTS = {
  S_OK: '0x0',
  /** Information: a request is sent. */
  INFO_ADAL_REQUEST_SENDING: '0x4aa90010',
  /** Information: a request is complete. */
  INFO_ADAL_REQUEST_COMPLETE: '0x4aa9000f',
  /** Information: the WS-Trust token request succeeded. */
  INFO_ADAL_WSTRUST_TOKEN_REQUEST_SUCCESS: '0x4aa9000d',
  /** The outermost wrapper in dsregcmd's output. */
  ERROR_ADAL_HANDLE: '0xcaa1000e',
  ERROR_ADAL_SERVER_ERROR_UNAUTHORIZED_CLIENT: '0xcaa20001',
  ERROR_ADAL_SERVER_ERROR_INVALID_REQUEST: '0xcaa20002',
  /** Documented: Entra refused the assertion. */
  ERROR_ADAL_SERVER_ERROR_INVALID_GRANT: '0xcaa20003',
  ERROR_ADAL_SERVER_ERROR_UNSUPPORTED_GRANT_TYPE: '0xcaa2000a',
  ERROR_ADAL_SERVER_ERROR_INVALID_RESOURCE: '0xcaa2000b',
  ERROR_ADAL_SERVER_ERROR_INTERACTION_REQUIRED: '0xcaa2000c',
  /** The identity provider cannot be reached. Documented. */
  ERROR_ADAL_INTERNET_CANNOT_CONNECT: '0xcaa82efd',
  ERROR_ADAL_SERVER_ERROR_SAML_ASSERTION_NOT_FOUND: '0xcaa90002',
  /** Documented: wrapper of the WS-Trust flow. */
  ERROR_ADAL_WSTRUST_TOKEN_REQUEST_FAIL: '0xcaa90006',
  ERROR_ADAL_FAILED_TO_PARSE_WSTRUST_RESPONSE: '0xcaa90013',
  /** Documented: the identity provider answered with a SOAP fault. */
  ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED: '0xcaa90014',
  ERROR_ADAL_OAUTH_RESPONSE_INVALID: '0xcaa90015',
  /** Documented: the realm's protocol is not WS-Trust. */
  ERROR_ADAL_PROTOCOL_NOT_SUPPORTED: '0xcaa90017',
  ERROR_ADAL_USERREALM_NOENDPOINT: '0xcaa9001a',
  ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE: '0xcaa90020',
  ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT: '0xcaa90022',
  /** Documented: no usernamemixed in the MEX document. */
  ERROR_ADAL_COULDNOT_DISCOVER_USERNAME_PASSWORD_ENDPOINT: '0xcaa90023',
  /** The MEX request failed. */
  ERROR_ADAL_WS_TRUST_MEX_REQUEST: '0xcaa9002b',
  ERROR_ADAL_UNEXPECTED_RESPONSE: '0xcaa90019',
  /** Documented: what came is not XML. */
  ERROR_ADAL_FAILED_TO_PARSE_XML: '0xcaa9002c',
  ERROR_HTTP_STATUS_BAD_REQUEST: '0xcaa30190',
  /** HTTP 401 at windowstransport: the ticket is not accepted. */
  ERROR_HTTP_STATUS_DENIED: '0xcaa30191',
  ERROR_HTTP_STATUS_FORBIDDEN: '0xcaa30193',
  ERROR_HTTP_STATUS_NOT_FOUND: '0xcaa30194',
  ERROR_HTTP_STATUS_BAD_METHOD: '0xcaa30195',
  ERROR_HTTP_STATUS_PROXY_AUTH_REQ: '0xcaa30197',
  ERROR_HTTP_STATUS_REQUEST_TOO_LARGE: '0xcaa3019d',
  ERROR_HTTP_STATUS_SERVER_ERROR: '0xcaa301f4',
  ERROR_HTTP_STATUS_BAD_GATEWAY: '0xcaa301f6',
  ERROR_HTTP_STATUS_SERVICE_UNAVAIL: '0xcaa301f7',
  ERROR_HTTP_STATUS_GATEWAY_TIMEOUT: '0xcaa301f8',
  /** Documented: DRS answered AuthenticationError. */
  DSREG_E_DEVICE_AUTHENTICATION_ERROR: '0x801c0002',
  /** Documented: the SCP could not be read. */
  DSREG_AUTOJOIN_ADCONFIG_READ_FAILED: '0x801c001d',
  /** Documented: discovery failed. */
  DSREG_AUTOJOIN_DISC_FAILED: '0x801c0021',
  /** Documented: HTTP 503 from DRS. */
  DSREG_SERVER_BUSY: '0x801c0025',
  /** Documented: Entra does not know the tenant of the SCP. */
  DSREG_DISCOVERY_TENANT_NOT_FOUND: '0x801c003a',
  /** Documented: whether the domain is federated cannot be found out. */
  DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED: '0x801c003d',
  /** Documented: DRS answered DirectoryError. */
  DSREG_E_DIRECTORY_FAILURE: '0x801c03f2',
  /** Documented: the discovery document is not JSON, usually a proxy's sign-in page. */
  E_INVALIDDATA: '0x8007000d',
  /** Documented for the primary refresh token: HTTP 400 from Entra, or no connection. */
  STATUS_LOGON_FAILURE: '0xc000006d',
  /** Documented: realm discovery does not know the UPN's domain. */
  STATUS_NO_SUCH_LOGON_SESSION: '0xc000005f',
  STATUS_NETWORK_UNREACHABLE: '0xc000023c',
  /** Documented: the MEX document has no endpoint for passwords. */
  AAD_CLOUDAP_E_HTTP_PASSWORD_URI_IS_EMPTY: '0xc004848b',
  /** Documented: the MEX document has no endpoint for certificates. */
  AAD_CLOUDAP_E_HTTP_CERTIFICATE_URI_IS_EMPTY: '0xc004848c',
  /** Documented for the primary refresh token: what came has a DOCTYPE. */
  WC_E_DTDPROHIBITED: '0xc00cee4f',
  /** Documented: the WS-Trust endpoint answered with an error. */
  AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY: '0xc00484c1',
  /** Documented for the discover phase: no connection. */
  WININET_E_CANNOT_CONNECT: '0x80072efd',
} as const;

export type HresultName = keyof typeof HRESULTS;

const HTTP_STATUS_CODES: Readonly<Record<number, HresultName>> = {
  400: 'ERROR_HTTP_STATUS_BAD_REQUEST',
  401: 'ERROR_HTTP_STATUS_DENIED',
  403: 'ERROR_HTTP_STATUS_FORBIDDEN',
  404: 'ERROR_HTTP_STATUS_NOT_FOUND',
  405: 'ERROR_HTTP_STATUS_BAD_METHOD',
  407: 'ERROR_HTTP_STATUS_PROXY_AUTH_REQ',
  413: 'ERROR_HTTP_STATUS_REQUEST_TOO_LARGE',
  500: 'ERROR_HTTP_STATUS_SERVER_ERROR',
  502: 'ERROR_HTTP_STATUS_BAD_GATEWAY',
  503: 'ERROR_HTTP_STATUS_SERVICE_UNAVAIL',
  504: 'ERROR_HTTP_STATUS_GATEWAY_TIMEOUT',
};

/** What ADAL makes of an HTTP status that is not 200. */
export const httpStatusCode = (status: number): HresultName =>
  HTTP_STATUS_CODES[status] ?? 'ERROR_ADAL_UNEXPECTED_RESPONSE';

/** What a server said when it refused, as `dsregcmd /status` shows it later. */
export interface ServerAnswer {
  readonly errorCode?: string;
  readonly message?: string;
  readonly status?: number;
  /** The answer's Date header. */
  readonly time?: string;
  /** The whole body, for the transcript. */
  readonly text?: string;
}

/** A phase of the join failed; Windows would show `hresult`. */
export class JoinFailure extends Error {
  override readonly name = 'JoinFailure';
  readonly phase: 'discover' | 'auth' | 'join';
  readonly hresult: HresultName;
  readonly server: ServerAnswer;

  constructor(phase: JoinFailure['phase'], hresult: HresultName, message: string, server: ServerAnswer = {}) {
    super(message);
    this.phase = phase;
    this.hresult = hresult;
    this.server = server;
  }
}
