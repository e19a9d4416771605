/** Sign-out: the session ends here and everywhere, and the browser is sent nowhere that is not registered. */
import { describe, expect, test } from 'vitest';
import { attribute, elements } from '../../pages/read-page.ts';
import { EN, openBrowser, postedBy, SESSION } from './browser.ts';
import type { Browser } from './browser.ts';
import { linksOf } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, REPLY_URL, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

const OUT = `${PASSIVE}?wa=wsignout1.0`;
const CLEAN_UP = `${PASSIVE}?wa=wsignoutcleanup1.0`;
const SLO = 'https://rp.example.test/slo?x=1';

const outTo = (wreply: string, action = OUT): string => `${action}&wreply=${encodeURIComponent(wreply)}`;

/** A browser that is signed in, and its session's cookie. */
async function signedIn(browser: Browser): Promise<string> {
  postedBy(await browser.signIn());
  return browser.cookies.get(SESSION) ?? '';
}

describe('signing out', () => {
  test.each([
    ['of the protocol', OUT],
    ['as a clean-up', CLEAN_UP],
  ])('%s ends the session, takes the cookie, and is recorded', async (_, address) => {
    const site = await openSite();
    const browser = openBrowser(site);
    const cookie = await signedIn(browser);
    const page = await browser.open(`${address}&client-request-id=request-9`);
    expect([page.status, page.title]).toEqual([200, EN.signedOut.title]);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect(await site.lastRecord()).toMatchObject({
      outcome: 'done',
      event: { kind: 'session-ended', detail: 'signed out' },
      requestId: 'request-9',
      subject: { username: 'nora.keller' },
    });
    // Who kept the cookie has nothing of it.
    browser.cookies.set(SESSION, cookie);
    expect((await browser.open()).title).toBe(EN.signIn.title);
  });

  test.each([
    ['nobody who is signed in', undefined],
    ['a session that is over', 'A'.repeat(43)],
    ['a cookie of garbage', '__proto__'],
  ])('of %s: the page is the same, and nothing is recorded', async (_, cookie) => {
    const site = await openSite();
    const browser = openBrowser(site);
    if (cookie !== undefined) browser.cookies.set(SESSION, cookie);
    expect((await browser.open(OUT)).title).toBe(EN.signedOut.title);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect(await site.records()).toEqual([]);
  });

  test('by a form', async () => {
    const browser = openBrowser(await openSite());
    await signedIn(browser);
    expect((await browser.open(PASSIVE, { method: 'POST', body: 'wa=wsignout1.0' })).title).toBe(EN.signedOut.title);
  });

  test('ends what was open in other tabs: their forms lead to the sign-in', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'always' } } });
    const browser = openBrowser(site);
    const gate = await browser.signIn();
    expect(gate.forms).toHaveProperty('enrolment-code');
    await browser.open(OUT);
    const page = await browser.submit(gate, 'enrolment-code', { code: 'AAAAA-AAAAA' });
    expect(page.title).toBe(EN.signIn.title);
  });
});

