/** A key that signs assertions, ready for use. Import, creation and protection are beside this file. */
import type { KeyObject } from 'node:crypto';

export interface SigningKey {
  readonly id: string;
  /** RSA, at least 2048 bits; a KeyObject, because a PEM a call costs more than the signature. */
  readonly privateKey: KeyObject;
  /** DER of the X.509 certificate that Entra knows. */
  readonly certificate: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
}
