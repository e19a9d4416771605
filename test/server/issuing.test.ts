/** From the configuration to applications that can issue: principals, keys, gateways and user types. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_COMPUTERS, SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import type { Environment } from '../../src/model/environment.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import { SAMPLE_IDS } from '../../src/rehearsal/sample-configuration.ts';
import { issuingApplications, openGateways } from '../../src/server/issuing.ts';
import type { IssuingApplication } from '../../src/signin/issue.ts';
import { keytabFile } from '../kerberos/keytab-file.ts';
import { expectChallenge, expectFault } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { APP, HOST, openGround, serviceKey } from './mortise.ts';
import type { Differences, Ground } from './mortise.ts';

let ground: Ground;
let environment: Environment;
let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), 'mortise-issuing-'));

beforeAll(async () => {
  ground = await openGround();
  ({ environment } = ground.workspace.configuration);
  const [first] = environment.gateways;
  if (first === undefined) throw new Error('the sample configuration has no gateway');
  gateway = first;
});
afterAll(async () => {
  await ground.close();
  rmSync(folder, { recursive: true });
});

const open = (changed: Environment) => openGateways(changed, `https://${HOST}:8443`, () => openSampleDirectory([]));

function issuing(changed: Environment): IssuingApplication {
  const found = issuingApplications(changed, `https://${HOST}:8443`, open(changed)).get(APP);
  if (found === undefined) throw new Error('the application is not there');
  return found;
}

const withKerberos = (changes: Partial<NonNullable<Gateway['kerberos']>>): Environment => ({
  ...environment,
  gateways: [{ ...gateway, ...(gateway.kerberos !== undefined && { kerberos: { ...gateway.kerberos, ...changes } }) }],
});

/** How a ticket for this principal is answered; undefined when it gets a token. */
async function answerTo(principal: string, differences: Differences = {}) {
  const mortise = await ground.start(differences);
  const client = openClient(mortise);
  const key = serviceKey(ground.workspace.serviceAccountPassword);
  const answer = await client.ask(
    negotiate(ground.mint({ service: { principal, realm: SAMPLE_REALM, key, etype: 18, kvno: 2 } })),
  );
  client.close();
  await mortise.close();
  return answer;
}

describe('service principal names', () => {
  const CNAME_TARGET = 'HTTP/web-01.corp.example.test';
  const additional = (): Differences => ({
    gateway: {
      ...(gateway.kerberos && { kerberos: { ...gateway.kerberos, additionalServicePrincipalNames: [CNAME_TARGET] } }),
    },
  });

  test('HTTP/<host> of the public base URL, without its port (RFC 4559 §4.1)', () => {
    expect(issuing(environment).kerberosServices.map(({ spns }) => spns)).toEqual([[`HTTP/${HOST}`]]);
  });

  test.each([`HTTP/${HOST}`, 'http/SSO.localhost'])(
    'a ticket for %s is accepted, in any case as AD compares',
    async (principal) => {
      expect((await answerTo(principal)).status).toBe(200);
    },
  );

  test('a ticket for the target of a CNAME (Edge and Chrome resolve it) is accepted where it is named', async () => {
    expectChallenge(await answerTo(CNAME_TARGET), 'kerberos-wrong-spn');
    expect((await answerTo(CNAME_TARGET, additional())).status).toBe(200);
    expect((await answerTo(CNAME_TARGET.toUpperCase(), additional())).status).toBe(200);
    expect((await answerTo(`HTTP/${HOST}`, additional())).status, 'the custom domain stays').toBe(200);
    expectChallenge(await answerTo('HTTP/web-02.corp.example.test', additional()), 'kerberos-wrong-spn');
  });
});

describe('keys of the service account', () => {
  test('from its password, with the salts of UPN and sAMAccountName', () => {
    const [service] = issuing(withKerberos({ serviceAccountSamAccountName: 'svc-other' })).kerberosServices;
    const sources = service?.keys.map(({ source }) => source) ?? [];
    expect(service?.keySource).toBe('password');
    expect(new Set(sources)).toEqual(
      new Set([`password with salt ${SAMPLE_REALM}svc-mortise`, `password with salt ${SAMPLE_REALM}svc-other`]),
    );
  });

  test('of a realm that is not the UPN’s suffix', () => {
    const [service] = issuing(withKerberos({ realm: 'OTHER.EXAMPLE.TEST' })).kerberosServices;
    expect(service?.realm).toBe('OTHER.EXAMPLE.TEST');
  });

  test('from a keytab: its ticket is accepted, one of another version is refused by name', async () => {
    const path = join(folder, 'mortise.keytab');
    // Of another password than servers before this one had: theirs would open what the keytab does not.
    const key = serviceKey('the password of the keytab');
    writeFileSync(path, keytabFile([{ components: ['HTTP', HOST], realm: SAMPLE_REALM, shortVersion: 2, key }]));
    const { serviceAccountPassword: _, ...kerberos } = gateway.kerberos ?? {
      serviceAccountUserPrincipalName: '',
      additionalServicePrincipalNames: [],
      minutesToRetainPreviousCredentials: 610,
    };
    const mortise = await ground.start({ gateway: { kerberos: { ...kerberos, keytabFile: path } } });
    const client = openClient(mortise);
    const ask = (kvno: number) =>
      client.ask(
        negotiate(ground.mint({ service: { principal: `HTTP/${HOST}`, realm: SAMPLE_REALM, key, etype: 18, kvno } })),
      );
    expect((await ask(2)).status).toBe(200);
    expectChallenge(await ask(3), 'kerberos-unknown-kvno');
    client.close();
    const [, issued] = await ground.store.activities.list({ limit: 2 });
    expect(issued?.steps.find(({ name }) => name === 'kerberos')?.detail).toBe(
      'aes256-cts-hmac-sha1-96 (18), kvno 2, key from keytab',
    );
  });
});

