/**
 * Why a key or another secret cannot be made, imported or used, in words for the administrator at the command line.
 * A request that finds no usable key gets a Refusal instead (pick.ts).
 */

/** Code -> what is wrong and the next step. */
const KEY_ERRORS = {
  'master-key-malformed': 'The master key is not 32 bytes in base64. Make one with `openssl rand -base64 32`.',
  'master-key-wrong':
    'It was stored under another master key. Set `server.masterKey` to the one it was stored under; or import the signing key again, or reset the person’s second factors.',
  'key-record-damaged':
    'What is stored is damaged or was changed. Restore the store from a backup; or import the signing key again, or reset the person’s second factors.',
  'file-not-understood': 'The file holds neither PEM nor PKCS#12. Export it as .pfx, .p12 or .pem.',
  'pkcs12-not-supported':
    'The PKCS#12 file uses an algorithm that is not read here. Export it again with AES-256 and SHA-256.',
  'passphrase-missing':
    'The private key is encrypted, and no passphrase was given. Name the variable that holds it with `--passphrase-env`.',
  'passphrase-wrong': 'The passphrase does not open the file.',
  'private-key-missing': 'There is no private key. Export the certificate together with its private key.',
  'private-key-ambiguous': 'There is more than one private key. Export just the one that signs.',
  'certificate-missing': 'There is no certificate. Give the certificate of the private key too.',
  'certificate-mismatch': 'No certificate belongs to the private key.',
  'key-not-rsa':
    'The private key is not an RSA key. Entra verifies RSA signatures only (rsaEncryption, not RSASSA-PSS).',
  'key-too-short': 'The RSA key has fewer than 2048 bits.',
  'certificate-not-valid-now': 'The certificate is not valid now.',
  'name-taken': 'Another signing key has this id or name. Choose another; `mortise keys list` shows them.',
  'key-unknown': 'No signing key has this id or name. `mortise keys list` shows them.',
} as const;

export type KeyErrorCode = keyof typeof KEY_ERRORS;

export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;

  /** @param detail what exactly, never a secret: a key's id, an algorithm, a date. */
  constructor(code: KeyErrorCode, detail?: string) {
    super(`${code}: ${KEY_ERRORS[code]}${detail === undefined ? '' : ` (${detail})`}`);
    this.code = code;
  }
}
