/**
 * GSS_Accept_sec_context for Kerberos behind SPNEGO, or alone, over HTTP Negotiate.
 *
 * Bytes in, bytes out: the caller carries {@link NegotiationState} from one leg to the next on the same connection.
 * Owns: RFC 4178, from the point of view of an acceptor that has one mechanism. Does not own: the decision on the
 * AP-REQ (ap-req.ts), HTTP. Throws only {@link Refusal}, for any bytes.
 */
import { randomBytes } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import type { AcceptedClient } from './accepted.ts';
import type { VerifiedApReq } from './ap-req.ts';
import { verifyApReq } from './ap-req.ts';
import { application } from './der.ts';
import type { KerberosService } from './keys.ts';
import { messageTypes, writeApRep, writeEncApRepPart } from './messages.ts';
import { readOrRefuse } from './read-or-refuse.ts';
import type { ReplayCache } from './replay.ts';
import { keyUsage } from './rfc3961.ts';
import type { EncryptionKey } from './encryption.ts';
import { CONFOUNDER_LENGTH, encrypt, usageKeys } from './encryption.ts';
import {
  isFramed,
  readFramedToken,
  readTokenId,
  tokenIds,
  verifyMic,
  writeFramedToken,
  writeMic,
  writeTokenId,
} from './rfc4121.ts';
import type { NegTokenInit, NegTokenResp } from './spnego.ts';
import {
  isKerberos,
  isNegTokenResp,
  isNtlm,
  mechanisms,
  negState,
  readNegTokenInit,
  readNegTokenResp,
  writeNegTokenResp,
} from './spnego.ts';

export interface AcceptOptions {
  /** The gateways of the application that have Kerberos. */
  readonly services: readonly KerberosService[];
  readonly replay: ReplayCache;
  readonly now: Date;
  /** Five minutes when absent. */
  readonly maxSkewMs?: number;
  /** Hashes of the certificates that TLS presents to clients; for gateways that look at channel bindings. */
  readonly tlsServerEndPoints?: readonly Uint8Array[];
  /** For the confounder and sequence number of the AP-REP. */
  readonly randomBytes?: (size: number) => Uint8Array;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly client: AcceptedClient;
  /** The gateway of the client's realm. */
  readonly service: KerberosService;
  /** Key version in the clear part of the ticket: for the record, nothing protects it. */
  readonly ticketKvno: number | undefined;
  /** For `WWW-Authenticate: Negotiate` of the final answer; undefined when there is nothing to say. */
  readonly responseToken: Uint8Array | undefined;
}

/** The client must send another token on the same connection: answer 401 with `responseToken`. */
export interface Continue {
  readonly kind: 'continue';
  readonly responseToken: Uint8Array;
  readonly state: NegotiationState;
}

/** Opaque to the caller. Belongs to one connection and is void after the next token. */
export type NegotiationState = AwaitingMechToken | AwaitingMic;

/** We chose Kerberos from the list; the client's AP-REQ is due. */
interface AwaitingMechToken {
  readonly awaiting: 'mechToken';
  readonly mechTypeList: Uint8Array;
  readonly micRequired: boolean;
}

/** The AP-REQ is verified, and the client must still prove that its list was not changed on the way. */
interface AwaitingMic {
  readonly awaiting: 'mechListMIC';
  readonly mechTypeList: Uint8Array;
  readonly verified: Pick<VerifiedApReq, 'client' | 'service' | 'ticketKvno' | 'contextKey'>;
}

const FIVE_MINUTES_MS = 300_000;
const MAX_TOKEN_LENGTH = 64 * 1024;

export function acceptSecurityContext(
  token: Uint8Array,
  state: NegotiationState | undefined,
  options: AcceptOptions,
): Accepted | Continue {
  if (token.length > MAX_TOKEN_LENGTH) throw malformed(`The token has ${token.length} octets.`);
  if (isNtlm(token)) throw new Refusal('ntlm-refused', { actual: 'an NTLM message without SPNEGO' });
  if (isNegTokenResp(token)) return acceptResponse(token, state, options);
  // An initial token starts anew, whatever went before it on this connection.
  if (isFramed(token)) {
    const { mechanism, inner } = readOrRefuse('negotiate-malformed', () => readFramedToken(token));
    if (mechanism === mechanisms.spnego) return acceptInit(inner, options);
    if (!isKerberos(mechanism)) throw new Refusal('spnego-no-kerberos', { actual: `mechanism ${mechanism}` });
  } else if (token[0] !== AP_REQ_TAG) {
    throw malformed('The token is neither SPNEGO nor Kerberos.');
  }
  const { verified, apRep } = acceptMechToken(token, options);
  return accepted(verified, apRep);
}

