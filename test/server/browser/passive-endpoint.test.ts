/** The passive protocol over real https: all that Entra sends ends in the form, and then in an answer to the registered address. */
import { describe, expect, test } from 'vitest';
import { textsOf } from '../../../src/pages/texts/texts.ts';
import { readAssertion } from '../../signin/browser/read-assertion.ts';
import { readable, refused } from '../../wsfed/vectors.ts';
import { EN, NORA, openBrowser, postedBy } from './browser.ts';
import { openSite, PASSIVE, REPLY_URL, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

const DE = textsOf('de');

/** What a browser makes of a value when it posts the form: line ends alone would change, and none is let in. */
const contextOf = (query: string): string | undefined => new URLSearchParams(query).get('wctx') ?? undefined;

describe('what Entra sends', () => {
  test.each(readable('entra'))(
    '$name: the form, then the answer with its context byte for byte',
    async ({ query, expected }) => {
      const asksForMore = expected.secondFactorAsked === true || expected.windowsOrSecondFactorAsked === true;
      const site = await openSite(asksForMore ? { application: { secondFactor: { policy: 'never' } } } : {});
      const browser = openBrowser(site);
      const page = await browser.open(`${PASSIVE}?${query}`);
      expect([page.status, page.title]).toEqual([
        200,
        expected.language?.startsWith('de') ? DE.signIn.title : EN.signIn.title,
      ]);
      if (expected.userName !== undefined) expect(page.text).toContain(`value="${expected.userName}"`);
      const answer = await browser.submit(page, 'password', { username: NORA, password: 'Bahnhof-Über-7-Gleise' });
      const { action, wa, wresult, wctx } = postedBy(answer);
      expect([action, wa, wctx]).toEqual([REPLY_URL, 'wsignin1.0', expected.wctx]);
      expect(wctx).toBe(contextOf(query));
      expect(readAssertion(wresult ?? '').audience).toBe('urn:federation:MicrosoftOnline');
      const record = await site.lastRecord();
      expect(record).toMatchObject({ outcome: 'issued', endpoint: 'passive' });
      expect(record.requestId).toBe(expected.requestId);
    },
  );

  test('the vectors are all that were seen', () => {
    expect(readable('entra').length).toBeGreaterThanOrEqual(10);
  });
});

describe('what is tolerated', () => {
  test('every variant shows a page, and none is a defect', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    for (const { name, query, expected } of readable('tolerated')) {
      const page = await browser.open(`${PASSIVE}?${query}`);
      // This browser is one that is not asked for a ticket.
      expect(page.status, name).toBe(expected.windowsAsked === true ? 403 : 200);
    }
  });

  test('whoever is signed in gets the context of each back, byte for byte', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'never' } } });
    const browser = openBrowser(site);
    await browser.signIn();
    for (const { name, query, expected } of readable('tolerated')) {
      const wctx = 'wctx' in expected ? expected.wctx : 'estsredirect=2';
      const page = await browser.open(`${PASSIVE}?${query}`);
      // Some of them ask to sign in anew, or for a ticket.
      if (page.forms[''] !== undefined) expect(postedBy(page)['wctx'], name).toBe(wctx);
      site.passTime(30_000);
    }
  });
});

describe('what is refused', () => {
  test.each(refused())('$name: $code', async ({ query, code }) => {
    const site = await openSite();
    const browser = openBrowser(site);
    // Node reads no address with other bytes (400); a form may hold them.
    const inForm = { method: 'POST', body: Buffer.from(query, 'latin1') };
    const { status, text } = await (/[^!-~]/.test(query)
      ? browser.open(PASSIVE, inForm)
      : browser.open(`${PASSIVE}?${query}`));
    expect([status, text.includes(code)]).toEqual([400, true]);
    const record = await site.lastRecord();
    expect(record).toMatchObject({ outcome: 'refused', refusal: { code }, endpoint: 'passive' });
    expect(text).toContain(record.id);
  });

  test('another realm than the application’s', async () => {
    const site = await openSite();
    const page = await openBrowser(site).open(`${PASSIVE}?wa=wsignin1.0&wtrealm=urn%3aother`);
    expect([page.status, page.forms]).toEqual([400, {}]);
    const refusal = { code: 'wtrealm-unknown', expected: 'urn:federation:MicrosoftOnline', actual: 'urn:other' };
    expect(await site.lastRecord()).toMatchObject({ refusal });
    // The page does not tell what is configured.
    expect(page.text).not.toContain('MicrosoftOnline');
  });

  test('an application that is not there', async () => {
    const site = await openSite();
    const unknown = '00000000-0000-4000-8000-000000000000';
    const page = await openBrowser(site).open(`/wsf/prp/${unknown}?${SIGN_IN}`);
    expect(page.status).toBe(404);
    expect(await site.lastRecord()).toMatchObject({ refusal: { code: 'unknown-application', actual: unknown } });
  });
});

