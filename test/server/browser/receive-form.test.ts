/** Forms are taken from the browser that they were shown in alone: no other site sends one, and nobody signs others in. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_PERSON_PASSWORD as PASSWORD } from '../../../src/directory/sample-domain.ts';
import { EN, NORA, openBrowser, postedBy, SESSION, VISIT } from './browser.ts';
import type { Browser, Page } from './browser.ts';
import { ALWAYS, enrolApp, enrolPasskey, linkTo } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const FIELDS = { step: 'password', username: NORA, password: PASSWORD };

const post = (
  browser: Browser,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => browser.open(`${PASSIVE}?${SIGN_IN}`, { method: 'POST', body: new URLSearchParams(fields).toString(), headers });

const tokenOf = (page: Page): string => page.forms['password']?.hidden['csrf'] ?? '';

/** Nobody was signed in, asked or recorded; the log says that a form was not taken. */
async function expectNotTaken(site: Site, browser: Browser): Promise<void> {
  expect(browser.cookies.has(SESSION)).toBe(false);
  expect(site.directory.asked.binds).toBe(0);
  expect(await site.records()).toEqual([]);
  expect(site.logged.filter(({ code }) => code === 'form-expired')).toHaveLength(1);
}

describe('the form of the sign-in is not taken', () => {
  test('without a token', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.open();
    const page = await post(browser, FIELDS);
    expect([page.status, page.told]).toEqual([200, EN.signIn.problems['page-expired']]);
    await expectNotTaken(site, browser);
  });

  test.each([
    ['cut short', (token: string) => token.slice(1)],
    ['with one letter changed', (token: string) => (token.startsWith('A') ? 'B' : 'A') + token.slice(1)],
    ['empty', () => ''],
    ['of another kind', () => '__proto__'],
    ['very long', () => 'A'.repeat(30_000)],
    ['of other letters', () => 'ü'.repeat(43)],
  ])('with a token that is %s', async (_, change) => {
    const site = await openSite();
    const browser = openBrowser(site);
    const csrf = change(tokenOf(await browser.open()));
    expect((await post(browser, { ...FIELDS, csrf })).told).toBe(EN.signIn.problems['page-expired']);
    await expectNotTaken(site, browser);
  });

  test('with the token of another browser: nobody is signed in as somebody else (login CSRF)', async () => {
    const site = await openSite();
    const [attacker, victim] = [openBrowser(site), openBrowser(site)];
    const csrf = tokenOf(await attacker.open());
    await victim.open();
    await post(victim, { ...FIELDS, csrf });
    await expectNotTaken(site, victim);
  });

  test('without the cookie: the page says so', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const csrf = tokenOf(await browser.open());
    browser.cookies.clear();
    const page = await post(browser, { ...FIELDS, csrf });
    expect(page.told).toBe(EN.signIn.problems.cookies);
    await expectNotTaken(site, browser);
    // And the next one is taken, where the browser keeps the cookie that came with the page.
    postedBy(await browser.submit(page, 'password', FIELDS));
  });

  test.each(['cross-site', 'same-site', 'garbage'])(
    'from another site (Sec-Fetch-Site: %s), token and all',
    async (from) => {
      const site = await openSite();
      const browser = openBrowser(site);
      const csrf = tokenOf(await browser.open());
      const page = await post(
        browser,
        { ...FIELDS, csrf, username: 'filled-in-by@evil.example' },
        { 'sec-fetch-site': from },
      );
      expect(page.told).toBe(EN.signIn.problems['page-expired']);
      // What another site filled in does not stand in ours.
      expect(page.text).not.toContain('evil.example');
      await expectNotTaken(site, browser);
    },
  );

  test('after a restart it still is: a page that was open meanwhile is good', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const csrf = tokenOf(await browser.open());
    const again = await openSite();
    const other = openBrowser(again);
    other.cookies.set(VISIT, browser.cookies.get(VISIT) ?? '');
    postedBy(await post(other, { ...FIELDS, csrf }));
  });

  test.each(['same-origin', 'none'])('from our own page (Sec-Fetch-Site: %s) it is', async (from) => {
    const browser = openBrowser(await openSite());
    const csrf = tokenOf(await browser.open());
    postedBy(await post(browser, { ...FIELDS, csrf }, { 'sec-fetch-site': from }));
  });

  test('nor is one whose address names no sign-in', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const csrf = tokenOf(await browser.open());
    const body = new URLSearchParams({ ...FIELDS, csrf }).toString();
    for (const query of ['', '?wa=wsignout1.0']) {
      const page = await browser.open(`${PASSIVE}${query}`, { method: 'POST', body });
      expect([page.status, page.text.includes('form-expired')]).toEqual([403, true]);
    }
    expect(browser.cookies.has(SESSION)).toBe(false);
  });
});

