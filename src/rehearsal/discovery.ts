/**
 * The device's discover phase: service connection point in AD, discovery document of DRS, realm of the domain.
 * Owns the codes that Windows shows when one of them fails (events 201, 204, 220).
 */
import type { Directory } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';

/** [MS-DVRE] and Entra Connect: the one well-known container of a forest. */
const SCP_RDN =
  'CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,CN=Configuration';

export interface ServiceConnectionPoint {
  readonly tenantId: string;
  /** The verified domain; it alone decides whether the join is federated. */
  readonly tenantName: string;
}

/** @param forestRoot distinguished name of the forest's root domain */
export async function readServiceConnectionPoint(
  directory: Directory,
  forestRoot: string,
): Promise<ServiceConnectionPoint> {
  const found = await directory.search({
    base: `${SCP_RDN},${forestRoot}`,
    scope: 'base',
    filter: { type: 'present', attribute: 'objectClass' },
    attributes: ['keywords'],
    sizeLimit: 1,
  });
  const keywords = found[0] === undefined ? [] : texts(found[0], 'keywords');
  const value = (name: string): string | undefined =>
    keywords.find((keyword) => keyword.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1);
  const tenantId = value('azureADId');
  const tenantName = value('azureADName');
  if (tenantId === undefined || tenantName === undefined) {
    throw new JoinFailure(
      'discover',
      'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED',
      'the service connection point has no azureADId and azureADName',
    );
  }
  return { tenantId, tenantName };
}

/** The parts of the discovery document that the status block shows. */
export interface DiscoveryDocument {
  readonly authCodeUrl: string;
  readonly accessTokenUrl: string;
  /** Name of the line in the status block -> value. */
  readonly services: readonly (readonly [string, string])[];
  readonly joinEndpoint: string;
  readonly joinResourceId: string;
}

type Service = Readonly<Record<string, string | undefined>>;

export async function discoverRegistrationService(
  client: HttpClient,
  drs: string,
  tenantName: string,
  requestId: string,
): Promise<DiscoveryDocument> {
  const url = `${drs}/${tenantName}/Discover?api-version=1.7`;
  const headers = {
    accept: 'application/json',
    'ocp-adrs-client-name': 'Dsreg',
    'ocp-adrs-client-version': '10.0.19041.3996',
    'client-request-id': requestId,
  };
  const response = await client.send({ method: 'GET', url, headers }).catch((error: Error) => {
    throw new JoinFailure('discover', 'DSREG_AUTOJOIN_DISC_FAILED', `${url}: ${error.message}`);
  });
  if (response.status !== 200) {
    throw new JoinFailure('discover', 'DSREG_DISCOVERY_TENANT_NOT_FOUND', `${url} answered ${response.status}`, {
      status: response.status,
      text: response.body.toString(),
    });
  }
  return readDiscoveryDocument(
    JSON.parse(response.body.toString()) as Readonly<Record<string, Service & { OAuth2?: Service }>>,
  );
}

function readDiscoveryDocument(document: Readonly<Record<string, Service & { OAuth2?: Service }>>): DiscoveryDocument {
  const join = document['DeviceJoinService'];
  const key = document['KeyProvisioningService'];
  const webAuthN = document['WebAuthNService'];
  const management = document['DeviceManagementService'];
  const oauth = document['AuthenticationService']?.OAuth2;
  return {
    authCodeUrl: oauth?.['AuthCodeEndpoint'] ?? '',
    accessTokenUrl: oauth?.['TokenEndpoint'] ?? '',
    joinEndpoint: join?.['JoinEndpoint'] ?? '',
    joinResourceId: join?.['JoinResourceId'] ?? '',
    services: [
      ['JoinSrvVersion', join?.['ServiceVersion'] ?? ''],
      ['JoinSrvUrl', join?.['JoinEndpoint'] ?? ''],
      ['JoinSrvId', join?.['JoinResourceId'] ?? ''],
      ['KeySrvVersion', key?.['ServiceVersion'] ?? ''],
      ['KeySrvUrl', key?.['KeyProvisionEndpoint'] ?? ''],
      ['KeySrvId', key?.['KeyProvisionResourceId'] ?? ''],
      ['WebAuthNSrvVersion', webAuthN?.['ServiceVersion'] ?? ''],
      ['WebAuthNSrvUrl', webAuthN?.['WebAuthNEndpoint'] ?? ''],
      ['WebAuthNSrvId', webAuthN?.['WebAuthNResourceId'] ?? ''],
      ['DeviceManagementSrvVer', management?.['ServiceVersion'] ?? ''],
      ['DeviceManagementSrvUrl', management?.['DeviceManagementEndpoint'] ?? ''],
      ['DeviceManagementSrvId', management?.['DeviceManagementResourceId'] ?? ''],
    ],
  };
}

export interface Realm {
  readonly accountType: string;
  readonly federationProtocol: string | undefined;
  readonly metadataUrl: string | undefined;
  readonly audience: string;
}

/** Realm discovery, since Windows 10 1809 part of the discover phase (0x801c003d when it fails). */
export async function discoverRealm(client: HttpClient, login: string, domain: string): Promise<Realm> {
  const url = `${login}/common/UserRealm/${encodeURIComponent(`user@${domain}`)}?api-version=1.0`;
  const failed = (why: string): never => {
    throw new JoinFailure('discover', 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED', `${url}: ${why}`);
  };
  const response: HttpResponse = await client
    .send({ method: 'GET', url, headers: { accept: 'application/json' } })
    .catch((error: Error) => failed(error.message));
  if (response.status !== 200) failed(`answered ${response.status}`);
  const body = JSON.parse(response.body.toString()) as Readonly<Record<string, string | undefined>>;
  return {
    accountType: body['account_type'] ?? '',
    federationProtocol: body['federation_protocol'],
    metadataUrl: body['federation_metadata_url'],
    audience: body['cloud_audience_urn'] ?? 'urn:federation:MicrosoftOnline',
  };
}
