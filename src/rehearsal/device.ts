/**
 * A Windows device that joins, over real HTTP, in the order of Windows: pre-checks, discover, auth, join, and the fallback
 * to a synchronised join where that is not disabled (FallbackToSyncJoin).
 */
import type { Directory } from '../directory/directory.ts';
import { discoverRealm, discoverRegistrationService, readServiceConnectionPoint } from './discovery.ts';
import type { DiscoveryDocument, Realm, ServiceConnectionPoint } from './discovery.ts';
import type { HttpClient } from './http-client.ts';
import { HRESULTS, JoinFailure } from './join-codes.ts';
import { readMex } from './mex-reader.ts';
import { registerBySync, registerByToken } from './registration.ts';
import type { JoiningComputer, Registered, SynchronisedJoin } from './registration.ts';
import { deviceIdOf, failedStatus, joinedStatus } from './status-block.ts';
import { requestAccessToken } from './token-client.ts';
import {
  printJoinError,
  printJoinResponse,
  printPreJoinChecks,
  printTenant,
  printTokenFailure,
  printTokenResponse,
  printTokenStart,
  printWebRequest,
} from './transcript.ts';
import type { Transcript } from './transcript.ts';
import { requestAssertion } from './windows-transport-client.ts';
import type { ClientTicket } from './windows-transport-client.ts';

export interface Device {
  readonly computer: JoiningComputer;
  readonly directory: Directory;
  /** Distinguished name of the forest's root domain. */
  readonly forestRoot: string;
  readonly forest: string;
  /** Origin of login.microsoftonline.com's stand-in, and of enterpriseregistration.windows.net's. */
  readonly login: string;
  readonly drs: string;
  readonly http: HttpClient;
  readonly ticketFor: (host: string) => ClientTicket;
  /** What the fallback signs with; undefined when FallbackToSyncJoin is 0. */
  readonly fallback: Pick<SynchronisedJoin, 'userCertificateKey'> | undefined;
  readonly now: () => Date;
  readonly randomUUID: () => string;
}

export interface JoinResult {
  readonly joinedBy: 'federation' | 'synchronisation' | undefined;
  readonly requestId: string;
  readonly deviceId: string | undefined;
  /** Why the federated join failed; set also when the fallback hid it. */
  readonly failure: JoinFailure | undefined;
  /** Things that other sign-ins will miss. */
  readonly warnings: readonly string[];
}

interface Discovered {
  readonly scp: ServiceConnectionPoint;
  readonly discovery: DiscoveryDocument;
  readonly realm: Realm;
}

/** Joins, prints the transcript to its end, and says how it went. Throws only for a defect of the rehearsal. */
export async function joinDevice(device: Device, transcript: Transcript): Promise<JoinResult> {
  const requestId = device.randomUUID();
  const { computer } = device;
  printPreJoinChecks(transcript, {
    requestId,
    domain: computer.domain,
    forest: device.forest,
    domainController: computer.domainController,
  });
  const warnings: string[] = [];
  let discovered: Discovered | undefined;
  try {
    discovered = await discover(device, transcript, requestId);
    const accessToken = await acquireToken(device, discovered, transcript, requestId, warnings);
    const registered = await registerByToken(
      device.http,
      discovered.discovery.joinEndpoint,
      accessToken,
      computer,
      requestId,
    );
    printJoinResponse(transcript, registered.requestId, registered.responseTime, registered.status);
    transcript.line('DsrCmdJoinHelper::Join: AutoEnrollAsComputer completed successfully');
    printJoined(device, discovered, registered, transcript);
    return { joinedBy: 'federation', requestId, deviceId: deviceIdOf(registered), failure: undefined, warnings };
  } catch (failure) {
    if (!(failure instanceof JoinFailure)) throw failure;
    if (failure.phase === 'auth') printTokenFailure(transcript, failure, requestId);
    if (failure.phase === 'join') printJoinError(transcript, failure);
    return {
      ...(await afterFailure(device, discovered, failure, transcript, requestId)),
      requestId,
      failure,
      warnings,
    };
  }
}

async function discover(device: Device, transcript: Transcript, requestId: string): Promise<Discovered> {
  const scp = await readServiceConnectionPoint(device.directory, device.forestRoot);
  const discovery = await discoverRegistrationService(device.http, device.drs, scp.tenantName, requestId);
  const realm = await discoverRealm(device.http, device.login, scp.tenantName);
  printTenant(transcript, realm.accountType, scp.tenantId, scp.tenantName);
  return { scp, discovery, realm };
}

