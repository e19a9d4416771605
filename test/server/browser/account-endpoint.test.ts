/** A person's own account: open to who is signed in and has used the second factor, and to nobody else. */
import { describe, expect, test } from 'vitest';
import { attribute, elements } from '../../pages/read-page.ts';
import { EN, NORA, openBrowser, postedBy, SESSION } from './browser.ts';
import type { Browser, Page } from './browser.ts';
import { codesOn, enrolApp, enrolPasskey, INSIDE, linksOf, linkTo, typeCode } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

/** Signed in at the account's page, on the company's network, without a second factor. */
async function atHome(differences: Parameters<typeof openSite>[0] = {}) {
  const site = await openSite({ signIn: INSIDE, ...differences });
  const browser = openBrowser(site);
  const page = await browser.signIn(NORA, undefined, ACCOUNT);
  const [user] = await site.store.users.list();
  return { site, browser, page, userId: user?.id ?? '' };
}

/** With an app and a passkey. */
async function withTwo() {
  const { site, browser, page, userId } = await atHome();
  const { secret } = await enrolApp(site, browser, page);
  await enrolPasskey(browser, await browser.open(ACCOUNT));
  return { site, browser, secret, userId, page: await browser.open(ACCOUNT) };
}

const kinds = async (site: Site): Promise<readonly (string | undefined)[]> =>
  (await site.records()).map(({ event, refusal, outcome }) => event?.kind ?? refusal?.code ?? outcome);

/** The forms that remove a factor, by its id. */
const removals = ({ root }: Page): readonly string[] =>
  elements(root, 'input')
    .filter((input) => attribute(input, 'name') === 'id')
    .map((input) => attribute(input, 'value') ?? '');

const post = (browser: Browser, page: Page, fields: Readonly<Record<string, string>>): Promise<Page> => {
  const csrf = Object.values(page.forms)[0]?.hidden['csrf'] ?? '';
  return browser.open(ACCOUNT, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }).toString() });
};

describe('the page', () => {
  test('asks for the sign-in, and then shows the account', async () => {
    const { browser, page } = await atHome();
    expect([page.status, page.title, page.address]).toEqual([200, EN.account.title, ACCOUNT]);
    expect(elements(page.root, 'bdi')[0]?.text).toBe(NORA);
    expect(linksOf(page)).toContain(`${ACCOUNT}?mortise=password`);
    // Nothing is posted anywhere.
    expect(Object.keys(page.forms)).toEqual([]);
    expect(browser.cookies.has(SESSION)).toBe(true);
  });

  test('is open to whoever is signed in already, at the application too', async () => {
    const { browser } = await atHome();
    postedBy(await browser.open(`${PASSIVE}?${SIGN_IN}`));
    expect((await browser.open(ACCOUNT)).title).toBe(EN.account.title);
  });

  test('by a ticket as well', async () => {
    const site = await openSite();
    const authorization = `Negotiate ${Buffer.from(site.mint('nora.keller').token).toString('base64')}`;
    const browser = openBrowser(site, { 'user-agent': 'Chrome/140' });
    expect((await browser.open(ACCOUNT)).status).toBe(401);
    expect((await browser.open(ACCOUNT, { headers: { authorization } })).title).toBe(EN.account.title);
  });

  test('whoever has a second factor uses it first, whatever the application’s policy', async () => {
    const { site, browser, page } = await atHome({ application: { secondFactor: { policy: 'never' } } });
    const { secret } = await enrolApp(site, browser, page);
    const other = openBrowser(site);
    const asked = await other.signIn(NORA, undefined, ACCOUNT);
    expect(Object.keys(asked.forms)).toEqual(['totp']);
    expect((await typeCode(site, other, asked, secret)).title).toBe(EN.account.title);
  });

  test('is over with the account, and the record says why', async () => {
    const { site, browser } = await atHome();
    site.directory.edit('nora.keller', { userAccountControl: 0x202 });
    const page = await browser.open(ACCOUNT);
    expect([Object.keys(page.forms), browser.cookies.has(SESSION)]).toEqual([['password'], false]);
    expect(await site.lastRecord()).toMatchObject({
      endpoint: 'account',
      refusal: { code: 'account-disabled' },
      subject: { username: 'nora.keller' },
    });
  });

  test.each(['__proto__', 'constructor', 'toString', 'x', '%3Cscript%3E', '', 'changed&mortise=removed'])(
    'mortise=%s shows it, and no more',
    async (shows) => {
      const { browser } = await atHome();
      const page = await browser.open(`${ACCOUNT}?mortise=${shows}`);
      expect([page.status, page.title]).toEqual([200, EN.account.title]);
    },
  );

  test('signing out of it ends the session', async () => {
    const { browser, page } = await atHome();
    const out = linksOf(page).find((href) => href.includes('wsignout1.0'));
    expect((await browser.open(out)).title).toBe(EN.signedOut.title);
    expect((await browser.open(ACCOUNT)).forms).toHaveProperty('password');
  });
});

