/**
 * Channel bindings (RFC 4121 §4.1.1.2): whether the ticket's client spoke TLS with us, or with somebody in between who
 * passes its token on.
 *
 * Owns: `tls-server-end-point` (RFC 5929 §4), the decision by setting. Does not own: our certificate (server/).
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import { authorizationDataTypes, relevantData } from './authorization-data.ts';

/**
 * `allow`, as AD FS and IIS have it: compared where a client sends them, and missed where it says that it knows of them;
 * `require`: missed wherever there are none.
 */
export type ChannelBindingsDemand = 'off' | 'allow' | 'require';

/** RFC 4121 §4.1.1.2: what an initiator without channel bindings sends. */
const NONE = Buffer.alloc(16);
const PREFIX = Buffer.from('tls-server-end-point:', 'latin1');

/**
 * Bnd: MD5 over the bindings of RFC 2744 §3.11, integers little-endian; neither side has an address.
 *
 * @param endPoint hash of the certificate that the server presents
 */
export function bindingsOf(endPoint: Uint8Array): Buffer {
  const head = Buffer.alloc(20); // two address types and two addresses, all empty; the length of the data
  head.writeUInt32LE(PREFIX.length + endPoint.length, 16);
  return createHash('md5').update(head).update(PREFIX).update(endPoint).digest();
}

/** KERB_AP_OPTIONS_CBT, a 32-bit number, little-endian ([MS-KILE] §3.2.5.8). */
const CBT = 0x4000;

/**
 * Whether the client says that it sends channel bindings where there is TLS: Windows always does. Its token without them
 * was made for a connection without TLS.
 *
 * @param authorizationData of the authenticator
 */
export const isAwareOfBindings = (authorizationData: Uint8Array | undefined): boolean =>
  relevantData(authorizationData, authorizationDataTypes.apOptions).some(
    (octets) => octets.length >= 4 && (Buffer.from(octets).readUInt32LE() & CBT) !== 0,
  );

export interface SentBindings {
  /** Bnd of the authenticator's checksum. */
  readonly bindings: Uint8Array;
  readonly isAware: boolean;
}

/**
 * @param endPoints hashes of the certificates that we present
 * @throws Refusal kerberos-channel-bindings-missing, kerberos-channel-bindings-mismatch
 */
export function requireChannelBindings(
  demand: ChannelBindingsDemand,
  { bindings, isAware }: SentBindings,
  endPoints: readonly Uint8Array[],
): void {
  if (demand === 'off') return;
  if (NONE.equals(bindings)) {
    if (demand === 'allow' && !isAware) return;
    throw new Refusal('kerberos-channel-bindings-missing', {
      detail: isAware ? 'The client knows of channel bindings and sent none.' : `The gateway demands: ${demand}.`,
    });
  }
  if (endPoints.some((endPoint) => bindingsOf(endPoint).equals(bindings))) return;
  throw new Refusal('kerberos-channel-bindings-mismatch', {
    expected: `one of: ${endPoints.map((endPoint) => bindingsOf(endPoint).toString('hex')).join(', ')}`,
    actual: Buffer.from(bindings).toString('hex'),
  });
}
