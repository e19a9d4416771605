/** The tenant's domains and settings: what Microsoft Graph would refuse, and how a domain is found. */
import { describe, expect, test } from 'vitest';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import type { Tenant } from '../../../src/rehearsal/entra/tenant.ts';
import { signingIdentity } from './assertion-fixture.ts';

const { certificate } = await signingIdentity();
const TENANT_ID = '07EC9AF2-7ce5-4ab7-8638-115736bbf990';

function tenant(): Tenant {
  let made = 0;
  return createTenant(
    {
      tenantId: TENANT_ID,
      tenantName: 'Contoso',
      domains: [
        { name: 'A.example', verified: true, federation: { issuerUri: 'https://a/', signingCertificate: certificate } },
        { name: 'b.example', verified: true },
        {
          name: 'c.example',
          verified: false,
          federation: { issuerUri: 'https://c/', signingCertificate: certificate },
        },
      ],
      syncedUsers: [],
    },
    () => `id-${(made += 1)}`,
  );
}

describe('the tenant', () => {
  test('is named by its id and by verified domains, in any case', () => {
    const names = [TENANT_ID.toLowerCase(), TENANT_ID, 'a.EXAMPLE', 'b.example', 'c.example', 'common'];
    expect(names.map((name) => tenant().isNamedBy(name))).toEqual([true, true, true, true, false, false]);
  });

  test('trusts the issuer of a verified domain, to the letter', () => {
    expect(
      ['https://a/', 'https://a', 'https://A/', 'https://c/'].map((issuer) => tenant().trustedIssuer(issuer)?.name),
    ).toEqual(['a.example', undefined, undefined, undefined]);
  });

  test('keeps the configuration’s id when the settings change, and makes a new one when the domain is federated anew', () => {
    const each = tenant();
    const settings = { issuerUri: 'https://a2/', signingCertificate: certificate };
    const id = (): string | undefined => each.verifiedDomain('a.example')?.federation?.id;
    const first = id();
    each.setFederation('A.EXAMPLE', settings);
    expect(id()).toBe(first);
    each.setFederation('a.example', undefined);
    expect(id()).toBeUndefined();
    each.setFederation('a.example', settings);
    expect(id()).not.toBe(first);
  });
});

describe('settings that Microsoft Graph would refuse', () => {
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`;
  test.each([
    [
      'a domain that is not there',
      'd.example',
      { issuerUri: 'https://d/', signingCertificate: certificate },
      /no domain d\.example/,
    ],
    [
      'an issuerUri that another domain has',
      'b.example',
      { issuerUri: 'https://a/', signingCertificate: certificate },
      /already that of a\.example/,
    ],
    [
      'a PEM certificate',
      'b.example',
      { issuerUri: 'https://b/', signingCertificate: pem },
      /signingCertificate is base64/,
    ],
    [
      'an empty certificate',
      'b.example',
      { issuerUri: 'https://b/', signingCertificate: '' },
      /signingCertificate is base64/,
    ],
    [
      'base64 of something else',
      'b.example',
      { issuerUri: 'https://b/', signingCertificate: 'AAAA' },
      /not an X\.509 certificate/,
    ],
    [
      'a broken next certificate',
      'b.example',
      { issuerUri: 'https://b/', signingCertificate: certificate, nextSigningCertificate: 'AAAA' },
      /nextSigningCertificate/,
    ],
  ])('%s', (_title, domain, settings, message) => {
    const each = tenant();
    expect(() => each.setFederation(domain, settings)).toThrow(message);
    expect(each.verifiedDomain('b.example')?.federation).toBeUndefined();
  });
});