describe('channel bindings', () => {
  const demandOf = (channelBindings: 'off' | 'allow' | 'require' | undefined, behindProxy?: boolean) => {
    const changed = withKerberos({ channelBindings });
    const opened = openGateways(changed, `https://${HOST}`, () => openSampleDirectory([]), behindProxy);
    return [...opened.services.values()].map((service) => service.channelBindings);
  };

  test('are compared where a client sends them, unless a proxy ends TLS', () => {
    expect(demandOf(undefined)).toEqual(['allow']);
    expect(demandOf(undefined, true)).toEqual(['off']);
  });

  test.each(['off', 'allow', 'require'] as const)('%s where the gateway says so, behind a proxy too', (demand) => {
    expect([demandOf(demand), demandOf(demand, true)]).toEqual([[demand], [demand]]);
  });
});

describe('what an application names', () => {
  test('its gateways, each with the user types of its rows alone', () => {
    const devicesOnly: Environment = {
      ...environment,
      applications: environment.applications.map((application) => ({
        ...application,
        kerberos: {
          gateways: application.kerberos.gateways.filter(({ userType }) => userType.id === SAMPLE_IDS.devices),
        },
      })),
    };
    const ids = (changed: Environment) =>
      [...issuing(changed).gateways.values()].map(({ userTypes }) => userTypes.map(({ id }) => id).sort());
    expect(ids(environment)).toEqual([[SAMPLE_IDS.people, SAMPLE_IDS.devices]]);
    expect(ids(devicesOnly)).toEqual([[SAMPLE_IDS.devices]]);
  });

  test('a person has no way in where only devices are named', async () => {
    const [application] = environment.applications;
    const kerberos = {
      gateways: (application?.kerberos.gateways ?? []).filter(({ userType }) => userType.id === SAMPLE_IDS.devices),
    };
    const mortise = await ground.start({ application: { kerberos } });
    const client = openClient(mortise);
    const person = { client: { name: 'nora.keller', realm: SAMPLE_REALM } };
    expectFault(await client.ask(negotiate(ground.mint(person))), 500, 'directory-entry-missing');
    const device = { client: { name: SAMPLE_COMPUTERS.consistent, realm: SAMPLE_REALM } };
    expect((await client.ask(negotiate(ground.mint(device)))).status).toBe(200);
    client.close();
  });

  test.each<readonly [string, Differences]>([
    ['no gateway', { application: { kerberos: { gateways: [] } } }],
    ['a gateway that is not enabled', { gateway: { enabled: false } }],
  ])('%s: kerberos-not-configured', async (_what, differences) => {
    expectChallenge(await answerTo(`HTTP/${HOST}`, differences), 'kerberos-not-configured');
  });

  test('a gateway without Kerberos is none', () => {
    const { kerberos: _, ...plain } = gateway;
    expect(issuing({ ...environment, gateways: [plain] }).kerberosServices).toEqual([]);
  });

  test('a gateway that is not enabled is not opened', () => {
    let opened = 0;
    openGateways({ ...environment, gateways: [{ ...gateway, enabled: false }] }, `https://${HOST}`, () => {
      opened += 1;
      return openSampleDirectory([]);
    });
    expect(opened).toBe(0);
  });
});

test('several domains are served when several applications are enabled, each with its own issuer', () => {
  const [application] = environment.applications;
  if (application === undefined) throw new Error('the sample configuration has no application');
  const of = (enabled: boolean): IssuingApplication =>
    issuing({
      ...environment,
      applications: [application, { ...application, id: SAMPLE_IDS.gateway, domainName: 'other.test', enabled }],
    });
  expect([issuing(environment), of(false), of(true)].map(({ severalDomains }) => severalDomains)).toEqual([
    false,
    false,
    true,
  ]);
  expect(of(true).issuerUri).toBe(issuing(environment).issuerUri);
});
