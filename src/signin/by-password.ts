/**
 * Who is asking, by the UsernameToken of an active request. Owns what such a request must have beside the credential;
 * whether it is right is judged by prove-password.ts.
 */
import { MAX_SKEW_MS } from '../directory/lockout.ts';
import type { Application } from '../model/application.ts';
import { Refusal } from '../refusal.ts';
import type { AskedFor, IssuingApplication, ProofDependencies, Proved, TokenRequest } from './issue.ts';
import { requireOurRequest } from './our-request.ts';
import { provePassword } from './prove-password.ts';
import type { Credential } from './prove-password.ts';
import type { Progress } from './recorded.ts';

/** [SAML 1.1 core] §7.1.1 */
export const PASSWORD_AUTHENTICATION = 'urn:oasis:names:tc:SAML:1.0:am:password';

/** @throws Refusal */
export async function identifyByPassword(
  request: TokenRequest,
  progress: Progress,
  issuing: IssuingApplication,
  dependencies: ProofDependencies,
): Promise<Proved> {
  const credential = await progress.record.step('request', () =>
    requireCredential(request, progress, issuing.application),
  );
  const { found, gateway } = await provePassword(progress, issuing, credential, dependencies);
  return { kind: 'identified', found, gateway, authenticationMethod: PASSWORD_AUTHENTICATION };
}

function requireCredential(request: TokenRequest, progress: Progress, application: Application): Credential {
  const { usernameToken, timestamp } = requireOurRequest(request, progress, application);
  if (usernameToken === undefined) throw new Refusal('username-token-missing');
  if (timestamp === undefined) throw new Refusal('timestamp-missing');
  requireNow(timestamp, request.now);
  return usernameToken;
}

function requireNow({ created, expires }: NonNullable<AskedFor['timestamp']>, now: Date): void {
  const time = now.getTime();
  if (created.getTime() <= time + MAX_SKEW_MS && expires.getTime() > time - MAX_SKEW_MS) return;
  throw new Refusal('timestamp-out-of-range', {
    expected: `created before and expires after ${now.toISOString()}, with five minutes of tolerance`,
    actual: `created ${created.toISOString()}, expires ${expires.toISOString()}`,
  });
}
