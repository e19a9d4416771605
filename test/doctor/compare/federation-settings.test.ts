import { describe, expect, test } from 'vitest';
import { compareFederation } from '../../../src/doctor/compare/federation-settings.ts';
import { diagnose } from '../../../src/doctor/diagnose/diagnose.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { application, captureOf, configuration, material, NOW, otherMaterial, served } from './federation-capture.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const ids = (findings: readonly Finding[]): readonly string[] => findings.map(({ id }) => id);
const faults = (
  changes: Readonly<Record<string, string | undefined>>,
  at: Date | undefined = NOW,
): readonly Finding[] =>
  compareFederation(captureOf(changes), configuration, at).filter(({ id }) => id !== 'DOC-GR-20');
const alone = (changes: Readonly<Record<string, string | undefined>>): readonly Finding[] =>
  compareFederation(captureOf(changes, undefined), undefined, NOW).filter(({ id }) => id !== 'DOC-GR-20');
const commandsOf = (finding: Finding | undefined): string =>
  finding?.fix.map(({ command = '' }) => command).join('\n') ?? '';

test('what is served is in order, and every property stands in the table', () => {
  const [table, ...rest] = compareFederation(captureOf(), configuration, NOW);
  expect(rest).toEqual([]);
  expect(table).toMatchObject({ id: 'DOC-GR-20', severity: 'ok', fix: [] });
  const verdicts = Object.fromEntries((table?.rows ?? []).map(({ name, verdict }) => [name, verdict]));
  expect(verdicts).toEqual({
    ...Object.fromEntries(Object.keys(served).map((name) => [name, 'same'])),
    Id: 'shown',
    IsSignedAuthenticationRequestRequired: 'shown',
    NextSigningCertificate: 'shown',
    PasswordResetUri: 'shown',
    PromptLoginBehavior: 'shown',
    SigningCertificateUpdateStatus: 'shown',
    AdditionalProperties: 'shown',
  });
  expect(table?.rows?.every(({ verdict, note }) => verdict === 'same' || note !== undefined)).toBe(true);
});

test.each([
  ['PreferredAuthenticationProtocol', 'saml', 'DOC-GR-02', 'error'],
  ['MetadataExchangeUri', '', 'DOC-GR-03', 'error'],
  ['MetadataExchangeUri', served.MetadataExchangeUri.replace('https', 'http'), 'DOC-GR-03', 'error'],
  ['MetadataExchangeUri', served.MetadataExchangeUri.replace('mex13', 'mex'), 'DOC-GR-03', 'error'],
  ['MetadataExchangeUri', `${served.MetadataExchangeUri}0`, 'DOC-GR-03', 'error'],
  ['SigningCertificate', base64(otherMaterial.certificate), 'DOC-GR-04', 'error'],
  ['IssuerUri', `${served.IssuerUri}/`, 'DOC-GR-07', 'error'],
  ['IssuerUri', served.IssuerUri.toUpperCase(), 'DOC-GR-07', 'error'],
  ['IssuerUri', served.IssuerUri.replace('//', '/'), 'DOC-GR-08', 'error'],
  ['MetadataExchangeUri', served.MetadataExchangeUri.replace('//', '/'), 'DOC-GR-08', 'error'],
  ['ActiveSignInUri', 'https://old.example.com/wsf/sts/x', 'DOC-GR-13', 'error'],
  ['PassiveSignInUri', '', 'DOC-GR-13', 'error'],
  ['SignOutUri', 'https://old.example.com/', 'DOC-GR-13', 'warning'],
  ['FederatedIdpMfaBehavior', 'enforceMfaByFederatedIdp', 'DOC-GR-14', 'warning'],
  ['FederatedIdpMfaBehavior', 'rejectMfaByFederatedIdp', 'DOC-GR-14', 'warning'],
  ['SigningCertificate', 'TUlJIG5vIGNlcnRpZmljYXRl', 'DOC-GR-15', 'error'],
  ['SigningCertificate', '', 'DOC-GR-15', 'error'],
  ['SigningCertificateUpdateStatus', '{"certificateUpdateResult":"connectionError"}', 'DOC-GR-06', 'warning'],
] as const)('%s = %s is %s', (name, value, id, severity) => {
  const findings = faults({ [name]: value });
  expect(findings.map((finding) => [finding.id, finding.severity])).toEqual([[id, severity]]);
  expect(findings[0]?.seen.map(({ text }) => text)).toEqual([`${name} : ${value}`]);
});

test('one command sets exactly the properties that differ', () => {
  const findings = faults({ IssuerUri: `${served.IssuerUri}/`, SignOutUri: '', DisplayName: "It's theirs" });
  expect(ids(findings)).toEqual(['DOC-GR-07', 'DOC-GR-13']);
  for (const finding of findings) {
    expect(commandsOf(finding)).toContain(
      `Update-MgDomainFederationConfiguration -DomainId 'corp.example.com' -InternalDomainFederationId '0c9f5c10-77aa-4e0d-9a5e-000000000009' ` +
        `-IssuerUri '${served.IssuerUri}' -SignOutUri '${served.SignOutUri}' -DisplayName '${served.DisplayName}'`,
    );
    expect(commandsOf(finding)).not.toContain('-PassiveSignInUri');
  }
});

test('a display name of another kind is a note in the table', () => {
  const [table, ...rest] = compareFederation(captureOf({ DisplayName: 'Contoso' }), configuration, NOW);
  expect(rest).toEqual([]);
  expect(table).toMatchObject({ id: 'DOC-GR-20', severity: 'info' });
});

