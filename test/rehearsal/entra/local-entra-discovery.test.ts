/** The local Entra over real https: realm, discovery, OpenID configuration and federation settings, each at its host. */
import { describe, expect, test } from 'vitest';
import { https } from './join-fixture.ts';
import { TENANT_ID, DRS_RESOURCE, tls, federation, entra, call } from './local-entra-fixture.ts';

describe('discovery', () => {
  test('DBL-RLM: the realm of a federated, a managed and an unknown domain, in any spelling of the path', async () => {
    const realm = {
      ver: '1.0',
      account_type: 'Federated',
      domain_name: 'contoso.example',
      federation_protocol: 'WSTrust',
      federation_metadata_url: federation.metadataExchangeUri,
      federation_active_auth_url: federation.activeSignInUri,
      cloud_instance_name: 'microsoftonline.com',
      cloud_audience_urn: 'urn:federation:MicrosoftOnline',
    };
    for (const path of [
      '/common/userrealm/user@contoso.example?api-version=1.0',
      '/common/UserRealm/user%40contoso.example?api-version=1.0',
      '/common/UserRealm/?user=contoso.example&api-version=1.0',
      '/common/userrealm?user=a@Contoso.Example&API-Version=1.0',
    ]) {
      expect((await call('login', path)).body).toEqual(realm);
    }
    expect((await call('login', '/common/userrealm/managed.example?api-version=1.0')).body).toMatchObject({
      account_type: 'Managed',
    });
    expect((await call('login', '/common/userrealm/unverified.example?api-version=1.0')).body).toMatchObject({
      account_type: 'Unknown',
    });
  });

  test('DBL-DRS-01: Discover and contract, by tenant id and domain; 400 for another', async () => {
    for (const path of [
      `/${TENANT_ID}/Discover?api-version=1.7`,
      '/contoso.example/discover?api-version=1.9',
      '/Contoso.Example/EnrollmentServer/Contract?api-version=1.3',
    ]) {
      expect(await call('drs', path)).toMatchObject({
        status: 200,
        body: {
          DeviceJoinService: {
            JoinEndpoint: `${entra.urls.drs}/EnrollmentServer/device/`,
            JoinResourceId: DRS_RESOURCE,
          },
          AuthenticationService: { OAuth2: { TokenEndpoint: `${entra.urls.login}/${TENANT_ID}/oauth2/token` } },
        },
      });
    }
    expect(await call('drs', '/fabrikam.example/Discover?api-version=1.7')).toMatchObject({
      status: 400,
      body: {
        ErrorType: 'DirectoryError',
        Message: expect.stringContaining("AADSTS90002: Tenant 'fabrikam.example' not found."),
      },
    });
  });

  test('the OpenID configuration names the tenant; another tenant is AADSTS90002', async () => {
    expect((await call('login', '/contoso.example/.well-known/openid-configuration')).body).toMatchObject({
      issuer: `https://sts.windows.net/${TENANT_ID}/`,
      jwks_uri: `${entra.urls.login}/${TENANT_ID}/discovery/keys`,
    });
    expect(await call('login', '/fabrikam.example/.well-known/openid-configuration')).toMatchObject({
      status: 400,
      body: { error_codes: [90002] },
    });
  });

  test('the federation settings are readable as in Microsoft Graph', async () => {
    const reply = await https(`${entra.urls.graph}/v1.0/domains/contoso.example/federationConfiguration`, tls.cert);
    expect(reply).toMatchObject({
      status: 200,
      body: {
        value: [
          { '@odata.type': '#microsoft.graph.internalDomainFederation', ...federation, nextSigningCertificate: null },
        ],
      },
    });
    expect(
      await https(`${entra.urls.graph}/v1.0/domains/managed.example/federationConfiguration`, tls.cert),
    ).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
  });

  test('each host serves its own addresses only; others are not found', async () => {
    expect((await call('drs', '/common/userrealm/contoso.example?api-version=1.0')).status).toBe(404);
    expect((await call('login', `/${TENANT_ID}/Discover?api-version=1.7`)).status).toBe(404);
    expect((await call('login', '/common/oauth2/nothing')).status).toBe(404);
    expect((await call('drs', '/login.srf?wa=wsignoutcleanup1.0')).status).toBe(404);
  });
});
