/** A stranger learns nothing about accounts: whatever is behind a wrong password, page, headers and work are the same. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD as PASSWORD } from '../../../src/directory/sample-domain.ts';
import { EN, NORA, openBrowser, SESSION } from './browser.ts';
import type { Page } from './browser.ts';
import { openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const upnOf = (account: string): string => `${account}@corp.example.test`;

/** What a stranger may try, and what is behind it. */
const BEHIND: readonly (readonly [what: string, username: string, password: string, code: string])[] = [
  ['a wrong password', NORA, 'wrong', 'password-wrong'],
  ['nobody', upnOf('nobody'), 'wrong', 'password-account-unknown'],
  ['nobody of another domain', 'nobody@elsewhere.test', 'wrong', 'password-account-unknown'],
  ['a locked account', upnOf(SAMPLE_PEOPLE.locked), 'wrong', 'account-locked-out'],
  ['a locked account, its password', upnOf(SAMPLE_PEOPLE.locked), PASSWORD, 'account-locked-out'],
  ['a disabled account', upnOf(SAMPLE_PEOPLE.disabled), 'wrong', 'password-wrong'],
  ['a password to be changed', upnOf(SAMPLE_PEOPLE.mustChange), 'wrong', 'password-wrong'],
  ['no user name at all', 'nobody', 'wrong', 'password-account-unknown'],
  ['a computer', 'CORP\\DESKTOP-01$', 'wrong', 'password-account-unknown'],
  ['another domain', 'OTHER\\nora.keller', 'wrong', 'password-account-unknown'],
  ['a filter', '*@corp.example.test', 'wrong', 'password-account-unknown'],
];

const CHANGE = `${PASSIVE}?${SIGN_IN}&mortise=password`;

const asked = async (site: Site, form: 'password' | 'change-password', username: string, password: string) => {
  const browser = openBrowser(site);
  const page = await browser.open(form === 'password' ? undefined : CHANGE);
  const fields =
    form === 'password'
      ? { username, password }
      : { username, 'old-password': password, 'new-password': 'Neu-genug-1', 'new-password-again': 'Neu-genug-1' };
  const answer = await browser.submit(page, form, fields);
  expect(browser.cookies.has(SESSION)).toBe(false);
  return answer;
};

/** Without what is each browser's own: the token, and the name that was typed. */
function comparable({ status, text, headers }: Page, username: string): unknown {
  const { date: _date, 'set-cookie': cookies, 'content-length': _length, ...others } = headers;
  const typed = `value="${username.replaceAll('&', '&amp;')}"`;
  expect(text).toContain(typed);
  const own = text.replaceAll(/name="csrf" value="[^"]*"/g, 'csrf').replaceAll(typed, 'typed');
  return { status, own, others, cookies: cookies?.length };
}

describe.each(['password', 'change-password'] as const)('the form %s', (form) => {
  test('answers the same, to the byte, whatever is behind it; the record alone tells', async () => {
    const site = await openSite();
    const answers = [];
    for (const [what, username, password, code] of BEHIND) {
      answers.push(comparable(await asked(site, form, username, password), username));
      expect((await site.lastRecord()).refusal?.code, what).toBe(code);
      // Else the last ones would be slowed down.
      site.passTime(3_600_000);
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('says that user name or password are wrong', async () => {
    const { told } = await asked(await openSite(), form, NORA, 'wrong');
    expect(told).toBe(form === 'password' ? EN.signIn.problems.wrong : EN.changePassword.problems.wrong);
  });

  test('answers the same once guessing is stopped, of somebody and of nobody', async () => {
    const site = await openSite();
    const page = async (username: string, guess: number): Promise<unknown> =>
      comparable(await asked(site, form, username, `guess ${guess}`), username);
    for (const username of [NORA, upnOf('nobody')]) {
      const first = await page(username, 0);
      for (let guess = 1; guess < 8; guess += 1) expect(await page(username, guess)).toEqual(first);
    }
    const codes = (await site.records()).map(({ refusal }) => refusal?.code);
    expect(codes).toContain('password-attempts-exhausted');
    // Nobody's guesses run out as somebody's do; the record says that there is nobody.
    expect(codes.slice(8).every((code) => code === 'password-account-unknown')).toBe(true);
  });

  test('asks the directory to bind as often for nobody as for somebody', async () => {
    const site = await openSite();
    const bindsFor = async (username: string): Promise<number> => {
      const before = site.directory.asked.binds;
      await asked(site, form, username, 'wrong');
      return site.directory.asked.binds - before;
    };
    const somebody = await bindsFor(NORA);
    expect(somebody).toBe(1);
    for (const username of [upnOf('nobody'), upnOf(SAMPLE_PEOPLE.disabled), 'nobody'])
      expect(await bindsFor(username), username).toBe(somebody);
  });

  test('neither form nor page of who is known tells more before the password is right', async () => {
    const site = await openSite();
    await openBrowser(site).signIn();
    const known = comparable(await asked(site, form, NORA, 'wrong'), NORA);
    expect(known).toEqual(comparable(await asked(site, form, upnOf('nobody'), 'wrong'), upnOf('nobody')));
  });
});