describe('the answer', () => {
  test.each([
    ['1.2', '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"'],
    [
      '1.3',
      '<trust:RequestSecurityTokenResponseCollection xmlns:trust="http://docs.oasis-open.org/ws-sx/ws-trust/200512"',
    ],
  ] as const)('in WS-Trust %s', async (wsTrustVersion, begins) => {
    const site = await openSite({ application: { wsTrustVersion } });
    const { wresult = '' } = postedBy(await openBrowser(site).signIn());
    expect(wresult.slice(0, 200)).toContain(begins.slice(begins.indexOf(':') + 1, begins.indexOf(' ')));
    expect(wresult).toContain(begins.split('"')[1]);
    expect(wresult).toContain('urn:oasis:names:tc:SAML:1.0:assertion');
  });

  test('without a context there is none', async () => {
    const site = await openSite();
    const page = await openBrowser(site).signIn(
      NORA,
      undefined,
      `${PASSIVE}?wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline`,
    );
    expect(Object.keys(postedBy(page))).toEqual(['wa', 'wresult', 'action']);
  });

  test('an empty one is empty', async () => {
    const site = await openSite();
    const page = await openBrowser(site).signIn(
      NORA,
      undefined,
      `${PASSIVE}?wa=wsignin1.0&wtrealm=urn%3afederation%3aMicrosoftOnline&wctx=`,
    );
    expect(postedBy(page)['wctx']).toBe('');
  });

  test.each([
    ['https://evil.example/', true],
    ['https://login.microsoftonline.com.evil.example/login.srf', true],
    ['https://login.microsoftonline.com/other', true],
    ['javascript:alert(1)', true],
    [REPLY_URL, false],
  ])('goes to the registered address alone, wreply %s', async (wreply, noted) => {
    const site = await openSite();
    const page = await openBrowser(site).signIn(
      NORA,
      undefined,
      `${PASSIVE}?${SIGN_IN}&wreply=${encodeURIComponent(wreply)}`,
    );
    expect(postedBy(page).action).toBe(REPLY_URL);
    const { notes } = await site.lastRecord();
    expect(notes.some((note) => note.startsWith(`wreply ${wreply} is not registered`))).toBe(noted);
    if (noted) expect(page.text).not.toContain('evil.example');
  });

  test('to an application of another address goes there', async () => {
    const site = await openSite({ application: { replyUrl: 'https://rp.example.test/acs?x=1' } });
    expect(postedBy(await openBrowser(site).signIn()).action).toBe('https://rp.example.test/acs?x=1');
  });

  test('a session gets it at once, without the form', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn();
    const again = await browser.open(`${PASSIVE}?${SIGN_IN}2`);
    expect(postedBy(again)['wctx']).toBe('estsredirect=22');
  });

  test('each is an assertion of its own', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const first = postedBy(await browser.signIn())['wresult'] ?? '';
    const second = postedBy(await browser.open())['wresult'] ?? '';
    const id = (text: string): string | undefined => /AssertionID="([^"]+)"/.exec(text)?.[1];
    expect(id(first)).toBeDefined();
    expect(id(first)).not.toBe(id(second));
  });
});

describe('a request in a form (WS-Federation 1.2 §13.2)', () => {
  test('is made one in the address', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const answer = await browser.send(PASSIVE, { method: 'POST', body: SIGN_IN });
    expect([answer.status, answer.headers.location]).toEqual([303, `${PASSIVE}?${SIGN_IN}`]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await browser.open(PASSIVE, { method: 'POST', body: SIGN_IN })).title).toBe(EN.signIn.title);
  });

  test('what is none is refused there, and goes into no address', async () => {
    const site = await openSite();
    const page = await openBrowser(site).open(PASSIVE, { method: 'POST', body: 'wa=wsignin1.0' });
    expect([page.status, page.address]).toEqual([400, PASSIVE]);
    expect((await site.lastRecord()).refusal?.code).toBe('wtrealm-missing');
  });
});

describe('opened by hand', () => {
  test.each(['', '?', '?x=1', '?wa=', '?wa=&wtrealm=urn%3ax'])('%s: a page says what this is', async (query) => {
    const site = await openSite();
    const page = await openBrowser(site).open(`${PASSIVE}${query}`);
    expect([page.status, page.forms]).toEqual([200, {}]);
    expect(page.text).toContain('/wsf/account/');
    expect(await site.records()).toEqual([]);
  });

  test('it offers a change of password only where there is one', async () => {
    const site = await openSite({ people: { allowPasswordChanges: false } });
    expect((await openBrowser(site).open(PASSIVE)).text).not.toContain('mortise=password');
    const other = await openSite();
    expect((await openBrowser(other).open(PASSIVE)).text).toContain('mortise=password');
  });
});
