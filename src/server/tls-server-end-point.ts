/**
 * `tls-server-end-point` (RFC 5929 §4): what a client's channel bindings say about the certificate that we present.
 *
 * Owns: the hashes of a certificate. Does not own: which files hold one (tls-context.ts), comparing (kerberos/channel-bindings.ts).
 */
import { createHash, X509Certificate } from 'node:crypto';

/**
 * §4.1 wants the hash of the certificate's own signature, and SHA-256 in place of MD5 and SHA-1. Clients differ where a
 * signature names none (Ed25519) or names it in parameters (RSASSA-PSS), so each hash that they may take is made: all of
 * them are bound to the same certificate.
 */
const HASHES = ['sha256', 'sha384', 'sha512'] as const;

/** @param certificates PEM, as given to TLS: the server's own is the first, its issuers follow */
export function tlsServerEndPoints(certificates: string | Buffer): readonly Uint8Array[] {
  const { raw } = new X509Certificate(certificates);
  return HASHES.map((hash) => createHash(hash).update(raw).digest());
}
