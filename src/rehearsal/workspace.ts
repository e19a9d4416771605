/**
 * The files of one rehearsal, in a folder of their own below the system's temporary one: configuration, throw-away secrets
 * and certificates, the store with a throw-away signing key. Only the rehearsal makes a key by itself; `serve` does not.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '../config/load.ts';
import type { Configuration } from '../config/load.ts';
import { SAMPLE_BASE_DN, SAMPLE_DOMAIN, SAMPLE_SERVICE_ACCOUNT } from '../directory/sample-domain.ts';
import { createKeyMaterial } from '../keys/create.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { protectPrivateKey } from '../keys/protection.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { makeThrowAwayTls } from './certificates.ts';
import type { ThrowAwayTls } from './certificates.ts';
import type { Plan } from './plan.ts';
import { SAMPLE_IDS, sampleConfiguration } from './sample-configuration.ts';

const DAY_MS = 86_400_000;

export interface WorkspaceOptions {
  readonly plan: Plan;
  readonly publicBaseUrl: string;
  readonly port: number;
  /** Of the local Entra; undefined where there is none. */
  readonly loginSrf?: string;
  readonly hosts: readonly string[];
  readonly now: Date;
}

export interface Workspace {
  readonly configurationFile: string;
  readonly configuration: Configuration;
  readonly store: Store;
  readonly tls: ThrowAwayTls;
  readonly caFile: string;
  readonly serviceAccountPassword: string;
  /** Of the gateway that signs anew, where the plan has one. */
  readonly gatewayKey: KeyMaterial | undefined;
  /** Closes the store and removes the folder with its secrets. */
  close(): Promise<void>;
}

export async function prepareWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-rehearsal-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    return await fill(folder, remove, options);
  } catch (error) {
    remove();
    throw error;
  }
}

async function fill(folder: string, remove: () => void, options: WorkspaceOptions): Promise<Workspace> {
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const tls = await makeThrowAwayTls(options.hosts, options.now);
  const serviceAccountPassword = randomBytes(24).toString('base64');
  write('tls.pem', tls.certificate);
  write('tls.key', tls.privateKey);
  write('master.key', randomBytes(32).toString('base64'));
  write('service-account.password', serviceAccountPassword);
  const caFile = write('ca.pem', tls.ca);
  const settings = {
    publicBaseUrl: options.publicBaseUrl,
    port: options.port,
    domain: SAMPLE_DOMAIN,
    baseDn: SAMPLE_BASE_DN,
    serviceAccount: SAMPLE_SERVICE_ACCOUNT.sAMAccountName,
    loginSrf: options.loginSrf,
  };
  const configurationFile = write('mortise.yaml', sampleConfiguration(settings, options.plan));
  const configuration = loadConfiguration({ path: configurationFile }, { env: {} });
  const store = await openSqliteStore(configuration.server.store.path);
  await putThrowAwayKey(store, configuration.server.masterKey, options.now);
  const close = async (): Promise<void> => {
    try {
      await store.close();
    } finally {
      remove();
    }
  };
  const gatewayKey = await keyOfGateway(options);
  return { configurationFile, configuration, store, tls, caFile, serviceAccountPassword, gatewayKey, close };
}

async function keyOfGateway({ plan, now }: WorkspaceOptions): Promise<KeyMaterial | undefined> {
  if (plan.signingGateway === undefined) return undefined;
  return createKeyMaterial({ name: 'Token gateway', now, modulusBits: plan.signingGateway.modulusBits });
}

async function putThrowAwayKey(store: Store, masterKey: string, now: Date): Promise<void> {
  const id = SAMPLE_IDS.signingKey;
  const { privateKey, certificate } = await createKeyMaterial({
    name: 'Mortise rehearsal (throw-away)',
    // As old as real ones are: it is valid by a clock that is behind as well.
    now: new Date(now.getTime() - DAY_MS),
    modulusBits: 2048,
  });
  const protectedPrivateKey = await protectPrivateKey(privateKey, id, masterKey, randomBytes);
  await store.signingKeys.put({ id, name: 'throw-away', certificate, protectedPrivateKey, createdAt: now });
}
