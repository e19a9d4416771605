/**
 * A Windows device that joins, over real HTTP, in the order of Windows: pre-checks, discover, then auth and join in a
 * federated domain, or the synchronised join in a managed one and where a federated join falls back to it.
 *
 * Owns the order and the ending. Does not own: the phases (discovery, federated-token, registration), the words (transcript).
 */
import type { KeyObject } from 'node:crypto';
import type { Directory } from '../directory/directory.ts';
import { discoverRealm, discoverRegistrationService, readServiceConnectionPoint } from './discovery.ts';
import type { DiscoveryDocument, Realm, ServiceConnectionPoint } from './discovery.ts';
import { acquireToken } from './federated-token.ts';
import type { ClientCertificate, HttpClient } from './http-client.ts';
import { HRESULTS, JoinFailure } from './join-codes.ts';
import { registerBySync, registerByToken } from './registration.ts';
import type { JoiningComputer, Registered } from './registration.ts';
import { deviceIdOf, failedStatus, joinedStatus } from './status-block.ts';
import type { JoinedDevice } from './status-block.ts';
import {
  printJoinRefusal,
  printJoinResponse,
  printPreJoinChecks,
  printTenant,
  printTokenFailure,
} from './transcript.ts';
import type { Transcript } from './transcript.ts';
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
  /** Both where TLS asks for the device's certificate. */
  readonly deviceLogin: string;
  readonly deviceDrs: string;
  readonly http: HttpClient;
  readonly clientWith: (certificate: ClientCertificate) => HttpClient;
  readonly ticketFor: (host: string) => ClientTicket;
  /** Private key of the computer object's userCertificate: a synchronised join signs with it. */
  readonly userCertificateKey: KeyObject;
  /** False: the registry says FallbackToSyncJoin = 0. */
  readonly fallbackToSyncJoin: boolean;
  readonly now: () => Date;
  readonly randomUUID: () => string;
}

export interface JoinResult {
  /** What the realm made of it; undefined when discovery failed. In a managed domain nobody asks the identity provider. */
  readonly domain: 'federated' | 'managed' | undefined;
  readonly joinedBy: 'federation' | 'synchronisation' | undefined;
  /** The client-request-id of everything before a fallback. */
  readonly requestId: string;
  readonly deviceId: string | undefined;
  /** Why the join failed; set also when the fallback hid it. */
  readonly failure: JoinFailure | undefined;
  /** Why the fallback failed too. */
  readonly fallbackFailure: JoinFailure | undefined;
  /** What the device keeps of a join, for its status and its people's sign-ins. */
  readonly joined: JoinedDevice | undefined;
  /** What Windows passes over in the MEX document, or people will miss there. */
  readonly warnings: readonly string[];
}

interface Discovered {
  readonly scp: ServiceConnectionPoint;
  readonly discovery: DiscoveryDocument;
  readonly realm: Realm;
}

interface Attempt {
  readonly device: Device;
  readonly transcript: Transcript;
  readonly requestId: string;
}

type Ending = Omit<JoinResult, 'domain' | 'requestId'>;

const NOT_JOINED = {
  joinedBy: undefined,
  deviceId: undefined,
  fallbackFailure: undefined,
  joined: undefined,
  warnings: [],
} as const;

/** Joins, prints the transcript to its end, and says how it went. Throws only for a defect of the rehearsal. */
export async function joinDevice(device: Device, transcript: Transcript): Promise<JoinResult> {
  const attempt = { device, transcript, requestId: device.randomUUID() };
  const { requestId } = attempt;
  printPreJoinChecks(transcript, {
    requestId,
    domain: device.computer.domain,
    forest: device.forest,
    domainController: device.computer.domainController,
  });
  const discovered = await orFailure(discover(attempt));
  if (discovered instanceof JoinFailure) {
    transcript.line(`DsrCmdJoinHelper::Join: TenantInfo::Discover failed with error ${HRESULTS[discovered.hresult]}.`);
    printStatus(transcript, failedStatus(discovered, undefined, device.now(), requestId));
    return { ...NOT_JOINED, domain: undefined, requestId, failure: discovered };
  }
  if (discovered.realm.accountType === 'Managed')
    return { domain: 'managed', requestId, ...(await joinManaged(attempt, discovered)) };
  return { domain: 'federated', requestId, ...(await joinFederated(attempt, discovered)) };
}

async function orFailure<T>(work: Promise<T>): Promise<T | JoinFailure> {
  try {
    return await work;
  } catch (failure) {
    if (failure instanceof JoinFailure) return failure;
    throw failure;
  }
}