test('a certificate is compared by thumbprint: armour is a warning, not another certificate', () => {
  const armoured = `-----BEGINCERTIFICATE-----${served.SigningCertificate}-----ENDCERTIFICATE-----`;
  expect(ids(faults({ SigningCertificate: armoured }))).toEqual(['DOC-GR-15']);
});

describe('validity of certificates', () => {
  const { notAfter } = { notAfter: new Date('2099-01-01') };
  test.each([
    ['without a time', undefined, []],
    ['within', NOW, []],
    ['long after', notAfter, ['DOC-GR-05']],
    ['long before', new Date('2001-01-01'), ['DOC-GR-05']],
  ] as const)('%s', (_, at, expected) => {
    const capture = captureOf({});
    expect(ids(compareFederation(capture, configuration, at)).filter((id) => id !== 'DOC-GR-20')).toEqual(expected);
  });

  test('the next certificate too, and the last thirty days', async () => {
    const { X509Certificate } = await import('node:crypto');
    const end = new Date(new X509Certificate(material.certificate).validTo);
    const at = (days: number): Date => new Date(end.getTime() - days * 86_400_000);
    const next = { NextSigningCertificate: served.SigningCertificate };
    expect(faults(next, at(31)).length).toBe(0);
    expect(faults(next, at(29)).map(({ title }) => title)).toEqual([
      'SigningCertificate expires in 29 days',
      'NextSigningCertificate expires in 29 days',
    ]);
    expect(faults(next, at(-1)).map(({ title }) => title)).toEqual([
      'SigningCertificate has expired',
      'NextSigningCertificate has expired',
    ]);
  });
});

describe('without a configuration', () => {
  test('sound settings are shown and nothing is said against them', () => {
    const [table, ...rest] = compareFederation(captureOf({}, undefined), undefined, NOW);
    expect(rest).toEqual([]);
    expect(table?.rows?.map(({ verdict }) => verdict)).not.toContain('same');
    expect(table?.severity).toBe('info');
  });

  test('mex without 13 is put right by itself', () => {
    const [finding] = alone({ MetadataExchangeUri: served.MetadataExchangeUri.replace('mex13', 'mex') });
    expect(finding?.id).toBe('DOC-GR-03');
    expect(commandsOf(finding)).toContain(`-MetadataExchangeUri '${served.MetadataExchangeUri}'`);
  });

  test('another product’s addresses are not measured by ours', () => {
    const adfs = {
      IssuerUri: 'http://fs.example.com/adfs/services/trust/',
      ActiveSignInUri: 'https://fs.example.com/adfs/services/trust/2005/usernamemixed',
      PassiveSignInUri: 'https://fs.example.com/adfs/ls/',
      SignOutUri: 'https://fs.example.com/adfs/ls/',
      MetadataExchangeUri: 'https://fs.example.com/adfs/services/trust/mex',
    };
    expect(ids(alone(adfs))).toEqual([]);
  });

  test('addresses of two applications', () => {
    const other = served.MetadataExchangeUri.replace(/[^/]+$/, 'ffffffff-0000-4000-8000-000000000000');
    expect(ids(alone({ MetadataExchangeUri: other }))).toEqual(['DOC-GR-16']);
  });
});

test('a value that the shell cut off is not compared; a property that was not captured is not wrong', () => {
  const [table, ...rest] = compareFederation(
    captureOf({ IssuerUri: 'https://login.exam…', SigningCertificate: 'MII...', PassiveSignInUri: undefined }),
    configuration,
    NOW,
  );
  expect(rest).toEqual([]);
  const row = (name: string): string | undefined => table?.rows?.find((each) => each.name === name)?.verdict;
  expect([row('IssuerUri'), row('SigningCertificate'), row('PassiveSignInUri')]).toEqual(['shown', 'shown', 'missing']);
});

test('the application is found by domain, then by its id in the addresses', () => {
  if (application === undefined) throw new Error('no application');
  const second = {
    application: { ...application, id: 'ffffffff-0000-4000-8000-000000000000', domainName: 'other.example.com' },
    served: { ...served, DisplayName: 'Second' },
  };
  const both = { applications: [second, ...configuration.applications] };
  const severity = (domain: string | undefined): string | undefined =>
    compareFederation(captureOf({}, domain), both, NOW).at(-1)?.severity;
  expect(severity('CORP.example.com')).toBe('ok');
  expect(severity('other.example.com')).toBe('info');
  expect(compareFederation({ ...captureOf(), domain: undefined }, both, NOW).at(-1)?.severity).toBe('ok');
  expect(ids(compareFederation(captureOf({}, 'third.example.com'), both, NOW))).toEqual(['DOC-GR-17', 'DOC-GR-20']);
});

test('an unknown property is shown', () => {
  const [table] = compareFederation(captureOf({ NewThing: 'x' }), configuration, NOW);
  expect(table?.rows?.at(-1)).toEqual({
    name: 'NewThing',
    expected: undefined,
    actual: 'x',
    verdict: 'shown',
    note: 'not known to this version of Mortise',
  });
});

test('two captures keep a table each', () => {
  const captures = [captureOf(), captureOf({ DisplayName: 'Before' })];
  const reading = { captures, unknown: { quotes: [], more: [] }, inputs: [] };
  const tables = diagnose(reading, { at: NOW, configuration }).findings.filter(({ id }) => id === 'DOC-GR-20');
  expect(tables.map(({ severity }) => severity)).toEqual(['info', 'ok']);
});
