/** Who is asking, by a Kerberos ticket: SPNEGO, AP-REQ, and the directory entry that the ticket was issued to. */
import type { Note } from '../audit/steps.ts';
import { lookUpCaller } from '../gateway/look-up.ts';
import { requireSameAccount } from '../gateway/same-account.ts';
import { acceptSecurityContext } from '../kerberos/accept.ts';
import type { Accepted, Continue } from '../kerberos/accept.ts';
import { describeEncryptionType } from '../kerberos/encryption-types.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import { parseNegotiateHeader } from '../kerberos/negotiate-header.ts';
import { KeyMismatch } from '../kerberos/unopened-ticket.ts';
import { Refusal } from '../refusal.ts';
import type { AskedFor, IssuingApplication, IssuingGateway, ProofDependencies, Proved, TokenRequest } from './issue.ts';
import { requireOurRequest } from './our-request.ts';
import { noted } from './record.ts';
import type { Progress } from './recorded.ts';

/** What AD FS states for whoever proved himself with Kerberos. */
export const WINDOWS_AUTHENTICATION = 'urn:federation:authentication:windows';

/** @throws Refusal */
export async function identifyByKerberos(
  request: TokenRequest,
  progress: Progress,
  issuing: IssuingApplication,
  dependencies: ProofDependencies,
): Promise<Proved | Continue> {
  const { record } = progress;
  const caller = await record.step('kerberos', (note) => {
    if (request.authorization === undefined && issuing.kerberosServices.length > 0)
      requireNoUsernameToken(request.read());
    return acceptTicket(request, progress, issuing, dependencies, note);
  });
  if (caller.kind === 'continue') return caller;
  await record.step('request', () => requireNoUsernameToken(requireOurRequest(request, progress, issuing.application)));
  return lookUpTicketClient(progress, issuing, caller);
}

/** What a client sends of a ticket: the header, and what its connection remembers of an earlier leg. */
export type Negotiation = Pick<TokenRequest, 'authorization' | 'negotiation'>;

type TicketDependencies = Pick<ProofDependencies, 'replay' | 'tlsServerEndPoints' | 'askForSalt'>;

/**
 * The ticket's client, verified; or the first leg of a negotiation that needs a second. A ticket that no key opens is tried
 * once more where the KDC tells another salt of the account: nothing of it was looked at or remembered before.
 *
 * @throws Refusal
 */
export async function acceptTicket(
  negotiation: Negotiation,
  progress: Progress,
  issuing: Pick<IssuingApplication, 'kerberosServices'>,
  dependencies: TicketDependencies,
  note: Note,
): Promise<Accepted | Continue> {
  const accept = (): Accepted | Continue =>
    acceptUnder(issuing.kerberosServices, negotiation, progress, dependencies, note);
  try {
    return accept();
  } catch (error) {
    if (!(error instanceof KeyMismatch) || (await dependencies.askForSalt?.(error.ticket)) !== true) throw error;
    return accept();
  }
}

function acceptUnder(
  services: readonly KerberosService[],
  { authorization, negotiation }: Negotiation,
  progress: Progress,
  { replay, tlsServerEndPoints }: TicketDependencies,
  note: Note,
): Accepted | Continue {
  if (services.length === 0) throw new Refusal('kerberos-not-configured');
  const token = parseNegotiateHeader(authorization);
  const accepted = acceptSecurityContext(token, negotiation, {
    services,
    replay,
    now: progress.asking.now,
    tlsServerEndPoints: tlsServerEndPoints?.() ?? [],
  });
  if (accepted.kind === 'continue') return accepted;
  progress.responseToken = accepted.responseToken;
  progress.record.learn({ principal: `${accepted.client.name}@${accepted.client.realm}` });
  note(keyOf(accepted));
  return accepted;
}

/**
 * The entry that the ticket was issued to, as it is now.
 *
 * @throws Refusal
 */
export async function lookUpTicketClient(
  { asking, record }: Progress,
  { gateways }: Pick<IssuingApplication, 'gateways'>,
  caller: Accepted,
): Promise<Proved> {
  const { gateway, userTypes, directory } = servedBy(gateways, caller);
  const found = await record.step('directory', async (note) => {
    const identifier = caller.client.name;
    const answer = await lookUpCaller({ gateway, userTypes, directory, identifier, now: asking.now });
    requireSameAccount(answer.entry, caller.client);
    return noted(answer, note);
  });
  return { kind: 'identified', found, gateway, authenticationMethod: WINDOWS_AUTHENTICATION };
}

/** What opened the ticket, for whoever wonders which of several keys is in use, or what makes it large. */
function keyOf({ client, service, ticketKvno }: Accepted): string {
  const kvno = client.kvno ?? ticketKvno;
  const from = client.formerKey === undefined ? service.keySource : `former credential ${client.formerKey}`;
  const key = `kvno ${kvno ?? 'unknown'}, key from ${from}`;
  const pac = client.groups === undefined ? '' : `, PAC with ${client.groups} groups`;
  return `${describeEncryptionType(client.ticketEncryptionType)}, ${key}${pac}`;
}

/** Two credentials in one request would leave it open whose the token is. */
function requireNoUsernameToken(asked: AskedFor): void {
  if (asked.usernameToken !== undefined) throw new Refusal('username-token-not-here');
}

/** The gateway of the caller's realm, with the user types that the application names. */
export function servedBy(gateways: IssuingApplication['gateways'], { service }: Accepted): IssuingGateway {
  const served = gateways.get(service.gatewayId);
  if (served === undefined) throw new Refusal('kerberos-not-configured', { actual: service.gatewayId });
  return served;
}