describe('second factors', () => {
  test('are added: the first with its codes, a second with the first one used', async () => {
    const { site, browser, page } = await atHome();
    const { recoveryCodes, page: codes } = await enrolApp(site, browser, page);
    expect(recoveryCodes).toHaveLength(10);
    expect(codesOn(await browser.open(linksOf(codes).at(-1)))).toEqual([]);
    const added = await enrolPasskey(browser, await browser.open(ACCOUNT));
    expect([added.recoveryCodes, added.page.address]).toEqual([[], `${ACCOUNT}?mortise=added`]);
    expect(added.page.text).toContain(EN.account.messages['factor-added']);
    expect(removals(added.page)).toHaveLength(2);
    expect((await kinds(site)).filter((kind) => kind === 'second-factor-added')).toHaveLength(2);
  });

  test('are removed, but for the last', async () => {
    const { site, browser, page, userId } = await withTwo();
    const [first = '', second = ''] = removals(page);
    const after = await post(browser, page, { step: 'remove-factor', id: first });
    expect([after.address, after.text.includes(EN.account.messages['factor-removed'])]).toEqual([
      `${ACCOUNT}?mortise=removed`,
      true,
    ]);
    const last = await post(browser, after, { step: 'remove-factor', id: second });
    expect([last.status, last.told]).toEqual([200, EN.account.problems['last-factor']]);
    expect((await site.secondFactors.list(userId)).map(({ id }) => id)).toEqual([second]);
    expect((await kinds(site)).slice(-2)).toEqual(['second-factor-removed', 'second-factor-last']);
  });

  test('one that is gone already says to begin anew', async () => {
    const { browser, page } = await withTwo();
    const [first = ''] = removals(page);
    await post(browser, page, { step: 'remove-factor', id: first });
    const after = await post(browser, page, { step: 'remove-factor', id: first });
    expect([after.status, after.title]).toEqual([403, EN.refused.titles['start-again']]);
  });

  test('of somebody else are none of one’s own', async () => {
    const { site, userId, page } = await withTwo();
    const mia = openBrowser(site);
    const theirs = await mia.signIn('mia.berg@corp.example.test', undefined, ACCOUNT);
    await enrolApp(site, mia, theirs);
    const account = await mia.open(ACCOUNT);
    const after = await post(mia, account, { step: 'remove-factor', id: removals(page)[0] ?? '' });
    expect(after.title).toBe(EN.refused.titles['start-again']);
    expect(await site.secondFactors.list(userId)).toHaveLength(2);
  });

  test('are changed by who has used one lately: an old session is asked again, and then goes on', async () => {
    const { site, browser, page, userId, secret } = await withTwo();
    const [first = ''] = removals(page);
    site.passTime(11 * 60_000);
    // The passkey was used last.
    expect(Object.keys((await browser.open(ACCOUNT)).forms)).toEqual(['passkey']);
    const asked = await browser.open(`${ACCOUNT}?mortise=totp`);
    const before = await kinds(site);
    for (const fields of [
      { step: 'remove-factor', id: first },
      { step: 'new-recovery-codes' },
      { step: 'enrol-totp', code: '000000' },
      { step: 'enrol-passkey', response: '{}', name: 'Key' },
    ])
      expect(Object.keys((await post(browser, page, fields)).forms), fields.step).not.toContain('remove-factor');
    expect(await site.secondFactors.list(userId)).toHaveLength(2);
    expect((await kinds(site)).filter((kind) => kind !== 'enrolment-not-allowed')).toEqual(before);
    const account = await typeCode(site, browser, asked, secret);
    expect((await post(browser, account, { step: 'remove-factor', id: first })).address).toBe(
      `${ACCOUNT}?mortise=removed`,
    );
  });

  test('of two that are removed at one moment the last one stays', async () => {
    const { site, browser, page, userId } = await withTwo();
    const other = openBrowser(site);
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    const [first = '', second = ''] = removals(page);
    await Promise.all([
      post(browser, page, { step: 'remove-factor', id: first }),
      post(other, page, { step: 'remove-factor', id: second }),
    ]);
    expect(await site.secondFactors.list(userId)).toHaveLength(1);
    expect(new Set((await kinds(site)).slice(-2))).toEqual(new Set(['second-factor-removed', 'second-factor-last']));
  });

  test('nothing is removed or made by a session that has used none', async () => {
    const { site, page, userId } = await withTwo();
    const other = openBrowser(site);
    const asked = await other.signIn();
    postedBy(asked);
    const before = await kinds(site);
    const visited = await other.open(ACCOUNT);
    for (const fields of [{ step: 'remove-factor', id: removals(page)[0] ?? '' }, { step: 'new-recovery-codes' }]) {
      const after = await post(other, visited, fields);
      expect(after.forms).not.toHaveProperty('remove-factor');
    }
    expect(await kinds(site)).toEqual(before);
    expect(await site.secondFactors.list(userId)).toHaveLength(2);
  });
});

describe('recovery codes', () => {
  test('are made anew, shown once, and stand in for the old ones', async () => {
    const { site, browser, page, userId } = await withTwo();
    const made = await browser.submit(page, 'new-recovery-codes', {});
    const codes = codesOn(made);
    expect(codes).toHaveLength(10);
    await browser.open(ACCOUNT);
    expect(codesOn(await browser.open(made.address))).toEqual([]);
    expect(await site.secondFactors.recoveryCodesLeft(userId)).toBe(10);
    const other = openBrowser(site);
    const asked = await other.open(linkTo(await other.signIn(NORA, undefined, ACCOUNT), 'recovery'));
    const after = await other.submit(asked, 'recovery', { code: codes[3] ?? '' });
    expect(after.title).toBe(EN.account.title);
    expect(after.text).toContain(EN.account.codesLeft(9));
  });

  test('are not shown to another session of the same person', async () => {
    const { site, browser, page, secret } = await withTwo();
    await browser.submit(page, 'new-recovery-codes', {});
    const other = openBrowser(site);
    const asked = linkTo(await other.signIn(NORA, undefined, ACCOUNT), 'totp');
    await typeCode(site, other, await other.open(asked), secret);
    expect(codesOn(await other.open(`${ACCOUNT}?mortise=recovery-codes`))).toEqual([]);
  });
});
