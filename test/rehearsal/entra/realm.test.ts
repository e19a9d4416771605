/** Realm discovery's rows DBL-RLM-01 to -04: each answer that makes a device stop. */
import { expect, test } from 'vitest';
import { realmDocument } from '../../../src/rehearsal/entra/realm.ts';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import type { FederationSettings } from '../../../src/rehearsal/entra/domain-registry.ts';
import type { Tenant } from '../../../src/rehearsal/entra/tenant.ts';
import { signingIdentity } from './assertion-fixture.ts';

const { certificate } = await signingIdentity();

function tenantWith(federation: Partial<FederationSettings>): Tenant {
  const settings = { issuerUri: 'https://a/', signingCertificate: certificate, ...federation };
  const domains = [
    { name: 'a.example', verified: true, federation: settings },
    { name: 'b.example', verified: true },
    { name: 'c.example', verified: false },
  ];
  return createTenant({ tenantId: 't', tenantName: 'T', domains, syncedUsers: [] }, () => 'id');
}

const mex = { metadataExchangeUri: 'https://a/mex', activeSignInUri: 'https://a/sts' };

test('DBL-RLM-01: a domain that is unknown or not verified is Unknown', () => {
  for (const user of ['x@c.example', 'c.example', 'x@d.example', '', '@', 'x@a.example@d.example']) {
    expect(realmDocument(user, '1.0', tenantWith(mex)), user).toEqual({
      ver: '1.0',
      account_type: 'Unknown',
      cloud_instance_name: 'microsoftonline.com',
      cloud_audience_urn: 'urn:federation:MicrosoftOnline',
    });
  }
});

test('DBL-RLM-02: a verified domain that is not federated is Managed', () => {
  expect(realmDocument('x@B.example', '1.0', tenantWith(mex))).toMatchObject({
    account_type: 'Managed',
    domain_name: 'b.example',
  });
  expect(realmDocument('x@b.example', '2.0', tenantWith(mex))).toMatchObject({
    NameSpaceType: 'Managed',
    DomainName: 'b.example',
  });
});

test('DBL-RLM-03: a domain that prefers SAML is not reached by WS-Trust', () => {
  expect(realmDocument('a.example', '1.0', tenantWith(mex))).toMatchObject({ federation_protocol: 'WSTrust' });
  expect(
    realmDocument('a.example', '1.0', tenantWith({ ...mex, preferredAuthenticationProtocol: 'saml' })),
  ).toMatchObject({ federation_protocol: 'SAML20' });
});

test('DBL-RLM-04: a MEX address that is not set is left out, one over http is passed on', () => {
  expect(realmDocument('a.example', '1.0', tenantWith({}))).not.toHaveProperty('federation_metadata_url');
  expect(realmDocument('a.example', '1.0', tenantWith({ metadataExchangeUri: 'http://a/mex' }))).toMatchObject({
    federation_metadata_url: 'http://a/mex',
  });
});

test('version 2.0 carries the browser’s address', () => {
  expect(
    realmDocument('x@a.example', '2.0', tenantWith({ passiveSignInUri: 'https://a/prp', displayName: 'A' })),
  ).toEqual({
    NameSpaceType: 'Federated',
    federation_protocol: 'WSTrust',
    Login: 'x@a.example',
    DomainName: 'a.example',
    cloud_instance_name: 'microsoftonline.com',
    AuthURL: 'https://a/prp?username=x%40a.example&wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=',
    FederationBrandName: 'A',
    TenantBrandingInfo: null,
  });
  expect(realmDocument('x@d.example', '2.0', tenantWith({}))).toMatchObject({ NameSpaceType: 'Unknown' });
});
