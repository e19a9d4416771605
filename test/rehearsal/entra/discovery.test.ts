/** The discovery documents: versions, addresses, and who is told nothing (DBL-DRS-01). */
import { describe, expect, test } from 'vitest';
import { discoveryDocument } from '../../../src/rehearsal/entra/discovery.ts';
import type { DrsRefusal } from '../../../src/rehearsal/entra/drs-error.ts';
import { createTenant } from '../../../src/rehearsal/entra/tenant.ts';
import { signingIdentity } from './assertion-fixture.ts';

const { certificate } = await signingIdentity();
const TENANT_ID = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
const tenant = createTenant(
  {
    tenantId: TENANT_ID,
    tenantName: 'Contoso',
    domains: [
      { name: 'managed.example', verified: true },
      {
        name: 'contoso.example',
        verified: true,
        federation: { issuerUri: 'https://a/', signingCertificate: certificate },
      },
      { name: 'unverified.example', verified: false },
    ],
    syncedUsers: [],
  },
  () => 'id',
);
const addresses = { login: 'https://login.localhost:1', drs: 'https://drs.localhost:1' };
const discover = (
  name: string,
  version: string | undefined,
  document: 'Discover' | 'contract' = 'Discover',
): Record<string, unknown> => discoveryDocument(name, document, version, tenant, addresses) as Record<string, unknown>;

test('Discover names the tenant, the domain that was asked for, and the services with their addresses', () => {
  expect(discover('contoso.example', '1.9')).toMatchObject({
    DiscoveryService: { DiscoveryEndpoint: `https://drs.localhost:1/${TENANT_ID}/Discover`, ServiceVersion: '1.9' },
    IdentityProviderService: { Federated: true },
    DeviceJoinService: { JoinEndpoint: 'https://drs.localhost:1/EnrollmentServer/device/', ServiceVersion: '2.0' },
    WebAuthNService: { WebAuthNEndpoint: `https://drs.localhost:1/webauthn/${TENANT_ID}/` },
    DeviceManagementService: { DeviceManagementEndpoint: `https://drs.localhost:1/manage/${TENANT_ID}/` },
    TenantInfo: { DisplayName: 'Contoso', TenantId: TENANT_ID, TenantName: 'contoso.example' },
  });
  expect(discover(TENANT_ID.toUpperCase(), '1.7')).toMatchObject({
    TenantInfo: { TenantName: 'managed.example' },
    IdentityProviderService: { Federated: false },
  });
});

test('an older version has fewer services', () => {
  expect(discover('contoso.example', '1.9')).toHaveProperty('NonceService');
  expect(discover('contoso.example', '1.7')).not.toHaveProperty('NonceService');
  expect(Object.keys(discover('contoso.example', '1.3', 'contract'))).toEqual([
    'DiscoveryService',
    'DeviceRegistrationService',
    'AuthenticationService',
    'IdentityProviderService',
    'DeviceJoinService',
    'KeyProvisioningService',
  ]);
});

describe('is refused', () => {
  test.each([
    ['another tenant', '11111111-2222-3333-4444-555555555555', '1.7', 'Discover', 'DirectoryError'],
    ['a domain that is not verified', 'unverified.example', '1.7', 'Discover', 'DirectoryError'],
    ['no version', 'contoso.example', undefined, 'Discover', 'InvalidRequest'],
    ['a version that is none', 'contoso.example', '17', 'Discover', 'InvalidRequest'],
    ['a later version of the old document', 'contoso.example', '1.7', 'contract', 'InvalidRequest'],
  ] as const)('%s', (_title, name, version, document, errorType) => {
    expect(() => discover(name, version, document)).toThrow(
      expect.objectContaining({ check: 'DBL-DRS-01', status: 400, errorType }) as DrsRefusal,
    );
  });
});
