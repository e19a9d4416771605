/** What requests demand, over real https: fresh sign-ins, second factors young enough, and what the assertion then states. */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/refusal.ts';
import { CLAIMS, METHODS } from '../../signin/browser/read-assertion.ts';
import { codeShown } from '../../signin/browser/authenticator-app.ts';
import { EN, NORA, openBrowser, postedBy, statedBy } from './browser.ts';
import type { Page } from './browser.ts';
import { enrolApp, INSIDE, typeCode } from './factors.ts';
import { openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

const PASSWORD = 'Bahnhof-Über-7-Gleise';
const MINUTE = 60_000;
const MFA = 'wauth=http%3a%2f%2fschemas.microsoft.com%2fclaims%2fmultipleauthn';

const asking = (demands: string): string => `${PASSIVE}?${SIGN_IN}&${demands}`;
/** What the page wants, by its form. */
const wants = ({ forms }: Page): string => Object.keys(forms).join();

describe('a fresh sign-in', () => {
  test.each(['wfresh=0', 'prompt=login', 'wauth=urn:oasis:names:tc:SAML:1.0:am:password&wfresh=0', 'wfresh=none'])(
    '%s: whoever is signed in is asked, answered once, and asked again',
    async (demand) => {
      const site = await openSite();
      const browser = openBrowser(site);
      await browser.signIn();
      site.passTime(MINUTE);
      const page = await browser.open(asking(demand));
      expect(wants(page)).toBe('password');
      const answer = await browser.submit(page, 'password', { username: NORA, password: PASSWORD });
      const { authenticationInstant } = statedBy(answer);
      expect(site.now().getTime() - authenticationInstant.getTime()).toBeLessThan(MINUTE);
      expect(wants(await browser.open(asking(demand)))).toBe('password');
      // Other requests have the session that it left.
      postedBy(await browser.open());
    },
  );

  test('of two requests at one moment one is answered', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const address = asking('wfresh=0');
    const form = (await browser.open(address)).forms['password'];
    const body = new URLSearchParams({ ...form?.hidden, username: NORA, password: PASSWORD }).toString();
    // Without following the redirect, which is one of the two.
    await browser.send(form?.action ?? '', { method: 'POST', body });
    const other = openBrowser(site);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    // The directory takes its time, so that both are under way.
    site.directory.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, 200));
    const pages = await Promise.all([browser.open(address), other.open(address)]);
    expect(pages.map(wants).toSorted()).toEqual(['', 'password']);
  });

  test('a proof is still there where the answer failed', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const address = asking('wfresh=0');
    const page = await browser.open(address);
    site.directory.beforeAnswer = async (question) => {
      if (question === 'bind') site.directory.edit('nora.keller', { userAccountControl: undefined });
    };
    const failed = await browser.submit(page, 'password', { username: NORA, password: PASSWORD });
    expect(failed.status).toBe(403);
    site.directory.edit('nora.keller', { userAccountControl: 0x200 });
    postedBy(await browser.open(address));
  });

  test('a proof for one request is none for another', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.open(asking('wfresh=0&wct=1'));
    postedBy(await browser.submit(page, 'password', { username: NORA, password: PASSWORD }));
    expect(wants(await browser.open(asking('wfresh=0&wct=2')))).toBe('password');
  });

  test('somebody else may sign in then: the answer is about who did', async () => {
    const browser = openBrowser(await openSite());
    await browser.signIn();
    const page = await browser.open(asking('wfresh=0'));
    const other = { username: 'mia.berg@corp.example.test', password: PASSWORD };
    expect(statedBy(await browser.submit(page, 'password', other)).claims[CLAIMS.upn]).toEqual([other.username]);
    expect(statedBy(await browser.open()).claims[CLAIMS.upn]).toEqual([other.username]);
  });

  test('a wrong password leaves who was signed in, for requests that do not ask', async () => {
    const browser = openBrowser(await openSite());
    await browser.signIn();
    const page = await browser.open(asking('wfresh=0'));
    await browser.submit(page, 'password', { username: NORA, password: 'wrong' });
    expect(statedBy(await browser.open()).claims[CLAIMS.upn]).toEqual([NORA]);
    expect(wants(await browser.open(asking('wfresh=0')))).toBe('password');
  });

  test('wfresh in minutes: an older sign-in does not count', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn();
    site.passTime(10 * MINUTE);
    postedBy(await browser.open(asking('wfresh=11')));
    expect(wants(await browser.open(asking('wfresh=9')))).toBe('password');
  });

  test('a sign-in ends with its time', async () => {
    const site = await openSite({ signIn: { sessionMinutes: 30 } });
    const browser = openBrowser(site);
    await browser.signIn();
    site.passTime(29 * MINUTE);
    postedBy(await browser.open());
    site.passTime(2 * MINUTE);
    expect(wants(await browser.open())).toBe('password');
  });
});

