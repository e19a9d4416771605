/** The real adal-node finds our endpoint for passwords, and its request, our answer and our fault pass between the two. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { applicationUrls } from '../../src/model/urls.ts';
import { Refusal } from '../../src/refusal.ts';
import { signSaml11Assertion } from '../../src/saml/saml11.ts';
import { faultOfRefusal } from '../../src/wstrust/fault.ts';
import { writeMetadataExchange } from '../../src/wstrust/metadata-exchange.ts';
import { parseRequestSecurityToken } from '../../src/wstrust/request-security-token.ts';
import { writeRequestSecurityTokenResponse } from '../../src/wstrust/request-security-token-response.ts';
import { DEVICE, throwAwayKey } from '../saml/arbitrary-assertion.ts';
import { canonical } from './clients/document.ts';
import { bytesOf } from './vectors.ts';

type AdalVersion = 'wstrust13' | 'wstrust2005';

interface Mex {
  _dom: unknown;
  _parse(done: (error: unknown) => void): void;
  readonly usernamePasswordPolicy: { readonly version: AdalVersion; readonly url: string };
}
interface WSTrustRequest {
  _buildRST(username: string, password: string): string;
}
interface WSTrustResponse {
  parse(): void;
  readonly errorCode: string | null;
  readonly faultMessage: string | null;
  readonly token: string | null;
  readonly tokenType: string | null;
}

/** Its parts are not exported; they are what a sign-in runs through. */
const adalNode = createRequire(createRequire(import.meta.url).resolve('adal-node'));
const AdalMex = adalNode('./mex') as new (context: object, url: string) => Mex;
const AdalRequest = adalNode('./wstrust-request') as new (
  context: object,
  endpoint: string,
  appliesTo: string,
  version: AdalVersion,
) => WSTrustRequest;
const AdalResponse = adalNode('./wstrust-response') as new (
  context: object,
  response: string,
  version: AdalVersion,
) => WSTrustResponse;
const { DOMParser } = adalNode('@xmldom/xmldom') as {
  readonly DOMParser: new () => { parseFromString(text: string, type: string): unknown };
};

const context = { _logContext: { correlationId: 'test' } };
const urls = applicationUrls('https://idp.example.test', '0f7b9d52-6c1e-4d0a-9b56-3f1f1c5a7e21');
const AUDIENCE = 'urn:federation:MicrosoftOnline';

function picked(text: string): Mex['usernamePasswordPolicy'] {
  const mex = new AdalMex(context, urls.metadataExchange13Uri);
  mex._dom = new DOMParser().parseFromString(text, 'text/xml');
  let failure: unknown;
  mex._parse((error) => (failure = error));
  if (failure !== undefined) throw failure;
  return mex.usernamePasswordPolicy;
}

const mexOf = (which: 'mex' | 'mex13'): string => writeMetadataExchange({ which, urls, spn: 'HTTP/idp.example.test' });

describe('adal-node', () => {
  test.each([
    ['mex13', 'wstrust13', urls.usernameMixed13],
    ['mex', 'wstrust2005', urls.usernameMixed2005],
  ] as const)('finds the endpoint for passwords in %s', (which, version, url) => {
    expect(picked(mexOf(which))).toMatchObject({ version, url });
  });

  test('finds nothing where no policy asks for a UsernameToken', () => {
    expect(() => picked(mexOf('mex13').replaceAll('UsernameToken', 'IssuedToken'))).toThrow('No matching policies');
  });

  test.each([
    ['wstrust13', '1.3', urls.usernameMixed13],
    ['wstrust2005', '2005', urls.usernameMixed2005],
  ] as const)('its request of %s is read', (adalVersion, version, url) => {
    const password = ` not-a-real <p&ss> "wörd" 'å' 𝕏 `;
    const text = new AdalRequest(context, url, AUDIENCE, adalVersion)._buildRST('åse@example.test', password);
    const read = parseRequestSecurityToken(bytesOf(text), version);
    expect(read).toMatchObject({ version, to: url, appliesTo: AUDIENCE });
    expect(read.messageId).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(read.usernameToken?.username).toBe('åse@example.test');
    expect(read.usernameToken?.password.reveal()).toBe(password);
    const { created, expires } = read.timestamp ?? {};
    expect((expires?.getTime() ?? 0) - (created?.getTime() ?? 0)).toBe(600_000);
  });

  test.each([
    ['wstrust13', '1.3'],
    ['wstrust2005', '2005'],
  ] as const)('it takes the assertion out of an answer of %s, unharmed', async (adalVersion, version) => {
    const assertion = await signSaml11Assertion(DEVICE, await throwAwayKey('adal-node'));
    const text = writeRequestSecurityTokenResponse({
      version,
      relatesTo: 'urn:uuid:6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11',
      appliesTo: AUDIENCE,
      assertion,
      assertionId: DEVICE.id,
      created: DEVICE.issueInstant,
      expires: DEVICE.notOnOrAfter,
    });
    const response = new AdalResponse(context, text, adalVersion);
    response.parse();
    expect(response.tokenType).toBe('urn:oasis:names:tc:SAML:1.0:assertion');
    expect(canonical(response.token ?? '')).toBe(canonical(assertion));
  });

  test('it reads code and reason of a fault', () => {
    const response = new AdalResponse(context, faultOfRefusal(new Refusal('password-wrong')), 'wstrust13');
    expect(() => response.parse()).toThrow(/error in RSTR/);
    expect(response.errorCode).toBe('FailedAuthentication');
    expect(response.faultMessage).toContain(
      'The security token could not be authenticated or authorized. (password-wrong)',
    );
  });
});
