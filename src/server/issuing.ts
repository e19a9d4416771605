/**
 * From the configuration to applications that are ready to issue: mappings compiled, Kerberos keys derived, directories
 * opened. Done once at start-up, so that a wrong keytab or expression stops `serve` and not the first device.
 */
import type { Directory } from '../directory/directory.ts';
import { serviceKeysOf } from '../kerberos/credential.ts';
import type { KerberosService } from '../kerberos/keys.ts';
import { compileApplication } from '../mapping/claims.ts';
import type { Application } from '../model/application.ts';
import type { Environment } from '../model/environment.ts';
import type { Gateway } from '../model/gateway.ts';
import { applicationUrls } from '../model/urls.ts';
import type { IssuingApplication, IssuingGateway } from '../signin/issue.ts';
import { credentialOf } from './service-credential.ts';

export interface OpenedGateways {
  readonly directories: ReadonlyMap<string, Directory>;
  readonly services: ReadonlyMap<string, KerberosService>;
}

/**
 * Opens every enabled gateway's directory and derives its Kerberos keys. Nothing connects yet.
 *
 * @param behindProxy reverse proxies are listed, so that TLS may end before it reaches us
 */
export function openGateways(
  environment: Environment,
  publicBaseUrl: string,
  openDirectory: (gateway: Gateway) => Directory,
  behindProxy = false,
): OpenedGateways {
  const enabled = environment.gateways.filter((gateway) => gateway.enabled);
  const services = enabled.flatMap((gateway) => kerberosServiceOf(gateway, publicBaseUrl, behindProxy) ?? []);
  return {
    directories: new Map(enabled.map((gateway) => [gateway.id, openDirectory(gateway)])),
    services: new Map(services.map((service) => [service.gatewayId, service])),
  };
}

/** The service principal is HTTP/<host>: RFC 4559 §4.1, and what `setspn -S HTTP/<host>` registers. */
function kerberosServiceOf(gateway: Gateway, publicBaseUrl: string, behindProxy: boolean): KerberosService | undefined {
  const { kerberos } = gateway;
  if (kerberos === undefined) return undefined;
  const account = kerberos.serviceAccountUserPrincipalName;
  const spns = [`HTTP/${new URL(publicBaseUrl).hostname}`, ...kerberos.additionalServicePrincipalNames];
  // A proxy that ends TLS has another certificate than ours, and the clients saw that one.
  const channelBindings = kerberos.channelBindings ?? (behindProxy ? 'off' : 'allow');
  const credential = credentialOf(kerberos);
  return {
    gatewayId: gateway.id,
    account,
    spns,
    channelBindings,
    keySource: credential.kind,
    ...serviceKeysOf(credential),
  };
}

/** The applications by identifier, each with the gateways and user types that its `kerberos.gateways` names. */
export function issuingApplications(
  environment: Environment,
  publicBaseUrl: string,
  opened: OpenedGateways,
): ReadonlyMap<string, IssuingApplication> {
  const enabled = environment.applications.filter((application) => application.enabled);
  return new Map(
    enabled.map((application) => [application.id, issuingApplication(application, environment, publicBaseUrl, opened)]),
  );
}

function issuingApplication(
  application: Application,
  environment: Environment,
  publicBaseUrl: string,
  opened: OpenedGateways,
): IssuingApplication {
  const gateways = new Map<string, IssuingGateway>();
  for (const gateway of environment.gateways) {
    const directory = opened.directories.get(gateway.id);
    const named = new Set(
      application.kerberos.gateways.filter((row) => row.id === gateway.id).map((row) => row.userType.id),
    );
    if (directory === undefined || named.size === 0) continue;
    gateways.set(gateway.id, {
      gateway,
      directory,
      userTypes: gateway.userTypes.filter((userType) => named.has(userType.id)),
    });
  }
  return {
    application,
    issuerUri: applicationUrls(publicBaseUrl, application.id).issuerUri,
    severalDomains: environment.applications.filter(({ enabled }) => enabled).length > 1,
    mapper: compileApplication(application),
    gateways,
    get kerberosServices() {
      return [...gateways.keys()].flatMap((id) => opened.services.get(id) ?? []);
    },
    passwordGateways: passwordGateways([...gateways.values()]),
  };
}

/** The people whose user types the application names, and nobody else's: another gateway may be another forest. */
function passwordGateways(named: readonly IssuingGateway[]): readonly IssuingGateway[] {
  return named
    .map((one) => ({ ...one, userTypes: one.userTypes.filter(({ kind }) => kind === 'person') }))
    .filter(({ userTypes }) => userTypes.length > 0);
}
