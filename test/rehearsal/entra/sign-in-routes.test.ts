/** A person's browser at the local Entra over real https: the way out, the way back, and each refusal on the way. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deviceAssertion, claim, ISSUER, NOW, NS, sign, signingIdentity } from './assertion-fixture.ts';
import {
  MULTIPLE_AUTHN,
  NAMES,
  NORA,
  openBrowser,
  personAssertion,
  signedPerson,
  trust13,
  trust2005,
} from './sign-in-fixture.ts';
import type { Browser, BrowserReply, PersonOptions } from './sign-in-fixture.ts';

const idp = await signingIdentity();
const stranger = await signingIdentity();
const USER = 'username=nora.keller%40contoso.example';
const PASSIVE = 'https://sts.contoso.example/wsf/prp/1';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser(idp);
});
afterAll(() => browser.entra.close());
beforeEach(() => {
  browser.clock.now = NOW;
  browser.federate({});
  browser.entra.setPolicy({ requireSecondFactor: false });
});

const good = (options: PersonOptions = {}): string => trust2005(signedPerson(idp, options));
const lastRequest = () => browser.entra.requests().at(-1);

/** The page shows the code and the check, and the log has both. */
function expectRefused(reply: BrowserReply, check: string, code: number, found: string): void {
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(reply.text).toContain(`AADSTS${code}: `);
  expect(reply.text).toContain(`<strong>${check}</strong>: `);
  const { refusal } = lastRequest() ?? {};
  expect(refusal).toMatchObject({ check, error: `AADSTS${code}` });
  expect(refusal?.found).toContain(found);
}

describe('the way out', () => {
  test('a page asks for the user name, without script', async () => {
    const { status, headers, text } = await browser.request('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(text).toContain('Sign in to the local Entra');
    expect(text).toMatch(/<form method="get">[^]*<input type="text" id="username" name="username" value=""/);
  });

  test('the form keeps what the query asked for', async () => {
    const { text } = await browser.request('/?mfa=1&mfa_max_age=600&mkt=de-DE&kmsi=1&prompt=login&username=');
    expect(text).toContain('name="mfa" value="1" checked>');
    expect(text).toContain('name="kmsi" value="1" checked>');
    expect(text).toContain('name="prompt" value="login" checked>');
    expect(text).toContain('<input type="hidden" name="mfa_max_age" value="600">');
    expect(text).toContain('<input type="hidden" name="mkt" value="de-DE">');
  });

  test.each([
    '/?login_hint=',
    '/?username=',
    '/common/oauth2/authorize?login_hint=',
    '/contoso.example/OAuth2/Authorize?username=',
  ])('%s and a name lead to the sign-in page of the domain', async (path) => {
    const { status, headers } = await browser.request(`${path}Nora.Keller%40CONTOSO.example`);
    const id = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    expect(status).toBe(302);
    expect(headers['location']).toMatch(
      new RegExp(
        `^${PASSIVE.replaceAll('.', '\\.')}\\?login_hint=Nora\\.Keller%40CONTOSO\\.example&client-request-id=${id}&username=Nora\\.Keller%40CONTOSO\\.example&wa=wsignin1\\.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=estsredirect%3d2%26estsrequest%3d[A-Za-z0-9_-]+[0-2]$`,
      ),
    );
  });

  test('the domain alone is enough', async () => {
    for (const query of ['whr=contoso.example', 'domain_hint=contoso.example']) {
      const { searchParams } = await browser.sentTo(query);
      expect([...searchParams.keys()]).toEqual(['client-request-id', 'username', 'wa', 'wtrealm', 'wctx']);
      expect(searchParams.get('username')).toBe('');
    }
  });

  test('mfa=1, mfa_max_age, mkt and kmsi are passed on', async () => {
    const { searchParams, search } = await browser.sentTo(`${USER}&mfa=1&mfa_max_age=259200&mkt=de-DE&kmsi=1`);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      wauth: MULTIPLE_AUTHN,
      mfa_max_age: '259200',
      mkt: 'de-DE',
    });
    expect(search).toContain('&wctx=LoginOptions%3D3%26estsredirect%3d2%26');
  });

  test('the policy asks for a second factor as mfa=1 does', async () => {
    browser.entra.setPolicy({ requireSecondFactor: true });
    expect((await browser.sentTo(USER)).searchParams.get('wauth')).toBe(MULTIPLE_AUTHN);
  });

  test('an mfa_max_age that is no number is left out', async () => {
    expect((await browser.sentTo(`${USER}&mfa=1&mfa_max_age=1e3`)).searchParams.has('mfa_max_age')).toBe(false);
  });

  test.each([
    ['nora@managed.example', 'managed.example is a managed domain'],
    ['nora@nowhere.example', 'nora@nowhere.example is of no verified domain of Contoso'],
    ['<b>nora"', '&lt;b&gt;nora&quot; is of no verified domain'],
  ])('%s stays', async (name, message) => {
    const { status, text } = await browser.request(`/?username=${encodeURIComponent(name)}`);
    expect(status).toBe(200);
    expect(text).toContain(message);
    expect(text).not.toContain('<b>');
  });

  test('a domain without passiveSignInUri, or with SAML 2.0, has nowhere to go', async () => {
    browser.entra.setFederation('contoso.example', { issuerUri: ISSUER, signingCertificate: idp.certificate });
    expect((await browser.request(`/?${USER}`)).text).toContain('no passiveSignInUri is set');
    browser.federate({ preferredAuthenticationProtocol: 'saml' });
    expect((await browser.request(`/?${USER}`)).text).toContain('federated with SAML 2.0');
  });

  test('an unknown tenant has a page of its own', async () => {
    const { status, text } = await browser.request('/fabrikam.example/oauth2/authorize');
    expect(status).toBe(200);
    expect(text).toContain('AADSTS90002: Tenant &#39;fabrikam.example&#39; not found.');
  });
});