describe('a second factor', () => {
  const inside = { signIn: INSIDE };

  /** Signed in, with an app that was set up, and used, in this session. */
  async function withApp() {
    const site = await openSite(inside);
    const browser = openBrowser(site);
    const choice = await browser.signIn(NORA, PASSWORD, asking(MFA));
    return { site, browser, ...(await enrolApp(site, browser, choice)) };
  }

  test('asked for and used is stated, where Entra looks, with its time', async () => {
    const { browser } = await withApp();
    const { claims, authenticationMethod } = statedBy(await browser.open(asking(MFA)));
    expect(authenticationMethod).toBe(METHODS.multiple);
    for (const claim of [CLAIMS.method, CLAIMS.methods])
      expect(claims[claim]).toEqual([METHODS.password, METHODS.multiple, METHODS.either]);
  });

  test('used earlier in the session it is stated too, though nobody asks', async () => {
    const { browser } = await withApp();
    expect(statedBy(await browser.open()).authenticationMethod).toBe(METHODS.multiple);
  });

  test('of another session it is not', async () => {
    const { site } = await withApp();
    const browser = openBrowser(site);
    const { claims, authenticationMethod } = statedBy(await browser.signIn());
    expect(authenticationMethod).toBe('urn:oasis:names:tc:SAML:1.0:am:password');
    expect(claims[CLAIMS.methods]).toEqual([METHODS.password]);
    expect(wants(await browser.open(asking(MFA)))).toBe('totp');
  });

  test('is asked for again once it is older than mfa_max_age, and counts then', async () => {
    const { site, browser, secret } = await withApp();
    site.passTime(10 * MINUTE);
    postedBy(await browser.open(asking(`${MFA}&mfa_max_age=900`)));
    const page = await browser.open(asking(`${MFA}&mfa_max_age=300`));
    expect(wants(page)).toBe('totp');
    const { authenticationInstant } = statedBy(await typeCode(site, browser, page, secret));
    expect(site.now().getTime() - authenticationInstant.getTime()).toBeLessThan(MINUTE);
  });

  test.each(['0', 'x', '-1'])('mfa_max_age=%s: each request has its own, once', async (seconds) => {
    const { site, browser, secret } = await withApp();
    const address = asking(`${MFA}&mfa_max_age=${seconds}`);
    site.passTime(MINUTE);
    const page = await browser.open(address);
    postedBy(await typeCode(site, browser, page, secret));
    site.passTime(MINUTE);
    expect(wants(await browser.open(address))).toBe('totp');
  });

  test.each([
    [50, ''],
    [61, 'totp'],
  ])('used for a request it outlives the way to the answer, and no more: %i seconds', async (seconds, form) => {
    const { site, browser, secret } = await withApp();
    const address = asking(`${MFA}&mfa_max_age=0`);
    const { action = '', hidden } = (await browser.open(address)).forms['totp'] ?? {};
    const body = new URLSearchParams({ ...hidden, code: codeShown(secret, site.now()) }).toString();
    expect((await browser.send(action, { method: 'POST', body })).status).toBe(303);
    site.passTime(seconds * 1000);
    expect(wants(await browser.open(address))).toBe(form);
  });

  test('too old and not asked for, it is not stated', async () => {
    const { site, browser } = await withApp();
    site.passTime(10 * MINUTE);
    expect(statedBy(await browser.open(asking('mfa_max_age=60'))).authenticationMethod).not.toBe(METHODS.multiple);
  });

  test('asked for where the policy is never: answered without, and the record says so', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'never' } } });
    const page = await openBrowser(site).signIn(NORA, PASSWORD, asking(MFA));
    expect(statedBy(page).claims[CLAIMS.methods]).toEqual([METHODS.password]);
    expect((await site.lastRecord()).notes).toContain(
      'a second factor was asked for; the policy is never to ask for one',
    );
  });

  test.each([
    ['outside', {}, 'enrolment-code'],
    ['inside', inside, ''],
  ] as const)('outsideCorporateNetworks, %s', async (_, differences, form) => {
    const site = await openSite({
      ...differences,
      application: { secondFactor: { policy: 'outsideCorporateNetworks' } },
    });
    expect(wants(await openBrowser(site).signIn())).toBe(form);
  });

  test('or Kerberos (wiaormultiauthn), as Windows asks before it registers a device', async () => {
    const query = 'resource_params=eyJQcm9wZXJ0aWVzIjpbeyJLZXkiOiJhY3IiLCJWYWx1ZSI6IndpYW9ybXVsdGlhdXRobiJ9XX0';
    const site = await openSite(inside);
    const authorization = `Negotiate ${Buffer.from(site.mint('nora.keller').token).toString('base64')}`;
    const silent = openBrowser(site, { 'user-agent': 'MSIE 11 Trident/7.0' });
    const { claims } = statedBy(await silent.open(asking(query), { headers: { authorization } }));
    expect(claims[CLAIMS.methods]).toEqual([METHODS.windows, METHODS.either]);
    // By password it needs the second factor.
    const page = await openBrowser(site).signIn(NORA, PASSWORD, asking(query));
    expect(page.title).toBe(EN.enrolmentChoice.title);
  });
});

describe('a session ends', () => {
  test('with its account', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn();
    site.directory.edit('nora.keller', { userAccountControl: 0x202 });
    const refused = await browser.open();
    expect([refused.status, refused.title, browser.cookies.size]).toEqual([403, EN.refused.titles['help-desk'], 1]);
    expect(await site.lastRecord()).toMatchObject({
      refusal: { code: 'account-disabled' },
      subject: { username: 'nora.keller' },
    });
    site.directory.edit('nora.keller', { userAccountControl: 0x200 });
    expect(wants(await browser.open())).toBe('password');
  });

  test('with the password that it was opened with: the form, at once', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn();
    site.directory.edit('nora.keller', { pwdLastSet: '134000000000000000' });
    const page = await browser.open();
    expect([page.status, wants(page), browser.cookies.has('__Host-mortise-session')]).toEqual([200, 'password', false]);
    expect((await site.lastRecord()).refusal?.code).toBe('session-ended');
  });

  test('not where the directory does not answer', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn();
    site.directory.failure = new Refusal('directory-down');
    postedBy(await browser.open());
  });

  test('a relying party that sends the browser back for ever gets a page that says so', async () => {
    const browser = openBrowser(await openSite());
    await browser.signIn();
    const address = asking('client-request-id=loop');
    for (let count = 0; count < 5; count += 1) postedBy(await browser.open(address));
    const page = await browser.open(address);
    expect([page.status, page.title]).toEqual([403, EN.refused.titles.loop]);
  });
});
