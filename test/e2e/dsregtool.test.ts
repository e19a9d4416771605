/**
 * What Microsoft's DSRegTool checks of a federation, in its order and in its way, at AD FS's addresses: the domain is
 * federated to `/adfs/services/trust/mex`, and nothing else of Mortise is named. Then a device joins by them.
 */
import { XmlDocument, XmlElement } from 'libxml2-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readServiceConnectionPoint } from '../../src/rehearsal/discovery.ts';
import { jsonObject, openHttpClient } from '../../src/rehearsal/http-client.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { joinDevice } from '../../src/rehearsal/device.ts';
import type { Device, JoinResult } from '../../src/rehearsal/device.ts';
import { signIn } from '../../src/rehearsal/sign-in.ts';
import type { JoinedDevice } from '../../src/rehearsal/status-block.ts';
import { openTranscript } from '../../src/rehearsal/transcript.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { World } from '../../src/rehearsal/world.ts';
import { vector } from '../wstrust/vectors.ts';

const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const WSA = 'http://www.w3.org/2005/08/addressing';
const IDENTITY = 'http://schemas.xmlsoap.org/ws/2006/02/addressingidentity';

let world: World;
let http: HttpClient;
let mex: string;

beforeAll(async () => {
  const plan = {
    ...SOUND_PLAN,
    believed: (...[served]: Parameters<typeof SOUND_PLAN.believed>) => {
      mex = new URL('/adfs/services/trust/mex', served.MetadataExchangeUri).href;
      return { ...served, MetadataExchangeUri: mex };
    },
  };
  world = await openWorld(plan, { fallback: 'disabled', port: 0 });
  http = openHttpClient(world.ca);
});
afterAll(async () => {
  http.close();
  await world.close();
});

const get = async (url: string, headers = {}) => http.send({ method: 'GET', url, headers });

/** The tool goes through definitions.service.port without a look at namespaces, and keeps the last that has an Identity. */
function windowsTransportOf(text: string): string | undefined {
  const document = XmlDocument.fromString(text);
  try {
    const elements = (from: XmlElement, name: string): XmlElement[] =>
      from.find(`*[local-name()="${name}"]`).filter((node) => node instanceof XmlElement);
    expect([document.root.name, document.root.namespaceUri]).toEqual(['definitions', WSDL]);
    const found = elements(document.root, 'service')
      .flatMap((service) => elements(service, 'port'))
      .flatMap((port) => elements(port, 'EndpointReference'))
      // Its own xmlns attribute, not a prefix that is declared above.
      .filter((reference) =>
        elements(reference, 'Identity').some(({ prefix, namespaceUri }) => prefix === '' && namespaceUri === IDENTITY),
      );
    return found.flatMap((reference) => elements(reference, 'Address')).at(-1)?.content;
  } finally {
    document.dispose();
  }
}

describe('DSRegTool', () => {
  test('the service connection point names the tenant, and discovery knows it', async () => {
    const { tenantName } = await readServiceConnectionPoint(world.device.directory, world.device.forestRoot);
    const url = `${world.device.drs}/${tenantName}/discover?api-version=1.7`;
    const headers = { accept: 'application/json', 'ocp-adrs-client-name': 'dsreg', 'ocp-adrs-client-version': '10' };
    expect((await get(url, headers)).status).toBe(200);
  });

  test('the tenant’s id is the one of its configuration document', async () => {
    const { tenantId, tenantName } = await readServiceConnectionPoint(world.device.directory, world.device.forestRoot);
    const { status, body } = await get(`${world.device.login}/${tenantName}/.well-known/openid-configuration`);
    expect(status).toBe(200);
    // What stands behind the host name in `authorization_endpoint` or `issuer`.
    expect(body.toString('utf8')).toContain(`/${tenantId}`);
  });

  test('the realm is federated by WSTrust, and names AD FS’s address of the MEX document', async () => {
    const { tenantName } = await readServiceConnectionPoint(world.device.directory, world.device.forestRoot);
    const { body } = await get(`${world.device.login}/common/UserRealm/?user=${tenantName}&api-version=1.0`);
    expect(jsonObject(body)).toMatchObject({
      account_type: 'Federated',
      federation_protocol: 'WSTrust',
      federation_metadata_url: mex,
    });
  });

  test('MEX: the windowstransport endpoint is found by its Identity, and is AD FS’s', async () => {
    const { status, body } = await get(mex);
    expect(status).toBe(200);
    const address = windowsTransportOf(body.toString('utf8'));
    expect(address).toBe(new URL('/adfs/services/trust/13/windowstransport', mex).href);
    // What it asks to know whether the token is to be tested, and in which version.
    expect(address?.includes('/adfs/')).toBe(true);
  });

  test.each([
    ['2005', 'dsregtool-2005'],
    ['13', 'dsregtool-13'],
  ])('%s/windowstransport: the token is that of a device, and all four claims are in it', async (version, name) => {
    const address = new URL(`/adfs/services/trust/${version}/windowstransport`, mex).href;
    const envelope = Buffer.from(vector('clients', name)).toString('utf8');
    const body = envelope.replace(/https:\/\/idp\.example\.test[^<]+/, address);
    expect(body).toContain(`>${address}<`);
    const ask = async (authorization: object) =>
      http.send({
        method: 'POST',
        url: address,
        headers: { 'content-type': 'application/soap+xml; charset=utf-8', ...authorization },
        body,
      });
    // -UseDefaultCredentials: first without a ticket, then with one.
    const asked = await ask({});
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Negotiate']);
    const ticket = world.device.ticketFor(new URL(address).hostname);
    const authorization = `Negotiate ${Buffer.from(ticket.token).toString('base64')}`;
    const answer = await ask({ authorization });
    expect(answer.status).toBe(200);
    const token = answer.body.toString('utf8');
    XmlDocument.fromString(token).dispose();
    expect(token).not.toContain('FailedAuthentication');
    for (const claim of ['primarysid', 'accounttype', 'ImmutableID', 'onpremobjectguid'])
      expect(token).toContain(claim);
  });

  test('a ticket that is not accepted shows as the word that it looks for', async () => {
    const url = new URL('/adfs/services/trust/13/windowstransport', mex).href;
    const headers = { authorization: `Negotiate ${Buffer.from('no ticket').toString('base64')}` };
    const { body } = await http.send({
      method: 'POST',
      url,
      headers,
      body: vector('clients', 'dsregtool-13').toString(),
    });
    expect(body.toString('utf8')).toContain('FailedAuthentication');
  });
});

