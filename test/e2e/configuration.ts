/** The configuration file of the Mortise under test, as an administrator writes it for the lab's forest. */
import { LDAP_ACCOUNT, SERVICE_ACCOUNTS } from '../../lab/accounts.ts';
import type { Lab } from '../../lab/samba.ts';
import type { Application } from '../../src/model/application.ts';
import type { SignInSettings } from '../../src/model/sign-in.ts';

export interface MortiseSettings {
  /** Custom domain; the SPN is HTTP/ and this. */
  readonly host?: string;
  /** sAMAccountName of the account with that SPN. */
  readonly serviceAccount?: string;
  readonly servicePassword?: string;
  /** Instead of the password. */
  readonly keytabFile?: string;
  readonly askKdcForSalt?: boolean;
  readonly minutesToRetainPreviousCredentials?: number;
  readonly channelBindings?: 'off' | 'allow' | 'require';
  /** Loopback of IPv4 when absent. */
  readonly listenHost?: string;
  /** `host:port`, in the order of failover. */
  readonly servers?: readonly string[];
  /** TLS when absent. */
  readonly connectionSecurity?: 'TLS' | 'StartTLS';
  readonly bindPassword?: string;
  readonly ldapCaFile?: string;
  readonly deviceAnchor?: 'objectGUID' | 'mS-DS-ConsistencyGuid';
  /** Below the base DN of the domain. */
  readonly devicesBelow?: string;
  readonly deviceFilter?: string;
  readonly soapFaultStatus?: 400 | 500;
  /** How far the server's clock is from the right time. */
  readonly clockMs?: number;
  /** Its addresses name the port, so that a browser finds it. */
  readonly browser?: BrowserSettings;
}

export interface BrowserSettings {
  readonly allowPasswordChanges?: boolean;
  readonly application?: Partial<
    Pick<Application, 'replyUrl' | 'sloEndpoint' | 'hostNames' | 'wsTrustVersion' | 'secondFactor'>
  >;
  readonly signIn?: Partial<Omit<SignInSettings, 'silent' | 'branding'>> & {
    readonly silent?: Partial<SignInSettings['silent']>;
    readonly branding?: Partial<SignInSettings['branding']>;
  };
}

export const APPLICATION_ID = '4afaa6b9-1497-44b6-b1ce-1a6d396fe2e0';
export const SIGNING_KEY_ID = '9f4c8a0b-3d55-4f0e-a1c2-6d1e7b2ce2e0';
const IDS = {
  gateway: '0d6f4ba1-6b0c-4c5a-9f3c-2a8f4f7fe2e0',
  people: '5b3c2f0e-1111-4c1a-8d62-0000000000e1',
  devices: '5b3c2f0e-1111-4c1a-8d62-0000000000e2',
  peoplePopulation: '7c1d5a52-9a2e-4e55-8a55-0000000000e1',
  devicePopulation: '7c1d5a52-9a2e-4e55-8a55-0000000000e2',
} as const;

/** JSON is YAML. */
const quoted = JSON.stringify;

/** @param port on which it listens; 0 for any, and then its addresses name none */
export function configurationText(lab: Lab, settings: MortiseSettings, port: number): string {
  const { host = SERVICE_ACCOUNTS.aes.hosts[0], serviceAccount = SERVICE_ACCOUNTS.aes.name, keytabFile } = settings;
  const { deviceFilter, devicesBelow = 'OU=Workstations', deviceAnchor = 'mS-DS-ConsistencyGuid' } = settings;
  const { allowPasswordChanges = true, application = {}, signIn = {} } = settings.browser ?? {};
  const filter = deviceFilter === undefined ? '' : `, ldapFilterPattern: ${quoted(deviceFilter)}`;
  const kerberosKeys =
    keytabFile === undefined ? 'serviceAccountPassword: ${file:service.password}' : `keytabFile: ${quoted(keytabFile)}`;
  const { askKdcForSalt, minutesToRetainPreviousCredentials, channelBindings, listenHost = '127.0.0.1' } = settings;
  const ofKerberos = Object.entries({ askKdcForSalt, minutesToRetainPreviousCredentials, channelBindings })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `        ${name}: ${quoted(value)}\n`);
  const ofBrowser = Object.entries(application).map(([name, value]) => `      ${name}: ${quoted(value)}\n`);
  return `server:
  publicBaseUrl: https://${host}${port === 0 ? '' : `:${port}`}
  listen: { host: ${quoted(listenHost)}, port: ${port} }
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
      connectionSecurity: ${settings.connectionSecurity ?? 'TLS'}
      bindDN: ${LDAP_ACCOUNT.userPrincipalName}
      bindPassword: \${file:bind.password}
      kerberos:
        serviceAccountUserPrincipalName: ${serviceAccount}@${lab.domain}
        ${kerberosKeys}
${ofKerberos.join('')}      userTypes:
        - id: ${IDS.people}
          template: cloud-user
          searchBaseDn: OU=Staff,${lab.baseDn}
          allowPasswordChanges: ${allowPasswordChanges}
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
${ofBrowser.join('')}
  signIn: ${quoted(signIn)}
`;
}
