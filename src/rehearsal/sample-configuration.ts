/** The rehearsal's configuration, as a file like any other: read by the same loader, so that it proves template and defaults too. */
import type { Plan } from './plan.ts';

export const SAMPLE_IDS = {
  application: '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e',
  secondApplication: '4afaa6b9-1497-44b6-b1ce-1a6d396f7f7f',
  gateway: '0d6f4ba1-6b0c-4c5a-9f3c-2a8f4f7f0a01',
  people: '5b3c2f0e-1111-4c1a-8d62-000000000001',
  devices: '5b3c2f0e-1111-4c1a-8d62-000000000002',
  peoplePopulation: '7c1d5a52-9a2e-4e55-8a55-000000000001',
  devicePopulation: '7c1d5a52-9a2e-4e55-8a55-000000000002',
  signingKey: '9f4c8a0b-3d55-4f0e-a1c2-000000000001',
} as const;

export interface SampleSettings {
  readonly publicBaseUrl: string;
  readonly port: number;
  readonly domain: string;
  readonly baseDn: string;
  readonly serviceAccount: string;
  /** Where the local Entra takes the browser's answer; undefined where there is none, and with it no part `signIn`. */
  readonly loginSrf: string | undefined;
}

/** Secrets and certificates lie beside the file: see workspace.ts. */
export function sampleConfiguration(settings: SampleSettings, plan: Plan): string {
  const { publicBaseUrl, port, domain, baseDn, serviceAccount } = settings;
  const attributes = plan.attributes.map((row) => `        - ${JSON.stringify(row)}`);
  return `# Mortise's rehearsal: made anew at every start.
server:
  publicBaseUrl: ${publicBaseUrl}
  listen: { host: 127.0.0.1, port: ${port} }
  tls: { certificateFile: tls.pem, keyFile: tls.key }
  store: { path: mortise.sqlite }
  masterKey: \${file:master.key}
${windowsTransport(plan)}
environment:
  populations:
    - { id: ${SAMPLE_IDS.peoplePopulation}, name: People }
    - { id: ${SAMPLE_IDS.devicePopulation}, name: Devices }
  gateways:
    - id: ${SAMPLE_IDS.gateway}
      name: Sample forest ${domain}
      serversHostAndPort: [ "dc1.${domain}:636" ]
      bindDN: svc-ldap@${domain}
      bindPassword: \${file:service-account.password}
      kerberos:
        serviceAccountUserPrincipalName: ${serviceAccount}@${domain}
        serviceAccountPassword: \${file:service-account.password}
      userTypes:
        - id: ${SAMPLE_IDS.people}
          template: cloud-user
          searchBaseDn: OU=Staff,${baseDn}
          allowPasswordChanges: ${plan.allowPasswordChanges}
          newUserLookup: { population: { id: ${SAMPLE_IDS.peoplePopulation} } }
        - id: ${SAMPLE_IDS.devices}
          template: hybrid-joined-device
          searchBaseDn: ${plan.devicesBelow}
          anchor: ${plan.deviceAnchor}
          newUserLookup: { population: { id: ${SAMPLE_IDS.devicePopulation} } }
  applications:
    - id: ${SAMPLE_IDS.application}
      template: microsoft-365
      domainName: ${domain}
      useMex13: ${plan.useMex13}
      secondFactor: { policy: ${plan.secondFactorPolicy} }
${applicationOptions(settings, plan)}      idpSigning: { key: { id: ${SAMPLE_IDS.signingKey} } }
      kerberos:
        gateways:
          - { id: ${SAMPLE_IDS.gateway}, userType: { id: ${SAMPLE_IDS.devices} } }
          - { id: ${SAMPLE_IDS.gateway}, userType: { id: ${SAMPLE_IDS.people} } }
${attributes.length === 0 ? '' : `      attributes:\n${attributes.join('\n')}\n`}${secondApplication(settings, plan)}${signIn(settings, plan)}`;
}

/** The domain above the first one, which was verified later: each is a root of its own. */
export const SAMPLE_SECOND_DOMAIN = 'example.test';

function secondApplication({ loginSrf }: SampleSettings, { secondDomain }: Plan): string {
  if (secondDomain === 'none') return '';
  return `    - id: ${SAMPLE_IDS.secondApplication}
      template: microsoft-365
      domainName: ${SAMPLE_SECOND_DOMAIN}
      useMex13: true
${loginSrf === undefined ? '' : `      replyUrl: ${loginSrf}\n`}      idpSigning: { key: { id: ${SAMPLE_IDS.signingKey} } }
      kerberos:
        gateways:
          - { id: ${SAMPLE_IDS.gateway}, userType: { id: ${SAMPLE_IDS.devices} } }
          - { id: ${SAMPLE_IDS.gateway}, userType: { id: ${SAMPLE_IDS.people} } }
`;
}

function windowsTransport({ windowsTransportNetworks }: Plan): string {
  return windowsTransportNetworks === undefined
    ? ''
    : `  windowsTransportNetworks: ${JSON.stringify(windowsTransportNetworks)}\n`;
}

/** What the template leaves to its default. */
function applicationOptions({ loginSrf }: SampleSettings, plan: Plan): string {
  const options = {
    userAttributeUsernameMatch: plan.userAttributeUsernameMatch,
    audienceRestriction: plan.audienceRestriction,
    replyUrl: loginSrf === undefined ? undefined : (plan.replyUrl ?? loginSrf),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `      ${name}: ${value}\n`).join('');
}

/** JSON is YAML. */
function signIn({ loginSrf }: SampleSettings, plan: Plan): string {
  if (loginSrf === undefined) return '';
  return `  signIn:
    corporateNetworks: ${JSON.stringify(plan.corporateNetworks)}
    silent: { userAgents: ${JSON.stringify(plan.silentUserAgents)} }
    branding: { organisationName: Example (rehearsal) }
`;
}