describe('a device', () => {
  let joining: JoinResult;
  const asked: string[] = [];
  const listened = (): Device => ({
    ...world.device,
    http: {
      ...world.device.http,
      send: async (request) => {
        asked.push(request.url);
        return world.device.http.send(request);
      },
    },
  });

  beforeAll(async () => {
    joining = await joinDevice(
      listened(),
      openTranscript(() => undefined),
    );
  });

  const joined = (): JoinedDevice => joining.joined ?? expect.fail(joining.failure?.message);

  test('joins by AD FS’s addresses', async () => {
    expect(joining).toMatchObject({ joinedBy: 'federation', failure: undefined });
    expect(asked.filter((url) => new URL(url).host === new URL(mex).host)).toEqual([
      mex,
      ...Array.from({ length: 2 }, () => new URL('/adfs/services/trust/13/windowstransport', mex).href),
    ]);
    const [record] = await world.store.activities.list({ limit: 1 });
    expect(record).toMatchObject({ outcome: 'issued', endpoint: 'windowstransport-13', requestId: joining.requestId });
  });

  test('has the certificate that DSRegTool looks for: issuer, subject, signature, time', () => {
    const { certificate } = joined().registered;
    expect(certificate.issuer).toMatch(/(?:^|\n)CN=MS-Organization-Access(?:\n|$)/);
    expect(certificate.subject).toBe(`CN=${joining.deviceId}`);
    expect(certificate.signatureAlgorithm).toBe('sha256WithRSAEncryption');
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
    expect(Date.parse(certificate.validFrom)).toBeLessThanOrEqual(Date.now());
  });

  test('is in the tenant: enabled, not pending, its id that of the certificate and of AD', () => {
    expect(world.entra.devices().filter(({ deviceId }) => deviceId === joining.deviceId)).toMatchObject([
      {
        accountEnabled: true,
        registrationDateTime: expect.any(String),
        registeredBy: 'federated',
        deviceId: world.device.computer.objectGuid,
      },
    ]);
  });

  test('has a person sign in by AD FS’s usernamemixed, from the same document', async () => {
    asked.length = 0;
    const result = await signIn(listened(), world.person, joined());
    expect(result.failure).toBeUndefined();
    expect(asked.filter((url) => new URL(url).host === new URL(mex).host)).toEqual([
      mex,
      new URL('/adfs/services/trust/13/usernamemixed', mex).href,
    ]);
    const [record] = await world.store.activities.list({ limit: 1 });
    expect(record).toMatchObject({ outcome: 'issued', endpoint: 'usernamemixed-13', requestId: result.requestId });
  });

  test('finds no other address of Mortise in that document', async () => {
    const text = (await get(mex)).body.toString('utf8');
    for (const path of ['2005/usernamemixed', '13/usernamemixed'])
      expect(text).toContain(`<wsa10:Address>${new URL(`/adfs/services/trust/${path}`, mex).href}<`);
    expect(text).not.toContain('/wsf/');
    expect(text).toContain(`xmlns:wsa10="${WSA}"`);
  });
});
