/**
 * Mortise as `mortise serve` runs it: a configuration file, a store on disk with a signing key in it, the LDAP directory
 * over TLS, Kerberos keys of the service account. Only ports are free ones, and a test may give it another clock.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { LDAP_ACCOUNT, SERVICE_ACCOUNTS, SERVICE_PASSWORD } from '../../lab/accounts.ts';
import type { Lab } from '../../lab/samba.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { protectPrivateKey } from '../../src/keys/protection.ts';
import { applicationUrls } from '../../src/model/urls.ts';
import type { ApplicationUrls } from '../../src/model/urls.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { startServer } from '../../src/server/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

export interface MortiseSettings {
  /** Custom domain; the SPN is HTTP/ and this. */
  readonly host?: string;
  /** sAMAccountName of the account with that SPN. */
  readonly serviceAccount?: string;
  readonly servicePassword?: string;
  /** Instead of the password. */
  readonly keytabFile?: string;
  /** `host:port`, in the order of failover. */
  readonly servers?: readonly string[];
  readonly bindPassword?: string;
  readonly ldapCaFile?: string;
  readonly deviceAnchor?: 'objectGUID' | 'mS-DS-ConsistencyGuid';
  /** Below the base DN of the domain. */
  readonly devicesBelow?: string;
  readonly deviceFilter?: string;
  readonly soapFaultStatus?: 400 | 500;
  /** How far the server's clock is from the right time. */
  readonly clockMs?: number;
}

export interface Mortise {
  readonly port: number;
  readonly urls: ApplicationUrls;
  readonly store: Store;
  /** Of the certificate that it serves with. */
  readonly caFile: string;
  /** For the files of clients too; removed at the end. */
  readonly folder: string;
  /** Everything that it logged, one JSON object a line. */
  readonly log: () => string;
  /** The one record of a request. */
  recordOf(requestId: string): Promise<Activity>;
  close(): Promise<void>;
}

export const APPLICATION_ID = '4afaa6b9-1497-44b6-b1ce-1a6d396fe2e0';
const SIGNING_KEY_ID = '9f4c8a0b-3d55-4f0e-a1c2-6d1e7b2ce2e0';
const IDS = {
  gateway: '0d6f4ba1-6b0c-4c5a-9f3c-2a8f4f7fe2e0',
  people: '5b3c2f0e-1111-4c1a-8d62-0000000000e1',
  devices: '5b3c2f0e-1111-4c1a-8d62-0000000000e2',
  peoplePopulation: '7c1d5a52-9a2e-4e55-8a55-0000000000e1',
  devicePopulation: '7c1d5a52-9a2e-4e55-8a55-0000000000e2',
} as const;

function configurationText(lab: Lab, settings: MortiseSettings): string {
  const { host = SERVICE_ACCOUNTS.aes.hosts[0], serviceAccount = SERVICE_ACCOUNTS.aes.name, keytabFile } = settings;
  const { deviceFilter, devicesBelow = 'OU=Workstations', deviceAnchor = 'mS-DS-ConsistencyGuid' } = settings;
  const quoted = JSON.stringify;
  const filter = deviceFilter === undefined ? '' : `, ldapFilterPattern: ${quoted(deviceFilter)}`;
  const kerberosKeys =
    keytabFile === undefined ? 'serviceAccountPassword: ${file:service.password}' : `keytabFile: ${quoted(keytabFile)}`;
  return `server:
  publicBaseUrl: https://${host}
  listen: { host: 127.0.0.1, port: 0 }
  tls: { certificateFile: tls.pem, keyFile: tls.key }
  store: { path: mortise.sqlite }
  masterKey: \${file:master.key}
  ldapCaFile: ${quoted(settings.ldapCaFile ?? lab.caFile)}

environment:
  populations:
    - { id: ${IDS.peoplePopulation}, name: People }
    - { id: ${IDS.devicePopulation}, name: Devices }
  gateways:
    - id: ${IDS.gateway}
      name: ${lab.domain}
      serversHostAndPort: ${quoted(settings.servers ?? lab.gateway.serversHostAndPort)}
      bindDN: ${LDAP_ACCOUNT.userPrincipalName}
      bindPassword: \${file:bind.password}
      kerberos:
        serviceAccountUserPrincipalName: ${serviceAccount}@${lab.domain}
        ${kerberosKeys}
      userTypes:
        - id: ${IDS.people}
          template: cloud-user
          searchBaseDn: OU=Staff,${lab.baseDn}
          newUserLookup: { population: { id: ${IDS.peoplePopulation} } }
        - id: ${IDS.devices}
          template: hybrid-joined-device
          searchBaseDn: ${devicesBelow},${lab.baseDn}
          anchor: ${deviceAnchor}
          newUserLookup: { population: { id: ${IDS.devicePopulation} }${filter} }
  applications:
    - id: ${APPLICATION_ID}
      template: microsoft-365
      domainName: ${lab.domain}
      soapFaultStatus: ${settings.soapFaultStatus ?? 500}
      idpSigning: { key: { id: ${SIGNING_KEY_ID} } }
`;
}

