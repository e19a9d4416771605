/**
 * Every reason for which Mortise says no, in one table.
 *
 * A code is a contract: it is the same in the SOAP fault, the audit record, the command line and `docs/refusals.md`
 * (generated from this table). `caller` is all that a client may read; `expected`, `actual`, `attribute` and `detail`
 * of a {@link Refusal} go to the record and the log only.
 *
 * Owns: codes and their words. Does not own: how a protocol writes them (see wstrust/fault.ts, server/).
 */

/** How the server answers. `challenge`: 401 with `WWW-Authenticate: Negotiate`; `fault`: SOAP fault with `soapFaultStatus`; a number: that HTTP status. */
export type Answer = 'challenge' | 'fault' | 400 | 403 | 404 | 405 | 413 | 415 | 503;

/** Local names of the WS-Trust fault codes (WS-Trust 1.3 §11). The fault writer prefixes them. */
export type FaultSubcode =
  | 'InvalidRequest'
  | 'FailedAuthentication'
  | 'RequestFailed'
  | 'InvalidSecurityToken'
  | 'BadRequest'
  | 'InvalidScope';

export interface RefusalRow {
  /** One line for an administrator, without values. */
  readonly title: string;
  readonly answer: Answer;
  readonly subcode: FaultSubcode;
  /** What the caller may see: generic, without names, values or configuration. */
  readonly caller: string;
  /** Why it happens, for `docs/refusals.md`. */
  readonly cause: string;
  /** What to do, for `docs/refusals.md` and the log. */
  readonly cure: string;
}

const NOT_AUTHENTICATED = 'The security token could not be authenticated or authorized.';
const NOT_VALID = 'The request is not valid.';
const FAILED = 'The specified request failed.';

