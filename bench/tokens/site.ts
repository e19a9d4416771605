/**
 * A site of one administrator, made for a benchmark: a configuration file with its secrets and certificates, and a store
 * with a signing key in it. Owns the folder. The directory is the embedded sample forest, or the lab's Samba over LDAPS.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Lab } from '../../lab/samba.ts';
import { SERVICE_PASSWORD } from '../../lab/accounts.ts';
import {
  SAMPLE_BASE_DN,
  SAMPLE_DOMAIN,
  SAMPLE_REALM,
  SAMPLE_SERVICE_ACCOUNT,
} from '../../src/directory/sample-domain.ts';
import { stringToKey } from '../../src/kerberos/encryption.ts';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { protectPrivateKey } from '../../src/keys/protection.ts';
import type { ServerSettings } from '../../src/model/server.ts';
import { applicationUrls } from '../../src/model/urls.ts';
import type { ApplicationUrls } from '../../src/model/urls.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { SAMPLE_IDS, sampleConfiguration } from '../../src/rehearsal/sample-configuration.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { removeFolder, temporaryFolder } from '../harness/lifetime.ts';
import { freePort } from '../harness/processes.ts';

export interface SiteSettings {
  /** Whose LDAPS is asked; the embedded directory when undefined. Both are one domain with one service account. */
  readonly lab?: Pick<Lab, 'gateway' | 'caFile'>;
  readonly limits?: Partial<NonNullable<ServerSettings['limits']>>;
}

export interface Site {
  readonly configurationFile: string;
  readonly storeFile: string;
  readonly folder: string;
  readonly port: number;
  /** PEM of the authority that its TLS certificate comes from. */
  readonly ca: string;
  readonly urls: ApplicationUrls;
  /** AES-256 key of the service account: what a KDC would seal tickets with. */
  readonly serviceKey: Uint8Array;
  readonly remove: () => void;
}

export const SITE_HOST = 'sso.localhost';
export const AES256 = 18;

export async function makeSite({ lab, limits }: SiteSettings = {}): Promise<Site> {
  const folder = temporaryFolder();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const now = new Date();
  const port = await freePort();
  const publicBaseUrl = `https://${SITE_HOST}:${port}`;
  const tls = await makeThrowAwayTls([SITE_HOST], now);
  const masterKey = randomBytes(32).toString('base64');
  const servicePassword = lab === undefined ? randomBytes(24).toString('base64') : SERVICE_PASSWORD;
  write('tls.pem', tls.certificate);
  write('tls.key', tls.privateKey);
  write('master.key', masterKey);
  write('service-account.password', servicePassword);
  write('bind.password', lab?.gateway.bindPassword ?? '');
  const configurationFile = write('mortise.yaml', configurationText(publicBaseUrl, port, { lab, limits }));
  const storeFile = join(folder, 'mortise.sqlite');
  await putSigningKey(storeFile, masterKey, now);
  return {
    configurationFile,
    storeFile,
    folder,
    port,
    ca: tls.ca,
    urls: applicationUrls(publicBaseUrl, SAMPLE_IDS.application),
    // [MS-KILE] 3.1.1.2: realm, then the account's name.
    serviceKey: stringToKey(AES256, servicePassword, SAMPLE_REALM + SAMPLE_SERVICE_ACCOUNT.sAMAccountName),
    remove: () => removeFolder(folder),
  };
}

/** The rehearsal's file, with what differs written in. */
function configurationText(publicBaseUrl: string, port: number, { lab, limits }: Settings): string {
  const sample = {
    publicBaseUrl,
    port,
    domain: SAMPLE_DOMAIN,
    baseDn: SAMPLE_BASE_DN,
    serviceAccount: SAMPLE_SERVICE_ACCOUNT.sAMAccountName,
    loginSrf: undefined,
  };
  const document = parseDocument(sampleConfiguration(sample, SOUND_PLAN));
  if (limits !== undefined) document.setIn(['server', 'limits'], limits);
  if (lab !== undefined) {
    document.setIn(['server', 'ldapCaFile'], lab.caFile);
    const gateway = { ...lab.gateway, bindPassword: '${file:bind.password}' };
    for (const [name, value] of Object.entries(gateway)) document.setIn(['environment', 'gateways', 0, name], value);
  }
  return document.toString();
}

type Settings = { readonly [Name in keyof SiteSettings]-?: SiteSettings[Name] | undefined };

async function putSigningKey(storeFile: string, masterKey: string, now: Date): Promise<void> {
  const id = SAMPLE_IDS.signingKey;
  const { privateKey, certificate } = await createKeyMaterial({ name: 'bench (throw-away)', now, modulusBits: 2048 });
  const protectedPrivateKey = await protectPrivateKey(privateKey, id, masterKey, randomBytes);
  const store = await openSqliteStore(storeFile);
  await store.signingKeys.put({ id, name: 'throw-away', certificate, protectedPrivateKey, createdAt: now });
  await store.close();
}
