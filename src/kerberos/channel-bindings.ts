/**
 * Channel bindings (RFC 4121 §4.1.1.2): whether the ticket's client spoke TLS with us, or with somebody in between who
 * passes its token on.
 *
 * Owns: `tls-server-end-point` (RFC 5929 §4), the decision by setting. Does not own: our certificate (server/).
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.ts';

/** `allow`: compared where the client sends them, as AD FS does; `require`: a client that sends none is refused. */
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

/**
 * @param bindings of the authenticator's checksum
 * @param endPoints hashes of the certificates that we present
 * @throws Refusal kerberos-channel-bindings-missing, kerberos-channel-bindings-mismatch
 */
export function requireChannelBindings(
  demand: ChannelBindingsDemand,
  bindings: Uint8Array,
  endPoints: readonly Uint8Array[],
): void {
  if (demand === 'off') return;
  if (NONE.equals(bindings)) {
    if (demand === 'allow') return;
    throw new Refusal('kerberos-channel-bindings-missing');
  }
  if (endPoints.some((endPoint) => bindingsOf(endPoint).equals(bindings))) return;
  throw new Refusal('kerberos-channel-bindings-mismatch', {
    expected: `one of: ${endPoints.map((endPoint) => bindingsOf(endPoint).toString('hex')).join(', ')}`,
    actual: Buffer.from(bindings).toString('hex'),
  });
}
