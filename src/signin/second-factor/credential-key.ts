/**
 * The public key of a passkey: that it is a key of the kinds that were asked for, found out when it is set up and not when
 * somebody wants to sign in with it. Does not own signatures (the library verifies them).
 */
import { decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';
import { createPublicKey } from 'node:crypto';

/** COSE algorithms ES256, EdDSA, RS256: every authenticator has one of them (Windows Hello on older TPMs the last alone). */
export const ALGORITHMS = [-7, -8, -257];

/** Nobody makes others (a TPM makes 2048), and a huge one costs at each signature. */
const RSA_BITS = { least: 2048, most: 4096 };

/**
 * @param coseKey RFC 9052 §7
 * @throws Error when it is no key that can be used
 */
export function requireUsableKey(coseKey: Uint8Array<ArrayBuffer>): void {
  const parameters = decodeCredentialPublicKey(coseKey) as unknown as ReadonlyMap<number, unknown>;
  const { asymmetricKeyDetails } = createPublicKey({ key: jwkOf(parameters), format: 'jwk' });
  const { modulusLength: bits = RSA_BITS.least } = asymmetricKeyDetails ?? {};
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) throw new Error(`an RSA key of ${bits} bits`);
}

/** Key types and their parameters: RFC 9053 §7.1.1, §7.2, RFC 8230 §4. A curve belongs to its algorithm (WebAuthn §5.8.5). */
function jwkOf(parameters: ReadonlyMap<number, unknown>): Record<string, string> {
  const text = (label: number): string => {
    const value = parameters.get(label);
    if (!(value instanceof Uint8Array)) throw new Error(`a key without parameter ${label}`);
    return Buffer.from(value).toString('base64url');
  };
  const [type, algorithm, curve] = [1, 3, -1].map((label) => parameters.get(label));
  if (type === 2 && algorithm === -7 && curve === 1) return { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) };
  if (type === 1 && algorithm === -8 && curve === 6) return { kty: 'OKP', crv: 'Ed25519', x: text(-2) };
  if (type === 3 && algorithm === -257) return { kty: 'RSA', n: text(-1), e: text(-2) };
  throw new Error('a key of another kind than was asked for');
}
