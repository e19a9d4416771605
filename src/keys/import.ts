/**
 * Takes a private key and its certificate out of files that an administrator has: PKCS#12 (.pfx, .p12), or PEM in one file or
 * several. Owns: telling the formats apart and finding the pair. Does not own: the checks (material.ts), or storing.
 */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { KeyError } from './key-error.ts';
import type { KeyMaterial } from './material.ts';
import { readPkcs12 } from './pkcs12.ts';
import type { Pkcs12Contents } from './pkcs12.ts';

/** A block holds no beginning of another: else every beginning without an end would be followed through the whole file. */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----(?:(?!-----BEGIN)[\s\S])*?-----END \1-----/g;
const PEM_KEYS = new Set(['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']);

/** DER of a SEQUENCE: PKCS#12 is binary, PEM never begins so. */
const SEQUENCE_TAG = 0x30;

/**
 * Reads one private key and the certificate that belongs to it; other certificates, a chain, are left out.
 *
 * @param files the content of each file.
 * @throws KeyError file-not-understood, pkcs12-not-supported, passphrase-missing, passphrase-wrong, private-key-missing,
 *   private-key-ambiguous, certificate-missing, certificate-mismatch.
 */
export function importKeyMaterial(files: readonly Uint8Array[], passphrase: string | undefined): KeyMaterial {
  const contents = files.map((file) =>
    file[0] === SEQUENCE_TAG ? readPkcs12(file, passphrase) : readPem(file, passphrase),
  );
  const privateKeys = contents.flatMap((content) => content.privateKeys);
  const certificates = contents.flatMap((content) => content.certificates);
  const [privateKey, another] = privateKeys;
  if (privateKey === undefined) throw new KeyError('private-key-missing');
  if (another !== undefined) throw new KeyError('private-key-ambiguous', `${privateKeys.length} keys`);
  if (certificates.length === 0) throw new KeyError('certificate-missing');
  const certificate = certificates.find((candidate) => belongs(candidate, privateKey));
  if (certificate === undefined) throw new KeyError('certificate-mismatch');
  return { privateKey, certificate };
}

function readPem(file: Uint8Array, passphrase: string | undefined): Pkcs12Contents {
  const blocks = [...Buffer.from(file).toString('latin1').matchAll(PEM_BLOCK)];
  if (blocks.length === 0) throw new KeyError('file-not-understood');
  return {
    privateKeys: blocks.filter(([, label = '']) => PEM_KEYS.has(label)).map(([pem]) => readPemKey(pem, passphrase)),
    certificates: blocks.filter(([, label]) => label === 'CERTIFICATE').map(([pem]) => readPemCertificate(pem)),
  };
}

function readPemKey(pem: string, passphrase: string | undefined): KeyObject {
  const encrypted = /ENCRYPTED/.test(pem);
  if (encrypted && passphrase === undefined) throw new KeyError('passphrase-missing');
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch {
    throw encrypted
      ? new KeyError('passphrase-wrong')
      : new KeyError('file-not-understood', 'the private key cannot be read');
  }
}

function readPemCertificate(pem: string): Uint8Array {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    throw new KeyError('file-not-understood', 'the certificate cannot be read');
  }
}

/** A certificate that cannot be read belongs to no key. */
function belongs(certificate: Uint8Array, privateKey: KeyObject): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}
