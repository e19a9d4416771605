/** A person's browser at the local Entra over real https: each answer that is refused, and its page. */
import { describe, expect, test } from 'vitest';
import { deviceAssertion, NS, sign } from './assertion-fixture.ts';
import { NORA, personAssertion, signedPerson, trust2005 } from './sign-in-fixture.ts';
import { idp, stranger, browser, good, expectRefused } from './sign-in-routes-fixture.ts';

describe('the answer', () => {
  test.each([
    [
      'the assertion doubled',
      () => trust2005(signedPerson(idp) + signedPerson(idp)),
      'DBL-WSF-02',
      20001,
      'Assertion, Assertion',
    ],
    ['no XML', () => 'x', 'DBL-WSF-02', 20012, 'not well-formed'],
    [
      'a forged assertion, the signed one beside it',
      () =>
        trust2005(personAssertion()).replace('<t:TokenType>', `<t:Other>${signedPerson(idp)}</t:Other><t:TokenType>`),
      'DBL-WSF-02',
      20001,
      '2 elements Assertion',
    ],
    [
      'a forged assertion around the signed one',
      () =>
        trust2005(
          personAssertion({
            edit: (xml) =>
              xml.replace('</saml:Assertion>', `<saml:Advice>${signedPerson(idp)}</saml:Advice></saml:Assertion>`),
          }),
        ),
      'DBL-WSF-02',
      20001,
      '2 elements Assertion',
    ],
    [
      'a signature that is moved out of the assertion',
      () => {
        const [signature = ''] = /<ds:Signature .*<\/ds:Signature>/s.exec(signedPerson(idp)) ?? [];
        return good().replace(signature, '').replace('<t:TokenType>', `${signature}<t:TokenType>`);
      },
      'DBL-TOK-07',
      500081,
      'no signature',
    ],
    [
      'SAML 2.0',
      () => trust2005('<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="_a"/>'),
      'DBL-TOK-04',
      500084,
      'SAML:2.0',
    ],
    [
      'a namespace that stands outside the assertion',
      () =>
        trust2005(signedPerson(idp).replace(` xmlns:saml="${NS.saml}"`, ''))
          .replace('<t:Req', `<t:Req`)
          .replace(' xmlns:t=', ` xmlns:saml="${NS.saml}" xmlns:t=`),
      'DBL-TOK-04',
      500132,
      'prefix saml',
    ],
    [
      'a comment in the assertion',
      () => trust2005(signedPerson(idp).replace('<saml:Conditions', '<!-- --><saml:Conditions')),
      'DBL-TOK-04',
      500132,
      'a comment',
    ],
    [
      'no AuthenticationInstant',
      () => good({ edit: (xml) => xml.replace(/ AuthenticationInstant="[^"]*"/, '') }),
      'DBL-TOK-05',
      500088,
      'AuthenticationInstant',
    ],
    ['another issuer', () => good({ issuer: 'urn:other' }), 'DBL-TOK-06', 50107, 'issuer urn:other'],
    ['not signed', () => trust2005(personAssertion()), 'DBL-TOK-07', 500081, 'no signature'],
    ['signed by a stranger', () => trust2005(signedPerson(stranger)), 'DBL-TOK-08', 5000811, 'is registered'],
    [
      'changed after it was signed',
      () => good().replace('nora.keller@', 'eva.keller@'),
      'DBL-TOK-09',
      50006,
      'changed after signing',
    ],
    [
      'pretty-printed after it was signed',
      () => good().replaceAll('<saml:Attribute ', '\n  <saml:Attribute '),
      'DBL-TOK-09',
      50006,
      'changed after signing',
    ],
    [
      'another audience',
      () => good({ edit: (xml) => xml.replace('MicrosoftOnline', 'Other') }),
      'DBL-TOK-12',
      500131,
      'audience',
    ],
    [
      'a holder of a key',
      () => good({ edit: (xml) => xml.replaceAll('cm:bearer', 'cm:holder-of-key') }),
      'DBL-TOK-13',
      50008,
      'not bearer',
    ],
    [
      'nobody who is synchronised',
      () => good({ edit: (xml) => xml.replaceAll(NORA.onPremisesImmutableId, 'AAAAAAAAAAAAAAAAAAAAAA==') }),
      'DBL-TOK-15',
      51004,
      'no synchronised user',
    ],
    [
      'another UPN',
      () => good({ edit: (xml) => xml.replace('nora.keller@', 'eva.keller@') }),
      'DBL-TOK-15',
      51004,
      'UPN eva.keller@',
    ],
    ['a device', () => trust2005(sign(deviceAssertion(), idp)), 'DBL-TOK-19', 221000, 'a device token'],
  ])('%s', async (_, wresult, check, code, found) => {
    const before = browser.entra.signIns().length;
    expectRefused(await browser.signIn(wresult()), check, code, found);
    expect(browser.entra.signIns()).toHaveLength(before);
  });

  test('outside its times', async () => {
    const wctx = await browser.wctxOf();
    const wresult = good({ edit: (xml) => xml.replace(/NotOnOrAfter="[^"]*"/, 'NotOnOrAfter="2026-03-02T09:00:00Z"') });
    expectRefused(await browser.answer({ wa: 'wsignin1.0', wresult, wctx }), 'DBL-TOK-11', 500133, 'valid from');
  });

  test('what it holds is text on the page', async () => {
    const { text } = await browser.signIn(good({ issuer: '<script>"' }));
    expect(text).toContain('&lt;script&gt;&quot;');
    expect(text).not.toContain('<script>');
  });
});
