/**
 * The device's discover phase: service connection point in AD, discovery document of DRS, realm of the domain.
 * Owns the codes that Windows shows when one of them fails (events 201, 204, 220).
 */
import type { Directory } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import { jsonObject, textOf } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
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
  const unreadable = (why: string): JoinFailure =>
    new JoinFailure('discover', 'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED', `the service connection point ${why}`);
  const search = directory.search({
    base: `${SCP_RDN},${forestRoot}`,
    scope: 'base',
    filter: { type: 'present', attribute: 'objectClass' },
    attributes: ['keywords'],
    sizeLimit: 1,
  });
  const [entry] = await search.catch((error: Error) => {
    throw unreadable(`cannot be read: ${error.message}`);
  });
  if (entry === undefined) throw unreadable('does not exist');
  const keywords = texts(entry, 'keywords');
  const value = (name: string): string => {
    const keyword = keywords.find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    if (keyword === undefined) throw unreadable(`has no keyword ${name}`);
    return keyword.slice(name.length + 1);
  };
  return { tenantId: value('azureADId'), tenantName: value('azureADName') };
}

/** The parts of the discovery document that the join needs and the status block shows. */
export interface DiscoveryDocument {
  readonly authCodeUrl: string;
  readonly accessTokenUrl: string;
  /** Name of the line in the status block -> value. */
  readonly services: readonly (readonly [string, string])[];
  readonly joinEndpoint: string;
  readonly joinResourceId: string;
}

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
  const answer = jsonObject(response.body);
  if (response.status !== 200) throw discoveryRefused(url, response.status, answer ?? {});
  if (answer === undefined)
    throw new JoinFailure('discover', 'E_INVALIDDATA', `${url}: the answer is not JSON`, { status: 200 });
  const document = readDiscoveryDocument(answer as DiscoveryAnswer);
  if (document.joinEndpoint === '' || document.joinResourceId === '')
    throw new JoinFailure('discover', 'DSREG_AUTOJOIN_DISC_FAILED', `${url}: DeviceJoinService is missing`);
  return document;
}

/** DBL-DRS-01: 400 and 404 mean that nobody knows the tenant. */
function discoveryRefused(url: string, status: number, answer: Readonly<Record<string, unknown>>): JoinFailure {
  const code =
    status === 503
      ? 'DSREG_SERVER_BUSY'
      : status === 400 || status === 404
        ? 'DSREG_DISCOVERY_TENANT_NOT_FOUND'
        : 'DSREG_AUTOJOIN_DISC_FAILED';
  const message = textOf(answer['Message']) ?? '';
  return new JoinFailure('discover', code, `${url} answered ${status}${message && `: ${message}`}`, {
    status,
    errorCode: textOf(answer['ErrorType']) ?? '',
    message,
  });
}

type Service = Readonly<Record<string, string | undefined>>;
type DiscoveryAnswer = Readonly<Record<string, Service & { readonly OAuth2?: Service }>>;

function readDiscoveryDocument(document: DiscoveryAnswer): DiscoveryDocument {
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
  readonly accountType: 'Federated' | 'Managed';
  readonly federationProtocol: string | undefined;
  readonly metadataUrl: string | undefined;
  /** What the assertion is for; the public cloud's when the answer does not say. */
  readonly audience: string;
}

/** Realm discovery, since Windows 10 1809 part of the discover phase: 0x801c003d when it cannot tell federated from managed. */
export async function discoverRealm(client: HttpClient, login: string, domain: string): Promise<Realm> {
  const url = `${login}/common/UserRealm/${encodeURIComponent(`user@${domain}`)}?api-version=1.0`;
  const failed = (why: string, status?: number): JoinFailure =>
    new JoinFailure(
      'discover',
      'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
      why,
      status === undefined ? {} : { status },
    );
  const response = await client
    .send({ method: 'GET', url, headers: { accept: 'application/json' } })
    .catch((error: Error) => {
      throw failed(`${url}: ${error.message}`);
    });
  const answer = jsonObject(response.body);
  if (response.status !== 200 || answer === undefined)
    throw failed(`${url} answered ${response.status} without a realm`, response.status);
  const accountType = textOf(answer['account_type']);
  if (accountType !== 'Federated' && accountType !== 'Managed')
    throw failed(
      `DBL-RLM-01: the realm of ${domain} is ${accountType ?? 'missing'}: the service connection point names a domain that is not verified in the tenant`,
    );
  return {
    accountType,
    federationProtocol: textOf(answer['federation_protocol']),
    metadataUrl: textOf(answer['federation_metadata_url']),
    audience: textOf(answer['cloud_audience_urn']) ?? 'urn:federation:MicrosoftOnline',
  };
}
