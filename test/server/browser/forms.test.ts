/** The forms of user name and password: what follows each word of AD, and the way through a change and back. */
import { describe, expect, test } from 'vitest';
import type { PasswordVerdict } from '../../../src/directory/directory.ts';
import { SAMPLE_PERSON_PASSWORD as OLD } from '../../../src/directory/sample-domain.ts';
import { Refusal } from '../../../src/refusal.ts';
import { CLAIMS } from '../../signin/browser/read-assertion.ts';
import { EN, NORA, openBrowser, postedBy, SESSION, statedBy } from './browser.ts';
import { enrolApp, INSIDE, linksOf, typeCode } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const JAN = 'jan.neu@corp.example.test';
const FRESH = 'Zweite-Wahl-42-Äpfel';
const CHANGE = `${PASSIVE}?${SIGN_IN}&mortise=password`;

const change = (fields: Readonly<Record<string, string>> = {}) => ({
  username: NORA,
  'old-password': OLD,
  'new-password': FRESH,
  'new-password-again': FRESH,
  ...fields,
});

const says = (site: Site, verdict: PasswordVerdict): void => {
  site.directory.checkAnswer = { verdict, detail: 'AD says' };
};

describe('the form of the sign-in', () => {
  test.each([
    ['no user name', { username: '', password: OLD }],
    ['nothing but spaces', { username: '   ', password: OLD }],
    ['no password', { username: NORA, password: '' }],
    ['no field at all', {}],
  ])('with %s is shown again, and nobody is asked', async (_, fields) => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.submit(await browser.open(), 'password', fields);
    expect([page.status, page.told]).toEqual([200, EN.signIn.problems.empty]);
    expect(site.directory.asked.searches).toBe(0);
    expect(await site.records()).toEqual([]);
  });

  test('spaces around the user name do not count; those of the password do', async () => {
    const site = await openSite();
    postedBy(await openBrowser(site).signIn(`  ${NORA}\t`));
    expect((await openBrowser(site).signIn(NORA, ` ${OLD}`)).told).toBe(EN.signIn.problems.wrong);
  });

  test('of a field that comes twice the first counts', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const { forms } = await browser.open();
    const form = forms['password'];
    const body = new URLSearchParams({ ...form?.hidden, username: NORA, password: 'wrong' });
    body.append('password', OLD);
    body.append('username', JAN);
    await browser.open(form?.action ?? '', { method: 'POST', body: body.toString() });
    expect(await site.lastRecord()).toMatchObject({ principal: NORA, refusal: { code: 'password-wrong' } });
  });

  test.each(['directory-down', 'directory-bind-refused', 'directory-search-refused'] as const)(
    'while %s, it says that it cannot be done now, with the name kept',
    async (code) => {
      const site = await openSite();
      site.directory.failure = new Refusal(code, { detail: 'dc1' });
      const page = await openBrowser(site).signIn();
      expect([page.status, page.told]).toEqual([200, EN.signIn.problems.busy]);
      expect(page.text).toContain(`value="${NORA}"`);
      expect(page.text).not.toContain(OLD);
      expect((await site.lastRecord()).refusal?.code).toBe(code);
    },
  );

  test.each<[PasswordVerdict, string, keyof typeof EN.refused.titles]>([
    ['disabled', 'account-disabled', 'help-desk'],
    ['account-expired', 'account-expired', 'help-desk'],
    ['logon-hours', 'password-logon-hours', 'not-today'],
    ['workstation', 'password-workstation', 'help-desk'],
  ])(
    'what AD says of the right password alone (%s) is told to its owner, with an id',
    async (verdict, code, advice) => {
      const site = await openSite();
      says(site, verdict);
      const page = await openBrowser(site).signIn();
      expect([page.status, page.title]).toEqual([403, EN.refused.titles[advice]]);
      const { id, refusal } = await site.lastRecord();
      expect(refusal?.code).toBe(code);
      expect(page.text).toContain(id);
    },
  );

  test('signs nobody in whose sign-in the organisation’s settings do not fit, and says to ask', async () => {
    const site = await openSite();
    site.directory.edit('nora.keller', { 'mS-DS-ConsistencyGuid': undefined });
    const browser = openBrowser(site);
    const page = await browser.signIn();
    expect([page.status, page.title, browser.cookies.has(SESSION)]).toEqual([
      403,
      EN.refused.titles['help-desk'],
      false,
    ]);
  });

  test('a name or a password that is longer than any is nobody’s, and is kept and sent no longer', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.signIn(`${'n'.repeat(20_000)}@corp.example.test`, 'p'.repeat(20_000));
    expect(page.told).toBe(EN.signIn.problems.wrong);
    expect(page.text.length).toBeLessThan(10_000);
    expect(JSON.stringify(await site.lastRecord()).length).toBeLessThan(4_000);
    expect((await browser.signIn(NORA, OLD + 'x'.repeat(300))).told).toBe(EN.signIn.problems.wrong);
  });

  test('offers to stay signed in, and to change the password, where that is so', async () => {
    const open = async (differences: Parameters<typeof openSite>[0]) =>
      (await openBrowser(await openSite(differences)).open()).text;
    const usual = await open({});
    expect([usual.includes('name="stay"'), usual.includes('mortise=password')]).toEqual([true, true]);
    const neither = await open({ signIn: { staySignedInMinutes: 0 }, people: { allowPasswordChanges: false } });
    expect([neither.includes('name="stay"'), neither.includes('mortise=password')]).toEqual([false, false]);
  });
});