export interface MortiseParts {
  readonly lab: Lab;
  readonly tls: ThrowAwayTls;
  readonly signingKey: KeyMaterial;
}

export async function startMortise(parts: MortiseParts, settings: MortiseSettings): Promise<Mortise> {
  const folder = await mkdtemp(join(tmpdir(), 'mortise-e2e-'));
  try {
    return await serveFrom(folder, parts, settings);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function serveFrom(
  folder: string,
  { lab, tls, signingKey }: MortiseParts,
  settings: MortiseSettings,
): Promise<Mortise> {
  const files: Readonly<Record<string, string>> = {
    'ca.pem': tls.ca,
    'tls.pem': tls.certificate,
    'tls.key': tls.privateKey,
    'master.key': randomBytes(32).toString('base64'),
    'service.password': settings.servicePassword ?? SERVICE_PASSWORD,
    'bind.password': settings.bindPassword ?? LDAP_ACCOUNT.password,
    'mortise.yaml': configurationText(lab, settings),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const configuration = loadConfiguration({ path: join(folder, 'mortise.yaml') }, { env: {} });
  const { ldapCaFile, publicBaseUrl, masterKey, store: file } = configuration.server;
  const ca = ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8');
  const lines: string[] = [];
  const log = pino({ name: 'mortise' }, { write: (line: string) => void lines.push(line) });
  const store = await openSqliteStore(file.path);
  try {
    await putSigningKey(store, signingKey, masterKey);
    const server = await startServer(configuration, {
      store,
      log,
      now: () => new Date(Date.now() + (settings.clockMs ?? 0)),
      openDirectory: (gateway) => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log }),
    });
    return {
      port: server.address.port,
      urls: applicationUrls(publicBaseUrl, APPLICATION_ID),
      store,
      caFile: join(folder, 'ca.pem'),
      folder,
      log: () => lines.join(''),
      recordOf: async (requestId) => onlyRecord(await recordsOf(store, requestId), requestId),
      close: async () => {
        await server.close();
        await store.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function putSigningKey(store: Store, { privateKey, certificate }: KeyMaterial, masterKey: string): Promise<void> {
  const protectedPrivateKey = await protectPrivateKey(privateKey, SIGNING_KEY_ID, masterKey, randomBytes);
  await store.signingKeys.put({
    id: SIGNING_KEY_ID,
    name: 'end to end',
    certificate,
    protectedPrivateKey,
    createdAt: new Date(),
  });
}

export async function recordsOf(store: Store, requestId: string): Promise<readonly Activity[]> {
  const all = await store.activities.list({ limit: 1000 });
  return all.filter((activity) => activity.requestId === requestId);
}

function onlyRecord(records: readonly Activity[], requestId: string): Activity {
  const [record] = records;
  if (record === undefined || records.length > 1) throw new Error(`${records.length} records of ${requestId}`);
  return record;
}
