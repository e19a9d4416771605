/**
 * Reads PKCS#12 (RFC 7292), as Windows and OpenSSL export it, which node:crypto cannot.
 *
 *   PFX ::= SEQUENCE { version, authSafe ContentInfo, macData OPTIONAL }
 *   authSafe = data: SEQUENCE OF ContentInfo, each data or encryptedData: SEQUENCE OF SafeBag
 *   SafeBag ::= SEQUENCE { bagId, [0] bagValue, SET OF attributes OPTIONAL }
 *
 * Owns: the structure. Does not own: ciphers (pkcs12-encryption.ts), or which key and certificate belong together (import.ts).
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { derOf, elements, explicit0, implicitOctets0, octets, oid, readBer } from './ber.ts';
import type { BerNode } from './ber.ts';
import { KeyError } from './key-error.ts';
import { decryptSealed, macMatches, passphraseForms } from './pkcs12-encryption.ts';
import type { Passphrase } from './pkcs12-encryption.ts';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERT_BAG = '1.2.840.113549.1.12.10.1.3';
const SAFE_CONTENTS_BAG = '1.2.840.113549.1.12.10.1.6';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

/** Safe contents may nest; nobody nests them twice. */
const MAX_NESTING = 4;

export interface Pkcs12Contents {
  readonly privateKeys: readonly KeyObject[];
  /** DER. */
  readonly certificates: readonly Uint8Array[];
}

/**
 * @param passphrase '' and undefined open a file that has none.
 * @throws KeyError file-not-understood, pkcs12-not-supported, passphrase-missing, passphrase-wrong.
 */
export function readPkcs12(bytes: Uint8Array, passphrase: string | undefined): Pkcs12Contents {
  const [, authSafe, macData] = elements(readBer(bytes));
  const [type, content] = elements(authSafe);
  if (oid(type) !== DATA) throw new KeyError('pkcs12-not-supported', `integrity mode ${oid(type)}`);
  const sealed = octets(explicit0(content));
  const forms = passphraseForms(passphrase ?? '');
  const form = macData === undefined ? forms[0] : forms.find((candidate) => macMatches(macData, sealed, candidate));
  if (form === undefined) throw new KeyError(passphrase === undefined ? 'passphrase-missing' : 'passphrase-wrong');
  const bags = elements(readBer(sealed)).flatMap((info) => openSafe(info, form));
  return {
    privateKeys: bags.flatMap((bag) => privateKeyIn(bag, form)),
    certificates: bags.flatMap(certificateIn),
  };
}

interface Bag {
  readonly type: string;
  readonly value: BerNode;
}

function openSafe(info: BerNode, passphrase: Passphrase): readonly Bag[] {
  const [type, content] = elements(info);
  const inside = explicit0(content);
  switch (oid(type)) {
    case DATA:
      return readBags(readBer(octets(inside)), 0);
    case ENCRYPTED_DATA: {
      // EncryptedData ::= SEQUENCE { version, SEQUENCE { contentType, algorithm, [0] IMPLICIT OCTET STRING } } (RFC 5652 §8)
      const [, algorithm, encrypted] = elements(elements(inside)[1]);
      return readBags(readBer(decryptSealed(algorithm, implicitOctets0(encrypted), passphrase)), 0);
    }
    default:
      throw new KeyError('pkcs12-not-supported', `privacy mode ${oid(type)}`);
  }
}

function readBags(contents: BerNode, nesting: number): readonly Bag[] {
  if (nesting > MAX_NESTING) throw new KeyError('pkcs12-not-supported', 'nested safe contents');
  return elements(contents).flatMap((bag) => {
    const [typeNode, wrapped] = elements(bag);
    const type = oid(typeNode);
    const value = explicit0(wrapped);
    return type === SAFE_CONTENTS_BAG ? readBags(value, nesting + 1) : [{ type, value }];
  });
}

function privateKeyIn({ type, value }: Bag, passphrase: Passphrase): readonly KeyObject[] {
  if (type === KEY_BAG) return [readPkcs8(derOf(value))];
  if (type !== SHROUDED_KEY_BAG) return [];
  // EncryptedPrivateKeyInfo ::= SEQUENCE { algorithm, OCTET STRING } (RFC 5958 §3)
  const [algorithm, encrypted] = elements(value);
  return [readPkcs8(decryptSealed(algorithm, octets(encrypted), passphrase))];
}

function readPkcs8(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyError('file-not-understood', 'the private key in the file cannot be read');
  }
}

function certificateIn({ type, value }: Bag): readonly Uint8Array[] {
  if (type !== CERT_BAG) return [];
  const [kind, content] = elements(value);
  return oid(kind) === X509_CERTIFICATE ? [octets(explicit0(content))] : [];
}
