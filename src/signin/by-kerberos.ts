/** Who is asking, by a Kerberos ticket: SPNEGO, AP-REQ, and the directory entry that the ticket was issued to. */
import type { Note } from '../audit/steps.ts';
import { lookUpCaller } from '../gateway/look-up.ts';
import { requireSameAccount } from '../gateway/same-account.ts';
import { acceptSecurityContext } from '../kerberos/accept.ts';
import type { Accepted, Continue } from '../kerberos/accept.ts';
import { describeEncryptionType } from '../kerberos/encryption-types.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import { parseNegotiateHeader } from '../kerberos/negotiate-header.ts';
import { Refusal } from '../refusal.ts';
import type { AskedFor, Identified, IssuingApplication, IssuingGateway, Progress } from './issue.ts';
import { requireOurRequest } from './our-request.ts';
import { noted } from './record.ts';

/** What AD FS states for whoever proved himself with Kerberos. */
export const WINDOWS_AUTHENTICATION = 'urn:federation:authentication:windows';

/** @throws Refusal */
export async function identifyByKerberos(
  progress: Progress,
  { application, gateways, kerberosServices }: IssuingApplication,
): Promise<Identified | Continue> {
  const { request, record } = progress;
  const caller = await record.step('kerberos', (note) => whoIsAsking(progress, kerberosServices, note));
  if (caller.kind === 'continue') return caller;
  await record.step('request', () => requireNoUsernameToken(requireOurRequest(progress, application)));
  const { gateway, userTypes, directory } = servedBy(gateways, caller);
  const found = await record.step('directory', async (note) => {
    const identifier = caller.client.name;
    const answer = await lookUpCaller({ gateway, userTypes, directory, identifier, now: request.now });
    requireSameAccount(answer.entry, caller.client);
    return noted(answer, note);
  });
  return { kind: 'identified', found, gateway, authenticationMethod: WINDOWS_AUTHENTICATION };
}

/** The ticket's client, verified; or the first leg of a negotiation that needs a second. */
function whoIsAsking(progress: Progress, services: readonly KerberosService[], note: Note): Accepted | Continue {
  const { request, dependencies, record } = progress;
  if (services.length === 0) throw new Refusal('kerberos-not-configured');
  if (request.authorization === undefined) requireNoUsernameToken(request.read());
  const token = parseNegotiateHeader(request.authorization);
  const { replay } = dependencies;
  const accepted = acceptSecurityContext(token, request.negotiation, { services, replay, now: request.now });
  if (accepted.kind === 'continue') return accepted;
  progress.responseToken = accepted.responseToken;
  record.learn({ principal: `${accepted.client.name}@${accepted.client.realm}` });
  note(keyOf(accepted));
  return accepted;
}

/** What opened the ticket, for whoever wonders which of several keys is in use. */
function keyOf({ client, service, ticketKvno }: Accepted): string {
  const kvno = client.kvno ?? ticketKvno;
  return `${describeEncryptionType(client.ticketEncryptionType)}, kvno ${kvno ?? 'unknown'}, key from ${service.keySource}`;
}

/** Two credentials in one request would leave it open whose the token is. */
function requireNoUsernameToken(asked: AskedFor): void {
  if (asked.usernameToken !== undefined) throw new Refusal('username-token-not-here');
}

/** The gateway of the caller's realm, with the user types that the application names. */
function servedBy(gateways: IssuingApplication['gateways'], { service }: Accepted): IssuingGateway {
  const served = gateways.get(service.gatewayId);
  if (served === undefined) throw new Refusal('kerberos-not-configured', { actual: service.gatewayId });
  return served;
}