/** GetComputerTokenForADRS: MEX, WS-Trust with the computer's ticket, and the exchange of the assertion at Entra. */
async function acquireToken(
  device: Device,
  { discovery, realm }: Discovered,
  transcript: Transcript,
  requestId: string,
  warnings: string[],
): Promise<string> {
  const authority = `${device.login}/common`;
  printTokenStart(transcript, discovery.authCodeUrl, authority);
  const metadataUrl = requireWsTrust(realm);
  transcript.adal('AggregatedTokenRequest::UseWindowsIntegratedAuth- received realm info');
  const mex = await fetchMex(device.http, metadataUrl);
  warnings.push(...mex.warnings);
  transcript.adal(
    `AggregatedTokenRequest::GetAppliesTo: using resource ID "${realm.audience}" for authority "${authority}".`,
  );
  const assertion = await requestAssertion(device.http, {
    address: mex.endpoint.address,
    appliesTo: realm.audience,
    messageId: device.randomUUID(),
    requestId,
    ticketFor: device.ticketFor,
  });
  printWebRequest(transcript);
  try {
    const token = await requestAccessToken(device.http, device.login, discovery.joinResourceId, assertion, requestId);
    printTokenResponse(transcript, undefined);
    return token;
  } catch (failure) {
    if (failure instanceof JoinFailure && failure.server.status !== undefined) printTokenResponse(transcript, failure);
    throw failure;
  }
}

/** DBL-RLM-01 to -04: the realm must be federated, speak WS-Trust and name an https MEX document. */
function requireWsTrust(realm: Realm): string {
  if (realm.accountType === 'Unknown')
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_USERREALM_RESPONSE_ACCOUNT_TYPE_INVALID',
      'DBL-RLM-01: the domain of the service connection point is not verified in the tenant',
    );
  if (realm.accountType !== 'Federated')
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_INTEGRATED_AUTH_WITHOUT_FEDERATION',
      'DBL-RLM-02: the domain is not federated',
    );
  if (realm.federationProtocol?.toLowerCase() !== 'wstrust')
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_PROTOCOL_NOT_SUPPORTED',
      `DBL-RLM-03: federation_protocol is ${realm.federationProtocol}`,
    );
  if (realm.metadataUrl === undefined || realm.metadataUrl === '')
    throw new JoinFailure('auth', 'ERROR_ADAL_USERREALM_NOENDPOINT', 'DBL-RLM-04: MetadataExchangeUri is not set');
  if (!realm.metadataUrl.startsWith('https://'))
    throw new JoinFailure(
      'auth',
      'ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE',
      'DBL-RLM-04: MetadataExchangeUri is not https',
    );
  return realm.metadataUrl;
}

async function fetchMex(http: HttpClient, url: string): Promise<ReturnType<typeof readMex>> {
  const response = await http.send({ method: 'GET', url }).catch((error: Error) => {
    throw new JoinFailure('auth', 'ERROR_ADAL_WS_TRUST_MEX_REQUEST', `DBL-MEX-01: ${url}: ${error.message}`);
  });
  if (response.status !== 200)
    throw new JoinFailure('auth', 'ERROR_ADAL_WS_TRUST_MEX_REQUEST', `DBL-MEX-01: ${url} answered ${response.status}`);
  return readMex(response.body);
}

function printJoined(
  device: Device,
  { scp, discovery }: Discovered,
  registered: Registered,
  transcript: Transcript,
): void {
  for (const line of joinedStatus({
    registered,
    tenantId: scp.tenantId,
    keyContainerId: device.randomUUID(),
    discovery,
  }))
    transcript.line(line);
}

type Ending = Pick<JoinResult, 'joinedBy' | 'deviceId'>;

/** Windows 10 1803 and later: a failed token acquisition falls back to a synchronised join, unless the registry says no. */
async function afterFailure(
  device: Device,
  discovered: Discovered | undefined,
  failure: JoinFailure,
  transcript: Transcript,
  requestId: string,
): Promise<Ending> {
  if (failure.phase !== 'auth' || discovered === undefined || device.fallback === undefined) {
    const code = failure.phase === 'auth' ? HRESULTS.ERROR_ADAL_HANDLE : HRESULTS[failure.hresult];
    transcript.line(
      `DsrCmdJoinHelper::Join: ${failure.phase === 'discover' ? 'TenantInfo::Discover failed with' : 'Federated ADRS join failed with'} error ${code}.`,
    );
    for (const line of failedStatus(failure, 'fed', device.now(), requestId)) transcript.line(line);
    return { joinedBy: undefined, deviceId: undefined };
  }
  transcript.line(
    `DsrCmdJoinHelper::Join: Federated ADRS join failed with error ${HRESULTS.ERROR_ADAL_HANDLE}. Try synchronized join.`,
  );
  const syncRequestId = device.randomUUID();
  try {
    const join = {
      tenantId: discovered.scp.tenantId,
      userCertificateKey: device.fallback.userCertificateKey,
      now: device.now(),
    };
    const registered = await registerBySync(
      device.http,
      discovered.discovery.joinEndpoint,
      device.computer,
      join,
      syncRequestId,
    );
    printJoinResponse(transcript, registered.requestId, registered.responseTime, registered.status);
    transcript.line('DsrCmdJoinHelper::Join: completed successfully');
    printJoined(device, discovered, registered, transcript);
    return { joinedBy: 'synchronisation', deviceId: deviceIdOf(registered) };
  } catch (syncFailure) {
    if (!(syncFailure instanceof JoinFailure)) throw syncFailure;
    printJoinResponse(transcript, syncRequestId, device.now().toUTCString(), syncFailure.server.status ?? 0);
    printJoinError(transcript, syncFailure);
    for (const line of failedStatus(syncFailure, 'sync', device.now(), syncRequestId)) transcript.line(line);
    return { joinedBy: undefined, deviceId: undefined };
  }
}
