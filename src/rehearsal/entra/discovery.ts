/**
 * The documents that lead a device through the tenant: DRS discovery ([MS-DVRD] and its later versions in Entra) and the
 * OpenID configuration.
 *
 * Owns DBL-DRS-01. Resource ids are names and stay those of the public cloud; addresses are this double's own.
 */
import { aadstsText } from './aadsts.ts';
import { issuerOf } from './access-token.ts';
import { DRS_RESOURCE } from './applications.ts';
import { refuseJoin } from './drs-error.ts';
import type { Tenant } from './tenant.ts';

/** Without a final slash. */
export interface Addresses {
  readonly login: string;
  readonly drs: string;
}

/** Newer ones of the same shape are answered with the newest known. */
const API_VERSIONS = { contract: /^1\.[0-3]$/, Discover: /^1\.[0-9]$/ } as const;

/** `tenantOrDomain` is the first segment of the path; throws a DrsRefusal when it names no tenant. */
export function discoveryDocument(
  tenantOrDomain: string,
  document: keyof typeof API_VERSIONS,
  apiVersion: string | undefined,
  tenant: Tenant,
  at: Addresses,
): object {
  if (!tenant.isNamedBy(tenantOrDomain))
    refuseJoin('DBL-DRS-01', `AADSTS90002: ${aadstsText(90002, { name: tenantOrDomain })}`);
  if (apiVersion === undefined || !API_VERSIONS[document].test(apiVersion)) {
    refuseJoin('DBL-DRS-01', `The api-version ${apiVersion ?? ''} is not supported.`, 'InvalidRequest');
  }
  const core = coreServices(tenantOrDomain, apiVersion, tenant, at);
  return document === 'contract' ? core : { ...core, ...laterServices(tenantOrDomain, apiVersion, tenant, at) };
}

function coreServices(tenantOrDomain: string, apiVersion: string, tenant: Tenant, at: Addresses): object {
  return {
    DiscoveryService: { DiscoveryEndpoint: `${at.drs}/${tenant.id}/Discover`, ServiceVersion: apiVersion },
    DeviceRegistrationService: {
      RegistrationEndpoint: `${at.drs}/EnrollmentServer/DeviceEnrollmentWebService.svc`,
      RegistrationResourceId: DRS_RESOURCE,
      ServiceVersion: '1.0',
    },
    AuthenticationService: {
      OAuth2: {
        AuthCodeEndpoint: `${at.login}/${tenant.id}/oauth2/authorize`,
        TokenEndpoint: `${at.login}/${tenant.id}/oauth2/token`,
      },
    },
    IdentityProviderService: {
      // Realm discovery, not this, decides the flow of a join.
      Federated: tenant.verifiedDomain(tenantOrDomain)?.federation !== undefined,
      PassiveAuthEndpoint: `${at.login}/${tenant.id}/wsfed`,
    },
    DeviceJoinService: {
      JoinEndpoint: `${at.drs}/EnrollmentServer/device/`,
      JoinResourceId: DRS_RESOURCE,
      ServiceVersion: '2.0',
    },
    KeyProvisioningService: {
      KeyProvisionEndpoint: `${at.drs}/EnrollmentServer/key/`,
      KeyProvisionResourceId: DRS_RESOURCE,
      ServiceVersion: '1.0',
    },
  };
}

function laterServices(tenantOrDomain: string, apiVersion: string, tenant: Tenant, at: Addresses): object {
  const domain = tenant.verifiedDomain(tenantOrDomain) ?? tenant.firstVerifiedDomain();
  const device = `${at.drs}/EnrollmentServer/device`;
  return {
    WebAuthNService: {
      ServiceVersion: '1.0',
      WebAuthNEndpoint: `${at.drs}/webauthn/${tenant.id}/`,
      WebAuthNResourceId: DRS_RESOURCE,
    },
    DeviceManagementService: {
      DeviceManagementEndpoint: `${at.drs}/manage/${tenant.id}/`,
      DeviceManagementResourceId: DRS_RESOURCE,
      ServiceVersion: '1.0',
    },
    PrecreateService: {
      PrecreateEndpoint: `${device}/precreate/${tenant.id}/`,
      PrecreateResourceId: DRS_RESOURCE,
      ServiceVersion: '2.0',
    },
    TenantInfo: { DisplayName: tenant.name, TenantId: tenant.id, TenantName: domain?.name ?? tenant.name },
    AzureRbacService: { RbacPolicyEndpoint: 'https://pas.windows.net' },
    DeviceJoinResourceService: {
      Endpoint: `${device}/resource/${tenant.id}/`,
      ResourceId: DRS_RESOURCE,
      ServiceVersion: '2.0',
    },
    ...(apiVersion < '1.9'
      ? {}
      : {
          NonceService: {
            Endpoint: `${at.drs}/EnrollmentServer/nonce/${tenant.id}/`,
            ResourceId: DRS_RESOURCE,
            ServiceVersion: '1.0',
          },
        }),
  };
}

/** RFC 8414's subset that clients and the support tool read: the tenant's id stands in the issuer. */
export function openidConfiguration(tenant: Tenant, at: Addresses): object {
  return {
    issuer: issuerOf(tenant.id),
    authorization_endpoint: `${at.login}/${tenant.id}/oauth2/authorize`,
    token_endpoint: `${at.login}/${tenant.id}/oauth2/token`,
    jwks_uri: `${at.login}/${tenant.id}/discovery/keys`,
    token_endpoint_auth_methods_supported: ['none'],
    response_types_supported: ['none'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    cloud_instance_name: 'microsoftonline.com',
  };
}