describe('the way back', () => {
  test.each([
    ['WS-Trust 2005', trust2005],
    ['WS-Trust 1.3', trust13],
  ])('%s signs the person in', async (_, respond) => {
    const more = [
      claim('insidecorporatenetwork', NS.accounttype, 'true'),
      claim('psso', NAMES.psso, 'true'),
      claim('department', 'urn:<x>', 'R&D'),
    ];
    const before = browser.entra.signIns().length;
    const { status, headers, text } = await browser.signIn(respond(signedPerson(idp, { more })));
    expect(status).toBe(200);
    expect(headers['set-cookie']).toBeUndefined();
    expect(text).toContain(`<h1>Signed in to the local Entra as ${NORA.userPrincipalName}</h1>`);
    expect(text).toContain(`<a href="${PASSIVE}?wa=wsignout1.0">Sign out</a>`);
    expect(text).toContain('<th scope="row">Second factor</th><td>not wanted; not stated</td>');
    expect(text).toContain('<th scope="row">Stay signed in (psso)</th><td>true</td>');
    expect(text).toContain('<th scope="row">Inside the corporate network</th><td>true</td>');
    expect(text).toContain(`<th scope="row">UPN</th><td>${NS.xmlsoapClaims}</td><td>${NORA.userPrincipalName}</td>`);
    expect(text).toContain('<th scope="row">department</th><td>urn:&lt;x&gt;</td><td>R&amp;D</td>');
    expect(browser.entra.signIns().slice(before)).toEqual([
      {
        userPrincipalName: NORA.userPrincipalName,
        secondFactor: false,
        acceptedClaims: browser.entra.lastAcceptedClaims(),
        authenticatedAt: NOW,
        at: NOW,
      },
    ]);
    expect(browser.entra.lastAcceptedClaims()?.claims.map(({ name }) => name)).toContain('psso');
    expect(browser.entra.lastAcceptedClaims()?.ignored.map(({ name }) => name)).toEqual(['department']);
  });

  test('the answer bears the id that the identity provider was given', async () => {
    const { searchParams } = await browser.sentTo(USER);
    const id = searchParams.get('client-request-id') ?? '';
    const reply = await browser.answer({ wa: 'wsignin1.0', wresult: good(), wctx: searchParams.get('wctx') ?? '' });
    expect(reply.headers['client-request-id']).toBe(id);
    expect(lastRequest()).toMatchObject({ correlationId: id, path: '/login.srf', refusal: undefined });
    expect(browser.entra.lastAcceptedClaims(id)?.nameIdentifier.value).toBe(NORA.onPremisesImmutableId);
  });

  test('white space between the elements, CRLF as a browser sends it, does not matter', async () => {
    const { text } = await browser.signIn(trust13(signedPerson(idp), { space: '\r\n  ' }));
    expect(text).toContain('Signed in to the local Entra');
  });

  test('a sign-in that was to be fresh shows whether it is', async () => {
    const old = await browser.signIn(good({ instant: '2026-03-02T08:00:00.000Z' }), `${USER}&prompt=login`);
    expect(old.text).toContain('asked for, but authenticated at 2026-03-02T08:00:00.000Z, before that');
    expect((await browser.signIn(good(), `${USER}&prompt=login`)).text).toContain('asked for, and done');
  });

  test('without signOutUri there is no link', async () => {
    browser.entra.setFederation('contoso.example', {
      issuerUri: ISSUER,
      passiveSignInUri: PASSIVE,
      signingCertificate: idp.certificate,
    });
    const { text } = await browser.signIn(good());
    expect(text).toContain('No signOutUri is set');
    expect(text).not.toContain('wsignout1.0');
  });
});

