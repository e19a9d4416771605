/** The discover phase: what the device reads, and the code for each thing that it cannot read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_BASE_DN, SAMPLE_DOMAIN } from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { serviceConnectionPoint } from '../../src/directory/sample-scp.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import type { Entry } from '../../src/directory/entry.ts';
import {
  discoverRealm,
  discoverRegistrationService,
  readServiceConnectionPoint,
} from '../../src/rehearsal/discovery.ts';
import { failureOf } from './failure-of.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeAnswer, FakeService } from './fake-service.ts';

const TENANT = '07ec9af2-7ce5-4ab7-8638-115736bbf990';
const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
const NOWHERE = 'https://fake.localhost:1';

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());

const json = (value: unknown, status = 200): FakeAnswer => ({ status, body: JSON.stringify(value) });

describe('service connection point', () => {
  const withKeywords = (...keywords: readonly string[]): readonly Entry[] =>
    serviceConnectionPoint(SAMPLE_DOMAIN, TENANT).map((entry) => ({
      dn: entry.dn,
      attributes: new Map(
        [...entry.attributes].map(([name, values]) => [
          name,
          name === 'keywords' ? keywords.map((keyword) => Buffer.from(keyword)) : values,
        ]),
      ),
    }));
  const scpOf = (entries: readonly Entry[]): ReturnType<typeof readServiceConnectionPoint> =>
    readServiceConnectionPoint(openSampleDirectory([...sampleForest, ...entries]), SAMPLE_BASE_DN);

  test('names tenant and domain', async () => {
    expect(await scpOf(serviceConnectionPoint(SAMPLE_DOMAIN, TENANT))).toEqual({
      tenantId: TENANT,
      tenantName: SAMPLE_DOMAIN,
    });
  });

  test('keywords are found in any order and case, among others', async () => {
    expect(await scpOf(withKeywords('other:1', `AZUREADID:${TENANT}`, 'azureadname:a.example:b'))).toEqual({
      tenantId: TENANT,
      tenantName: 'a.example:b',
    });
  });

  test.each([
    ['is missing', [], 'does not exist'],
    ['has no tenant id', withKeywords(`azureADName:${SAMPLE_DOMAIN}`), 'has no keyword azureADId'],
    ['has no domain', withKeywords(`azureADId:${TENANT}`), 'has no keyword azureADName'],
    ['was cleared', withKeywords(), 'has no keyword azureADId'],
  ])('0x801c001d when it %s', async (_what, entries, words) => {
    const failure = await failureOf(scpOf(entries));
    expect(failure).toMatchObject({ phase: 'discover', hresult: 'DSREG_AUTOJOIN_ADCONFIG_READ_FAILED' });
    expect(failure.message).toBe(`the service connection point ${words}`);
  });

  test('0x801c001d when the directory does not answer', async () => {
    const directory = openSampleDirectory(sampleForest);
    await directory.close();
    const failure = await failureOf(readServiceConnectionPoint(directory, SAMPLE_BASE_DN));
    expect(failure.hresult).toBe('DSREG_AUTOJOIN_ADCONFIG_READ_FAILED');
  });
});

describe('device registration discovery', () => {
  const discover = (origin = service.origin): ReturnType<typeof discoverRegistrationService> =>
    discoverRegistrationService(service.client, origin, SAMPLE_DOMAIN, REQUEST_ID);

  test('asks as Windows asks', async () => {
    service.answerWith(json({ DeviceJoinService: { JoinEndpoint: 'https://drs/', JoinResourceId: 'urn:ms-drs:x' } }));
    expect(await discover()).toMatchObject({ joinEndpoint: 'https://drs/', joinResourceId: 'urn:ms-drs:x' });
    expect(service.seen).toMatchObject([
      {
        method: 'GET',
        url: `/${SAMPLE_DOMAIN}/Discover?api-version=1.7`,
        headers: { 'ocp-adrs-client-name': 'Dsreg', 'client-request-id': REQUEST_ID },
      },
    ]);
  });

  test.each([
    [
      'the tenant is not known',
      json({ ErrorType: 'DirectoryError', Message: 'AADSTS90002: gone' }, 400),
      'DSREG_DISCOVERY_TENANT_NOT_FOUND',
    ],
    ['there is no such tenant', { status: 404, body: '' }, 'DSREG_DISCOVERY_TENANT_NOT_FOUND'],
    ['the service is busy', { status: 503, body: 'busy' }, 'DSREG_SERVER_BUSY'],
    ['a proxy asks who we are', { status: 407, body: '<html/>' }, 'DSREG_AUTOJOIN_DISC_FAILED'],
    ['a proxy answers with a sign-in page', { status: 200, body: '<html/>' }, 'E_INVALIDDATA'],
    ['the document is a list', json([1]), 'E_INVALIDDATA'],
    ['the document has no join service', json({ DeviceJoinService: {} }), 'DSREG_AUTOJOIN_DISC_FAILED'],
  ] as const)('%s', async (_what, answer, hresult) => {
    service.answerWith(answer);
    expect(await failureOf(discover())).toMatchObject({ phase: 'discover', hresult });
  });

  test('the service’s own words are kept', async () => {
    service.answerWith(json({ ErrorType: 'DirectoryError', Message: 'AADSTS90002: gone' }, 400));
    expect((await failureOf(discover())).server).toEqual({
      status: 400,
      errorCode: 'DirectoryError',
      message: 'AADSTS90002: gone',
    });
  });

  test('nobody answers', async () => {
    expect((await failureOf(discover(NOWHERE))).hresult).toBe('DSREG_AUTOJOIN_DISC_FAILED');
  });
});

describe('realm', () => {
  const realm = (origin = service.origin): ReturnType<typeof discoverRealm> =>
    discoverRealm(service.client, origin, SAMPLE_DOMAIN);

  test('a federated one leads to the MEX document', async () => {
    service.answerWith(
      json({
        ver: '1.0',
        account_type: 'Federated',
        federation_protocol: 'WSTrust',
        federation_metadata_url: 'https://idp.example.test/mex',
        cloud_audience_urn: 'urn:federation:Elsewhere',
      }),
    );
    expect(await realm()).toEqual({
      accountType: 'Federated',
      federationProtocol: 'WSTrust',
      metadataUrl: 'https://idp.example.test/mex',
      audience: 'urn:federation:Elsewhere',
    });
    expect(service.seen[0]?.url).toBe(`/common/UserRealm/user%40${SAMPLE_DOMAIN}?api-version=1.0`);
  });

  test('a managed one is a realm too', async () => {
    service.answerWith(json({ ver: '1.0', account_type: 'Managed' }));
    expect(await realm()).toMatchObject({ accountType: 'Managed', audience: 'urn:federation:MicrosoftOnline' });
  });

  test.each([
    ['the domain is unknown (DBL-RLM-01)', json({ account_type: 'Unknown' })],
    ['the answer has no account type', json({})],
    ['the account type is no text', json({ account_type: 7 })],
    ['a proxy answers with a page', { status: 200, body: '<html/>' }],
    ['the service fails', json({ account_type: 'Federated' }, 500)],
  ] as const)('0x801c003d when %s', async (_what, answer) => {
    service.answerWith(answer);
    expect(await failureOf(realm())).toMatchObject({
      phase: 'discover',
      hresult: 'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
    });
  });

  test('0x801c003d when nobody answers', async () => {
    expect((await failureOf(realm(NOWHERE))).hresult).toBe('DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED');
  });
});
