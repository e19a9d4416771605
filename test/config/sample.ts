/** A small sound configuration as data, to be changed in one place and loaded: what each test of a check starts from. */
import { stringify } from 'yaml';
import { loadConfiguration } from '../../src/config/load.ts';
import type { Configuration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';

export const IDS = {
  people: '7c1d5a52-9a2e-4e55-8a55-000000000001',
  devices: '7c1d5a52-9a2e-4e55-8a55-000000000002',
  gateway: '0d6f4ba1-6b0c-4c5a-9f3c-000000000001',
  cloudUser: '5b3c2f0e-1111-4c1a-8d62-000000000001',
  device: '5b3c2f0e-1111-4c1a-8d62-000000000002',
  application: '4afaa6b9-1497-44b6-b1ce-000000000001',
  key: '9f4c8a0b-3d55-4f0e-a1c2-000000000001',
  unknown: 'ffffffff-0000-4000-8000-000000000000',
} as const;

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

export const ENV: Readonly<Record<string, string>> = {
  MASTER: MASTER_KEY,
  BIND: 'bind-pass-7f3a',
  KERBEROS: 'kerberos-pass-91cc',
};

export function sample() {
  return {
    server: {
      publicBaseUrl: 'https://login.example.com',
      tls: { certificateFile: 'tls.pem', keyFile: 'tls.key' },
      store: { path: 'mortise.sqlite' },
      masterKey: '${env:MASTER}',
    },
    environment: {
      populations: [
        { id: IDS.people, name: 'People' },
        { id: IDS.devices, name: 'Devices' },
      ],
      gateways: [
        {
          id: IDS.gateway,
          name: 'corp',
          serversHostAndPort: ['dc1.corp.example.com:636'],
          bindDN: 'CN=svc,DC=corp,DC=example,DC=com',
          bindPassword: '${env:BIND}',
          kerberos: {
            serviceAccountUserPrincipalName: 'svc-mortise@corp.example.com',
            serviceAccountPassword: '${env:KERBEROS}',
          },
          userTypes: [
            {
              template: 'cloud-user',
              id: IDS.cloudUser,
              searchBaseDn: 'OU=Staff,DC=corp,DC=example,DC=com',
              newUserLookup: { population: { id: IDS.people } },
            },
            {
              template: 'hybrid-joined-device',
              id: IDS.device,
              searchBaseDn: 'OU=Workstations,DC=corp,DC=example,DC=com',
              newUserLookup: { population: { id: IDS.devices } },
            },
          ],
        },
      ],
      applications: [
        {
          template: 'microsoft-365',
          id: IDS.application,
          domainName: 'corp.example.com',
          idpSigning: { key: { id: IDS.key } },
        },
      ],
    },
  };
}

/** Steps to one setting of the sample, short forms for the usual places: `gateway.bindDN`, `device.anchor`, `app.name`. */
const PLACES: Readonly<Record<string, string>> = {
  gateway: 'environment.gateways.0',
  cloudUser: 'environment.gateways.0.userTypes.0',
  device: 'environment.gateways.0.userTypes.1',
  app: 'environment.applications.0',
};

export type Changes = Readonly<Record<string, unknown>>;

/** The sample as YAML, with settings replaced; `undefined` takes a setting out. */
export function sampleText(changes: Changes = {}): string {
  const root: unknown = sample();
  for (const [place, value] of Object.entries(changes)) {
    const steps = place.replace(/^\w+/, (first) => PLACES[first] ?? first).split('.');
    const last = steps.pop() ?? '';
    let target = root as Record<string, unknown>;
    for (const step of steps) target = (target[step] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  return stringify(root, { aliasDuplicateObjects: false });
}

/** Every file can be read and is not empty; none holds what a test looks for. */
export const readNothing = (): string => 'text of a file';

export function load(changes: Changes = {}): Configuration {
  return loadText(sampleText(changes));
}

export function loadText(text: string, env: Readonly<Record<string, string>> = ENV): Configuration {
  return loadConfiguration({ text, directory: '/etc/mortise' }, { env, readFile: readNothing });
}

/** The problems of a configuration that must not load. */
export function problemsOf(changes: Changes): readonly ConfigProblem[] {
  return problemsOfText(sampleText(changes));
}

export function problemsOfText(text: string, env: Readonly<Record<string, string>> = ENV): readonly ConfigProblem[] {
  return errorOf(() => loadText(text, env)).problems;
}

export function errorOf(run: () => unknown): ConfigurationError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('the configuration loaded without a problem');
}

/** `path message` of each, to be compared at a glance. */
export function said(problems: readonly ConfigProblem[]): readonly string[] {
  return problems.map(({ path, message }) => `${path} ${message}`);
}