describe('wctx', () => {
  test('altered in one byte', async () => {
    const wctx = await browser.wctxOf();
    const at = wctx.length - 10;
    const altered = wctx.slice(0, at) + (wctx[at] === 'x' ? 'y' : 'x') + wctx.slice(at + 1);
    const reply = await browser.answer({ wa: 'wsignin1.0', wresult: good(), wctx: altered });
    expectRefused(reply, 'DBL-WSF-01', 90081, `in its character ${at + 1}`);
    expect((await browser.answer({ wa: 'wsignin1.0', wresult: good(), wctx })).text).toContain('Signed in');
  });

  test('used twice', async () => {
    const form = { wa: 'wsignin1.0', wresult: good(), wctx: await browser.wctxOf() };
    expect((await browser.answer(form)).text).toContain('Signed in');
    expectRefused(await browser.answer(form), 'DBL-WSF-01', 90081, 'answered before');
  });

  test('too late', async () => {
    const form = { wa: 'wsignin1.0', wresult: good(), wctx: await browser.wctxOf() };
    browser.clock.now = new Date(NOW.getTime() + 1_800_001);
    expectRefused(await browser.answer(form), 'DBL-WSF-01', 90081, 'more than 30 min ago');
  });

  test('absent: an answer that nobody asked for', async () => {
    expectRefused(await browser.answer({ wa: 'wsignin1.0', wresult: good() }), 'DBL-WSF-01', 90081, 'wctx is absent');
  });

  test('for another realm', async () => {
    const form = { wa: 'wsignin1.0', wresult: good(), wctx: await browser.wctxOf(), wtrealm: 'urn:other' };
    const reply = await browser.answer(form);
    expectRefused(reply, 'DBL-WSF-01', 50169, 'wtrealm is urn:other');
    expect(reply.text).toContain('The realm &#39;urn:other&#39; is not a configured realm');
  });
});

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

