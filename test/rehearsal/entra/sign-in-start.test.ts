/** A person's browser at the local Entra over real https: the way out to the identity provider, and signing out. */
import { describe, expect, test } from 'vitest';
import { ISSUER } from './assertion-fixture.ts';
import { MULTIPLE_AUTHN } from './sign-in-fixture.ts';
import { idp, USER, PASSIVE, browser, good, lastRequest, expectRefused } from './sign-in-routes-fixture.ts';

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
