/** Setting up a first second factor: what it needs beside the password, what is shown once, and who cannot. */
import { describe, expect, test } from 'vitest';
import { attribute, elements } from '../../pages/read-page.ts';
import { codeNotShown, codeShown } from '../../signin/browser/authenticator-app.ts';
import { makeAuthenticator } from '../../signin/second-factor/authenticator.ts';
import { EN, openBrowser, postedBy, SESSION } from './browser.ts';
import type { Page } from './browser.ts';
import { ALWAYS, challengeOn, codesOn, enrolApp, enrolPasskey, linksOf, linkTo, secretOn } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const ADDRESS = `${PASSIVE}?${SIGN_IN}`;
const OUTSIDE = { application: { secondFactor: { policy: 'always' } } } as const;

/** A person who signs in from outside, without a second factor. */
async function atTheGate() {
  const site = await openSite(OUTSIDE);
  const browser = openBrowser(site);
  const page = await browser.signIn();
  const [user] = await site.store.users.list();
  return { site, browser, page, userId: user?.id ?? '' };
}

/** As `mortise second-factor enrolment-code` does it in a running serve: over the same store. */
const makeCode = async (site: Site, userId: string): Promise<string> =>
  (await site.secondFactors.makeEnrolmentCode(userId, site.now())).code;

async function inside() {
  const site = await openSite(ALWAYS);
  const browser = openBrowser(site);
  const choice = await browser.signIn();
  const [user] = await site.store.users.list();
  return { site, browser, choice, userId: user?.id ?? '' };
}

const uriOn = (page: Page): string => linksOf(page).find((href) => href.startsWith('otpauth:')) ?? '';

describe('from outside', () => {
  test('the page says what is needed, and takes an administrator’s code', async () => {
    const { site, browser, page, userId } = await atTheGate();
    expect([page.status, page.title, Object.keys(page.forms)]).toEqual([
      200,
      EN.enrolmentGate.title,
      ['enrolment-code'],
    ]);
    const told = async (code: string): Promise<string | undefined> =>
      (await browser.submit(page, 'enrolment-code', { code })).told;
    expect(await told('')).toBe(EN.enrolmentGate.problems.empty);
    expect(await told('AAAAA-AAAAA')).toBe(EN.enrolmentGate.problems.wrong);
    const choice = await browser.submit(page, 'enrolment-code', { code: await makeCode(site, userId) });
    expect(choice.title).toBe(EN.enrolmentChoice.title);
    const { page: codes } = await enrolApp(site, browser, choice);
    postedBy(await browser.open(linksOf(codes).at(-1)));
  });

  test('nothing can be set up before, by no address and no form', async () => {
    const { site, browser, page, userId } = await atTheGate();
    for (const shows of ['enrol-totp', 'enrol-passkey', 'recovery-codes'])
      expect((await browser.open(`${ADDRESS}&mortise=${shows}`)).title, shows).toBe(EN.enrolmentGate.title);
    const csrf = page.forms['enrolment-code']?.hidden['csrf'] ?? '';
    for (const address of [ADDRESS, ACCOUNT]) {
      for (const fields of [
        { step: 'enrol-totp', code: '000000' },
        { step: 'enrol-passkey', response: '{}' },
      ]) {
        const body = new URLSearchParams({ csrf, ...fields }).toString();
        const after = await browser.open(address, { method: 'POST', body });
        expect([after.status, after.title]).toEqual([403, EN.refused.titles['company-network']]);
      }
    }
    expect(await site.secondFactors.list(userId)).toEqual([]);
    const codes = (await site.records()).map(({ refusal }) => refusal?.code).filter((code) => code !== undefined);
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'enrolment-not-allowed'));
  });

  test('the account’s page is open, but sets up nothing without a code', async () => {
    const { site, browser, userId } = await atTheGate();
    const account = await browser.open(ACCOUNT);
    expect(account.title).toBe(EN.account.title);
    const gate = await browser.open(linkTo(account, 'enrol-totp'));
    expect(gate.title).toBe(EN.enrolmentGate.title);
    const setUp = await browser.submit(gate, 'enrolment-code', { code: await makeCode(site, userId) });
    expect(setUp.title).toBe(EN.enrolTotp.title);
  });

  test('a code counts in the session that gave it, and once', async () => {
    const { site, browser, page, userId } = await atTheGate();
    const code = await makeCode(site, userId);
    await browser.submit(page, 'enrolment-code', { code });
    const other = openBrowser(site);
    const gate = await other.signIn();
    expect(gate.title).toBe(EN.enrolmentGate.title);
    expect((await other.submit(gate, 'enrolment-code', { code })).told).toBe(EN.enrolmentGate.problems.wrong);
    // Whoever signs in anew has not given it.
    const again = await browser.signIn(undefined, undefined, `${ADDRESS}&wfresh=0`);
    expect(again.title).toBe(EN.enrolmentGate.title);
  });

  test('too many guesses of it are looked at no more', async () => {
    const { site, browser, page, userId } = await atTheGate();
    const code = await makeCode(site, userId);
    const guesses = Array.from({ length: 8 }, (_, guess) =>
      browser.submit(page, 'enrolment-code', { code: `AAAAA-AAAA${guess}` }),
    );
    await Promise.all(guesses);
    const right = await browser.submit(page, 'enrolment-code', { code });
    expect(right.told).toBe(EN.enrolmentGate.problems.attempts);
  });
});

