/**
 * The place where everything stands: a Samba domain controller, the strict local Entra that knows its computers, TLS of
 * a throw-away authority, and as many Mortises as a test wants. Owns their lifetime.
 */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SERVICE_ACCOUNTS } from '../../lab/accounts.ts';
import { labPersonImmutableId, labPersonUpn, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { discoverRegistrationService } from '../../src/rehearsal/discovery.ts';
import { startLocalEntra } from '../../src/rehearsal/entra/local-entra.ts';
import type { LocalEntra } from '../../src/rehearsal/entra/local-entra.ts';
import type { FederationSettings } from '../../src/rehearsal/entra/domain-registry.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { registerByToken } from '../../src/rehearsal/registration.ts';
import { requestAccessToken } from '../../src/rehearsal/token-client.ts';
import { account, computersInAd } from './active-directory.ts';
import type { BrowserSettings, MortiseSettings } from './configuration.ts';
import { startMortise } from './mortise.ts';
import type { Mortise, MortiseParts } from './mortise.ts';

export interface Joined {
  /** From the subject of the certificate that the device got: its id in Entra. */
  readonly deviceId: string;
}

export interface Site {
  readonly lab: Lab;
  readonly entra: LocalEntra;
  /** Of everything here that speaks TLS. */
  readonly tls: ThrowAwayTls;
  /** PEM file of the certificate that Entra trusts. */
  readonly signingCertificateFile: string;
  /** Runs until the test has finished. */
  mortise(settings?: MortiseSettings): Promise<Mortise>;
  /** The same for sign-in in the browser, and Entra sends the domain's people there. */
  federatedMortise(settings?: BrowserSettings, changes?: Partial<FederationSettings>): Promise<Mortise>;
  /** What an administrator does with the commands of `mortise entra cmdlets`. */
  federate(mortise: Mortise, changes?: Partial<FederationSettings>): void;
  /** Takes an assertion to Entra's token endpoint, and registers the device. @throws JoinFailure as Entra refuses */
  join(mortise: Mortise, assertion: string, sAMAccountName: string): Promise<Joined>;
  close(): Promise<void>;
}

/** Hosts of tests with service accounts of their own. */
export const EXTRA_HOSTS = {
  changed: 'changed.localhost',
  keytab: 'keytab.localhost',
  elsewhere: 'elsewhere.localhost',
  both: 'both.localhost',
  renamed: 'renamed.localhost',
  load: 'load.localhost',
} as const;

const HOSTS = [
  'login.localhost',
  'enterpriseregistration.localhost',
  ...Object.values(SERVICE_ACCOUNTS).flatMap(({ hosts }) => hosts),
  ...Object.values(EXTRA_HOSTS),
];

export async function openSite(): Promise<Site> {
  const lab = await startLab();
  try {
    return await build(lab);
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

async function build(lab: Lab): Promise<Site> {
  const now = new Date();
  const tls = await makeThrowAwayTls(HOSTS, now);
  const signingKey = await createKeyMaterial({ name: 'Mortise', now, modulusBits: 2048 });
  const signingCertificate = Buffer.from(signingKey.certificate).toString('base64');
  const signingCertificateFile = join(lab.folder, 'signing.pem');
  await writeFile(
    signingCertificateFile,
    `-----BEGIN CERTIFICATE-----\n${signingCertificate}\n-----END CERTIFICATE-----\n`,
  );
  const entra = await startLocalEntra({
    tls: { key: tls.privateKey, cert: tls.certificate },
    tenantId: randomUUID(),
    tenantName: 'Example',
    domains: [{ name: lab.domain, verified: true }],
    directoryComputers: [],
    syncedUsers: Object.values(PASSWORD_PEOPLE).map((name) => ({
      onPremisesImmutableId: labPersonImmutableId(name),
      userPrincipalName: labPersonUpn(name),
    })),
    throttle: { requests: 1000, withinMs: 60_000 },
  });
  const http = openHttpClient(tls.ca);
  const parts: MortiseParts = { lab, tls, signingKey };
  const federate: Site['federate'] = (mortise, changes) =>
    entra.setFederation(lab.domain, { ...federationOf(mortise, signingCertificate), ...changes });
  const mortise = async (settings: MortiseSettings = {}): Promise<Mortise> => {
    const started = await startMortise(parts, settings);
    onTestFinished(async () => started.close());
    return started;
  };
  return {
    lab,
    entra,
    tls,
    signingCertificateFile,
    mortise,
    federatedMortise: async ({ application, ...browser } = {}, changes) => {
      const replyUrl = `${entra.urls.login}/login.srf`;
      const started = await mortise({ browser: { ...browser, application: { replyUrl, ...application } } });
      federate(started, changes);
      return started;
    },
    federate,
    join: async (mortise, assertion, sAMAccountName) => {
      // What Entra believes is what `mortise entra cmdlets` writes, and what Entra Connect synchronised just now.
      federate(mortise);
      entra.setDirectoryComputers(await computersInAd(lab));
      const requestId = randomUUID();
      const service = await discoverRegistrationService(http, entra.urls.drs, lab.domain, requestId);
      const token = await requestAccessToken(http, entra.urls.login, service.joinResourceId, assertion, requestId);
      const computer = await joiningComputer(lab, sAMAccountName);
      const { certificate } = await registerByToken(http, service.joinEndpoint, token, computer, requestId);
      return { deviceId: /CN=(?<id>[0-9a-f-]{36})/i.exec(certificate.subject)?.groups?.['id'] ?? certificate.subject };
    },
    close: async () => {
      http.close();
      await entra.close();
      await lab.stop();
    },
  };
}

function federationOf({ urls }: Mortise, signingCertificate: string): FederationSettings {
  return {
    issuerUri: urls.issuerUri,
    activeSignInUri: urls.activeSignInUri,
    metadataExchangeUri: urls.metadataExchange13Uri,
    passiveSignInUri: urls.passiveSignInUri,
    signOutUri: urls.passiveSignInUri,
    preferredAuthenticationProtocol: 'wsFed',
    signingCertificate,
  };
}

async function joiningComputer(lab: Lab, sAMAccountName: string): Promise<Parameters<typeof registerByToken>[3]> {
  const { objectGUID, objectSid } = await account(lab, sAMAccountName);
  return {
    sAMAccountName,
    displayName: sAMAccountName.replace(/\$$/, ''),
    domain: lab.domain,
    domainController: lab.host,
    objectGuid: objectGUID,
    objectSid,
  };
}
