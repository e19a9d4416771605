/**
 * RFC 4121 (with RFC 2743 §3.1): what GSS-API puts around and beside the messages of Kerberos.
 *
 * Owns: the framing of context tokens, the checksum 0x8003 in the authenticator, the MIC token.
 * Does not own: when a MIC is due (accept.ts), or the messages themselves (messages.ts).
 */
import * as der from './der.ts';
import type { Checksum } from './messages.ts';
import type { EncryptionKey } from './encryption.ts';
import { checksum, checksumKey, verifyChecksum } from './encryption.ts';
import { keyUsage } from './rfc3961.ts';

/** TOK_ID (§4.1): two octets before the Kerberos message. */
export const tokenIds = { apReq: 0x0100, apRep: 0x0200 } as const;

/** Flags of the authenticator's checksum (§4.1.1.1; DCE-STYLE is [MS-KILE] 3.1.1.1). */
export const gssFlags = { deleg: 0x01, mutual: 0x02, integ: 0x20, dceStyle: 0x1000 } as const;

// --- InitialContextToken (RFC 2743 §3.1) -------------------------------------------------------------------------

/** `[APPLICATION 0] IMPLICIT SEQUENCE { thisMech MechType, innerContextToken ANY DEFINED BY thisMech }` */
const INITIAL_CONTEXT_TOKEN = der.application(0);

export interface FramedToken {
  readonly mechanism: string;
  readonly inner: Uint8Array;
}

export const isFramed = (token: Uint8Array): boolean => token[0] === INITIAL_CONTEXT_TOKEN;

export function readFramedToken(token: Uint8Array): FramedToken {
  const contents = der.readOnly(token, INITIAL_CONTEXT_TOKEN, 'GSS-API token');
  const mechanism = der.readElementAt(contents, 0, 'mechanism of the GSS-API token');
  return {
    mechanism: der.readObjectIdentifier(mechanism.encoded, 'mechanism of the GSS-API token'),
    inner: contents.subarray(mechanism.encoded.length),
  };
}

export const writeFramedToken = (mechanism: string, inner: Uint8Array): Uint8Array =>
  der.element(INITIAL_CONTEXT_TOKEN, der.objectIdentifier(mechanism), inner);

/** The message behind its TOK_ID. */
export function readTokenId(inner: Uint8Array, id: number): Uint8Array {
  const actual = ((inner[0] ?? 0) << 8) | (inner[1] ?? 0);
  if (actual !== id) throw new der.DerError(`TOK_ID is ${hex(actual)} instead of ${hex(id)}`);
  return inner.subarray(2);
}

export const writeTokenId = (id: number, message: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from([id >> 8, id & 0xff]), message]);

const hex = (id: number): string => `0x${id.toString(16).padStart(4, '0')}`;

// --- the authenticator's checksum (§4.1.1) -----------------------------------------------------------------------

export const GSS_CHECKSUM_TYPE = 0x8003;
const BINDINGS_LENGTH = 16;
const FIXED_LENGTH = 24;

export interface GssChecksum {
  readonly flags: number;
  /** Bnd: an MD5 of the initiator's channel bindings, all zero when it has none. */
  readonly bindings: Uint8Array;
}

/**
 * A checksum of type 0x8003; undefined when it is not one.
 *
 * Layout, little-endian: Lgth (4, = 16), Bnd (16), Flags (4), and with DELEG: DlgOpt (2, = 1), Dlgth (2), Deleg. A
 * delegated credential is passed over unopened, and never kept.
 */
export function readGssChecksum({ type, octets }: Checksum): GssChecksum | undefined {
  if (type !== GSS_CHECKSUM_TYPE || octets.length < FIXED_LENGTH) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  if (view.getUint32(0, true) !== BINDINGS_LENGTH) return undefined;
  const flags = view.getUint32(FIXED_LENGTH - 4, true);
  const bindings = octets.subarray(4, 4 + BINDINGS_LENGTH);
  if ((flags & gssFlags.deleg) === 0) return { flags, bindings };
  if (octets.length < FIXED_LENGTH + 4 || view.getUint16(FIXED_LENGTH, true) !== 1) return undefined;
  const isWhole = octets.length >= FIXED_LENGTH + 4 + view.getUint16(FIXED_LENGTH + 2, true);
  return isWhole ? { flags, bindings } : undefined;
}

// --- the MIC token (§4.2.6.1) ------------------------------------------------------------------------------------

const MIC_HEADER_LENGTH = 16;
const SENT_BY_ACCEPTOR = 0x01;

export type Side = 'initiator' | 'acceptor';

const signUsage = { initiator: keyUsage.initiatorSign, acceptor: keyUsage.acceptorSign } as const;

/** GSS_GetMIC: header (TOK_ID 04 04, flags, filler, SND_SEQ) and the checksum over message and header. */
export function writeMic(key: EncryptionKey, side: Side, message: Uint8Array, sequenceNumber: number): Uint8Array {
  const header = Buffer.alloc(MIC_HEADER_LENGTH, 0xff);
  header.set([0x04, 0x04, side === 'acceptor' ? SENT_BY_ACCEPTOR : 0]);
  header.writeBigUInt64BE(BigInt(sequenceNumber), 8);
  return Buffer.concat([header, checksum(checksumKey(key, signUsage[side]), Buffer.concat([message, header]))]);
}

/**
 * GSS_VerifyMIC for a token of the other `side`. The sequence number is covered by the checksum but not compared: one
 * MIC travels each way, and the authenticator was checked for replay.
 */
export function verifyMic(key: EncryptionKey, side: Side, message: Uint8Array, token: Uint8Array): boolean {
  const header = token.subarray(0, MIC_HEADER_LENGTH);
  // Neither sealed nor under an acceptor's subkey: we never send one.
  const expected = Buffer.from([0x04, 0x04, side === 'acceptor' ? SENT_BY_ACCEPTOR : 0, 255, 255, 255, 255, 255]);
  if (!expected.equals(header.subarray(0, expected.length))) return false;
  const sum = token.subarray(MIC_HEADER_LENGTH);
  return verifyChecksum(checksumKey(key, signUsage[side]), Buffer.concat([message, header]), sum);
}