describe('the second factor', () => {
  const MFA = `${USER}&mfa=1`;
  const stated: readonly (readonly [string, PersonOptions])[] = [
    ['AuthenticationStatement@AuthenticationMethod', { method: MULTIPLE_AUTHN }],
    [
      'Attribute authenticationmethod',
      { more: [claim('authenticationmethod', NAMES.identity2008, 'x', MULTIPLE_AUTHN)] },
    ],
    ['Attribute authnmethodsreferences', { more: [claim('authnmethodsreferences', NAMES.claims, MULTIPLE_AUTHN)] }],
  ];
  const lastSignIn = () => browser.entra.signIns().at(-1);

  test.each(stated)('stated in %s counts', async (place, options) => {
    for (const query of [USER, MFA]) {
      const { text } = await browser.signIn(good(options), query);
      expect(text).toContain('Signed in to the local Entra');
      expect(text).toContain(`stated in ${place}, 2026-03-02T10:00:00.000Z`);
      expect(lastSignIn()?.secondFactor).toBe(true);
    }
  });

  test.each<readonly [string, PersonOptions]>([
    ['nowhere', {}],
    ['in the namespace of the other', { more: [claim('authnmethodsreferences', NAMES.identity2008, MULTIPLE_AUTHN)] }],
    ['as wiaormultiauthn', { method: 'http://schemas.microsoft.com/claims/wiaormultiauthn' }],
    ['with a space', { more: [claim('authnmethodsreferences', NAMES.claims, `${MULTIPLE_AUTHN} `)] }],
  ])('stated %s: Entra asks itself', async (_, options) => {
    const before = browser.entra.signIns().length;
    const reply = await browser.signIn(good(options), MFA);
    expectRefused(reply, 'DBL-WSF-03', 50076, 'does not state');
    expect(reply.text).toContain('<h1>Entra would now ask for its own second factor (AADSTS50076)</h1>');
    expect(reply.text).toContain('to access &#39;https://graph.windows.net&#39;.');
    expect(browser.entra.signIns()).toHaveLength(before);
  });

  test('not asked for and not stated is no matter', async () => {
    expect((await browser.signIn(good())).text).toContain('Signed in');
    expect(lastSignIn()?.secondFactor).toBe(false);
  });

  test.each([
    ['600', '2026-03-02T09:50:00Z', true],
    ['600', '2026-03-02T09:49:59.999Z', false],
    ['0', '2026-03-02T10:00:00Z', true],
  ])('of mfa_max_age %s, authenticated at %s', async (age, instant, fresh) => {
    const reply = await browser.signIn(good({ method: MULTIPLE_AUTHN, instant }), `${MFA}&mfa_max_age=${age}`);
    if (fresh) expect(reply.text).toContain('Signed in');
    else expectRefused(reply, 'DBL-WSF-03', 50076, 'older than mfa_max_age 600 s');
  });

  test('its own time counts, not that of another authentication', async () => {
    const [, subject = ''] = /(<saml:Subject>.*?<\/saml:Subject>)/.exec(personAssertion()) ?? [];
    const old = `<saml:AuthenticationStatement AuthenticationMethod="${MULTIPLE_AUTHN}" AuthenticationInstant="2026-03-02T08:00:00Z">${subject}</saml:AuthenticationStatement>`;
    const wresult = good({ edit: (xml) => xml.replace('</saml:Assertion>', `${old}</saml:Assertion>`) });
    expectRefused(await browser.signIn(wresult, `${MFA}&mfa_max_age=600`), 'DBL-WSF-03', 50076, 'older than');
  });

  test('without an AuthenticationStatement nobody can tell its age', async () => {
    const more = [claim('authnmethodsreferences', NAMES.claims, MULTIPLE_AUTHN)];
    const edit = (xml: string): string =>
      xml.replace(/<saml:AuthenticationStatement.*<\/saml:AuthenticationStatement>/, '');
    expect((await browser.signIn(good({ more, edit }), MFA)).text).toContain('Signed in');
    expect(lastSignIn()).toMatchObject({ secondFactor: true, authenticatedAt: undefined });
    const reply = await browser.signIn(good({ more, edit }), `${MFA}&mfa_max_age=600`);
    expectRefused(reply, 'DBL-WSF-03', 50076, 'without AuthenticationInstant');
  });

  test('enforced and not stated: back to the identity provider, and after the third answer a page', async () => {
    browser.federate({ federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' });
    let { searchParams } = await browser.sentTo(`${MFA}&mfa_max_age=600&mkt=de-DE&kmsi=1`);
    const first = searchParams;
    for (const time of [1, 2]) {
      const wctx = searchParams.get('wctx') ?? '';
      const reply = await browser.answer({ wa: 'wsignin1.0', wresult: good(), wctx });
      expect(reply.status).toBe(302);
      expect(lastRequest()?.refusal).toMatchObject({ check: 'DBL-WSF-03', error: 'AADSTS50074' });
      expect(lastRequest()?.refusal?.found).toContain(`after answer ${time} of 3`);
      ({ searchParams } = new URL(String(reply.headers['location'])));
      expect(searchParams.get('wctx')).not.toBe(wctx);
      const same = (parameters: URLSearchParams) => [...parameters].filter(([name]) => name !== 'wctx');
      expect(same(searchParams)).toEqual(same(first));
    }
    const reply = await browser.answer({ wa: 'wsignin1.0', wresult: good(), wctx: searchParams.get('wctx') ?? '' });
    expectRefused(reply, 'DBL-WSF-03', 50074, 'a loop: enforceMfaByFederatedIdp');
  });

  test('enforced, and stated the second time: signed in', async () => {
    browser.federate({ federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' });
    const sent = await browser.signIn(good(), MFA);
    const wctx = new URL(String(sent.headers['location'])).searchParams.get('wctx') ?? '';
    const reply = await browser.answer({ wa: 'wsignin1.0', wresult: good({ method: MULTIPLE_AUTHN }), wctx });
    expect(reply.text).toContain('Signed in');
    expect(lastSignIn()?.secondFactor).toBe(true);
  });

  test('rejected: never asked for, and Entra asks itself whatever is stated', async () => {
    browser.federate({ federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' });
    expect((await browser.sentTo(MFA)).searchParams.has('wauth')).toBe(false);
    const { text } = await browser.signIn(good({ method: MULTIPLE_AUTHN }), MFA);
    expect(text).toContain('Entra would now ask for its own second factor (AADSTS50076)');
    expect(lastRequest()?.refusal).toBeUndefined();
    expect((await browser.signIn(good())).text).toContain('Signed in');
  });
});

describe('login.srf by GET', () => {
  test('is signed out by a picture', async () => {
    const { status, headers, text } = await browser.request('/login.srf?wa=wsignoutcleanup1.0');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('image/gif');
    expect(text).toMatch(/^GIF89a/);
    expect(lastRequest()).toMatchObject({ method: 'GET', path: '/login.srf', status: 200, refusal: undefined });
  });

  test('takes no answer', async () => {
    const query = new URLSearchParams({ wa: 'wsignin1.0', wresult: good(), wctx: await browser.wctxOf() });
    expectRefused(
      await browser.request(`/login.srf?${query.toString()}`),
      'DBL-WSF-01',
      90081,
      'a GET with wa wsignin1.0',
    );
  });
});
