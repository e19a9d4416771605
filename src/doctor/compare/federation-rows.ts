/**
 * Entra's federation settings of a domain as a table: each property beside what the application serves, or shown with what
 * it means. Judges no property's consequences (federation-checks.ts does).
 */
import type { FederationSettings } from '../../entra/federation-settings.ts';
import type { FederationCapture, FederationProperty } from '../capture.ts';
import type { ComparisonRow } from '../finding.ts';
import { certificateText, readCertificate } from './certificate.ts';

/** In the order in which they matter. */
export const COMPARED = [
  'IssuerUri',
  'PassiveSignInUri',
  'ActiveSignInUri',
  'MetadataExchangeUri',
  'SignOutUri',
  'DisplayName',
  'SigningCertificate',
  'FederatedIdpMfaBehavior',
  'PreferredAuthenticationProtocol',
] as const satisfies readonly (keyof FederationSettings)[];

type Compared = (typeof COMPARED)[number];

/** What Entra uses a property for. */
const MEANING: Readonly<Record<string, string>> = {
  IssuerUri: 'must equal the Issuer of every assertion, letter by letter',
  PassiveSignInUri: 'where browsers are sent to sign in',
  ActiveSignInUri: 'where clients ask for tokens that do not read the metadata',
  MetadataExchangeUri: 'where Windows finds the WS-Trust endpoints',
  SignOutUri: 'where browsers are sent to sign out',
  DisplayName: 'a name for people; nothing depends on it',
  SigningCertificate: 'verifies every assertion',
  FederatedIdpMfaBehavior: 'whether multifactor authentication done here counts in Entra',
  PreferredAuthenticationProtocol: 'a hybrid join by federation needs wsFed',
  NextSigningCertificate: 'taken when the signing certificate has expired; empty is usual until a new key is prepared',
  PasswordResetUri: 'where people are sent to change a password; may be empty',
  PromptLoginBehavior:
    'how prompt=login reaches the identity provider; empty means as a request for a fresh sign-in with password',
  IsSignedAuthenticationRequestRequired: 'concerns SAML requests only; empty or False with wsFed',
  SigningCertificateUpdateStatus:
    'outcome of Entra’s own renewal of the certificate; Format-List prints only the type’s name',
  Id: 'Entra’s id of this configuration; Update- needs it',
  AdditionalProperties: 'empty unless the module is older than the service',
};

export function propertyOf(capture: FederationCapture, name: string): FederationProperty | undefined {
  return capture.properties.find((property) => property.name.toLowerCase() === name.toLowerCase());
}

/** A shell that formats as a table, or a narrow one, ends a value with an ellipsis. */
export const isCut = (value: string): boolean => /(?:\.\.\.|…)\s*$/.test(value);

export function federationRows(
  capture: FederationCapture,
  served: FederationSettings | undefined,
): readonly ComparisonRow[] {
  const others = capture.properties.filter(({ name }) => !isCompared(name));
  return [
    ...COMPARED.map((name) => comparedRow(name, propertyOf(capture, name), served?.[name])),
    ...others.map(shown),
  ];
}

const isCompared = (name: string): boolean => COMPARED.some((known) => known.toLowerCase() === name.toLowerCase());

function comparedRow(
  name: Compared,
  property: FederationProperty | undefined,
  served: string | undefined,
): ComparisonRow {
  const expected = served === undefined ? undefined : valueText(name, served);
  if (property === undefined) {
    return { name, expected, actual: undefined, verdict: 'missing', note: 'not in the capture' };
  }
  const actual = valueText(name, property.value);
  const base = { name, expected, actual };
  if (served === undefined) return { ...base, verdict: 'shown', ...meaning(name) };
  if (isCut(property.value)) {
    return { ...base, verdict: 'shown', note: 'cut off by the shell: capture it with | Format-List' };
  }
  if (isSame(name, property.value, served)) return { ...base, verdict: 'same' };
  return { ...base, verdict: 'differs', ...meaning(name) };
}

/** By thumbprint where both are certificates: line breaks and armour are another matter. */
export function isSame(name: Compared, value: string, served: string): boolean {
  if (name !== 'SigningCertificate') return value === served;
  const [there, here] = [readCertificate(value), readCertificate(served)];
  if (typeof there === 'string' || typeof here === 'string') return value.replace(/\s+/g, '') === served;
  return there.thumbprint === here.thumbprint;
}

function valueText(name: string, value: string): string {
  if (value === '') return '(empty)';
  return /^(?:Next)?SigningCertificate$/i.test(name) ? certificateText(readCertificate(value)) : value;
}

function meaning(name: string): { readonly note?: string } {
  const known = Object.entries(MEANING).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return known === undefined ? {} : { note: known };
}

function shown({ name, value }: FederationProperty): ComparisonRow {
  const known = meaning(name);
  return {
    name,
    expected: undefined,
    actual: valueText(name, value),
    verdict: 'shown',
    note: known.note ?? 'not known to this version of Mortise',
  };
}
