/** The auth phase: what a realm must promise, and the MEX document; each failure with its code, at its place in the ADAL log. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Realm } from '../../src/rehearsal/discovery.ts';
import { acquireToken } from '../../src/rehearsal/federated-token.ts';
import type { HresultName, JoinFailure } from '../../src/rehearsal/join-codes.ts';
import { openTranscript } from '../../src/rehearsal/transcript.ts';
import { failureOf } from './failure-of.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeAnswer, FakeService } from './fake-service.ts';

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());

const REQUEST_ID = '7b690c51-7ff3-4900-8875-18a409e1053e';
const RECEIVED = 'AdalLog: AggregatedTokenRequest::UseWindowsIntegratedAuth- received realm info ; HRESULT: 0x0';

const realm = (changes: { readonly [name in keyof Realm]?: Realm[name] | undefined } = {}): Realm => ({
  accountType: 'Federated',
  federationProtocol: 'WSTrust',
  metadataUrl: `${service.origin}/mex`,
  audience: 'urn:federation:MicrosoftOnline',
  ...(changes as Partial<Realm>),
});

async function failing(wanted: Realm): Promise<{ readonly failure: JoinFailure; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const discovery = {
    authCodeUrl: 'https://login/authorize',
    accessTokenUrl: '',
    services: [],
    joinEndpoint: 'https://drs/',
    joinResourceId: 'urn:ms-drs:x',
  };
  const device = {
    http: service.client,
    login: service.origin,
    ticketFor: () => {
      throw new Error('nobody asked for a ticket');
    },
    randomUUID: () => REQUEST_ID,
  };
  const transcript = openTranscript((line) => lines.push(line));
  const failure = await failureOf(acquireToken(device, wanted, discovery, transcript, REQUEST_ID, []));
  return { failure, lines };
}

describe('the realm', () => {
  const cases: readonly (readonly [string, Parameters<typeof realm>[0], HresultName, RegExp])[] = [
    ['SAML', { federationProtocol: 'SAML20' }, 'ERROR_ADAL_PROTOCOL_NOT_SUPPORTED', /^DBL-RLM-03: .*SAML20/],
    ['no protocol', { federationProtocol: undefined }, 'ERROR_ADAL_PROTOCOL_NOT_SUPPORTED', /^DBL-RLM-03: .*missing/],
    ['no MEX address', { metadataUrl: undefined }, 'ERROR_ADAL_USERREALM_NOENDPOINT', /^DBL-RLM-04/],
    ['an empty MEX address', { metadataUrl: '' }, 'ERROR_ADAL_USERREALM_NOENDPOINT', /^DBL-RLM-04/],
    [
      'a MEX address that is not https',
      { metadataUrl: 'http://idp.example.test/mex' },
      'ERROR_ADAL_WS_TRUST_METADATAURL_NOT_SECURE',
      /^DBL-RLM-04: .*http:\/\/idp\.example\.test\/mex/,
    ],
  ];

  test.each(cases)('%s: nothing is fetched', async (_what, changes, hresult, message) => {
    service.answerWith();
    const { failure, lines } = await failing(realm(changes));
    expect(failure).toMatchObject({ phase: 'auth', hresult });
    expect(failure.message).toMatch(message);
    expect(lines).not.toContain(RECEIVED);
    expect(service.seen).toEqual([]);
  });
});

describe('the MEX document', () => {
  const cases: readonly (readonly [string, FakeAnswer, HresultName])[] = [
    ['needs a sign-in', { status: 401 }, 'ERROR_ADAL_WS_TRUST_MEX_REQUEST'],
    ['is elsewhere', { status: 302, headers: { location: '/login' } }, 'ERROR_ADAL_WS_TRUST_MEX_REQUEST'],
    ['is not there', { status: 404 }, 'ERROR_ADAL_WS_TRUST_MEX_REQUEST'],
    ['is a page', { status: 200, body: '<html><br></html>' }, 'ERROR_ADAL_FAILED_TO_PARSE_XML'],
  ];

  test.each(cases)('%s: the log stops after the realm', async (_what, answer, hresult) => {
    service.answerWith(answer);
    const { failure, lines } = await failing(realm());
    expect(failure).toMatchObject({ phase: 'auth', hresult });
    expect(lines.at(-1)).toBe(RECEIVED);
    expect(service.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /mex']);
  });

  test.each(['https://fake.localhost:1/mex', 'https://['])('%s cannot be reached', async (metadataUrl) => {
    const { failure } = await failing(realm({ metadataUrl }));
    expect(failure).toMatchObject({ phase: 'auth', hresult: 'ERROR_ADAL_WS_TRUST_MEX_REQUEST' });
    expect(failure.message).toContain(metadataUrl);
  });

  test('is not taken from a server whose certificate is not trusted', async () => {
    const other = await startFakeService();
    try {
      const { failure } = await failing(realm({ metadataUrl: `${other.origin}/mex` }));
      expect(failure.hresult).toBe('ERROR_ADAL_WS_TRUST_MEX_REQUEST');
      expect(failure.message).toMatch(/certificate/);
      expect(other.seen).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
