/**
 * Mortise as `mortise serve` runs it: a configuration file, a store on disk with a signing key in it, the LDAP directory
 * over TLS, Kerberos keys of the service account. Only ports are free ones, and a test may give it another clock.
 * Owns its lifetime. Does not own: what stands in the configuration file (configuration.ts).
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { LDAP_ACCOUNT, SERVICE_PASSWORD } from '../../lab/accounts.ts';
import type { Lab } from '../../lab/samba.ts';
import { startAdministration } from '../../src/administration/listener.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/load.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { protectPrivateKey } from '../../src/keys/protection.ts';
import { applicationUrls } from '../../src/model/urls.ts';
import type { ApplicationUrls } from '../../src/model/urls.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { choosePorts } from '../../src/rehearsal/ports.ts';
import { startServer } from '../../src/server/serve.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { APPLICATION_ID, configurationText, SIGNING_KEY_ID } from './configuration.ts';
import type { MortiseSettings } from './configuration.ts';

export interface Mortise {
  readonly port: number;
  /** Where it listens, as a URL has it: `127.0.0.1`, `[::1]`. */
  readonly address: string;
  readonly urls: ApplicationUrls;
  readonly store: Store;
  /** Of the certificate that it serves with. */
  readonly caFile: string;
  /** For the files of clients too; removed at the end. */
  readonly folder: string;
  /** For commands, which are carried out as beside a running `serve`. */
  readonly configurationFile: string;
  /** Everything that it logged, one JSON object a line. */
  readonly log: () => string;
  now(): Date;
  /** From now on its clock is so much further ahead. */
  passTime(ms: number): void;
  /** Takes up other settings beside those that it has, as `serve` does on SIGHUP: files first, then the signal. */
  reload(changes: MortiseSettings): Promise<void>;
  /** The one record of a request. */
  recordOf(requestId: string): Promise<Activity>;
  close(): Promise<void>;
}

export interface MortiseParts {
  readonly lab: Lab;
  readonly tls: ThrowAwayTls;
  readonly signingKey: KeyMaterial;
}

const ATTEMPTS = 5;

export async function startMortise(parts: MortiseParts, settings: MortiseSettings): Promise<Mortise> {
  for (let attempt = 1; ; attempt++) {
    const folder = await mkdtemp(join(tmpdir(), 'mortise-e2e-'));
    try {
      return await serveFrom(folder, parts, settings);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      // Somebody else took the port since it was looked at.
      if (attempt === ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

async function serveFrom(
  folder: string,
  { lab, tls, signingKey }: MortiseParts,
  settings: MortiseSettings,
): Promise<Mortise> {
  const port = settings.browser === undefined ? 0 : (await choosePorts(0)).mortise;
  const files: Readonly<Record<string, string>> = {
    'ca.pem': tls.ca,
    'tls.pem': tls.certificate,
    'tls.key': tls.privateKey,
    'master.key': randomBytes(32).toString('base64'),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const configurationFile = join(folder, 'mortise.yaml');
  const configure = async (wanted: MortiseSettings): Promise<Configuration> => {
    await writeFile(join(folder, 'service.password'), wanted.servicePassword ?? SERVICE_PASSWORD, { mode: 0o600 });
    await writeFile(join(folder, 'bind.password'), wanted.bindPassword ?? LDAP_ACCOUNT.password, { mode: 0o600 });
    await writeFile(configurationFile, configurationText(lab, wanted, port), { mode: 0o600 });
    return loadConfiguration({ path: configurationFile }, { env: {} });
  };
  const configuration = await configure(settings);
  const { ldapCaFile, publicBaseUrl, masterKey, store: file } = configuration.server;
  const ca = ldapCaFile === undefined ? undefined : readFileSync(ldapCaFile, 'utf8');
  const lines: string[] = [];
  let { clockMs = 0 } = settings;
  const now = (): Date => new Date(Date.now() + clockMs);
  const log = pino({ name: 'mortise' }, { write: (line: string) => void lines.push(line) });
  const store = await openSqliteStore(file.path);
  try {
    await putSigningKey(store, signingKey, masterKey);
    const server = await startServer(configuration, {
      store,
      log,
      now,
      openDirectory: (gateway) => openLdapDirectory(gateway, { ...(ca !== undefined && { ca }), log }),
    });
    const administration = await startAdministration(file.path, server.administration);
    return {
      port: server.address.port,
      address: server.address.family === 'IPv6' ? `[${server.address.address}]` : server.address.address,
      urls: applicationUrls(publicBaseUrl, APPLICATION_ID),
      store,
      caFile: join(folder, 'ca.pem'),
      folder,
      configurationFile,
      log: () => lines.join(''),
      now,
      passTime: (ms) => {
        clockMs += ms;
      },
      reload: async (changes) => server.reload(await configure({ ...settings, ...changes })),
      recordOf: async (requestId) => onlyRecord(await recordsOf(store, requestId), requestId),
      close: async () => {
        await administration.close();
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