const AP_REQ_TAG = application(messageTypes.apReq);

const malformed = (detail: string): Refusal => new Refusal('negotiate-malformed', { detail });

const accepted = (verified: AwaitingMic['verified'], responseToken: Uint8Array | undefined): Accepted => ({
  kind: 'accepted',
  client: verified.client,
  service: verified.service,
  ticketKvno: verified.ticketKvno,
  responseToken,
});

// --- SPNEGO ------------------------------------------------------------------------------------------------------

/** The first leg: a list of mechanisms, and with luck a token for the first of them that is Kerberos. */
function acceptInit(inner: Uint8Array, options: AcceptOptions): Accepted | Continue {
  const init = readOrRefuse('negotiate-malformed', () => readNegTokenInit(inner));
  const supportedMech = chooseMechanism(init);
  // RFC 4178 §5: MICs MUST be exchanged unless the chosen mechanism is the first choice of both sides.
  const preferred = init.mechTypes[0] === supportedMech;
  if (!preferred || init.mechToken === undefined) {
    const response = { negState: preferred ? negState.acceptIncomplete : negState.requestMic, supportedMech };
    return {
      kind: 'continue',
      responseToken: writeNegTokenResp(response),
      state: { awaiting: 'mechToken', mechTypeList: init.mechTypeList, micRequired: !preferred },
    };
  }
  return completeWith(init.mechToken, init, { supportedMech, micRequired: false }, options);
}

function chooseMechanism({ mechTypes, mechToken }: NegTokenInit): string {
  const chosen = mechTypes.find(isKerberos);
  const actual = mechTypes.join(', ');
  if (chosen === undefined) {
    throw mechTypes.includes(mechanisms.ntlm)
      ? new Refusal('ntlm-refused', { actual, detail: 'SPNEGO offers NTLM and no Kerberos.' })
      : new Refusal('spnego-no-kerberos', { actual });
  }
  if (chosen === mechTypes[0] && mechToken !== undefined && isNtlm(mechToken)) {
    throw new Refusal('ntlm-refused', { actual, detail: 'SPNEGO lists Kerberos, but carries an NTLM message.' });
  }
  return chosen;
}

/** A later leg: what it may be depends on what was said before on this connection. */
function acceptResponse(
  token: Uint8Array,
  state: NegotiationState | undefined,
  options: AcceptOptions,
): Accepted | Continue {
  const response = readOrRefuse('negotiate-malformed', () => readNegTokenResp(token));
  if (state === undefined) throw new Refusal('spnego-out-of-turn');
  if (response.negState === negState.reject) throw malformed('The client rejects the negotiation.');
  if (state.awaiting === 'mechListMIC') return acceptMic(response, state);
  if (response.responseToken === undefined) throw malformed('The second leg carries no mechanism token.');
  if (isNtlm(response.responseToken))
    throw new Refusal('ntlm-refused', { detail: 'The second leg of SPNEGO is NTLM.' });
  const { mechTypeList, micRequired } = state;
  return completeWith(
    response.responseToken,
    { mechTypeList, mechListMic: response.mechListMic },
    { supportedMech: undefined, micRequired },
    options,
  );
}

