/** What an administrator wants to see of a signing key. Never the private key. */
import { X509Certificate, createHash } from 'node:crypto';
import type { StoredSigningKey } from '../store/store.ts';

export interface KeyDescription {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly modulusBits: number;
  /** Upper-case hexadecimal without colons, as Windows and Entra show it. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  /** DER in base64 on one line: `signingCertificate` of internalDomainFederation in Graph. */
  readonly base64: string;
}

export function describeKey({
  id,
  name,
  certificate,
}: Pick<StoredSigningKey, 'id' | 'name' | 'certificate'>): KeyDescription {
  const parsed = new X509Certificate(certificate);
  return {
    id,
    name,
    subject: oneLine(parsed.subject),
    issuer: oneLine(parsed.issuer),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    modulusBits: parsed.publicKey.asymmetricKeyDetails?.modulusLength ?? 0,
    thumbprintSha1: thumbprint('sha1', certificate),
    thumbprintSha256: thumbprint('sha256', certificate),
    base64: Buffer.from(certificate).toString('base64'),
  };
}

/** Text for the terminal, one line each. */
export function describeKeyLines(key: KeyDescription): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['id', key.id],
    ['name', key.name],
    ['subject', key.subject],
    ...(key.issuer === key.subject ? [] : [['issuer', key.issuer] as const]),
    ['key', `RSA, ${key.modulusBits} bits`],
    ['valid', `${day(key.notBefore)} to ${day(key.notAfter)}`],
    ['SHA-1', key.thumbprintSha1],
    ['SHA-256', key.thumbprintSha256],
  ];
  return [
    ...rows.map(([label, value]) => `${label.padEnd(8)} ${value}`),
    '',
    'The certificate as Entra takes it (signingCertificate):',
    key.base64,
  ];
}

/** `now` against the validity, in a word. */
export function validity(key: Pick<KeyDescription, 'notBefore' | 'notAfter'>, now: Date): string {
  if (now < key.notBefore) return `not valid before ${day(key.notBefore)}`;
  return now > key.notAfter ? `expired ${day(key.notAfter)}` : `valid until ${day(key.notAfter)}`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** node:crypto separates the parts of a name by line ends. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

function thumbprint(digest: 'sha1' | 'sha256', certificate: Uint8Array): string {
  return createHash(digest).update(certificate).digest('hex').toUpperCase();
}
