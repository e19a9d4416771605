import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { federationSettings } from '../../src/entra/federation-settings.ts';

const id = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e';
const source = {
  publicBaseUrl: 'https://sso.example.com',
  application: { id, useMex13: true },
  signingCertificate: Uint8Array.from([0x30, 0x82, 0xfb, 0xff, 0xfe]),
};

test('every property that Entra needs, made of the custom domain and the application', () => {
  expect(federationSettings(source)).toEqual({
    ActiveSignInUri: `https://sso.example.com/wsf/sts/${id}`,
    DisplayName: 'Mortise WS-Federation Identity Provider',
    FederatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp',
    IssuerUri: `https://sso.example.com/applications/${id}`,
    MetadataExchangeUri: `https://sso.example.com/wsf/mex13/${id}`,
    PassiveSignInUri: `https://sso.example.com/wsf/prp/${id}`,
    PreferredAuthenticationProtocol: 'wsFed',
    SignOutUri: `https://sso.example.com/wsf/prp/${id}`,
    SigningCertificate: 'MIL7//4=',
  });
});

test('useMex13 off: Entra is told the metadata with WS-Trust 2005 alone', () => {
  const settings = federationSettings({ ...source, application: { id, useMex13: false } });
  expect(settings.MetadataExchangeUri).toBe(`https://sso.example.com/wsf/mex/${id}`);
});

test('the certificate is base64 in one line, without PEM armour', () => {
  const { SigningCertificate } = federationSettings({ ...source, signingCertificate: new Uint8Array(1500).fill(7) });
  expect(SigningCertificate).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(Buffer.from(SigningCertificate, 'base64')).toEqual(Buffer.alloc(1500, 7));
});

// The reference document's sample output, where it lies beside the checkout.
const reference = join(import.meta.dirname, '../../../shared/reference/hybrid-join-reference-and-troubleshooting.txt');
const text = ((): string | undefined => {
  try {
    return readFileSync(reference, 'utf8');
  } catch {
    return undefined;
  }
})();

describe.skipIf(text === undefined)('the reference document', () => {
  test('its sample output is what Mortise gives for the same certificate, but for the display name', () => {
    const sample = (text ?? '').slice((text ?? '').lastIndexOf('Get-MgDomainFederationConfiguration -DomainId'));
    const value = (name: string): string | undefined => new RegExp(`^${name} +: (.+)$`, 'm').exec(sample)?.[1];
    const base64 =
      /^SigningCertificate +: ([A-Za-z0-9+/=\s]+?)\nSigningCertificateUpdateStatus/m.exec(sample)?.[1] ?? '';
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    const settings = federationSettings({ ...source, signingCertificate: certificate.raw });
    expect(settings.SigningCertificate).toBe(base64.replace(/\s/g, ''));
    for (const [name, ours] of Object.entries(settings)) {
      if (name !== 'DisplayName' && name !== 'SigningCertificate') expect(ours, name).toBe(value(name));
    }
  });
});