/** The AP-REQ, then the MICs as RFC 4178 §5 has them. `supportedMech` SHALL only be in the first reply (§4.2.2). */
function completeWith(
  mechToken: Uint8Array,
  { mechTypeList, mechListMic }: Pick<NegTokenInit, 'mechTypeList' | 'mechListMic'>,
  { supportedMech, micRequired }: { supportedMech: string | undefined; micRequired: boolean },
  options: AcceptOptions,
): Accepted | Continue {
  const { verified, apRep, sequenceNumber } = acceptMechToken(mechToken, options);
  const respond = (response: NegTokenResp): Uint8Array =>
    writeNegTokenResp({ supportedMech, responseToken: apRep, ...response });
  const mic = (): Uint8Array => writeMic(verified.contextKey, 'acceptor', mechTypeList, sequenceNumber);
  if (mechListMic !== undefined) {
    requireMic(verified.contextKey, mechTypeList, mechListMic);
    return accepted(verified, respond({ negState: negState.acceptCompleted, mechListMic: mic() }));
  }
  // Without per-message integrity there is no MIC to require; the encrypted authenticator says so, not the list.
  if (!micRequired || !verified.integrity) {
    return accepted(verified, respond({ negState: negState.acceptCompleted }));
  }
  // §5 c: with one mechanism token only, the client sent the last and had to add its MIC. §5 b: else ours comes first.
  if (apRep === undefined) throw new Refusal('spnego-mic-mismatch', { detail: 'The mechListMIC is missing.' });
  return {
    kind: 'continue',
    responseToken: respond({ negState: negState.acceptIncomplete, mechListMic: mic() }),
    state: { awaiting: 'mechListMIC', mechTypeList, verified },
  };
}

function acceptMic({ mechListMic }: NegTokenResp, { mechTypeList, verified }: AwaitingMic): Accepted {
  if (mechListMic === undefined) throw new Refusal('spnego-mic-mismatch', { detail: 'The mechListMIC is missing.' });
  requireMic(verified.contextKey, mechTypeList, mechListMic);
  return accepted(verified, writeNegTokenResp({ negState: negState.acceptCompleted }));
}

function requireMic(key: EncryptionKey, mechTypeList: Uint8Array, mechListMic: Uint8Array): void {
  if (!verifyMic(key, 'initiator', mechTypeList, mechListMic)) throw new Refusal('spnego-mic-mismatch');
}

// --- the Kerberos mechanism --------------------------------------------------------------------------------------

interface MechResult {
  readonly verified: VerifiedApReq;
  /** Framed as the AP-REQ was; undefined when the client does not ask for mutual authentication. */
  readonly apRep: Uint8Array | undefined;
  /** Initial sequence number of our side. */
  readonly sequenceNumber: number;
}

/** RFC 4121 §4.1: an AP-REQ in GSS-API's frame; some clients leave the frame away. */
function acceptMechToken(token: Uint8Array, options: AcceptOptions): MechResult {
  const frame = isFramed(token) ? readOrRefuse('kerberos-malformed', () => readFramedToken(token)) : undefined;
  if (frame !== undefined && !isKerberos(frame.mechanism)) {
    throw new Refusal('kerberos-malformed', { actual: `mechanism ${frame.mechanism}`, expected: mechanisms.krb5 });
  }
  const message = frame ? readOrRefuse('kerberos-malformed', () => readTokenId(frame.inner, tokenIds.apReq)) : token;
  const verified = verifyApReq(message, { ...options, maxSkewMs: options.maxSkewMs ?? FIVE_MINUTES_MS });
  const random = Buffer.from((options.randomBytes ?? randomBytes)(4 + CONFOUNDER_LENGTH));
  // 30 bits: a sum with it stays below 2^31, which older clients read as signed (RFC 4120 §5.5.1).
  const sequenceNumber = random.readUInt32BE() >>> 2;
  if (!verified.mutualRequired) return { verified, apRep: undefined, sequenceNumber };
  const apRep = makeApRep(verified, sequenceNumber, random.subarray(4));
  if (frame === undefined) return { verified, apRep, sequenceNumber };
  return { verified, apRep: writeFramedToken(frame.mechanism, writeTokenId(tokenIds.apRep, apRep)), sequenceNumber };
}

/**
 * RFC 4120 §3.2.4: the client's own time back, under the session key. No subkey of ours: nothing is sent under the
 * context but a MIC, and the client's subkey is fresh already.
 */
function makeApRep(verified: VerifiedApReq, sequenceNumber: number, confounder: Uint8Array): Uint8Array {
  const { sessionKey, clientTime, clientMicroseconds } = verified;
  const part = writeEncApRepPart({ clientTime, clientMicroseconds, subkey: undefined, sequenceNumber });
  const cipher = encrypt(usageKeys(sessionKey, keyUsage.apRepEncPart), part, confounder);
  return writeApRep({ encryptionType: sessionKey.encryptionType, kvno: undefined, cipher });
}
