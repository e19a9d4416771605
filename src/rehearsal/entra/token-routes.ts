/**
 * The token endpoints: which of the three requests it is, who accepts it and what is answered. Does not own: HTTP
 * (routes.ts), the checks (token.ts) and the tokens.
 */
import type { Stamp } from './aadsts.ts';
import { issueDeviceToken } from './access-token.ts';
import type { Issue } from './access-token.ts';
import { issuePersonTokens } from './person-token.ts';
import { issuePrimaryRefreshToken } from './primary-refresh-token.ts';
import type { Call, Entra } from './routes.ts';
import { acceptTokenRequest } from './token.ts';
import type { TokenCircumstances } from './token.ts';

/** The v1 endpoint: SAML grants, the nonce for a primary refresh token, and the request for one. */
export async function answerTokenRequest(call: Call, entra: Entra): Promise<object> {
  const form = new URLSearchParams(Buffer.from(call.body).toString('utf8'));
  if (form.get('grant_type') === 'srv_challenge') return { Nonce: entra.nonces.issue(call.stamp.now) };
  const request = form.get('request');
  return request === null ? tokenFor(call, entra, 'v1') : primaryRefreshToken(request, call, entra);
}

/** An assertion in a SAML bearer grant. */
export async function tokenFor(
  { request, stamp, parameters, body }: Call,
  entra: Entra,
  version: 'v1' | 'v2',
): Promise<object> {
  const { method } = request;
  const contentType = request.headers['content-type'];
  const http = { method, authority: parameters['tenant'] ?? '', contentType, body, version };
  const accepted = acceptTokenRequest(http, tokenCircumstances(stamp, entra));
  const about = issueOf(stamp, entra);
  if (accepted.kind === 'person') {
    entra.log.accept(stamp.correlationId, accepted.person.accepted);
    return await issuePersonTokens(accepted.form, accepted.person, about);
  }
  const issued = await issueDeviceToken(accepted.form, accepted.device, about);
  entra.log.accept(stamp.correlationId, accepted.device.accepted);
  return issued;
}

async function primaryRefreshToken(request: string, { stamp }: Call, entra: Entra): Promise<object> {
  const { devices, nonces } = entra;
  const circumstances = { ...tokenCircumstances(stamp, entra), devices, nonces };
  const { answer, person } = await issuePrimaryRefreshToken(request, circumstances, issueOf(stamp, entra));
  entra.log.accept(stamp.correlationId, person.accepted);
  return answer;
}

const tokenCircumstances = ({ now }: Stamp, entra: Entra): TokenCircumstances => ({
  tenant: entra.tenant,
  computers: entra.computers(),
  now,
  clockSkewMs: entra.clockSkewMs,
});

const issueOf = ({ now }: Stamp, entra: Entra): Issue => ({
  keys: entra.keys,
  tenantId: entra.tenant.id,
  now,
  tokenId: entra.randomUUID(),
});