describe('a password that must not be used any more', () => {
  test.each<[PasswordVerdict, 'must-change' | 'expired']>([
    ['must-change', 'must-change'],
    ['expired', 'expired'],
  ])('%s: leads to its change, with the name kept and nothing else', async (verdict, reason) => {
    const site = await openSite();
    says(site, verdict);
    const page = await openBrowser(site).signIn();
    expect([page.status, page.title]).toEqual([200, EN.changePassword.title]);
    expect(page.text).toContain(EN.changePassword.reasons[reason]);
    expect(page.text).toContain(`value="${NORA}"`);
    expect(page.text).not.toContain(OLD);
  });

  test('and from there to the application, where it is good at once', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.signIn(JAN);
    const answer = await browser.submit(page, 'change-password', change({ username: JAN }));
    expect(postedBy(answer)['wctx']).toBe('estsredirect=2');
    expect(
      (await site.records()).map(({ event, refusal, outcome }) => event?.kind ?? refusal?.code ?? outcome),
    ).toEqual(['password-must-change', 'password-changed', 'issued']);
    postedBy(await openBrowser(site).signIn(JAN, FRESH));
  });

  test.each(['must-change', 'expired'] as const)(
    'the page knows still why it is shown (%s) when its form comes back',
    async (verdict) => {
      const site = await openSite();
      says(site, verdict);
      const browser = openBrowser(site);
      const again = await browser.submit(
        await browser.signIn(),
        'change-password',
        change({ 'new-password-again': 'x' }),
      );
      expect(again.told).toBe(EN.changePassword.problems.mismatch);
      expect(again.text).toContain(EN.changePassword.reasons[verdict]);
      // There is no way but on: the sign-in would lead here once more.
      expect(linksOf(again).filter((href) => href.startsWith(PASSIVE))).toEqual([]);
      const unsent = await browser.submit(again, 'change-password', change({ csrf: '' }));
      expect(unsent.told).toBe(EN.changePassword.problems['page-expired']);
      expect(unsent.text).toContain(EN.changePassword.reasons[verdict]);
      postedBy(await browser.submit(unsent, 'change-password', change()));
    },
  );

  test('where nobody may change it here, the page says where', async () => {
    const site = await openSite({ people: { allowPasswordChanges: false } });
    const page = await openBrowser(site).signIn(JAN);
    expect([page.status, page.title]).toEqual([403, EN.refused.titles['change-password-elsewhere']]);
  });
});

