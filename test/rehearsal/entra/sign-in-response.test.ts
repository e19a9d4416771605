/** What login.srf takes for an answer, and the assertion's text in it: DBL-WSF-01 and -02, defect by defect. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SIGN_IN_CHECKS, SignInRefusal } from '../../../src/rehearsal/entra/sign-in-checks.ts';
import { readSignInForm, readSignInResponse } from '../../../src/rehearsal/entra/sign-in-response.ts';
import { signingIdentity } from './assertion-fixture.ts';
import { SAML_TOKEN_TYPE, signedPerson, trust13, trust2005 } from './sign-in-fixture.ts';

const FORM = 'application/x-www-form-urlencoded';
const assertion = signedPerson(await signingIdentity());

function refusal(attempt: () => unknown): SignInRefusal {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof SignInRefusal)) throw error;
    expect(SIGN_IN_CHECKS[error.check].codes).toContain(error.code);
    return error;
  }
  throw new Error('it was taken');
}

describe('the form', () => {
  const read = (body: string | Uint8Array, type: string | undefined = FORM) =>
    readSignInForm(type, typeof body === 'string' ? Buffer.from(body) : body);

  test('gives wctx and wresult as they were sent', () => {
    const wctx = 'LoginOptions=3&estsredirect=2&estsrequest=a+b %3d';
    const wresult = '<a>\r\n+ü</a>';
    expect(read(new URLSearchParams({ wa: 'wsignin1.0', wresult, wctx }).toString())).toEqual({ wctx, wresult });
    expect(
      read('wa=wsignin1.0&wctx=c&wtrealm=urn%3Afederation%3AMicrosoftOnline&x=', `${FORM}; charset=UTF-8`),
    ).toEqual({ wctx: 'c', wresult: '' });
  });

  test.each([
    ['without wa', 'wctx=c', 90081, 'wa is absent'],
    ['another wa', 'wa=wsignout1.0&wctx=c', 90081, 'wa is wsignout1.0'],
    ['without wctx', 'wa=wsignin1.0&wresult=r', 90081, 'wctx is absent'],
    ['an empty wctx', 'wa=wsignin1.0&wctx=', 90081, 'wctx is absent'],
    ['wctx twice', 'wa=wsignin1.0&wctx=c&wctx=c', 90081, 'wctx sent twice'],
    ['bad percent-encoding', 'wa=wsignin1.0&wctx=%ff', 90081, 'not UTF-8'],
    ['another realm', 'wa=wsignin1.0&wctx=c&wtrealm=urn%3aother', 50169, 'wtrealm is urn:other'],
  ])('%s', (_, body, code, found) => {
    expect(refusal(() => read(body))).toMatchObject({ check: 'DBL-WSF-01', code });
    expect(refusal(() => read(body)).found).toContain(found);
  });

  test('other bytes than UTF-8, another type', () => {
    expect(refusal(() => read(Uint8Array.of(0x77, 0xff))).found).toContain('not UTF-8');
    expect(refusal(() => read('wa=wsignin1.0&wctx=c', 'multipart/form-data')).found).toContain('Content-Type');
    expect(refusal(() => readSignInForm(undefined, Buffer.from('wa=wsignin1.0&wctx=c'))).found).toContain('absent');
  });
});

describe('the response', () => {
  test.each([
    ['WS-Trust 2005', trust2005(assertion)],
    ['WS-Trust 1.3', trust13(assertion)],
    ['with white space between', trust2005(assertion, { space: '\r\n  ' })],
    ['1.3 with white space between', trust13(assertion, { space: '\n\t' })],
    ['with comments that name assertions', trust13(assertion, { space: '<!-- <saml:Assertion> -->' })],
    ['with an XML declaration', `<?xml version="1.0" encoding="utf-8"?>\n${trust2005(assertion)}`],
  ])('%s: the assertion is given character for character', (_, wresult) => {
    expect(readSignInResponse(wresult)).toBe(assertion);
  });

  test('an odd but well-formed assertion is not touched', () => {
    const odd = `<x:Assertion  xmlns:x='urn:x'\r\n a=">" ><![CDATA[</x:Assertion>]]>&#13;ü</x:Assertion >`;
    expect(readSignInResponse(trust2005(odd))).toBe(odd);
  });

  test.each([
    ['nothing', '', 20001, 'wresult is absent'],
    ['no XML', 'PHNhbWw+', 20012, 'not well-formed'],
    ['XML that breaks off', trust2005(assertion).slice(0, -1), 20012, 'not well-formed'],
    ['a DTD', `<!DOCTYPE r [<!ENTITY e "x">]>${trust2005(assertion)}`, 20012, 'a DTD'],
    ['too much', trust2005(assertion, { space: ' '.repeat(50_000) }), 20012, 'more than 262144'],
    [
      'the assertion alone',
      assertion,
      20001,
      'the root of wresult is {urn:oasis:names:tc:SAML:1.0:assertion}Assertion',
    ],
    [
      'a SOAP envelope',
      `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">${trust2005(assertion)}</e:Envelope>`,
      20001,
      '}Envelope',
    ],
    [
      'a collection of 2005',
      trust13(assertion).replaceAll(
        'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
        'http://schemas.xmlsoap.org/ws/2005/02/trust',
      ),
      20001,
      'ResponseCollection',
    ],
    [
      'a bare response of 1.3',
      trust2005(assertion).replace(
        'http://schemas.xmlsoap.org/ws/2005/02/trust',
        'http://docs.oasis-open.org/ws-sx/ws-trust/200512',
      ),
      20001,
      'the root of wresult',
    ],
    [
      'versions mixed',
      trust13(trust2005(assertion)).replace(
        /<t:RequestSecurityTokenResponse xmlns:t="[^"]*\/200512">/,
        '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust">',
      ),
      20001,
      'has 0 elements RequestSecurityTokenResponse',
    ],
    [
      'two responses',
      trust13(assertion).replace(/(<t:RequestSecurityTokenResponse .*<\/t:RequestSecurityTokenResponse>)/, '$1$1'),
      20001,
      'has 2 elements RequestSecurityTokenResponse',
    ],
    ['no TokenType', trust2005(assertion, { tokenType: undefined }), 20001, 'has 0 elements TokenType'],
    ['an empty TokenType', trust2005(assertion, { tokenType: '' }), 20001, 'TokenType is empty'],
    [
      'a TokenType of SAML 2.0',
      trust2005(assertion, { tokenType: 'urn:oasis:names:tc:SAML:2.0:assertion' }),
      20001,
      'TokenType is urn:oasis:names:tc:SAML:2.0:assertion',
    ],
    [
      'a TokenType of the token profile',
      trust13(assertion, { tokenType: 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1' }),
      20001,
      'TokenType is http',
    ],
    [
      'elements in TokenType',
      trust2005(assertion, { tokenType: `<t:x>${SAML_TOKEN_TYPE}</t:x>` }),
      20001,
      'TokenType holds elements',
    ],
    ['no token', trust2005(''), 20001, 'holds nothing'],
    ['text for a token', trust2005('x'), 20001, 'holds text'],
    ['an escaped assertion', trust2005(assertion.replaceAll('<', '&lt;')), 20001, 'holds text'],
    ['text beside the assertion', trust2005(`${assertion}x`), 20001, 'holds Assertion, text'],
    ['another token', trust2005('<x:Token xmlns:x="urn:x"/>'), 20001, 'holds Token'],
    ['the assertion doubled', trust2005(assertion + assertion), 20001, 'holds Assertion, Assertion'],
    [
      'a second assertion elsewhere',
      trust2005(assertion, { space: '<!-- -->' }).replace(
        '<t:TokenType>',
        `<t:Other>${assertion}</t:Other><t:TokenType>`,
      ),
      20001,
      '2 elements Assertion',
    ],
    [
      'a second assertion of another namespace',
      trust2005(assertion).replace('<t:TokenType>', '<Assertion/><t:TokenType>'),
      20001,
      '2 elements Assertion',
    ],
    [
      'two tokens',
      trust2005(assertion).replace('<t:TokenType>', '<t:RequestedSecurityToken/><t:TokenType>'),
      20001,
      'has 2 elements RequestedSecurityToken',
    ],
  ])('%s', (_, wresult, code, found) => {
    const refused = refusal(() => readSignInResponse(wresult));
    expect(refused).toMatchObject({ check: 'DBL-WSF-02', code });
    expect(refused.found).toContain(found);
  });

  test('for another realm', () => {
    const refused = refusal(() => readSignInResponse(trust2005(assertion, { appliesTo: 'urn:other' })));
    expect(refused).toMatchObject({ check: 'DBL-WSF-01', code: 50169, found: expect.stringContaining('urn:other') });
  });

  test('a namespace that the assertion would inherit is lost, as it stands alone', () => {
    const bare = '<saml:Assertion a="b"/>';
    const wresult = trust2005(bare).replace(
      ' xmlns:t=',
      ' xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" xmlns:t=',
    );
    expect(readSignInResponse(wresult)).toBe(bare);
  });

  test('every truncation is refused', () => {
    const wresult = trust13('<Assertion xmlns="urn:x">a</Assertion>');
    for (let length = 0; length < wresult.length; length += 1)
      expect(refusal(() => readSignInResponse(wresult.slice(0, length))).check).toBe('DBL-WSF-02');
  });

  test('one character put in: refused, or the assertion is the text that came', () => {
    const wresult = trust2005(assertion);
    const character = fc.constantFrom('<', '>', '&', '"', "'", '/', ' ', 'x', '\u0000', '\ud800', ']]>', '<!--', '<?');
    fc.assert(
      fc.property(fc.nat({ max: wresult.length }), character, (at, put) => {
        const altered = wresult.slice(0, at) + put + wresult.slice(at);
        try {
          const read = readSignInResponse(altered);
          expect(altered).toContain(read);
          expect(read).toMatch(/^<saml:Assertion[^]*<\/saml:Assertion\s*>$/);
        } catch (error) {
          if (!(error instanceof SignInRefusal)) throw error;
        }
      }),
    );
  });
});