export const refusals = {
  // --- the request -----------------------------------------------------------------------------------------------
  'unknown-application': {
    title: 'No application has this identifier',
    answer: 404,
    subcode: 'BadRequest',
    caller: 'There is no such application here.',
    cause:
      'The URL names an application identifier that the configuration does not hold, or the application is disabled.',
    cure: 'Compare ActiveSignInUri and MetadataExchangeUri of the domain in Entra with `mortise entra cmdlets`.',
  },
  'unknown-endpoint': {
    title: 'Nothing is served at this address',
    answer: 404,
    subcode: 'BadRequest',
    caller: 'There is nothing at this address.',
    cause: 'The path is none of the endpoints that Mortise serves.',
    cure: 'The MEX document lists the addresses of the active endpoints.',
  },
  'method-not-allowed': {
    title: 'This endpoint does not answer this HTTP method',
    answer: 405,
    subcode: 'BadRequest',
    caller: 'This HTTP method is not answered here.',
    cause: 'An active endpoint takes POST, a metadata exchange endpoint takes GET.',
    cure: 'Nothing, unless a proxy rewrites methods.',
  },
  'network-not-allowed': {
    title: 'windowstransport is not answered to this network',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: 'This endpoint is not available from this network.',
    cause:
      'Windows integrated authentication must stay inside the company network; the caller comes from elsewhere, or a reverse proxy is not listed in `server.trustedProxies`.',
    cure: 'Add the network to `server.windowsTransportNetworks`, or the proxy to `server.trustedProxies`.',
  },
  'request-too-large': {
    title: 'The request body is larger than 256 KiB',
    answer: 413,
    subcode: 'InvalidRequest',
    caller: 'The request is too large.',
    cause: 'No RequestSecurityToken of a known client is larger than a few KiB.',
    cure: 'Find out what sends it.',
  },
  'request-not-utf8': {
    title: 'The request body is not UTF-8',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The request is not valid UTF-8.',
    cause: 'Some older client libraries send non-ASCII characters as single ISO-8859-1 bytes under charset=utf-8.',
    cure: 'Update the client library.',
  },
  'request-not-xml': {
    title: 'The request body is not well-formed XML',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause: 'The body is not namespace-well-formed XML 1.0.',
    cure: 'Look at the position that the record names.',
  },
  'request-has-doctype': {
    title: 'The request body has a document type declaration',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause: 'SOAP forbids a DOCTYPE (SOAP 1.2 §5), and it is a usual carrier of attacks.',
    cure: 'Find out what sends it.',
  },
  'request-too-deep': {
    title: 'The request body is nested too deeply or has too many nodes',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause: 'The XML is nested more than 64 deep, or has more elements or attributes than any client sends.',
    cure: 'Find out what sends it.',
  },
  'soap-not-an-envelope': {
    title: 'The request is not a SOAP 1.2 envelope',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause: 'The root is not `Envelope` of SOAP 1.2 with one `Body`.',
    cure: 'Use a client that speaks WS-Trust over SOAP 1.2.',
  },
  'soap-header-not-understood': {
    title: 'A header that must be understood is not known here',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'A header that must be understood is not supported.',
    cause: 'SOAP 1.2 §5.2.3: a header block with mustUnderstand that the receiver does not know.',
    cure: 'Turn the feature off in the client.',
  },
  'soap-header-invalid': {
    title: 'A SOAP header is doubled, empty or asks for an answer elsewhere',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause:
      'A WS-Addressing or WS-Security header comes twice or cannot be read, or ReplyTo or FaultTo names an address: the answer goes back on the connection only.',
    cure: 'Correct the client; the record names the header.',
  },
  'action-not-supported': {
    title: 'The WS-Addressing action is not Issue of this endpoint’s WS-Trust version',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The action is not supported at this endpoint.',
    cause: 'A WS-Trust 1.3 request was sent to the 2005 endpoint or the other way round, or the action is not Issue.',
    cure: 'Take the address from the MEX document, per binding.',
  },
  'rst-missing': {
    title: 'The SOAP body holds no RequestSecurityToken',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause: 'The body is empty, holds something else, or holds more than one element.',
    cure: 'Use a client that speaks WS-Trust.',
  },
  'rst-malformed': {
    title: 'The RequestSecurityToken is not as WS-Trust defines it',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause:
      'An element comes twice, is empty, is of another WS-Trust version than the request, or AppliesTo holds no EndpointReference with an Address.',
    cure: 'Correct the client; the record names the element.',
  },
  'delegation-not-supported': {
    title: 'The request asks for a token about somebody else',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: 'A token about another subject is not issued.',
    cause: 'The request holds OnBehalfOf, ActAs or DelegateTo; Mortise issues tokens about the caller alone.',
    cure: 'Correct the client: it must ask with its own credential.',
  },
  'request-type-not-supported': {
    title: 'The RequestType is not Issue',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The request type is not supported.',
    cause: 'Mortise issues tokens; it does not renew, cancel or validate them.',
    cure: 'Ask for a new token.',
  },
  'key-type-not-supported': {
    title: 'The KeyType is not a bearer key',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The key type is not supported.',
    cause: 'Entra takes bearer assertions only: `…/200512/Bearer` in WS-Trust 1.3, `…/identity/NoProofKey` in 2005.',
    cure: 'Correct the client.',
  },
  'token-type-not-supported': {
    title: 'The TokenType is not SAML 1.1',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The token type is not supported.',
    cause: 'Entra takes a SAML 1.1 assertion for a device; the request asks for another token.',
    cure: 'Correct the client, or leave TokenType out.',
  },
  'applies-to-unknown': {
    title: 'AppliesTo is not the application’s audience',
    answer: 'fault',
    subcode: 'InvalidScope',
    caller: 'The requested scope is not known.',
    cause: 'AppliesTo must equal `audienceRestriction` of the application, `urn:federation:MicrosoftOnline`.',
    cure: 'Correct `audienceRestriction`, or the client.',
  },
  'username-token-not-here': {
    title: 'A UsernameToken was sent where Kerberos is expected, or beside a ticket',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'windowstransport authenticates with Kerberos; passwords are not taken there. ActiveSignInUri takes either, and never both in one request.',
    cure: 'Use the usernamemixed endpoint for passwords: the MEX document lists it.',
  },
  // --- Kerberos --------------------------------------------------------------------------------------------------
  'negotiate-required': {
    title: 'No Kerberos ticket was sent',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The first request of every client comes without a ticket; 401 asks for it. A client that never sends one is not domain joined, or does not trust the host as intranet.',
    cure: 'If it stays at that: put the host into the intranet zone, check the SPN, run `klist get HTTP/<host>` as SYSTEM.',
  },
  'negotiate-malformed': {
    title: 'The Authorization header is not a readable Negotiate token',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The header is not `Negotiate` and base64, or its content is not a SPNEGO or Kerberos token.',
    cure: 'Look for a proxy that rewrites or cuts headers.',
  },
  'ntlm-refused': {
    title: 'The client sent NTLM',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The client found no Kerberos ticket for this host and fell back to NTLM: the SPN is missing or on two accounts, the host is reached by another name or by address, or no DC is reachable.',
    cure: '`setspn -Q HTTP/<host>`, `setspn -X`; then `klist get HTTP/<host>` as SYSTEM.',
  },
  'spnego-no-kerberos': {
    title: 'The client offers no Kerberos mechanism',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The SPNEGO mechanism list holds neither KRB5 nor MS-KRB5.',
    cure: 'As for ntlm-refused: the client could not get a ticket for this host.',
  },
  'spnego-out-of-turn': {
    title: 'The second leg of SPNEGO came without a first on this connection',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'Both legs must travel on one connection (RFC 4559 §5); a load balancer or proxy spread them.',
    cure: 'Keep client connections together in the proxy.',
  },
  'spnego-mic-mismatch': {
    title: 'The list of mechanisms was changed, or its proof is missing',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'RFC 4178 §5: the mechListMIC that protects the choice of mechanism is wrong, or was required and is missing.',
    cure: 'Treat it as an attack; else update the client’s Kerberos library.',
  },
  'kerberos-malformed': {
    title: 'The Kerberos message cannot be read',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The AP-REQ is not DER as RFC 4120 defines it, was cut, or asks for what is not supported (user-to-user).',
    cure: 'Look for a proxy that cuts headers.',
  },
  'kerberos-encryption-type-refused': {
    title: 'The ticket uses RC4 or DES',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KDC_ERR_ETYPE_NOSUPP: the ticket, its session key or the client’s subkey is not AES. The KDC chooses the ticket’s type by `msDS-SupportedEncryptionTypes` of the service account.',
    cure: 'Tick “This account supports Kerberos AES 256 bit encryption” (and 128) on the account that the record names, reset its password, then `klist -li 0x3e7 purge` on the computer.',
  },
  'kerberos-realm-unknown': {
    title: 'The ticket is of a realm that is not the gateway’s',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The client or the service of the ticket belongs to another realm than the service account of the gateway.',
    cure: 'Add a gateway for that domain, or move the SPN to an account of the right domain.',
  },
  'kerberos-wrong-spn': {
    title: 'The ticket is for another service',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_NOT_US: the ticket’s service principal is not HTTP/<host> of this server. Where the custom domain is a CNAME, some clients ask for its target.',
    cure: '`setspn -S HTTP/<host> <service account>` for the host name of `server.publicBaseUrl`; use that name in Entra. The target of a CNAME goes into `kerberos.additionalServicePrincipalNames` of the gateway.',
  },
  'kerberos-unknown-kvno': {
    title: 'The ticket’s key version is not in the keytab',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_BADKEYVER: the service account’s password was set since the keytab was made (msDS-KeyVersionNumber is higher), or the client holds an old ticket.',
    cure: 'Make a new keytab; old tickets: `klist -li 0x3e7 purge`.',
  },
  'kerberos-key-mismatch': {
    title: 'The ticket does not open with our key',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_MODIFIED: the configured password or keytab is not the service account’s current one, its name is not spelt as in AD (the key is made of it, and upper and lower case count), the SPN stands on another account, or the ticket was changed on its way.',
    cure: '`setspn -Q HTTP/<host>` must name this account alone. Then compare the password, `serviceAccountUserPrincipalName` and, where it differs, `serviceAccountSamAccountName` with AD, case included. Renamed since its password was set: `askKdcForSalt: true`, or set the password anew.',
  },
  'kerberos-ticket-expired': {
    title: 'The ticket has expired',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'KRB_AP_ERR_TKT_EXPIRED: its end time lies more than the allowed skew in the past.',
    cure: 'Check this server’s clock; else the client fetches a new ticket by itself.',
  },
  'kerberos-ticket-not-yet-valid': {
    title: 'The ticket is not valid yet',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_TKT_NYV: its start time lies more than the allowed skew in the future, or it is flagged invalid.',
    cure: 'Check the clocks of this server and of the domain controller.',
  },
  'kerberos-clock-skew': {
    title: 'The client’s clock and ours differ too much',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_SKEW: the authenticator’s time differs from ours by more than five minutes; the record names both.',
    cure: 'Correct the clock that is wrong: `w32tm /query /status` there, `timedatectl` here.',
  },
  'kerberos-replay': {
    title: 'The ticket was presented before',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'KRB_AP_ERR_REPEAT: the same authenticator was accepted already.',
    cure: 'A proxy that repeats requests, or an attack.',
  },
  'kerberos-authenticator-modified': {
    title: 'The authenticator does not open with the ticket’s session key',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'KRB_AP_ERR_BAD_INTEGRITY: the sender does not hold the ticket’s session key, or the authenticator was changed on its way.',
    cure: 'Treat it as an attack.',
  },
  'kerberos-replay-cache-full': {
    title: 'Too many tickets are remembered to tell a replay',
    answer: 503,
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'More tickets were accepted within ten minutes than the replay cache holds.',
    cure: 'Find the clients that sign in without end; it passes by itself within ten minutes.',
  },
  'kerberos-client-mismatch': {
    title: 'Ticket and authenticator name different clients',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'KRB_AP_ERR_BADMATCH: the authenticator was not made by the ticket’s client.',
    cure: 'Treat it as an attack.',
  },
  'kerberos-pac-refused': {
    title: 'The ticket’s PAC cannot be trusted',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The PAC says which account a ticket was issued to. It lacks the KDC’s signature under the service account’s key ([MS-PAC] §2.8), or what was signed cannot be read; the record says which.',
    cure: 'Without a signature treat it as an attack: a client can add a PAC of its own to a ticket. What the KDC signed and cannot be read points to the KDC’s software.',
  },
  'kerberos-pac-mismatch': {
    title: 'The ticket’s PAC was made for another ticket or account',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The client’s name or the authentication time in the PAC is not that of the ticket ([MS-PAC] §2.7), or two of its parts name different accounts.',
    cure: 'Treat it as an attack; the record shows both values.',
  },
  'kerberos-channel-bindings-missing': {
    title: 'The client does not say which TLS connection its ticket is for',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The authenticator has no channel bindings (RFC 4121 §4.1.1.2), and `kerberos.channelBindings` of the gateway is `require`, or it is `allow` and the client says that it knows of them ([MS-KILE] §3.2.5.8): its token was made for a connection without TLS, and passed on.',
    cure: 'Set it to `allow` when clients that cannot send them must sign in. With `allow` treat it as an attack, unless a proxy of yours speaks TLS for the client.',
  },
  'kerberos-channel-bindings-mismatch': {
    title: 'The ticket was sent over another TLS connection than ours',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The client saw another certificate than Mortise’s (`tls-server-end-point`, RFC 5929 §4): a proxy ends TLS in between, or somebody passes the client’s token on.',
    cure: 'Behind a proxy that ends TLS set `kerberos.channelBindings` of the gateway to `off`, and list the proxy in `server.trustedProxies`. Without one treat it as an attack.',
  },
  'kerberos-checksum-refused': {
    title: 'The authenticator’s checksum is not that of GSS-API',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'KRB_AP_ERR_INAPP_CKSUM: RFC 4121 §4.1.1 asks for checksum type 0x8003 of at least 24 bytes.',
    cure: 'Use a client that speaks GSS-API.',
  },
  'kerberos-not-configured': {
    title: 'The application has no gateway with Kerberos',
    answer: 'challenge',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: '`kerberos.gateways` of the application is empty, or the gateway has no `kerberos` part.',
    cure: 'Add the gateway with its two user types to `kerberos.gateways`.',
  },
  // --- the directory ---------------------------------------------------------------------------------------------
  'directory-down': {
    title: 'No domain controller answers',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause:
      'None of `serversHostAndPort` accepted a connection and answered in time; the record names each with its error.',
    cure: 'Check name, port, firewall, and the CA of the LDAPS certificate (`server.ldapCaFile`).',
  },
  'directory-bind-refused': {
    title: 'The domain controller refused the gateway’s bind',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: '`bindDN` or `bindPassword` is wrong, or the account is locked, expired or disabled.',
    cure: 'Try the bind with `ldapsearch -H ldaps://<dc> -D <bindDN> -W`; the record holds AD’s data code.',
  },
  'directory-search-refused': {
    title: 'The domain controller refused the search',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'The base DN does not exist, the account may not read it, or the filter is not accepted.',
    cure: 'Check `searchBaseDn` and the look-up rights of the bind account.',
  },
  'directory-entry-missing': {
    title: 'The account of the ticket is not found',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'No user type of the application finds an entry for the ticket’s client below its base DN: the computer is outside of it, or `ldapFilterPattern` does not match.',
    cure: 'Check `searchBaseDn` (the computers’ OU for devices) and `ldapFilterPattern`.',
  },
  'directory-entry-ambiguous': {
    title: 'More than one entry matches the account',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The filter or the user types match several entries; Mortise never takes the first.',
    cure: 'Narrow `ldapFilterPattern` or `searchBaseDn`; the record names the entries.',
  },
  'directory-entry-not-the-caller': {
    title: 'The entry found is not the account of the ticket',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The KDC finds `X$` for the client name X, so a name alone does not say whose the ticket is: the SID in its PAC does, and it is not the entry’s objectSid. The filter found somebody who has the name in `mail`, for example, or the account was deleted and made anew since the ticket. A ticket without a readable PAC is taken only under the entry’s sAMAccountName.',
    cure: 'An account that was made anew: `klist -li 0x3e7 purge` on the computer, `klist purge` for people. No PAC: clear NO_AUTH_DATA_REQUIRED (0x2000000) in userAccountControl of the service account. Else find out which account has the SID that the record names: it may be an attack.',
  },
  'account-disabled': {
    title: 'The account is disabled in AD',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'userAccountControl has ACCOUNTDISABLE; a ticket outlives the account by hours.',
    cure: 'Enable the account, if it should sign in.',
  },
  'account-expired': {
    title: 'The account has expired in AD',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'accountExpires lies in the past.',
    cure: 'Prolong the account, if it should sign in.',
  },
  'account-state-unreadable': {
    title: 'Whether the account is enabled cannot be read',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause:
      'The bind account may not read userAccountControl of the entry, so a disabled account could not be told apart.',
    cure: 'Give the bind account “Read Account Restrictions” on the entries below `searchBaseDn`.',
  },
  'directory-value-malformed': {
    title: 'A value in AD is not of the kind that its attribute promises',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause:
      'mS-DS-ConsistencyGuid is not 16 bytes, objectSid is no SID, or a binary attribute is mapped where text is needed.',
    cure: 'Correct the value in AD, or map another attribute; the record names attribute and entry.',
  },
  'not-a-device': {
    title: 'The account is no computer',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The device user type found an entry whose objectCategory is not computer (a gMSA, for example); only computers are devices.',
    cure: 'Nothing: it must not get a device’s claims.',
  },
  'correlation-missing': {
    title: 'The entry has none of the correlation attributes',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'None of `orderedCorrelationAttributes` has a value the bind account may read.',
    cure: 'Give the bind account read rights on objectGUID and objectSid.',
  },
  'user-ambiguous': {
    title: 'More than one stored user matches the entry',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'Two stored users carry the same correlation attribute.',
    cure: 'The record names both; disable the one that is wrong.',
  },
  'user-not-unique': {
    title: 'Another stored user holds this value of a unique attribute',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'The username or a custom attribute with unique values is taken by another stored user.',
    cure: 'Two AD objects share the mapped value (a copied mS-DS-ConsistencyGuid, for example): correct it in AD.',
  },
  'user-disabled': {
    title: 'The stored user is disabled in Mortise',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'An administrator disabled the user.',
    cure: 'Enable the user, if it should sign in.',
  },
  // --- claims ----------------------------------------------------------------------------------------------------
  'anchor-missing': {
    title: 'The entry lacks the anchor attribute',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause:
      'The user type maps Username and External ID from an attribute that this entry does not have. Entra Connect writes mS-DS-ConsistencyGuid for people, not for computers.',
    cure: 'Set `anchor: objectGUID` on the device user type, or have the attribute written.',
  },
  'attribute-missing': {
    title: 'A required attribute has no value',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'The expression of a required row gave nothing; the record names row and source.',
    cure: 'Fill the source attribute in AD, or correct the mapping.',
  },
  'attribute-not-xml': {
    title: 'An attribute holds a character that XML cannot carry',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'XML 1.0 §2.2 allows no control characters and no lone surrogates; the record names the attribute.',
    cure: 'Correct the value in AD.',
  },
  'expression-failed': {
    title: 'An expression could not be evaluated',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'The expression needs more steps or makes a longer value than is allowed.',
    cure: 'Simplify the expression of the row that the record names.',
  },
  // --- user name and password ------------------------------------------------------------------------------------
  'username-token-missing': {
    title: 'The request holds no user name and password',
    answer: 'fault',
    subcode: 'InvalidRequest',
    caller: 'The request holds no UsernameToken.',
    cause: 'usernamemixed takes a WS-Security header with a UsernameToken; the request has none.',
    cure: 'Windows integrated authentication has an endpoint of its own: take the address from the MEX document, per policy.',
  },
  'username-token-malformed': {
    title: 'The UsernameToken cannot be read',
    answer: 'fault',
    subcode: 'InvalidSecurityToken',
    caller: 'The UsernameToken is not valid.',
    cause: 'Username or Password is missing, doubled, empty or too long (WS-Security UsernameToken Profile 1.1 §3.1).',
    cure: 'Correct the client; the record names the element.',
  },
  'password-digest-refused': {
    title: 'The password was sent in a form that cannot be checked',
    answer: 'fault',
    subcode: 'InvalidSecurityToken',
    caller: 'Only PasswordText is accepted.',
    cause: 'AD checks passwords themselves, so a PasswordDigest is of no use; TLS protects the text.',
    cure: 'Set the client to PasswordText (WS-Security UsernameToken Profile 1.1 §3.1).',
  },
  'timestamp-missing': {
    title: 'The WS-Security header has no Timestamp',
    answer: 'fault',
    subcode: 'InvalidSecurityToken',
    caller: 'The security header has no Timestamp.',
    cause: 'The policy of the password endpoints asks for one (sp:IncludeTimestamp).',
    cure: 'Correct the client.',
  },
  'timestamp-malformed': {
    title: 'The Timestamp cannot be read',
    answer: 'fault',
    subcode: 'InvalidSecurityToken',
    caller: 'The Timestamp is not valid.',
    cause:
      'Created or Expires is missing, doubled, no time in UTC, or Expires is before Created (WS-Security 1.1 §10).',
    cure: 'Correct the client; the record names the element.',
  },
  'timestamp-out-of-range': {
    title: 'The Timestamp is in the past or in the future',
    answer: 'fault',
    subcode: 'InvalidSecurityToken',
    caller: 'The Timestamp is out of range: the clocks differ by more than five minutes.',
    cause:
      'The clock of the client or of Mortise is wrong by more than five minutes, or an old request was sent again.',
    cure: 'Compare both clocks with the domain’s (`w32tm /query /status`, `timedatectl`).',
  },
  'password-wrong': {
    title: 'The password is wrong',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'AD refused the bind (data 52e). The caller reads the same for an unknown, locked or guarded account: a stranger must not learn which.',
    cure: 'Nothing, unless it repeats: then look for an old password in a service, a phone or a mapped drive.',
  },
  'password-account-unknown': {
    title: 'No account has this user name',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'No person’s entry has this value in the attribute that `userAttributeUsernameMatch` names, or AD lost the account meanwhile (data 525).',
    cure: 'Compare the user name with AD. Where UPN and e-mail differ, set `userAttributeUsernameMatch` to the attribute mapped from userPrincipalName.',
  },
  'account-locked-out': {
    title: 'The account is locked out',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'AD has locked the account after too many wrong passwords (data 775), and says so for any password.',
    cure: 'Find the source of the wrong passwords (event 4740 on the PDC emulator), then unlock the account in AD.',
  },
  'password-logon-hours': {
    title: 'The account may not sign in at this time of day',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: 'The account may not sign in at this time.',
    cause: 'The password is right, and AD’s logon hours of the account exclude this time (data 530).',
    cure: 'Change the logon hours of the account in AD, if it should sign in now.',
  },
  'password-workstation': {
    title: 'The account may not sign in from here',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: 'The account may not sign in from this computer.',
    cause: 'The password is right, and userWorkstations of the account names other computers (data 531).',
    cure: 'Add the computer at which AD sees the sign-in, that of Mortise, to “Log On To” of the account, or clear the list.',
  },
  'password-expired': {
    title: 'The password has expired',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: 'The password has expired.',
    cause: 'The password is right, and older than the domain’s maximum age (data 532).',
    cure: 'The person changes it at a computer of the domain (Ctrl+Alt+Del).',
  },
  'password-must-change': {
    title: 'The password must be changed first',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: 'The password must be changed first.',
    cause: 'The password is right, and AD demands a new one at the next sign-in (data 773).',
    cure: 'The person changes it at a computer of the domain (Ctrl+Alt+Del).',
  },
  'password-refused': {
    title: 'AD refused the sign-in for a reason of its own',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The bind failed with a code that is not known here, or with an account restriction (data 52f).',
    cure: 'Look at the record’s detail, and at event 4625 on the domain controller.',
  },
  'password-attempts-exhausted': {
    title: 'Too many wrong passwords: the password is not tried any more for now',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'So many wrong passwords came for this person that one more could lock the account in AD. Sources from which the person signed in before keep attempts of their own.',
    cure: 'It passes with AD’s observation window. Look at the source addresses in the record: it is an attack, or a device with an old password.',
  },
  'source-slowed-down': {
    title: 'Too many people’s passwords were wrong from this address',
    answer: 'fault',
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'One address tried passwords of many people, as a password spray does; too many of its requests wait already.',
    cure: 'Look at the address in the record. If it is a proxy of yours, list it in `server.trustedProxies`.',
  },
  // --- the browser -----------------------------------------------------------------------------------------------
  'wsfed-request-malformed': {
    title: 'The address of the sign-in page cannot be read',
    answer: 400,
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause:
      'The query is larger than 32 KiB, has `wa`, `wtrealm` or `wctx` twice, or a parameter is not percent-encoded UTF-8 (WS-Federation 1.2 §13.2).',
    cure: 'Sign in again from the application. If a link or a portal of yours leads here, let it lead to the application.',
  },
  'wsfed-action-not-supported': {
    title: '`wa` names an action that is not answered here',
    answer: 400,
    subcode: 'InvalidRequest',
    caller: 'The action is not supported here.',
    cause: 'Mortise answers `wsignin1.0`, `wsignout1.0` and `wsignoutcleanup1.0` (WS-Federation 1.2 §13.2).',
    cure: 'Correct the link or the application; the record names the action.',
  },
  'wtrealm-missing': {
    title: 'The sign-in request does not say for which application',
    answer: 400,
    subcode: 'InvalidRequest',
    caller: 'The request names no application.',
    cause: '`wtrealm` is missing or empty. Entra sends `urn:federation:MicrosoftOnline`.',
    cure: 'Sign in again from the application. A bookmark of the sign-in page lacks what the application sends along.',
  },
  'wctx-not-returnable': {
    title: 'The context of the sign-in request could not be given back unchanged',
    answer: 400,
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause:
      '`wctx` is not percent-encoded UTF-8, holds control characters (a form’s submission changes line ends) or is larger than 16 KiB. The application knows its request by it, byte for byte.',
    cure: 'Sign in again from the application. If it repeats, look for a proxy that rewrites the query.',
  },
  'wtrealm-unknown': {
    title: '`wtrealm` is not the application’s audience',
    answer: 400,
    subcode: 'InvalidScope',
    caller: 'The application is not known here.',
    cause: '`wtrealm` must equal `audienceRestriction` of the application, `urn:federation:MicrosoftOnline`.',
    cure: 'Correct `audienceRestriction`, or the link that led here.',
  },
  'wauth-not-met': {
    title: 'The sign-in cannot be as the request wants it',
    answer: 403,
    subcode: 'RequestFailed',
    caller: 'The sign-in that is asked for is not possible here.',
    cause:
      '`wauth` asks for Windows authentication, and the browser gave no Kerberos ticket: it is on another network, does not count as one that is asked, or has none.',
    cure: 'Sign in from a computer of the domain, inside the company’s network; check `signIn.silent`.',
  },
  'form-expired': {
    title: 'The form was of an earlier page, or of another site',
    answer: 403,
    subcode: 'InvalidRequest',
    caller: 'The page has expired.',
    cause:
      'The form did not carry what its page gave it: the browser keeps no cookies, the page was open for long, or another site tried to send the form.',
    cure: 'Try again; allow cookies for this site.',
  },
  'session-ended': {
    title: 'The session is over',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'The password was changed since the session was opened with it, or the application no longer names the person’s user type.',
    cure: 'Nothing: the person signs in again.',
  },
  'not-a-person': {
    title: 'A computer’s ticket came to the sign-in page of people',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'The browser runs as the system account, so its ticket is the computer’s.',
    cure: 'Sign in with a person’s account. Devices use windowstransport.',
  },
  'sign-in-loops': {
    title: 'The browser comes back again and again',
    answer: 403,
    subcode: 'RequestFailed',
    caller: 'The sign-in goes round in a circle.',
    cause:
      'The application takes none of the answers. With `federatedIdpMfaBehavior: enforceMfaByFederatedIdp` Entra wants a second factor that `secondFactor.policy` never asks for.',
    cure: 'Compare the policy with `federatedIdpMfaBehavior`; `mortise log` shows what was stated. Cookies of the application may be blocked too.',
  },
  'password-change-policy': {
    title: 'The new password does not meet the domain’s rules',
    answer: 403,
    subcode: 'RequestFailed',
    caller: 'The new password does not meet the rules.',
    cause: 'AD refused it: too short, too simple, used before, or the old one is too young to be changed.',
    cure: 'The person chooses another one. The domain’s rules: `Get-ADDefaultDomainPasswordPolicy`.',
  },
  'password-change-not-allowed': {
    title: 'The password may not be changed here',
    answer: 403,
    subcode: 'RequestFailed',
    caller: 'The password cannot be changed here.',
    cause:
      '`allowPasswordChanges` of the user type is off, the account may not change its password, or the gateway is not connected with TLS.',
    cure: 'Turn `allowPasswordChanges` on, if it is meant; the record’s detail names what AD said.',
  },
  'password-change-failed': {
    title: 'AD did not change the password',
    answer: 403,
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'AD refused the change, though a bind with the old password had just succeeded.',
    cure: 'Look at the record’s detail, and at event 4723 on the domain controller.',
  },
  // --- the second factor -----------------------------------------------------------------------------------------
  'second-factor-wrong': {
    title: 'The second factor is wrong',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'No authenticator app of the person shows this code now (one step of 30 s before and after counts), no recovery code is this one, or the passkey’s answer is not what was asked for. The record says which.',
    cure: 'Nothing, unless it repeats: then compare the phone’s clock and that of Mortise, or `mortise second-factor reset` the person.',
  },
  'second-factor-used': {
    title: 'The code has been used already',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'A code of an authenticator app is taken once (RFC 6238 §5.2). A form sent twice does it, or somebody who read the code.',
    cure: 'The person waits for the next code. If he did not sign in a moment ago himself, somebody knows password and code.',
  },
  'second-factor-attempts-exhausted': {
    title: 'Too many wrong codes: none is looked at for now',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause:
      'Five wrong codes came for this person within 15 minutes, or thirty within a day, without a right one between. Whoever sent them knows the password.',
    cure: 'It passes by itself. If the person did not mistype, the password is known to somebody else: change it. `mortise second-factor code` and `reset` let the person try at once.',
  },
  'second-factor-missing': {
    title: 'A second factor is asked for, and none of the person’s works at this address',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: 'A second factor is needed, and none that is set up works here.',
    cause:
      'The person has passkeys of another host name alone: a passkey works at the host where it was set up. Recovery codes are used up, or were never made.',
    cure: 'Let the person sign in at the host where the passkey was set up; else `mortise second-factor reset` the person, who then sets up a new one.',
  },
  'second-factor-limit': {
    title: 'The person has as many second factors as are kept',
    answer: 403,
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'Ten of them are kept for each person.',
    cure: 'Remove one that is not in use any more, then add the new one.',
  },
  'second-factor-last': {
    title: 'The last second factor cannot be removed',
    answer: 403,
    subcode: 'RequestFailed',
    caller: 'The last second factor cannot be removed.',
    cause: 'Without any the person could not sign in where one is asked for.',
    cure: 'Add another one first; an administrator can take all away with `mortise second-factor reset`.',
  },
  'enrolment-not-allowed': {
    title: 'A first second factor cannot be set up from here',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: 'A second factor cannot be set up from here.',
    cause:
      'The password alone does not do: the request comes from none of `signIn.corporateNetworks`, and no code of an administrator was given.',
    cure: 'Let the person come from the company’s network, or give a code: `mortise second-factor code`.',
  },
  'enrolment-code-wrong': {
    title: 'The administrator’s code is wrong, used or expired',
    answer: 403,
    subcode: 'FailedAuthentication',
    caller: NOT_AUTHENTICATED,
    cause: 'A code lets the person in once, within 24 hours, and a newer code replaces it.',
    cure: 'Make another one with `mortise second-factor code`.',
  },
  'passkey-malformed': {
    title: 'The answer of the passkey cannot be read',
    answer: 403,
    subcode: 'InvalidRequest',
    caller: NOT_VALID,
    cause:
      'What the browser sent is larger than 16 KiB, not the JSON of a public key credential (WebAuthn Level 3 §5.1), or has an attestation although none was asked for.',
    cure: 'Try again with another browser; the record says what could not be read.',
  },
  // --- ourselves -------------------------------------------------------------------------------------------------
  'signing-key-unavailable': {
    title: 'There is no signing key that can be used now',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'The key of `idpSigning` is missing, or its certificate is not valid now.',
    cure: '`mortise keys list`; import or create a key and register its certificate in Entra.',
  },
  'record-unavailable': {
    title: 'The outcome could not be recorded, so there is none',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause:
      'The store cannot be written: its disk is full, failing or read-only. Nothing is issued that the record does not hold.',
    cure: 'Free space where `server.store.path` is, or mend the disk. Mortise goes on by itself with the next request; the log names the error.',
  },
  'internal-error': {
    title: 'Mortise failed',
    answer: 'fault',
    subcode: 'RequestFailed',
    caller: FAILED,
    cause: 'A defect of Mortise, or its store failed in the middle of an answer.',
    cure: 'The log has the details under the same correlation id; check disk space; report it.',
  },
} as const satisfies Record<string, RefusalRow>;

export type RefusalCode = keyof typeof refusals;

/** What travels with a refusal to the record and the log; never to the caller, never a secret. */
export interface RefusalFacts {
  readonly expected?: string;
  readonly actual?: string;
  /** The attribute, claim, header or element that it is about. */
  readonly attribute?: string;
  readonly detail?: string;
}

/** The only thing that the core throws on purpose. Anything else that is thrown is a defect. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: RefusalFacts;

  constructor(code: RefusalCode, facts: RefusalFacts = {}) {
    super(`${code}: ${refusals[code].title}`);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }

  get row(): RefusalRow {
    return refusals[this.code];
  }
}
