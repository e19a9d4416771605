/**
 * The AADSTS errors that the local Entra answers, and the JSON that carries them.
 *
 * One table: number, OAuth error (`(html)` where only pages show the code), text and how sure we are of it. Does not own: when each is answered (token-checks.ts).
 * Microsoft warns that texts change; clients key on the number.
 */

/**
 * How the row is known: `documented` in Microsoft's list of codes or a support article, `service` from the text that the
 * service's own error look-up shows, `inferred` where neither says that this fault gives this code or text.
 */
type Evidence = 'documented' | 'service' | 'inferred';

interface AadstsRow {
  readonly error: string;
  readonly text: string;
  readonly evidence: Evidence;
}

export const AADSTS = {
  20001: {
    error: '(html)',
    text: 'There was a problem with the WS-Federation sign-in response of the identity provider.',
    evidence: 'inferred',
  },
  20012: { error: '(html)', text: 'The WS-Federation message is invalid.', evidence: 'inferred' },
  50003: {
    error: 'invalid_grant',
    text: 'Certificate roll is in progress. Please retry the operation later.',
    evidence: 'documented',
  },
  50006: {
    error: 'invalid_grant',
    text: 'Signature verification failed because of an invalid signature.',
    evidence: 'documented',
  },
  50008: { error: 'invalid_grant', text: 'The SAML token is invalid.', evidence: 'documented' },
  50032: { error: 'invalid_grant', text: 'The RSA key is too weak.', evidence: 'inferred' },
  50057: { error: 'invalid_grant', text: 'The user account is disabled.', evidence: 'documented' },
  50074: { error: 'interaction_required', text: 'Strong Authentication is required.', evidence: 'documented' },
  50076: {
    error: 'interaction_required',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.",
    evidence: 'documented',
  },
  50107: {
    error: 'invalid_grant',
    text: "The requested federation realm object '{name}' does not exist.",
    evidence: 'documented',
  },
  51004: {
    error: 'invalid_grant',
    text: 'The user account {EUII Hidden} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
    evidence: 'documented',
  },
  53003: {
    error: 'interaction_required',
    text: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    evidence: 'documented',
  },
  70003: {
    error: 'unsupported_grant_type',
    text: "The app requested an unsupported grant type '{name}'.",
    evidence: 'documented',
  },
  90002: {
    error: 'invalid_request',
    text: "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
    evidence: 'documented',
  },
  90020: {
    error: 'invalid_grant',
    text: 'The SAML 1.1 Assertion is missing ImmutableID of the user.',
    evidence: 'documented',
  },
  50155: {
    error: 'invalid_grant',
    text: 'Device authentication failed for this user.',
    evidence: 'documented',
  },
  50169: {
    error: 'invalid_request',
    text: "The realm '{realm}' is not a configured realm of the current service namespace.",
    evidence: 'documented',
  },
  90023: { error: 'invalid_request', text: 'Invalid STS request.', evidence: 'documented' },
  90081: {
    error: '(html)',
    text: 'An error occurred when the service tried to process a WS-Federation message. The message was invalid, malformatted, or contains potentially dangerous characters.',
    evidence: 'documented',
  },
  221000: {
    error: 'invalid_grant',
    text: "The resource '{name}' does not support device-only tokens.",
    evidence: 'inferred',
  },
  500011: {
    error: 'invalid_resource',
    text: 'The resource principal named {name} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.',
    evidence: 'documented',
  },
  500014: {
    error: 'invalid_resource',
    text: "The service principal for resource '{name}' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.",
    evidence: 'service',
  },
  500081: {
    error: 'invalid_grant',
    text: 'SAML assertion validation failed: no supported token signature is provided.',
    evidence: 'service',
  },
  500084: {
    error: 'invalid_grant',
    text: 'Cannot read SecurityToken. Expected element is ({expectedName}, {expectedNamespace}) the actual element is ({name}, {namespace}).',
    evidence: 'service',
  },
  500085: {
    error: 'invalid_grant',
    text: "SAML Assertion with MajorVersion '{major}' and MinorVersion '{minor}' is not supported. The supported version is MajorVersion '1' and MinorVersion '1'.",
    evidence: 'service',
  },
  500086: {
    error: 'invalid_grant',
    text: "SAML Assertion AssertionId '{id}' is not a valid xsd:ID value.",
    evidence: 'service',
  },
  500087: {
    error: 'invalid_grant',
    text: 'SAML Assertion does not have any SAML Statement elements. SAML Assertion must have at least one SAML Statement element.',
    evidence: 'service',
  },
  500088: {
    error: 'invalid_grant',
    text: "SAML Assertion is missing the required '{name}' Attribute.",
    evidence: 'service',
  },
  500089: { error: 'invalid_grant', text: 'SAML 2.0 assertion validation failed: {details}', evidence: 'service' },
  500131: {
    error: 'invalid_grant',
    text: "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' and the expected audience is '{expected}' or one of the Application Uris of this application with App ID '{clientId}'.",
    evidence: 'service',
  },
  500132: { error: 'invalid_grant', text: 'Assertion is malformed and cannot be read.', evidence: 'service' },
  500133: {
    error: 'invalid_grant',
    text: 'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {expiry}.',
    evidence: 'documented',
  },
  700002: {
    error: 'invalid_request',
    text: 'SAML 1.1 Bearer assertion must be a valid Base64 encoded value.',
    evidence: 'service',
  },
  700016: {
    error: 'unauthorized_client',
    text: "Application with identifier '{name}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
    evidence: 'documented',
  },
  900144: {
    error: 'invalid_request',
    text: "The request body must contain the following parameter: '{name}'.",
    evidence: 'documented',
  },
  900561: {
    error: 'invalid_request',
    text: 'The endpoint only accepts POST requests. Received a {name} request.',
    evidence: 'documented',
  },
  5000811: {
    error: 'invalid_grant',
    text: 'Unable to verify token signature. The signing key identifier does not match any valid registered keys.',
    evidence: 'service',
  },
  7000020: {
    error: 'invalid_request',
    text: 'SAML 2.0 Bearer assertion must be a valid Base64Url encoded value.',
    evidence: 'service',
  },
  7000112: { error: 'unauthorized_client', text: "Application '{name}' is disabled.", evidence: 'documented' },
  7500514: {
    error: 'invalid_request',
    text: "A supported type of SAML response was not found. The supported response types are 'Response' (in XML namespace 'urn:oasis:names:tc:SAML:2.0:protocol') or 'Assertion' (in XML namespace 'urn:oasis:names:tc:SAML:2.0:assertion').",
    evidence: 'documented',
  },
  9002313: {
    error: 'invalid_request',
    text: 'Invalid request. Request is malformed or invalid.',
    evidence: 'documented',
  },
} as const satisfies Record<number, AadstsRow>;