describe('an app', () => {
  test('is set up with the code that it shows, and the codes for the worst case are shown once', async () => {
    const { site, browser, choice, userId } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    const secret = secretOn(setUp);
    expect(secret).toHaveLength(20);
    expect(uriOn(setUp)).toMatch(/^otpauth:\/\/totp\/Your%20organisation:nora\.keller%40corp\.example\.test\?/);
    const wrong = await browser.submit(setUp, 'enrol-totp', { code: codeNotShown(secret, site.now()) });
    expect([wrong.told, [...secretOn(wrong)]]).toEqual([EN.enrolTotp.problems.wrong, [...secret]]);
    const codes = await browser.submit(wrong, 'enrol-totp', { code: codeShown(secret, site.now()) });
    expect([codes.title, codesOn(codes).length]).toEqual([EN.recoveryCodes.title, 10]);
    expect(codes.headers['cache-control']).toBe('no-store');
    // Shown again as long as the person has not gone on; then never.
    expect(codesOn(await browser.open(codes.address))).toEqual(codesOn(codes));
    postedBy(await browser.open(linksOf(codes).at(-1)));
    expect(codesOn(await browser.open(codes.address))).toEqual([]);
    expect(await site.secondFactors.recoveryCodesLeft(userId)).toBe(10);
  });

  test('its page shown again is the same, in this session; in another one it is another', async () => {
    const { site, browser, choice } = await inside();
    const address = linkTo(choice, 'enrol-totp');
    const first = secretOn(await browser.open(address));
    expect([...secretOn(await browser.open(address))]).toEqual([...first]);
    const other = openBrowser(site);
    const theirs = await other.open(linkTo(await other.signIn(), 'enrol-totp'));
    expect([...secretOn(theirs)]).not.toEqual([...first]);
    const after = await other.submit(theirs, 'enrol-totp', { code: codeShown(first, site.now()) });
    expect(after.told).toBe(EN.enrolTotp.problems.wrong);
  });

  test('opens the session under a new cookie', async () => {
    const { site, browser, choice } = await inside();
    const before = browser.cookies.get(SESSION) ?? '';
    await enrolApp(site, browser, choice);
    expect(browser.cookies.get(SESSION)).not.toBe(before);
    const thief = openBrowser(site);
    thief.cookies.set(SESSION, before);
    expect((await thief.open()).forms).toHaveProperty('password');
  });

  test('that a phone has read already is added, though a page for a passkey was opened beside it', async () => {
    const { site, browser, choice } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    await browser.open(linkTo(choice, 'enrol-passkey'));
    const code = codeShown(secretOn(setUp), site.now());
    const after = await browser.submit(setUp, 'enrol-totp', { code });
    expect(after.title).toBe(EN.recoveryCodes.title);
  });

  test('a page of before a second factor was set up in another tab says so, and has a new key', async () => {
    const { site, browser, choice, userId } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    await enrolPasskey(browser, choice);
    const code = codeShown(secretOn(setUp), site.now());
    const after = await browser.submit(setUp, 'enrol-totp', { code });
    expect(after.told).toBe(EN.enrolTotp.problems['page-expired']);
    expect([...secretOn(after)]).not.toEqual([...secretOn(setUp)]);
    expect((await site.secondFactors.list(userId)).map(({ kind }) => kind)).toEqual(['passkey']);
  });
});

