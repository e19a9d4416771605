/**
 * The files that a configuration names, as they are looked into. Reads through what it is given; says nothing about a file that
 * is already reported.
 */
import { X509Certificate } from 'node:crypto';
import type { Findings, Path } from './problem.ts';

export interface FileContents {
  /** Throws when the file cannot be read. */
  readonly readBytes: (path: string) => Uint8Array;
  readonly now: Date;
}

/** A file that is looked into, with the setting that names it. */
export interface NamedFile {
  readonly bytes: Buffer;
  readonly path: Path;
}

export function readNamed(file: string | undefined, path: Path, { readBytes }: FileContents): NamedFile | undefined {
  if (file === undefined) return undefined;
  try {
    return { bytes: Buffer.from(readBytes(file)), path };
  } catch {
    // Reported where the setting is read.
    return undefined;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The first certificate, when all can be read. */
export function certificatesIn({ bytes, path }: NamedFile, now: Date, findings: Findings): X509Certificate | undefined {
  const blocks = bytes.toString('latin1').match(PEM_CERTIFICATE);
  if (blocks === null) {
    findings.outside(
      path,
      'holds no certificate in PEM',
      'Convert it: openssl x509 -inform der -in FILE -out FILE.pem',
    );
    return undefined;
  }
  const certificates = blocks.map(readCertificate);
  for (const certificate of certificates) {
    if (certificate === undefined) findings.outside(path, 'holds a certificate that cannot be read', 'Export it anew');
    else checkValidity(certificate, path, now, findings);
  }
  return certificates.includes(undefined) ? undefined : certificates[0];
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function checkValidity(certificate: X509Certificate, path: Path, now: Date, findings: Findings): void {
  const { validFromDate, validToDate } = certificate;
  const expired = now > validToDate;
  if (!expired && now >= validFromDate) return;
  const subject = certificate.subject.split('\n').join(', ');
  const since = expired ? `expired ${validToDate.toISOString()}` : `is not valid before ${validFromDate.toISOString()}`;
  findings.warning(path, `holds a certificate that ${since} (${subject})`, 'Renew it');
}
