/** The real MSAL Python and ADAL Python, and zeep as a strict WSDL tool, read what we write. Debian: python3-msal, python3-adal, python3-zeep. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { Refusal } from '../../src/refusal.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import { faultOfRefusal } from '../../src/wstrust/fault.ts';
import { writeMetadataExchange } from '../../src/wstrust/metadata-exchange.ts';
import { parseRequestSecurityToken } from '../../src/wstrust/request-security-token.ts';
import { writeRequestSecurityTokenResponse } from '../../src/wstrust/request-security-token-response.ts';
import { counterpart, counterpartFile } from '../counterparts.ts';
import { DEVICE, throwAwayKey } from '../saml/arbitrary-assertion.ts';
import { refusalOf } from '../refusal-of.ts';
import { ISSUE } from './clients/document.ts';

const packages = '/usr/lib/python3/dist-packages';
const python = counterpart('python3');
const here =
  python !== undefined &&
  ['msal/mex.py', 'adal/wstrust_response.py'].map((file) => counterpartFile(join(packages, file))).every(Boolean);
const zeepHere = here && counterpartFile(join(packages, 'zeep/client.py')) !== undefined;

const urls = applicationUrls('https://idp.example.test', '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21');
const mexOf = (which: 'mex' | 'mex13'): string => writeMetadataExchange({ which, urls, spn: 'HTTP/idp.example.test' });

function ask(...asks: readonly { readonly ask: string; readonly with: readonly string[] }[]): unknown {
  // The system's Python: another one on PATH would not have Debian's packages.
  const { stdout, stderr, status } = spawnSync(
    '/usr/bin/python3',
    [join(import.meta.dirname, 'clients/python-clients.py')],
    {
      input: JSON.stringify(asks),
      encoding: 'utf8',
      timeout: 25_000,
    },
  );
  if (status !== 0) throw new Error(`python-clients.py ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

describe.skipIf(!here)('MSAL Python and ADAL Python', () => {
  test('MSAL Python finds windowstransport in both documents', () => {
    const at2005 = [ISSUE['2005'], urls.windowsTransport2005];
    const at13 = [ISSUE['1.3'], urls.windowsTransport13];
    expect(
      ask({ ask: 'windows_endpoints', with: [mexOf('mex')] }, { ask: 'windows_endpoints', with: [mexOf('mex13')] }),
    ).toEqual([{ answer: [at2005] }, { answer: [at13, at2005] }]);
  });

  test('both take the endpoint for user name and password out of each document', () => {
    const [mex, mex13] = [mexOf('mex'), mexOf('mex13')];
    expect(
      ask(
        { ask: 'msal_password', with: [mex13] },
        { ask: 'adal_password', with: [mex13] },
        { ask: 'msal_password', with: [mex] },
        { ask: 'adal_password', with: [mex] },
      ),
    ).toEqual([
      { answer: [ISSUE['1.3'], urls.usernameMixed13] },
      { answer: ['wstrust13', urls.usernameMixed13] },
      { answer: [ISSUE['2005'], urls.usernameMixed2005] },
      { answer: ['wstrust2005', urls.usernameMixed2005] },
    ]);
  });

  const password = ` not-a-real <p&ss> "wörd" 'å' `;
  /** What each builds for this endpoint. */
  const requestsOf = (address: string, version: '1.3' | '2005'): readonly string[] => {
    const given = [address, version, 'åse@example.test', password];
    const answers = ask({ ask: 'msal_request', with: given }, { ask: 'adal_request', with: given });
    return (answers as readonly { readonly answer: string }[]).map(({ answer }) => answer);
  };

  test.each([
    ['1.3', urls.usernameMixed13],
    ['2005', urls.usernameMixed2005],
  ] as const)(
    'the request that each builds for WS-Trust %s is read, its password byte for byte',
    (version, address) => {
      const requests = requestsOf(address, version);
      expect(requests).toHaveLength(2);
      for (const text of requests) {
        const read = parseRequestSecurityToken(Buffer.from(text), version);
        expect(read).toMatchObject({ version, to: address, appliesTo: DEVICE.audience });
        expect(read.messageId).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
        expect(read.usernameToken?.username).toBe('åse@example.test');
        expect(read.usernameToken?.password.reveal()).toBe(password);
        const { created, expires } = read.timestamp ?? {};
        expect((expires?.getTime() ?? 0) - (created?.getTime() ?? 0)).toBe(600_000);
      }
    },
  );

  test('sent as ISO-8859-1, as both do, the same request is refused for its encoding', () => {
    for (const text of requestsOf(urls.usernameMixed13, '1.3')) {
      const sent = Buffer.from(text, 'latin1');
      expect(refusalOf(() => parseRequestSecurityToken(sent, '1.3')).code).toBe('request-not-utf8');
    }
  });

  test('both read code and reason of a refused password', () => {
    const text = faultOfRefusal(new Refusal('account-locked-out'), 'urn:uuid:1', '2005', 'password-wrong');
    const reason = 'The security token could not be authenticated or authorized. (password-wrong)';
    expect(ask({ ask: 'msal_fault', with: [text] }, { ask: 'adal_fault', with: [text] })).toEqual([
      { answer: { code: 'a:FailedAuthentication', reason } },
      { answer: expect.stringContaining(`ErrorCode: FailedAuthentication : FaultMessage: ${reason}`) },
    ]);
  });

  test.each(['1.3', '2005'] as const)(
    'both take the signed assertion out of an answer of WS-Trust %s, byte for byte',
    async (version) => {
      const claims = [...DEVICE.claims, { name: 'displayName', namespace: 'urn:x', values: ['Åse & <Bø> "æ" 𝕏\r\n'] }];
      const assertion = await signSaml11Assertion({ ...DEVICE, claims }, await throwAwayKey('python'));
      const text = writeRequestSecurityTokenResponse({
        version,
        relatesTo: 'urn:uuid:6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11',
        appliesTo: DEVICE.audience,
        assertion,
        assertionId: DEVICE.id,
        created: DEVICE.issueInstant,
        expires: DEVICE.notOnOrAfter,
      });
      const token = { answer: [assertion, 'urn:oasis:names:tc:SAML:1.0:assertion'] };
      expect(ask({ ask: 'msal_token', with: [text, version] }, { ask: 'adal_token', with: [text, version] })).toEqual([
        token,
        token,
      ]);
    },
  );

  test('both read code and reason of a fault', () => {
    const text = faultOfRefusal(new Refusal('kerberos-clock-skew'));
    const reason = 'The security token could not be authenticated or authorized. (kerberos-clock-skew)';
    expect(ask({ ask: 'msal_fault', with: [text] }, { ask: 'adal_fault', with: [text] })).toEqual([
      { answer: { code: 'a:FailedAuthentication', reason } },
      { answer: expect.stringContaining(`ErrorCode: FailedAuthentication : FaultMessage: ${reason}`) },
    ]);
  });
});

describe.skipIf(!zeepHere)('a strict WSDL tool (zeep)', () => {
  test('resolves every name in both documents without fetching anything', () => {
    const trust2005 = 'http://schemas.xmlsoap.org/ws/2005/02/trust';
    const trust13 = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
    const issue2005 = {
      TrustFeb2005IssueAsync: [`{${trust2005}}RequestSecurityToken`, `{${trust2005}}RequestSecurityTokenResponse`],
    };
    const issue13 = {
      Trust13IssueAsync: [`{${trust13}}RequestSecurityToken`, `{${trust13}}RequestSecurityTokenResponseCollection`],
    };
    const of2005 = {
      CustomBinding_IWSTrustFeb2005Async: issue2005,
      UserNameWSTrustBinding_IWSTrustFeb2005Async: issue2005,
    };
    const of13 = { CustomBinding_IWSTrust13Async: issue13, UserNameWSTrustBinding_IWSTrust13Async: issue13 };
    expect(
      ask({ ask: 'wsdl_operations', with: [mexOf('mex')] }, { ask: 'wsdl_operations', with: [mexOf('mex13')] }),
    ).toEqual([{ answer: of2005 }, { answer: { ...of2005, ...of13 } }]);
  });
});
