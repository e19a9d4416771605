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

describe('sub-domains', () => {
  const settings = (issuerUri: string) => ({ issuerUri, signingCertificate: certificate });
  const withDomains = (...domains: Parameters<typeof createTenant>[0]['domains']): Tenant =>
    createTenant({ tenantId: TENANT_ID, tenantName: 'Contoso', domains, syncedUsers: [] }, () => 'id');
  const a = { name: 'a.example', verified: true, federation: settings('https://a/') };

  test('one that was added after its parent has the parent’s settings, at every depth', () => {
    const each = withDomains(a, { name: 'eu.a.example', verified: true }, { name: 'de.eu.A.example', verified: true });
    for (const name of ['eu.a.example', 'DE.eu.a.example']) {
      expect(each.verifiedDomain(name)).toMatchObject({ root: 'a.example', federation: { issuerUri: 'https://a/' } });
    }
    expect(each.trustedIssuer('https://a/')?.name).toBe('a.example');
    each.setFederation('a.example', undefined);
    expect(each.verifiedDomain('eu.a.example')?.federation).toBeUndefined();
  });

  test('it takes no settings of its own before it is promoted', () => {
    const each = withDomains(a, { name: 'eu.a.example', verified: true });
    expect(() => each.setFederation('eu.a.example', settings('https://eu/'))).toThrow(/no root domain.*a\.example/);
    each.promoteDomain('eu.a.example');
    expect(each.verifiedDomain('eu.a.example')?.federation).toBeUndefined();
    each.setFederation('eu.a.example', settings('https://eu/'));
    expect(each.trustedIssuer('https://eu/')?.name).toBe('eu.a.example');
  });

  test('one that was there before its parent is a root of its own; so is one below an unverified domain', () => {
    const early = withDomains({ name: 'eu.a.example', verified: true }, a);
    expect(early.verifiedDomain('eu.a.example')).toMatchObject({ root: 'eu.a.example', federation: undefined });
    const unverified = withDomains({ name: 'a.example', verified: false }, { name: 'eu.a.example', verified: true });
    expect(unverified.verifiedDomain('eu.a.example')?.root).toBe('eu.a.example');
    const alike = withDomains(a, { name: 'nota.example', verified: true });
    expect(alike.verifiedDomain('nota.example')?.root).toBe('nota.example');
  });
});

describe('people', () => {
  const ada = { onPremisesImmutableId: 'AAAA', userPrincipalName: 'ada@elsewhere.test' };
  const each = (): Tenant =>
    createTenant(
      {
        tenantId: TENANT_ID,
        tenantName: 'Contoso',
        domains: [
          { name: 'a.example', verified: true },
          { name: 'contoso.onmicrosoft.com', verified: true },
        ],
        syncedUsers: [ada, { onPremisesImmutableId: 'aaaa', userPrincipalName: 'bo@a.example' }],
      },
      () => 'id',
    );

  test('a suffix that is no verified domain becomes the initial one', () => {
    expect(
      each()
        .users.all()
        .map(({ userPrincipalName }) => userPrincipalName),
    ).toEqual(['ada@contoso.onmicrosoft.com', 'bo@a.example']);
  });

  test('synchronising again renames, and leaves a disabled account disabled', () => {
    const { users } = each();
    users.setEnabled('AAAA', false);
    users.sync({ ...ada, userPrincipalName: 'ada@a.example' });
    expect(users.byImmutableId('AAAA')).toEqual({
      onPremisesImmutableId: 'AAAA',
      userPrincipalName: 'ada@a.example',
      accountEnabled: false,
    });
  });

  test('are removed, and told apart by upper and lower case', () => {
    const { users } = each();
    users.remove('AAAA');
    expect(users.byImmutableId('AAAA')).toBeUndefined();
    expect(users.byImmutableId('aaaa')).toBeDefined();
    expect(() => users.remove('AAAA')).toThrow(/no user with the ImmutableID AAAA/);
  });
});