describe('the form of the change', () => {
  test.each([
    ['not alike', { 'new-password-again': 'another' }, 'mismatch'],
    ['the old one', { 'new-password': OLD, 'new-password-again': OLD }, 'same'],
    ['no old one', { 'old-password': '' }, 'empty'],
    ['no new one', { 'new-password': '', 'new-password-again': '' }, 'empty'],
    ['nobody’s', { username: '' }, 'empty'],
  ] as const)('%s: is shown again, and nobody is asked', async (_, fields, problem) => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.submit(await browser.open(CHANGE), 'change-password', change(fields));
    expect(page.told).toBe(EN.changePassword.problems[problem]);
    expect(site.directory.asked).toEqual({ searches: 0, binds: 0, changes: 0 });
    for (const secret of [OLD, FRESH]) expect(page.text).not.toContain(secret);
  });

  test.each([
    ['wrong', { 'old-password': 'wrong' }, 'wrong'],
    ['too short', { 'new-password': 'x', 'new-password-again': 'x' }, 'policy'],
    ['too long', { 'new-password': 'x'.repeat(300), 'new-password-again': 'x'.repeat(300) }, 'policy'],
  ] as const)('%s: is shown again, and says so', async (_, fields, problem) => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.submit(await browser.open(CHANGE), 'change-password', change(fields));
    expect(page.told).toBe(EN.changePassword.problems[problem]);
    postedBy(await openBrowser(site).signIn());
  });

  test('of somebody whose user type does not allow it says so to who knows the password', async () => {
    const site = await openSite({ people: { allowPasswordChanges: false } });
    const browser = openBrowser(site);
    const page = await browser.submit(await browser.open(CHANGE), 'change-password', change());
    expect(page.told).toBe(EN.changePassword.problems['not-allowed']);
  });

  test('leads back to the sign-in that it was left for', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.open(CHANGE);
    expect(linksOf(page)).toContain(`${PASSIVE}?${SIGN_IN}`);
  });

  test('from the account’s page it leads back there, and says that it was done', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.submit(await browser.open(`${ACCOUNT}?mortise=password`), 'change-password', change());
    expect([page.address, page.title]).toEqual([ACCOUNT, EN.account.title]);
    expect(page.text).toContain(EN.account.messages['password-changed']);
  });

  test('says so once, and after the second factor where one must follow', async () => {
    const site = await openSite({ signIn: INSIDE });
    const browser = openBrowser(site);
    const { secret } = await enrolApp(site, browser, await browser.signIn(NORA, undefined, ACCOUNT));
    const asked = await browser.submit(await browser.open(`${ACCOUNT}?mortise=password`), 'change-password', change());
    expect(Object.keys(asked.forms)).toEqual(['totp']);
    const account = await typeCode(site, browser, asked, secret);
    expect([account.title, account.text.includes(EN.account.messages['password-changed'])]).toEqual([
      EN.account.title,
      true,
    ]);
    expect((await browser.open(account.address)).text).not.toContain(EN.account.messages['password-changed']);
  });

  test('whoever chose to stay signed in still does', async () => {
    const browser = openBrowser(await openSite());
    const form = await browser.open(ACCOUNT);
    await browser.submit(form, 'password', { username: NORA, password: OLD, stay: 'on' });
    const page = await browser.open(`${ACCOUNT}?mortise=password`);
    const { action = '', hidden } = page.forms['change-password'] ?? {};
    const body = new URLSearchParams({ ...hidden, ...change() }).toString();
    const answer = await browser.send(action, { method: 'POST', body });
    expect(answer.headers['set-cookie']?.join()).toMatch(new RegExp(`${SESSION}=[^;]{43};.* Expires=`));
    expect(statedBy(await browser.open()).claims[CLAIMS.staysSignedIn]).toEqual(['true']);
  });

  test('signs other browsers out that knew the old one', async () => {
    const site = await openSite();
    const [own, other] = [openBrowser(site), openBrowser(site)];
    await other.signIn();
    postedBy(await own.submit(await own.open(CHANGE), 'change-password', change()));
    expect((await other.open()).title).toBe(EN.signIn.title);
    expect(other.cookies.has(SESSION)).toBe(false);
    postedBy(await own.open());
  });
});
