/** A person's browser at the local Entra over real https: the way back, and whose answer it is. */
import { describe, expect, test } from 'vitest';
import { claim, ISSUER, NOW, NS } from './assertion-fixture.ts';
import { NAMES, NORA, signedPerson, trust13, trust2005 } from './sign-in-fixture.ts';
import { idp, USER, PASSIVE, browser, good, lastRequest, expectRefused } from './sign-in-routes-fixture.ts';

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