describe('every other form is not taken either', () => {
  const CROSS_SITE = { headers: { 'sec-fetch-site': 'cross-site' } };

  test('the change of a password, the password of which is still the old one', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.open(`${PASSIVE}?${SIGN_IN}&mortise=password`);
    const fields = {
      username: NORA,
      'old-password': PASSWORD,
      'new-password': 'Neu-genug-1',
      'new-password-again': 'Neu-genug-1',
    };
    const after = await browser.submit(page, 'change-password', fields, CROSS_SITE);
    expect(site.directory.asked.changes).toBe(0);
    expect(after.forms).toHaveProperty('change-password');
  });

  test('the second factor, its set-up, and the account’s', async () => {
    const site = await openSite(ALWAYS);
    const browser = openBrowser(site);
    const choice = await browser.signIn();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    await browser.submit(setUp, 'enrol-totp', { code: '000000' }, CROSS_SITE);
    expect(site.logged.at(-1)).toMatchObject({ code: 'form-expired' });
    await enrolApp(site, browser, choice);
    const account = await browser.open(ACCOUNT);
    await enrolPasskey(browser, account);
    const before = await site.records();
    const [user] = await site.store.users.list();
    const full = await browser.open(ACCOUNT);
    for (const step of ['remove-factor', 'new-recovery-codes']) {
      const form = full.forms[step];
      const body = new URLSearchParams({ ...form?.hidden, csrf: '' }).toString();
      const answer = await browser.open(form?.action ?? '', { method: 'POST', body });
      expect(answer.title).toBe(EN.account.title);
    }
    expect(await site.records()).toEqual(before);
    expect(await site.secondFactors.list(user?.id ?? '')).toHaveLength(2);
  });

  describe('each is shown again to who is signed in, with a word', () => {
    const untaken = async (browser: Browser, page: Page, step: string): Promise<string | undefined> =>
      (await browser.submit(page, step, { csrf: '', code: '000000' })).told;

    test('the gate before a set-up', async () => {
      const browser = openBrowser(await openSite({ application: ALWAYS.application ?? {} }));
      const gate = await browser.signIn();
      expect(await untaken(browser, gate, 'enrolment-code')).toBe(EN.enrolmentGate.problems['page-expired']);
    });

    test('the set-up', async () => {
      const browser = openBrowser(await openSite(ALWAYS));
      const choice = await browser.signIn();
      const app = await browser.open(linkTo(choice, 'enrol-totp'));
      expect(await untaken(browser, app, 'enrol-totp')).toBe(EN.enrolTotp.problems['page-expired']);
      const key = await browser.open(linkTo(choice, 'enrol-passkey'));
      expect(await untaken(browser, key, 'enrol-passkey')).toBe(EN.enrolPasskey.problems['page-expired']);
    });

    test('the second factor, in each way, and the account’s', async () => {
      const site = await openSite(ALWAYS);
      const browser = openBrowser(site);
      await enrolApp(site, browser, await browser.signIn());
      await enrolPasskey(browser, await browser.open(ACCOUNT));
      const other = openBrowser(site);
      await other.signIn();
      for (const way of ['totp', 'passkey', 'recovery']) {
        const page = await other.open(`${PASSIVE}?${SIGN_IN}&mortise=${way}`);
        expect(await untaken(other, page, way), way).toBe(EN.secondFactor.problems['page-expired']);
      }
      const account = await browser.open(ACCOUNT);
      for (const step of ['remove-factor', 'new-recovery-codes'])
        expect(await untaken(browser, account, step), step).toBe(EN.account.problems['page-expired']);
      const userId = (await site.store.users.list())[0]?.id ?? '';
      expect(await site.secondFactors.list(userId)).toHaveLength(2);
      expect(await site.secondFactors.recoveryCodesLeft(userId)).toBe(10);
    });
  });

  test('a form that names no step of ours leads back to its address', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.open();
    const form = page.forms['password'];
    for (const step of ['', 'other', '__proto__', 'constructor']) {
      const body = new URLSearchParams({ ...form?.hidden, step }).toString();
      const answer = await browser.send(form?.action ?? '', { method: 'POST', body });
      expect([answer.status, answer.headers.location], step).toEqual([303, `${PASSIVE}?${SIGN_IN}`]);
    }
  });
});
