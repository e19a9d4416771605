/**
 * What a person's client gets for an assertion: an access token, a refresh token and an id token, in the forms that the
 * v1 and the v2 endpoint write and that ADAL and MSAL read. Does not own: who gets them (token.ts).
 */
import { createHash, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import type { JWTPayload } from 'jose';
import { issuerOf } from './access-token.ts';
import type { Issue } from './access-token.ts';
import type { PersonIdentity } from './person-claims.ts';
import type { TokenForm } from './token-form.ts';

/** Seconds. */
const LIFETIME = 3599;

const AUTHENTICATION_METHODS: Readonly<Record<string, string>> = {
  'urn:federation:authentication:windows': 'wia',
  'urn:oasis:names:tc:SAML:1.0:am:password': 'pwd',
};

export async function issuePersonTokens(form: TokenForm, person: PersonIdentity, issue: Issue): Promise<object> {
  const from = Math.floor(issue.now.getTime() / 1000);
  const { userPrincipalName } = person.user;
  const oid = objectIdOf(person);
  const common = { oid, sub: oid, tid: issue.tenantId, upn: userPrincipalName, unique_name: userPrincipalName };
  const access: JWTPayload = {
    ...common,
    amr: person.authentications.flatMap(({ method }) => AUTHENTICATION_METHODS[method] ?? []),
    appid: form.clientId,
    idp: person.issuer,
    uti: issue.tokenId,
    ver: '1.0',
  };
  const tokens = {
    token_type: 'Bearer',
    access_token: await signed(access, form.resourceName, from, issue),
    refresh_token: randomBytes(32).toString('base64url'),
    id_token: await idToken(person, form.clientId, issue),
  };
  if (form.version === 'v2') {
    const info = JSON.stringify({ uid: oid, utid: issue.tenantId });
    return {
      ...tokens,
      scope: `${form.resourceName}/.default openid profile offline_access`,
      expires_in: LIFETIME,
      ext_expires_in: LIFETIME,
      client_info: Buffer.from(info).toString('base64url'),
    };
  }
  return {
    ...tokens,
    scope: 'user_impersonation',
    resource: form.resourceName,
    expires_in: String(LIFETIME),
    ext_expires_in: String(LIFETIME),
    expires_on: String(from + LIFETIME),
    not_before: String(from),
  };
}

export async function idToken(person: PersonIdentity, clientId: string, issue: Issue): Promise<string> {
  const { userPrincipalName } = person.user;
  const oid = objectIdOf(person);
  const claims = { oid, sub: oid, tid: issue.tenantId, preferred_username: userPrincipalName, upn: userPrincipalName };
  return signed({ ...claims, ver: '2.0' }, clientId, Math.floor(issue.now.getTime() / 1000), issue);
}

async function signed(claims: JWTPayload, audience: string, from: number, { keys, tenantId }: Issue): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: keys.kid })
    .setAudience(audience)
    .setIssuer(issuerOf(tenantId))
    .setIssuedAt(from)
    .setNotBefore(from)
    .setExpirationTime(from + LIFETIME)
    .sign(keys.privateKey);
}

/** Entra's own id of the user: any that stays the same. */
function objectIdOf({ user }: PersonIdentity): string {
  const hex = createHash('sha256').update(user.onPremisesImmutableId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
