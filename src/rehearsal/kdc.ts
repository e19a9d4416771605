/**
 * The client's side of Negotiate, for the rehearsal and the tests: the tokens of a computer that holds a service ticket.
 *
 * Owns: the initiator's side of SPNEGO (RFC 4178) with Kerberos. Does not own: ticket and AP-REQ (kdc-ap-req.ts).
 */
import { readApRep, readEncApRepPart } from '../kerberos/messages.ts';
import { keyUsage } from '../kerberos/rfc3961.ts';
import { decrypt, usageKeys } from '../kerberos/encryption.ts';
import {
  isFramed,
  readFramedToken,
  readTokenId,
  tokenIds,
  verifyMic,
  writeFramedToken,
  writeMic,
  writeTokenId,
} from '../kerberos/rfc4121.ts';
import {
  isKerberos,
  isNegTokenResp,
  mechanisms,
  negState,
  readNegTokenResp,
  writeNegTokenResp,
} from '../kerberos/spnego.ts';
import type { MintedApReq, MintOptions } from './kdc-ap-req.ts';
import { aesKey, mintApReq } from './kdc-ap-req.ts';
import { writeMechTypeList, writeNegTokenInit } from './kdc-messages.ts';

export interface NegotiateOptions extends MintOptions {
  /** In the client's order; Windows' own four when absent. */
  readonly mechanisms?: readonly string[];
  /** How the AP-REQ travels: in SPNEGO (when absent), in GSS-API's frame alone, or bare. */
  readonly framing?: 'spnego' | 'gss' | 'bare';
  /** Leaves the first leg without a mechanism token. */
  readonly withoutMechToken?: boolean;
}

export interface MintedToken {
  /** For the first `Authorization: Negotiate`. */
  readonly token: Uint8Array;
  /** For the next leg when the server answers 401 with `response`; throws when nothing more can be said. */
  continueWith(response: Uint8Array): Uint8Array;
  /** Checks the server's last token: it proves that the server holds the service's key. Throws when it does not. */
  verifyResponse(response: Uint8Array | undefined): void;
}

const WINDOWS_MECHANISMS = [mechanisms.msKrb5, mechanisms.krb5, mechanisms.negoex, mechanisms.ntlm];
/** NTLM NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): what a client without a ticket sends first. */
const NTLM_NEGOTIATE = Buffer.from(
  '4e544c4d5353500001000000978208e2000000000000000000000000000000000a00000000000000',
  'hex',
);

interface Client {
  readonly minted: MintedApReq;
  readonly mechTypes: readonly string[];
  /** The AP-REQ in GSS-API's frame (RFC 4121 §4.1). */
  readonly framed: Uint8Array;
}

/** A client's first token for a service, and what it does with the answers. */
export function mintNegotiateToken(options: NegotiateOptions): MintedToken {
  const minted = mintApReq(options);
  let apRepSeen = false;
  const client: Client = {
    minted,
    mechTypes: options.mechanisms ?? WINDOWS_MECHANISMS,
    framed: writeFramedToken(mechanisms.krb5, writeTokenId(tokenIds.apReq, minted.apReq)),
  };
  return {
    token: firstToken(client, options),
    continueWith(response) {
      const read = readNegTokenResp(response);
      const next = nextToken(client, read);
      apRepSeen = read.responseToken !== undefined;
      return next;
    },
    verifyResponse: (response) => verifyLastToken(client, response, apRepSeen),
  };
}

function firstToken({ minted, mechTypes, framed }: Client, options: NegotiateOptions): Uint8Array {
  if (options.framing === 'bare') return minted.apReq;
  if (options.framing === 'gss') return framed;
  const mechToken = options.withoutMechToken === true ? undefined : optimisticToken(mechTypes[0], framed);
  return writeFramedToken(mechanisms.spnego, writeNegTokenInit(mechTypes, mechToken));
}

/** RFC 4178 §4.2.1: for the first mechanism of the list. */
function optimisticToken(mechanism: string | undefined, framed: Uint8Array): Uint8Array | undefined {
  if (mechanism === mechanisms.ntlm) return NTLM_NEGOTIATE;
  return mechanism !== undefined && isKerberos(mechanism) ? framed : undefined;
}

type Response = ReturnType<typeof readNegTokenResp>;

/** The AP-REQ when the server chose Kerberos; our MIC when it sent its own (RFC 4178 §5). */
function nextToken(client: Client, response: Response): Uint8Array {
  if (response.mechListMic !== undefined) {
    verifyApRep(client.minted, response.responseToken);
    requireServerMic(client, response.mechListMic);
    return writeNegTokenResp({ negState: negState.acceptCompleted, mechListMic: clientMic(client) });
  }
  if (response.supportedMech === undefined || !isKerberos(response.supportedMech)) {
    throw new Error('The server chose no Kerberos mechanism');
  }
  // With mutual authentication the server sends the last mechanism token, and the MICs come after it.
  const now = response.negState === negState.requestMic && !client.minted.mutual;
  return writeNegTokenResp({
    negState: negState.acceptIncomplete,
    responseToken: client.framed,
    mechListMic: now ? clientMic(client) : undefined,
  });
}

/** The token of the final answer: in SPNEGO when the client spoke SPNEGO. */
function verifyLastToken(client: Client, token: Uint8Array | undefined, apRepSeen: boolean): void {
  if (token === undefined || !isNegTokenResp(token)) return verifyApRep(client.minted, token);
  const response = readNegTokenResp(token);
  if (response.negState !== negState.acceptCompleted) throw new Error('The server did not accept');
  if (response.mechListMic !== undefined) requireServerMic(client, response.mechListMic);
  // With an exchange of MICs the AP-REP came, and was checked, one leg before.
  if (!apRepSeen) verifyApRep(client.minted, response.responseToken);
}

/** Mutual authentication (RFC 4120 §3.2.5): only who opened the ticket can send our own time back. */
function verifyApRep(minted: MintedApReq, token: Uint8Array | undefined): void {
  if (!minted.mutual && token === undefined) return;
  if (token === undefined) throw new Error('The server did not authenticate itself: there is no AP-REP');
  const message = isFramed(token) ? readTokenId(readFramedToken(token).inner, tokenIds.apRep) : token;
  const plaintext = decrypt(usageKeys(aesKey(minted.sessionKey), keyUsage.apRepEncPart), readApRep(message).cipher);
  if (plaintext === undefined) throw new Error('The AP-REP does not open with the session key');
  const part = readEncApRepPart(plaintext);
  const same =
    part.clientTime.getTime() === minted.clientTime.getTime() && part.clientMicroseconds === minted.clientMicroseconds;
  if (!same) throw new Error('The AP-REP answers another AP-REQ');
}

const contextKey = ({ minted }: Client): ReturnType<typeof aesKey> => aesKey(minted.subkey ?? minted.sessionKey);

const clientMic = (client: Client): Uint8Array =>
  writeMic(contextKey(client), 'initiator', writeMechTypeList(client.mechTypes), client.minted.sequenceNumber);

function requireServerMic(client: Client, mic: Uint8Array): void {
  if (verifyMic(contextKey(client), 'acceptor', writeMechTypeList(client.mechTypes), mic)) return;
  throw new Error('The mechListMIC of the server is wrong');
}
