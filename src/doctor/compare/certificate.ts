/**
 * A signing certificate as Entra shows it: read leniently (PEM armour, cut off by a shell), named by thumbprint, dates and
 * subject. Does not judge it.
 */
import { X509Certificate } from 'node:crypto';

export interface SeenCertificate {
  /** SHA-1 of the DER in upper-case hex, as Windows and Entra name a certificate. */
  readonly thumbprint: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Graph wants the bare base64; armour in the stored value makes Entra read it wrongly. */
  readonly armoured: boolean;
}

/** `cut`: a shell shortened the value, so that it cannot be compared. `unreadable`: whole, and no certificate. */
export type CertificateReading = SeenCertificate | 'cut' | 'unreadable';

const ARMOUR = /-----(?:BEGIN|END)\s*CERTIFICATE-----/g;

/** White space does not matter. */
export function readCertificate(value: string): CertificateReading {
  const text = value.replace(/\s+/g, '');
  if (/(?:\.\.\.|…)$/.test(text)) return 'cut';
  const bare = text.replace(ARMOUR, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) return 'unreadable';
  try {
    const certificate = new X509Certificate(Buffer.from(bare, 'base64'));
    const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    // OpenSSL hands a time that it cannot read on as words.
    if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) return 'unreadable';
    return {
      thumbprint: certificate.fingerprint.replaceAll(':', ''),
      subject: certificate.subject?.split('\n').join(', ') ?? 'no subject',
      notBefore,
      notAfter,
      armoured: bare !== text,
    };
  } catch {
    return 'unreadable';
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** For people. */
export function certificateText(reading: CertificateReading): string {
  if (reading === 'cut') return 'cut off by the shell';
  if (reading === 'unreadable') return 'not a certificate in base64';
  return `thumbprint ${reading.thumbprint}, ${day(reading.notBefore)} to ${day(reading.notAfter)}, ${reading.subject}`;
}
