/**
 * A strict local Microsoft Entra for the rehearsal: realm discovery, the token endpoint, device registration, and the
 * browser's way to the sign-in page and back.
 *
 * It judges the identity provider from outside, with libraries of its own, and keeps everything in memory: keys, devices
 * and log are gone when it closes. docs/local-entra.md says where it differs from the real one. Does not own: the device.
 */
import { generateKeyPair, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import fastify from 'fastify';
import type { TokenKeys } from './access-token.ts';
import { createDeviceAuthority } from './device-certificate.ts';
import { DEVICE_ROUTES } from './device-login.ts';
import { createDeviceRegistry } from './device-registry.ts';
import type { DeviceRecord, SyncedDevice } from './device-registry.ts';
import type { DomainOptions, FederationSettings } from './domain-registry.ts';
import { createNonces } from './primary-refresh-token.ts';
import { createRequestLog } from './request-log.ts';
import type { RequestRecord } from './request-log.ts';
import { addRoutes, ROUTES } from './routes.ts';
import type { Entra, HttpsApp, Route } from './routes.ts';
import { createSignInLog } from './sign-in-log.ts';
import type { SignInRecord } from './sign-in-log.ts';
import { createSignInRequests } from './sign-in-requests.ts';
import { createTenant } from './tenant.ts';
import type { Policy } from './tenant.ts';
import { createJoinThrottle } from './throttle.ts';
import type { ThrottleSettings } from './throttle.ts';
import type { AcceptedClaims, DirectoryComputer } from './token-claims.ts';
import type { SyncedUser, UserRecord } from './user-registry.ts';

export interface LocalEntraOptions {
  /** PEM; the certificate is valid for both hosts. */
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** In place of login.microsoftonline.com; default login.localhost. */
  readonly loginHost?: string;
  /** In place of enterpriseregistration.windows.net; default enterpriseregistration.localhost. */
  readonly drsHost?: string;
  /** Default 127.0.0.1: this is no service for others. */
  readonly address?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly now?: () => Date;
  readonly randomUUID?: () => string;
  /** How far an assertion's times and a signed time may be off; Entra's own allowance is not known. Default 5 minutes. */
  readonly clockSkewMs?: number;
  readonly throttle?: ThrottleSettings;
  readonly tenantId: string;
  /** The organisation's name. */
  readonly tenantName: string;
  readonly domains: readonly DomainOptions[];
  /** The computers of the on-premises directory, against which the device claims are compared. */
  readonly directoryComputers: readonly DirectoryComputer[];
  readonly syncedDevices?: readonly SyncedDevice[];
  readonly syncedUsers?: readonly SyncedUser[];
}

export interface LocalEntra {
  /** `https://host:port`, without a final slash; Graph's paths begin at /v1.0 on the login host. */
  readonly urls: {
    readonly login: string;
    readonly drs: string;
    readonly graph: string;
    /** The same two hosts where TLS asks for the device's certificate. */
    readonly deviceLogin: string;
    readonly deviceDrs: string;
  };
  readonly port: number;
  /** Devices whose registration is complete. */
  registeredDevices(): readonly DeviceRecord[];
  /** All devices, pending ones too. */
  devices(): readonly DeviceRecord[];
  /** What a run of Entra Connect does for one computer. */
  syncDevice(device: SyncedDevice): void;
  /** What an administrator does to a device. */
  setDeviceEnabled(deviceId: string, accountEnabled: boolean): void;
  deleteDevice(deviceId: string): void;
  users(): readonly UserRecord[];
  /** What a run of Entra Connect does for one person. */
  syncUser(user: SyncedUser): void;
  /** What an administrator does to an account that Entra Connect brought. */
  setUserEnabled(onPremisesImmutableId: string, accountEnabled: boolean): void;
  /** What Entra Connect does for a person who has left its scope. */
  removeUser(onPremisesImmutableId: string): void;
  /** Makes a sub-domain a root domain of its own. */
  promoteDomain(domainName: string): void;
  /** Federates a verified root domain with these settings, or makes it managed. */
  setFederation(domainName: string, settings: FederationSettings | undefined): void;
  setDirectoryComputers(computers: readonly DirectoryComputer[]): void;
  setPolicy(changes: Partial<Policy>): void;
  /** Of the token request or sign-in with that client-request-id, or of the last one. */
  lastAcceptedClaims(clientRequestId?: string): AcceptedClaims | undefined;
  /** Who has signed in in the browser, oldest first. */
  signIns(): readonly SignInRecord[];
  /** Every request, oldest first, with the check that refused it. */
  requests(): readonly RequestRecord[];
  close(): Promise<void>;
}

const FIVE_MINUTES_MS = 5 * 60 * 1000;
const DEFAULT_THROTTLE: ThrottleSettings = { requests: 10, withinMs: 60_000 };

/** Entra's own limits are not known; a token request with a device's assertion has under 10 KB. */
const BODY_LIMIT_BYTES = 512 * 1024;

/** What changes while it runs, besides the tenant and its devices. */
interface Changing {
  port: number;
  computers: readonly DirectoryComputer[];
}

export async function startLocalEntra(options: LocalEntraOptions): Promise<LocalEntra> {
  const changing: Changing = { port: 0, computers: options.directoryComputers };
  const entra = await createEntra(options, changing);
  const host = options.address ?? '127.0.0.1';
  const app = createApp(options.tls, entra, ROUTES);
  await app.listen({ host, port: options.port ?? 0 });
  changing.port = portOf(app);
  const ofDevices = createApp({ ...options.tls, requestCert: true, rejectUnauthorized: false }, entra, DEVICE_ROUTES);
  await ofDevices.listen({ host, port: 0 });
  const { login, drs } = entra.addresses();
  const deviceUrl = (name: string): string => `https://${name}:${portOf(ofDevices)}`;
  return {
    urls: { login, drs, graph: login, deviceLogin: deviceUrl(entra.loginHost), deviceDrs: deviceUrl(entra.drsHost) },
    port: changing.port,
    registeredDevices: () => entra.devices.all().filter((device) => device.registrationDateTime !== null),
    devices: () => entra.devices.all(),
    syncDevice: (device) => entra.devices.sync(device),
    setDeviceEnabled: (deviceId, accountEnabled) => entra.devices.setEnabled(deviceId, accountEnabled),
    deleteDevice: (deviceId) => entra.devices.remove(deviceId),
    users: () => entra.tenant.users.all(),
    syncUser: (user) => entra.tenant.users.sync(user),
    setUserEnabled: (immutableId, accountEnabled) => entra.tenant.users.setEnabled(immutableId, accountEnabled),
    removeUser: (immutableId) => entra.tenant.users.remove(immutableId),
    promoteDomain: (domainName) => entra.tenant.promoteDomain(domainName),
    setFederation: (domainName, settings) => entra.tenant.setFederation(domainName, settings),
    setDirectoryComputers: (computers) => {
      changing.computers = computers;
    },
    setPolicy: (changes) => entra.tenant.setPolicy(changes),
    lastAcceptedClaims: (clientRequestId) => entra.log.accepted(clientRequestId?.toLowerCase()),
    signIns: () => entra.signIns.all(),
    requests: () => entra.log.requests(),
    close: async () => {
      await Promise.all([app.close(), ofDevices.close()]);
    },
  };
}

async function createEntra(options: LocalEntraOptions, changing: Changing): Promise<Entra> {
  const uuid = options.randomUUID ?? randomUUID;
  const loginHost = options.loginHost ?? 'login.localhost';
  const drsHost = options.drsHost ?? 'enterpriseregistration.localhost';
  const url = (host: string): string => `https://${host}:${changing.port}`;
  return {
    tenant: createTenant({ ...options, syncedUsers: options.syncedUsers ?? [] }, uuid),
    devices: createDeviceRegistry(options.syncedDevices ?? []),
    log: createRequestLog(),
    keys: await createTokenKeys(uuid()),
    nonces: createNonces(),
    signInRequests: createSignInRequests(),
    signIns: createSignInLog(),
    authority: await createDeviceAuthority(),
    throttle: createJoinThrottle(options.throttle ?? DEFAULT_THROTTLE),
    clockSkewMs: options.clockSkewMs ?? FIVE_MINUTES_MS,
    loginHost,
    drsHost,
    computers: () => changing.computers,
    addresses: () => ({ login: url(loginHost), drs: url(drsHost) }),
    now: options.now ?? (() => new Date()),
    randomUUID: uuid,
  };
}

const portOf = (app: HttpsApp): number => (app.server.address() as AddressInfo).port;

function createApp(
  tls: LocalEntraOptions['tls'] & { readonly requestCert?: true; readonly rejectUnauthorized?: false },
  entra: Entra,
  routes: readonly Route[],
): HttpsApp {
  const app: HttpsApp = fastify({
    https: tls,
    bodyLimit: BODY_LIMIT_BYTES,
    // A waiting keep-alive connection of a device must not hold up the end.
    forceCloseConnections: true,
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 1024 },
  });
  app.removeAllContentTypeParsers();
  // Which content type a body must have is a check of the endpoint, so every body is taken as bytes.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  addRoutes(app, entra, routes);
  return app;
}

async function createTokenKeys(kid: string): Promise<TokenKeys> {
  return { kid, ...(await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })) };
}
