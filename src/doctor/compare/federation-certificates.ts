/**
 * The signing certificates of a domain in Entra: whether they are Mortise's, readable, and valid. Validity is judged at a
 * given time only; the doctor has no clock of its own.
 */
import type { FederationProperty } from '../capture.ts';
import type { Finding } from '../finding.ts';
import type { SeenCertificate } from './certificate.ts';
import { certificateText, readCertificate } from './certificate.ts';
import { finding, GRAPH } from './federation-finding.ts';
import type { Compared } from './federation-finding.ts';
import { isSame, propertyOf } from './federation-rows.ts';

const DAY_MS = 86_400_000;
/** So long before the end Entra looks for the next certificate (Microsoft Learn, Renew federation certificates). */
const RENEWAL_DAYS = 30;

export function checkCertificates(compared: Compared): readonly Finding[] {
  const current = propertyOf(compared.capture, 'SigningCertificate');
  const next = propertyOf(compared.capture, 'NextSigningCertificate');
  return [
    ...(current === undefined ? [] : [...checkForm(compared, current), ...checkIdentity(compared, current)]),
    ...[current, next].flatMap((property) => (property === undefined ? [] : checkValidity(compared, property))),
    ...checkUpdate(compared),
  ];
}

function checkForm(compared: Compared, property: FederationProperty): readonly Finding[] {
  const reading = readCertificate(property.value);
  if (reading === 'cut' || (typeof reading !== 'string' && !reading.armoured)) return [];
  const armoured = typeof reading !== 'string';
  const empty = property.value === '';
  return [
    finding(compared, {
      id: 'DOC-GR-15',
      severity: armoured ? 'warning' : 'error',
      title: armoured
        ? 'SigningCertificate has PEM armour'
        : empty
          ? 'SigningCertificate is empty'
          : 'SigningCertificate is not a certificate in base64',
      seen: [property],
      expected: 'the base64 of the DER in one line',
      cause: armoured
        ? 'A whole PEM file was pasted, with its BEGIN and END lines; Graph documents the bare base64.'
        : 'Entra cannot verify an assertion without it. If the capture was cut off, capture it again.',
      source: GRAPH,
      confidence: armoured ? 'inferred' : 'documented',
      more: [
        { text: 'See the certificate as Entra takes it.', command: 'mortise keys show <key> --config mortise.yaml' },
      ],
    }),
  ];
}

function checkIdentity(compared: Compared, property: FederationProperty): readonly Finding[] {
  const served = compared.served?.SigningCertificate;
  if (served === undefined) return [];
  const reading = readCertificate(property.value);
  if (typeof reading === 'string' || isSame('SigningCertificate', property.value, served)) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-04',
      severity: 'error',
      title: 'Entra holds another signing certificate than Mortise signs with',
      seen: [property],
      expected: certificateText(readCertificate(served)),
      cause: `Entra holds ${certificateText(reading)}. It cannot verify the signature of an assertion (AADSTS5000811 or AADSTS50008).`,
      source: GRAPH,
      confidence: 'documented',
    }),
  ];
}

function checkValidity(compared: Compared, property: FederationProperty): readonly Finding[] {
  const reading = readCertificate(property.value);
  const { at } = compared;
  if (typeof reading === 'string' || at === undefined) return [];
  const fault = validityFault(reading, at);
  if (fault === undefined) return [];
  return [
    finding(compared, {
      id: 'DOC-GR-05',
      severity: 'warning',
      title: `${property.name} ${fault}`,
      seen: [property],
      expected: `valid at ${at.toISOString()}, and for ${RENEWAL_DAYS} days more`,
      cause: `It is valid from ${reading.notBefore.toISOString()} to ${reading.notAfter.toISOString()}.`,
      source: 'Microsoft Learn, Renew federation certificates for Microsoft 365 and Microsoft Entra ID',
      confidence: 'documented',
      more: [
        { text: 'Make the next signing key.', command: 'mortise keys create --config mortise.yaml --id <new UUID>' },
        { text: 'Name it in the application’s idpSigning.key.id, restart serve, and bring its certificate to Entra.' },
      ],
    }),
  ];
}

function validityFault({ notBefore, notAfter }: SeenCertificate, at: Date): string | undefined {
  if (at.getTime() > notAfter.getTime()) return 'has expired';
  if (at.getTime() < notBefore.getTime()) return 'is not valid yet';
  const days = Math.floor((notAfter.getTime() - at.getTime()) / DAY_MS);
  return days < RENEWAL_DAYS ? `expires in ${days} days` : undefined;
}

/** Format-List prints the type's name, which says nothing; a result stands there when it was selected. */
function checkUpdate(compared: Compared): readonly Finding[] {
  const property = propertyOf(compared.capture, 'SigningCertificateUpdateStatus');
  const result = /certificateUpdateResult["']?\s*[=:]\s*["']?(\w+)/i.exec(property?.value ?? '')?.[1];
  if (property === undefined || result === undefined || result.toLowerCase() === 'success') return [];
  return [
    finding(compared, {
      id: 'DOC-GR-06',
      severity: 'warning',
      title: `Entra’s own renewal of the signing certificate ended with ${result}`,
      seen: [property],
      expected: 'success',
      cause:
        'Entra reads AD FS’s federation metadata to renew certificates; of another identity provider they are set by hand.',
      source: GRAPH,
      confidence: 'documented',
      more: [
        {
          text: 'Set the certificate by hand before the old one ends.',
          command: 'mortise entra cmdlets --config mortise.yaml',
        },
      ],
    }),
  ];
}