describe('where the browser goes', () => {
  test.each([
    ['the address itself', REPLY_URL],
    ['another path of its host', 'https://login.microsoftonline.com/common/oauth2/logout?x=1'],
    ['the host of the clean-up', 'https://rp.example.test/bye'],
    ['letters of another script', 'https://login.microsoftonline.com/über?q=€'],
  ])('registered: %s', async (_, wreply) => {
    const browser = openBrowser(await openSite({ application: { sloEndpoint: SLO } }));
    await signedIn(browser);
    const answer = await browser.send(outTo(wreply));
    expect([answer.status, answer.headers.location]).toEqual([302, new URL(wreply).href]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.location).toMatch(/^[!-~]+$/);
    expect(browser.cookies.has(SESSION)).toBe(false);
  });

  test.each([
    'https://evil.example/',
    'http://login.microsoftonline.com/',
    'https://login.microsoftonline.com.evil.example/',
    'https://login.microsoftonline.com@evil.example/',
    'https://login.microsoftonline.com:password@evil.example/',
    'https://user@login.microsoftonline.com/',
    'https://login.microsoftonline.com:8443/',
    'https://evil.example/login.microsoftonline.com',
    'https://evil.example?login.microsoftonline.com',
    'https://evil.example#login.microsoftonline.com',
    'https://evil.example\\login.microsoftonline.com/',
    'https:\\\\evil.example/',
    '//evil.example/',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'evil.example',
    '/wsf/prp/x',
    'javascript:alert(1)//login.microsoftonline.com',
    'data:text/html,x',
    'ftp://login.microsoftonline.com/',
    'https://',
    'https://login.microsoftonline.com\r\nSet-Cookie: a=b',
    'https://login.microsoftonline.com/\u0000',
    `https://login.microsoftonline.com/${'x'.repeat(3_000)}`,
    'https://xn--login-microsoftonline.com/',
    'https://lоgin.microsoftonline.com/',
  ])('not registered: %j stays here', async (wreply) => {
    const browser = openBrowser(await openSite({ application: { sloEndpoint: SLO } }));
    const answer = await browser.send(outTo(wreply));
    expect([answer.status, answer.headers.location]).toEqual([200, undefined]);
    expect(answer.text).not.toContain('evil');
  });

  test('what a browser reads as the registered host is the registered host', async () => {
    // The URL Standard takes a backslash for a slash: both must read it alike.
    const browser = openBrowser(await openSite());
    const { headers } = await browser.send(outTo('https:\\\\login.microsoftonline.com\\@evil.example/'));
    expect(headers.location).toBe('https://login.microsoftonline.com/@evil.example/');
  });

  test('a clean-up goes nowhere', async () => {
    const browser = openBrowser(await openSite());
    expect((await browser.send(outTo(REPLY_URL, CLEAN_UP))).status).toBe(200);
  });

  test('twice named, the first counts', async () => {
    const browser = openBrowser(await openSite());
    const answer = await browser.send(`${outTo('https://evil.example/')}&wreply=${encodeURIComponent(REPLY_URL)}`);
    expect(answer.status).toBe(200);
  });
});

describe('the way back, to sign in as somebody else', () => {
  const backFrom = async (back: string): Promise<readonly string[]> =>
    linksOf(await openBrowser(await openSite()).open(`${OUT}&mortise=${encodeURIComponent(back)}`));

  test.each([`${PASSIVE}?${SIGN_IN}`, ACCOUNT, `/adfs/ls/?${SIGN_IN}`, `/ADFS/ls?${SIGN_IN}`])(
    'is a page of ours: %s',
    async (back) => {
      expect(await backFrom(back)).toEqual([back]);
    },
  );

  test.each([
    'https://evil.example/wsf/prp/x',
    '//evil.example/wsf/prp/x',
    '/\\evil.example/wsf/prp/x',
    '\t//evil.example/adfs/ls',
    'javascript:alert(1)',
    '/wsf/prp/x/../../..//evil.example',
    '/wsf/prp/',
    '/health',
    '/',
    '',
    'https://',
    'https://here.invalid@evil.example/adfs/ls',
  ])('is nothing else: %j', async (back) => {
    expect(await backFrom(back)).toEqual([]);
  });

  test('the pages lead there', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'always' } } });
    const browser = openBrowser(site);
    const gate = await browser.signIn();
    const out = linksOf(gate).find((href) => href.includes('wsignout1.0'));
    const page = await browser.open(out);
    expect((await browser.open(linksOf(page)[0])).address).toBe(`${PASSIVE}?${SIGN_IN}`);
  });
});

describe('the application', () => {
  const images = async (address: string, sloEndpoint?: string) => {
    const site = await openSite(sloEndpoint === undefined ? {} : { application: { sloEndpoint } });
    const page = await openBrowser(site).open(address);
    return { page, sources: elements(page.root, 'img').map((image) => attribute(image, 'src')) };
  };

  test('is told, by an image that the policy lets in', async () => {
    const { page, sources } = await images(OUT, SLO);
    expect(sources).toEqual(['https://rp.example.test/slo?x=1&wa=wsignoutcleanup1.0']);
    expect(page.headers['content-security-policy']).toContain("img-src 'self' https://rp.example.test;");
  });

  test('is not told where it has no address, and not of a clean-up, which it began itself', async () => {
    expect((await images(OUT)).sources).toEqual([]);
    expect((await images(CLEAN_UP, SLO)).sources).toEqual([]);
  });
});