async function discover({ device, transcript, requestId }: Attempt): Promise<Discovered> {
  const scp = await readServiceConnectionPoint(device.directory, device.forestRoot);
  const discovery = await discoverRegistrationService(device.http, device.drs, scp.tenantName, requestId);
  const realm = await discoverRealm(device.http, device.login, scp.tenantName);
  printTenant(transcript, realm.accountType, scp.tenantId, scp.tenantName);
  return { scp, discovery, realm };
}

async function joinFederated(attempt: Attempt, discovered: Discovered): Promise<Ending> {
  const { device, transcript, requestId } = attempt;
  const { discovery, realm } = discovered;
  const warnings: string[] = [];
  const token = await orFailure(acquireToken(device, realm, discovery, transcript, requestId, warnings));
  if (token instanceof JoinFailure) {
    printTokenFailure(transcript, token, requestId);
    return { ...(await afterTokenFailure(attempt, discovered, token)), warnings };
  }
  const registered = await orFailure(
    registerByToken(device.http, discovery.joinEndpoint, token, device.computer, requestId),
  );
  if (registered instanceof JoinFailure) {
    printJoinRefusal(transcript, registered, requestId);
    printFederatedFailure(transcript, HRESULTS[registered.hresult]);
    printStatus(transcript, failedStatus(registered, 'fed', device.now(), requestId));
    return { ...NOT_JOINED, failure: registered, warnings };
  }
  printJoinResponse(transcript, registered.requestId, registered.responseTime, registered.status);
  transcript.line('DsrCmdJoinHelper::Join: AutoEnrollAsComputer completed successfully');
  return {
    ...NOT_JOINED,
    joined: printJoined(attempt, discovered, registered),
    joinedBy: 'federation',
    deviceId: deviceIdOf(registered),
    failure: undefined,
    warnings,
  };
}

/** Windows 10 1803 and later: a failed token acquisition falls back to a synchronised join, unless the registry says no. */
async function afterTokenFailure(attempt: Attempt, discovered: Discovered, failure: JoinFailure): Promise<Ending> {
  const { device, transcript, requestId } = attempt;
  if (!device.fallbackToSyncJoin) {
    printFederatedFailure(transcript, HRESULTS.ERROR_ADAL_HANDLE);
    printStatus(transcript, failedStatus(failure, 'fed', device.now(), requestId));
    return { ...NOT_JOINED, failure };
  }
  printFederatedFailure(transcript, HRESULTS.ERROR_ADAL_HANDLE, ' Try synchronized join.');
  const fallback = await joinSynchronised({ ...attempt, requestId: device.randomUUID() }, discovered);
  if (fallback instanceof JoinFailure) return { ...NOT_JOINED, failure, fallbackFailure: fallback };
  return { ...NOT_JOINED, joinedBy: 'synchronisation', deviceId: deviceIdOf(fallback), failure };
}

/** DBL-RLM-02: no token is asked for; the name in the service connection point decides (TenantType = Managed). */
async function joinManaged(attempt: Attempt, discovered: Discovered): Promise<Ending> {
  const joined = await joinSynchronised(attempt, discovered);
  if (joined instanceof JoinFailure) return { ...NOT_JOINED, failure: joined };
  return { ...NOT_JOINED, joinedBy: 'synchronisation', deviceId: deviceIdOf(joined), failure: undefined };
}

async function joinSynchronised(attempt: Attempt, discovered: Discovered): Promise<Registered | JoinFailure> {
  const { device, transcript, requestId } = attempt;
  const { scp, discovery } = discovered;
  const join = { tenantId: scp.tenantId, userCertificateKey: device.userCertificateKey, now: device.now() };
  const registered = await orFailure(
    registerBySync(device.http, discovery.joinEndpoint, device.computer, join, requestId),
  );
  if (registered instanceof JoinFailure) {
    printJoinRefusal(transcript, registered, requestId);
    printStatus(transcript, failedStatus(registered, 'sync', device.now(), requestId));
    return registered;
  }
  printJoinResponse(transcript, registered.requestId, registered.responseTime, registered.status);
  transcript.line('DsrCmdJoinHelper::Join: completed successfully');
  printJoined(attempt, discovered, registered);
  return registered;
}

const printFederatedFailure = (transcript: Transcript, code: string, next = ''): void =>
  transcript.line(`DsrCmdJoinHelper::Join: Federated ADRS join failed with error ${code}.${next}`);

function printJoined(
  { device, transcript }: Attempt,
  { scp, discovery }: Discovered,
  registered: Registered,
): JoinedDevice {
  const joined = { registered, tenantId: scp.tenantId, keyContainerId: device.randomUUID(), discovery };
  printStatus(transcript, joinedStatus(joined));
  return joined;
}

function printStatus(transcript: Transcript, lines: readonly string[]): void {
  for (const line of lines) transcript.line(line);
}