describe('a passkey', () => {
  test('is set up under a name, for this host, and the codes for the worst case are shown', async () => {
    const { site, browser, choice, userId } = await inside();
    const { recoveryCodes } = await enrolPasskey(browser, choice, '  Mein <Schlüssel>  ');
    expect(recoveryCodes).toHaveLength(10);
    const [factor] = await site.secondFactors.list(userId);
    expect(factor).toMatchObject({ kind: 'passkey', name: 'Mein <Schlüssel>', rpId: 'sso.localhost' });
  });

  const elsewhere = { rpId: 'sso.localhost', origin: 'https://sso.localhost', challenge: 'A'.repeat(43) };

  test.each([
    ['nothing', ''],
    ['garbage', '{"id":1}'],
    ['an answer to another challenge', makeAuthenticator().create(elsewhere)],
  ])('%s is none', async (_, response) => {
    const { site, browser, choice, userId } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-passkey'));
    const after = await browser.submit(setUp, 'enrol-passkey', { response, name: '' });
    expect(after.told).toBe(EN.enrolPasskey.problems['passkey-failed']);
    expect(challengeOn(after)).not.toBe(challengeOn(setUp));
    expect(await site.secondFactors.list(userId)).toEqual([]);
  });

  test('a challenge counts once', async () => {
    const { browser, choice } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-passkey'));
    await browser.submit(setUp, 'enrol-passkey', { response: '{"id":1}', name: '' });
    const options = { rpId: 'sso.localhost', origin: 'https://sso.localhost', challenge: challengeOn(setUp) };
    const after = await browser.submit(setUp, 'enrol-passkey', { response: makeAuthenticator().create(options) });
    expect(after.told).toBe(EN.enrolPasskey.problems['passkey-failed']);
  });
});

describe('who has a second factor by now', () => {
  test('adds none without it, though the page was open before', async () => {
    const { site, browser, choice, userId } = await inside();
    const attacker = openBrowser(site);
    const theirs = await attacker.open(linkTo(await attacker.signIn(), 'enrol-totp'));
    await enrolApp(site, browser, choice);
    const code = codeShown(secretOn(theirs), site.now());
    const after = await attacker.submit(theirs, 'enrol-totp', { code });
    expect([after.status, after.title]).toEqual([403, EN.refused.titles['company-network']]);
    expect((await site.lastRecord()).refusal?.code).toBe('enrolment-not-allowed');
    expect(await site.secondFactors.list(userId)).toHaveLength(1);
    expect((await attacker.open()).forms).toHaveProperty('totp');
  });

  test('whose password was changed since adds none in the old session, from the company’s network either', async () => {
    const { site, browser, choice, userId } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    site.directory.edit('nora.keller', { pwdLastSet: '134000000000000000' });
    const after = await browser.submit(setUp, 'enrol-totp', { code: codeShown(secretOn(setUp), site.now()) });
    expect([Object.keys(after.forms), browser.cookies.has(SESSION)]).toEqual([['password'], false]);
    expect(await site.secondFactors.list(userId)).toEqual([]);
    expect(await site.lastRecord()).toMatchObject({
      refusal: { code: 'session-ended' },
      subject: { username: 'nora.keller' },
    });
  });

  test('whose session ends while the form is taken has none after it', async () => {
    const { site, browser, choice, userId } = await inside();
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    site.directory.beforeAnswer = async () => {
      await site.store.sessions.deleteOfUser(userId);
    };
    const after = await browser.submit(setUp, 'enrol-totp', { code: codeShown(secretOn(setUp), site.now()) });
    expect([after.status, after.title]).toEqual([403, EN.refused.titles['start-again']]);
    expect(await site.secondFactors.list(userId)).toEqual([]);
    expect(await site.secondFactors.recoveryCodesLeft(userId)).toBe(0);
    expect((await site.lastRecord()).refusal?.code).toBe('session-ended');
  });

  test('after an administrator’s reset nothing of before is left: the code is needed anew', async () => {
    const { site, browser, page, userId } = await atTheGate();
    const choice = await browser.submit(page, 'enrolment-code', { code: await makeCode(site, userId) });
    await enrolApp(site, browser, choice);
    await site.secondFactors.reset(userId);
    const after = await browser.open(linkTo(await browser.open(ACCOUNT), 'enrol-passkey'));
    expect(after.title).toBe(EN.enrolmentGate.title);
  });
});

describe('the pages', () => {
  test('name the person, and lead to a sign-out that ends the session', async () => {
    const { browser, choice } = await inside();
    expect(elements(choice.root, 'bdi').map(({ text }) => text)).toEqual(['nora.keller@corp.example.test']);
    const out = linksOf(choice).find((href) => href.includes('wsignout1.0'));
    expect((await browser.open(out)).title).toBe(EN.signedOut.title);
    expect(browser.cookies.has(SESSION)).toBe(false);
  });

  test('have a way back to the choice', async () => {
    const { browser, choice } = await inside();
    for (const shows of ['enrol-totp', 'enrol-passkey']) {
      const setUp = await browser.open(linkTo(choice, shows));
      const back = elements(setUp.root, 'a').map((link) => attribute(link, 'href'));
      expect(back, shows).toContain(ADDRESS);
    }
  });
});
