/**
 * The `Authorization` header of HTTP Negotiate (RFC 4559 §4.2): `Negotiate`, a space, one token in base64.
 *
 * Owns: the header's form. Does not own: what the token holds (accept.ts), the answer's header (server).
 */
import { Refusal } from '../refusal.ts';
import { isNtlm } from './spnego.ts';

/** A header field may have 64 KiB (server); its token cannot be longer. */
const MAX_HEADER_LENGTH = 64 * 1024;
/** Schemes that may be named in the record; anything else could be a secret that was put there by mistake. */
const KNOWN_SCHEMES = ['basic', 'bearer', 'digest', 'kerberos'];

/**
 * The token's octets. Throws the refusals `negotiate-required` (no header), `ntlm-refused` (scheme NTLM, or an NTLM
 * message under Negotiate) and `negotiate-malformed`.
 */
export function parseNegotiateHeader(value: string | undefined): Uint8Array {
  if (value === undefined || value.trim() === '') throw new Refusal('negotiate-required');
  if (value.length > MAX_HEADER_LENGTH) throw malformed(`the header has ${value.length} characters`);
  const space = value.indexOf(' ');
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  if (scheme === 'ntlm') throw new Refusal('ntlm-refused', { actual: 'the scheme NTLM' });
  if (scheme !== 'negotiate') {
    throw malformed(KNOWN_SCHEMES.includes(scheme) ? `the scheme is ${scheme}` : 'the scheme is not Negotiate');
  }
  const token = decodeBase64(space < 0 ? '' : value.slice(space + 1).trim());
  if (isNtlm(token)) throw new Refusal('ntlm-refused', { actual: 'an NTLM message under the scheme Negotiate' });
  return token;
}

/** Standard alphabet, padded, nothing else: what decodes and encodes to the same text. */
function decodeBase64(text: string): Uint8Array {
  const octets = Buffer.from(text, 'base64');
  if (octets.length === 0) throw malformed('there is no token behind the scheme');
  if (octets.toString('base64') !== text) throw malformed('the token is not base64');
  return octets;
}

const malformed = (detail: string): Refusal =>
  new Refusal('negotiate-malformed', { attribute: 'Authorization', expected: 'Negotiate and a base64 token', detail });