export type AadstsCode = keyof typeof AADSTS;

export type AadstsParameters = Readonly<Record<string, string>>;

/** Entra's JSON, members in the order in which the service writes them. */
export interface AadstsBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri: string;
}

/** What identifies one request in every answer about it. */
export interface Stamp {
  readonly traceId: string;
  readonly correlationId: string;
  readonly now: Date;
}

/** `2025-07-09 02:14:21Z` */
export function entraTime(now: Date): string {
  return `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** The text of a code; a placeholder without a parameter stays, as `{EUII Hidden}` does in the service's own answers. */
export function aadstsText(code: AadstsCode, parameters: AadstsParameters): string {
  return AADSTS[code].text.replace(/\{([^}]+)\}/g, (placeholder, name: string) => parameters[name] ?? placeholder);
}

export function aadstsBody(code: AadstsCode, parameters: AadstsParameters, stamp: Stamp): AadstsBody {
  const timestamp = entraTime(stamp.now);
  const lines = [
    `AADSTS${code}: ${aadstsText(code, parameters)}`,
    `Trace ID: ${stamp.traceId}`,
    `Correlation ID: ${stamp.correlationId}`,
    `Timestamp: ${timestamp}`,
  ];
  return {
    error: AADSTS[code].error,
    error_description: lines.join('\r\n'),
    error_codes: [code],
    timestamp,
    trace_id: stamp.traceId,
    correlation_id: stamp.correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  };
}
