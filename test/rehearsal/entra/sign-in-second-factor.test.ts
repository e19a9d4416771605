/** A person's browser at the local Entra over real https: a second factor that is asked for, stated, enforced, rejected. */
import { describe, expect, test } from 'vitest';
import { claim } from './assertion-fixture.ts';
import { MULTIPLE_AUTHN, NAMES, personAssertion } from './sign-in-fixture.ts';
import type { PersonOptions } from './sign-in-fixture.ts';
import { USER, browser, good, lastRequest, expectRefused } from './sign-in-routes-fixture.ts';

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
