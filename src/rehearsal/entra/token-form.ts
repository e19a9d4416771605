/**
 * The token request's form (RFC 6749 §4.5, RFC 7522 for the grant's name): strict parse, known client and resource.
 *
 * Owns DBL-TOK-01, -02, -20 and -03. Does not own: what the assertion says (assertion.ts).
 */
import { includesName, resourceOf, DEVICE_CLIENTS, PERSON_CLIENTS } from './applications.ts';
import type { Resource } from './applications.ts';
import { readFormBody } from './form-body.ts';
import { strictBase64 } from './guid.ts';
import type { Tenant } from './tenant.ts';
import { refuse } from './token-checks.ts';

/** An HTTP request as far as the token endpoint looks at it. */
export interface TokenHttpRequest {
  readonly method: string;
  /** First segment of the path: `common`, `organizations`, the tenant's id or a verified domain. */
  readonly authority: string;
  /** The v2 endpoint takes `scope` where v1 takes `resource`. */
  readonly version: 'v1' | 'v2';
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

const GRANTS = {
  'urn:ietf:params:oauth:grant-type:saml1_1-bearer': 'saml1_1',
  'urn:ietf:params:oauth:grant-type:saml2-bearer': 'saml2',
} as const satisfies Record<string, string>;

export type Grant = (typeof GRANTS)[keyof typeof GRANTS];

export interface TokenForm {
  readonly version: TokenHttpRequest['version'];
  readonly grant: Grant;
  readonly clientId: string;
  /** As the client named it: the token's audience. */
  readonly resourceName: string;
  readonly resource: Resource;
  /** The decoded parameter. */
  readonly assertion: Uint8Array;
}

export function readTokenForm(request: TokenHttpRequest, tenant: Tenant): TokenForm {
  if (request.method !== 'POST') refuse('DBL-TOK-01', 900561, `method ${request.method}`, { name: request.method });
  checkAuthority(request.authority, tenant);
  const parameters = readParameters(request);
  const grant = grantOf(required(parameters, 'grant_type'));
  const assertion = required(parameters, 'assertion');
  const clientId = required(parameters, 'client_id');
  const { version } = request;
  const resourceName = version === 'v1' ? required(parameters, 'resource') : scopedResource(parameters);
  checkClient(clientId, tenant);
  const resource = checkResource(resourceName, tenant);
  // MSAL sends base64url without padding to v2; Windows and ADAL standard base64 to v1.
  const bytes = version === 'v1' ? decodeAssertion(assertion, grant) : decodeAssertion(assertion, 'saml2');
  return { version, grant, clientId, resourceName, resource, assertion: bytes };
}

function checkAuthority(authority: string, tenant: Tenant): void {
  if (includesName(['common', 'organizations'], authority) || tenant.isNamedBy(authority)) return;
  refuse('DBL-TOK-01', 90002, `authority ${authority}`, { name: authority });
}

function readParameters(request: TokenHttpRequest): ReadonlyMap<string, string> {
  const [type = '', ...parameters] = (request.contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  // Another content type is not a form: the service finds no parameter in it and says so.
  if (type !== 'application/x-www-form-urlencoded') {
    refuse('DBL-TOK-01', 900144, `Content-Type ${request.contentType ?? 'absent'}`, { name: 'grant_type' });
  }
  if (parameters.some((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-8"?$/.test(parameter))) {
    refuse('DBL-TOK-01', 9002313, `Content-Type ${request.contentType}: the charset is utf-8`);
  }
  return readFormBody(request.body, (found) => refuse('DBL-TOK-01', 9002313, found));
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name) ?? '';
  return value === '' ? refuse('DBL-TOK-01', 900144, `parameter ${name} is absent`, { name }) : value;
}

/** Of `https://graph.microsoft.com/.default openid` the resource; Microsoft Graph where only names of OpenID stand. */
function scopedResource(parameters: ReadonlyMap<string, string>): string {
  const scope = required(parameters, 'scope')
    .split(' ')
    .find((one) => one.includes('/'));
  return scope === undefined ? 'https://graph.microsoft.com' : scope.replace(/\/[^/]*$/, '');
}

function grantOf(name: string): Grant {
  const grant = Object.entries(GRANTS).find(([known]) => known === name)?.[1];
  return grant ?? refuse('DBL-TOK-02', 70003, `grant_type ${name}`, { name });
}

function checkClient(clientId: string, tenant: Tenant): void {
  const parameters = { name: clientId, tenant: tenant.name };
  if (!includesName([...DEVICE_CLIENTS, ...PERSON_CLIENTS], clientId))
    refuse('DBL-TOK-20', 700016, `client_id ${clientId}`, parameters);
  if (includesName(tenant.policy().disabledClients, clientId))
    refuse('DBL-TOK-20', 7000112, `client ${clientId} is disabled`, parameters);
}

function checkResource(name: string, tenant: Tenant): Resource {
  const parameters = { name, tenant: tenant.name };
  const resource = resourceOf(name) ?? refuse('DBL-TOK-20', 500011, `resource ${name}`, parameters);
  if (resource.identifiers.some((identifier) => includesName(tenant.policy().disabledResources, identifier))) {
    refuse('DBL-TOK-20', 500014, `resource ${name} is disabled`, parameters);
  }
  return resource;
}

function decodeAssertion(text: string, grant: Grant): Uint8Array {
  if (grant === 'saml1_1') {
    return (
      strictBase64(text) ??
      refuse('DBL-TOK-03', 700002, 'assertion is not standard, padded base64 (was a + sent as %2B?)')
    );
  }
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text.replace(/=+$/, '')
    ? bytes
    : refuse('DBL-TOK-03', 7000020, 'assertion is not base64url');
}
