/** The page of the second factor: every way through it, every guard, and no way round. */
import { describe, expect, test } from 'vitest';
import { codeNotShown, codeShown } from '../../signin/browser/authenticator-app.ts';
import { makeAuthenticator } from '../../signin/second-factor/authenticator.ts';
import { EN, NORA, openBrowser, postedBy, SESSION } from './browser.ts';
import type { Browser, Page } from './browser.ts';
import { ALWAYS, answerWith, challengeOn, enrolApp, enrolPasskey, linksOf, linkTo, typeCode } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Differences, Site } from './site.ts';

useWorkspace();

const MIA = 'mia.berg@corp.example.test';
const ADDRESS = `${PASSIVE}?${SIGN_IN}`;

async function withApp(differences: Differences = {}) {
  const site = await openSite({ ...ALWAYS, ...differences });
  const first = openBrowser(site);
  const app = await enrolApp(site, first, await first.signIn());
  const browser = openBrowser(site);
  return { ...app, site, browser, page: await browser.signIn() };
}

async function withPasskey(differences: Differences = {}) {
  const site = await openSite({ ...ALWAYS, ...differences });
  const first = openBrowser(site);
  const key = await enrolPasskey(first, await first.signIn());
  const browser = openBrowser(site);
  return { ...key, site, browser, page: await browser.signIn() };
}

const codes = async (site: Site): Promise<readonly (string | undefined)[]> =>
  (await site.records()).map(({ event, refusal, outcome }) => event?.kind ?? refusal?.code ?? outcome);

describe('a code of the app', () => {
  test('leads on, under a new cookie; the one before opens nothing', async () => {
    const { site, browser, page, secret } = await withApp();
    expect([page.status, Object.keys(page.forms)]).toEqual([200, ['totp']]);
    const before = browser.cookies.get(SESSION) ?? '';
    postedBy(await typeCode(site, browser, page, secret));
    expect(browser.cookies.get(SESSION)).not.toBe(before);
    const thief = openBrowser(site);
    thief.cookies.set(SESSION, before);
    expect((await thief.open()).forms).toHaveProperty('password');
  });

  test('is taken with a space in the middle', async () => {
    const { site, browser, page, secret } = await withApp();
    const code = codeShown(secret, site.now());
    postedBy(await browser.submit(page, 'totp', { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }));
  });

  test('a wrong one, none, and a used one are each told', async () => {
    const { site, browser, page, secret } = await withApp();
    const told = async (code: string): Promise<string | undefined> =>
      (await browser.submit(page, 'totp', { code })).told;
    const { problems } = EN.secondFactor;
    expect(await told('')).toBe(problems.empty);
    expect(await told(codeNotShown(secret, site.now()))).toBe(problems.wrong);
    const code = codeShown(secret, site.now());
    postedBy(await browser.submit(page, 'totp', { code }));
    const other = openBrowser(site);
    expect((await other.submit(await other.signIn(), 'totp', { code })).told).toBe(problems.used);
    expect((await codes(site)).slice(-3)).toEqual(['issued', 'session-opened', 'second-factor-used']);
  });

  test('five wrong ones, from as many browsers as may be, are all that is looked at', async () => {
    const { site, browser, page, secret } = await withApp();
    const wrong = codeNotShown(secret, site.now());
    const others = [openBrowser(site), openBrowser(site)];
    const pages = await Promise.all(others.map((other) => other.signIn()));
    const tries = Array.from({ length: 12 }, (_, index): [Browser, Page] => {
      const other = others[index % 3];
      const on = pages[index % 3];
      return other === undefined || on === undefined ? [browser, page] : [other, on];
    });
    const told = await Promise.all(
      tries.map(async ([own, on]) => (await own.submit(on, 'totp', { code: wrong })).told),
    );
    expect(told.filter((text) => text === EN.secondFactor.problems.wrong)).toHaveLength(5);
    const right = await browser.submit(page, 'totp', { code: codeShown(secret, site.now()) });
    expect(right.told).toBe(EN.secondFactor.problems.attempts);
    site.passTime(15 * 60_000);
    postedBy(await typeCode(site, browser, await browser.open(), secret));
  });

  test('that another tab has asked for as well is used once, and the other tab goes on', async () => {
    const { site, browser, page, secret } = await withApp();
    const second = await browser.open(`${ADDRESS}2`);
    const code = codeShown(secret, site.now());
    postedBy(await browser.submit(page, 'totp', { code }));
    expect(postedBy(await browser.submit(second, 'totp', { code }))['wctx']).toBe('estsredirect=22');
    expect(await codes(site)).not.toContain('second-factor-used');
  });

  test('of somebody else is wrong', async () => {
    const { site, secret } = await withApp();
    const mia = openBrowser(site);
    await enrolApp(site, mia, await mia.signIn(MIA));
    const again = openBrowser(site);
    const page = await again.signIn(MIA);
    expect((await typeCode(site, again, page, secret)).told).toBe(EN.secondFactor.problems.wrong);
  });

  test('a form of who is not signed in any more leads to the sign-in', async () => {
    const { site, browser, page, secret } = await withApp();
    browser.cookies.delete(SESSION);
    const after = await typeCode(site, browser, page, secret);
    expect(Object.keys(after.forms)).toEqual(['password']);
  });

  test('a session that the directory has ended proves nothing more, and the record says why', async () => {
    const { site, browser, page, secret } = await withApp();
    site.directory.edit('nora.keller', { pwdLastSet: '134000000000000000' });
    const after = await typeCode(site, browser, page, secret);
    expect([Object.keys(after.forms), browser.cookies.has(SESSION)]).toEqual([['password'], false]);
    expect((await codes(site)).at(-1)).toBe('session-ended');
  });
});

describe('a recovery code', () => {
  test('is a way that can be chosen, counts once, and is offered as long as there is one', async () => {
    const { site, browser, page, recoveryCodes } = await withApp();
    expect(recoveryCodes).toHaveLength(10);
    const other = await browser.open(linkTo(page, 'recovery'));
    expect(Object.keys(other.forms)).toEqual(['recovery']);
    const [code = ''] = recoveryCodes;
    postedBy(await browser.submit(other, 'recovery', { code: code.toLowerCase().replace('-', ' ') }));
    const again = openBrowser(site);
    const second = await again.open(linkTo(await again.signIn(), 'recovery'));
    expect((await again.submit(second, 'recovery', { code })).told).toBe(EN.secondFactor.problems.wrong);
    const [user] = await site.store.users.list();
    await site.store.secondFactors.replaceRecoveryCodes(user?.id ?? '', []);
    expect(linksOf(await again.open()).filter((href) => href.includes('recovery'))).toEqual([]);
  });
});

describe('a passkey', () => {
  test('leads on; the same answer again does not', async () => {
    const { site, browser, page, authenticator } = await withPasskey();
    const response = answerWith(authenticator, page);
    postedBy(await browser.submit(page, 'passkey', { response }));
    const other = openBrowser(site);
    const replayed = await other.submit(await other.signIn(), 'passkey', { response });
    expect(replayed.told).toBe(EN.secondFactor.problems['passkey-failed']);
  });

  test.each([
    ['of another challenge', (page: Page) => ({ challenge: `${challengeOn(page).slice(1)}A` })],
    ['of another address', () => ({ origin: 'https://evil.example' })],
    ['of another host', () => ({ rpId: 'evil.example' })],
  ])('an answer %s is none', async (_, differ) => {
    const { browser, page, authenticator } = await withPasskey();
    const options = { rpId: 'sso.localhost', origin: 'https://sso.localhost', challenge: challengeOn(page) };
    const response = authenticator.get({ ...options, ...differ(page) });
    const after = await browser.submit(page, 'passkey', { response });
    expect(after.told).toBe(EN.secondFactor.problems['passkey-failed']);
  });

  test('another person’s is none', async () => {
    const { site, browser, page } = await withPasskey();
    const mia = openBrowser(site);
    const { authenticator } = await enrolPasskey(mia, await mia.signIn(MIA));
    const after = await browser.submit(page, 'passkey', { response: answerWith(authenticator, page) });
    expect(after.told).toBe(EN.secondFactor.problems['passkey-failed']);
  });

  test('is asked for in several tabs: one is answered, and the others go on without', async () => {
    const { site, browser, page, authenticator } = await withPasskey();
    const second = await browser.open();
    expect(challengeOn(second)).toBe(challengeOn(page));
    postedBy(await browser.submit(page, 'passkey', { response: answerWith(authenticator, page) }));
    const before = (await codes(site)).filter((code) => code === 'second-factor-passed');
    postedBy(await browser.submit(second, 'passkey', { response: answerWith(authenticator, second) }));
    expect((await codes(site)).filter((code) => code === 'second-factor-passed')).toEqual(before);
  });

  test('a page whose challenge was used says so, and has a new one', async () => {
    const { browser, page, authenticator } = await withPasskey();
    const failed = await browser.submit(page, 'passkey', { response: '{}' });
    expect(failed.told).toBe(EN.secondFactor.problems['passkey-failed']);
    expect(challengeOn(failed)).not.toBe(challengeOn(page));
    const used = await browser.submit(page, 'passkey', { response: answerWith(authenticator, page) });
    expect(used.told).toBe(EN.secondFactor.problems['passkey-failed']);
    postedBy(await browser.submit(used, 'passkey', { response: answerWith(authenticator, used) }));
  });

  test.each(['', 'x', '{}', '{"id":"__proto__"}', `{"id":${'['.repeat(10_000)}`])(
    'an answer that is none of a browser’s (%.20s) is refused in a word',
    async (response) => {
      const { browser, page } = await withPasskey();
      const after = await browser.submit(page, 'passkey', { response });
      expect(after.status).toBe(200);
      expect(after.told).toBe(EN.secondFactor.problems[response === '' ? 'empty' : 'passkey-failed']);
    },
  );

  test('works at the host that it was made for: at another one it is not asked for', async () => {
    const { site } = await withPasskey({
      application: { ...ALWAYS.application, hostNames: ['sso.localhost', 'adfs.localhost'] },
    });
    const elsewhere = openBrowser(site, { host: 'adfs.localhost' });
    const page = await elsewhere.signIn();
    // The recovery codes are left.
    expect(Object.keys(page.forms)).toEqual(['recovery']);
    const [user] = await site.store.users.list();
    await site.store.secondFactors.replaceRecoveryCodes(user?.id ?? '', []);
    const refused = await elsewhere.open();
    expect([refused.status, refused.title]).toEqual([403, EN.refused.titles['help-desk']]);
    expect(await site.lastRecord()).toMatchObject({
      refusal: { code: 'second-factor-missing', detail: 'none that works at adfs.localhost' },
      subject: { username: 'nora.keller' },
    });
    // Who cannot go on may leave, and come back as somebody else.
    const out = linksOf(refused).find((href) => href.includes('wsignout1.0'));
    expect((await elsewhere.open(out)).title).toBe(EN.signedOut.title);
    expect(Object.keys((await elsewhere.open()).forms)).toEqual(['password']);
  });

  test('no host but the organisation’s own is one that passkeys are for', async () => {
    const { authenticator, site } = await withPasskey();
    const foreign = openBrowser(site, { host: 'evil.example' });
    const page = await foreign.signIn();
    expect(page.text).toContain('&quot;rpId&quot;:&quot;sso.localhost&quot;');
    expect(page.text).not.toContain('evil.example');
    const evil = makeAuthenticator().get({
      rpId: 'evil.example',
      origin: 'https://evil.example',
      challenge: challengeOn(page),
    });
    expect((await foreign.submit(page, 'passkey', { response: evil })).told).toBe(
      EN.secondFactor.problems['passkey-failed'],
    );
    const next = await foreign.open();
    postedBy(await foreign.submit(next, 'passkey', { response: answerWith(authenticator, next) }));
  });
});

describe('no way round', () => {
  test('no address of the protocol or the account shows or does anything before it', async () => {
    const { browser, page } = await withApp();
    const addresses = [
      ADDRESS,
      ACCOUNT,
      ...['enrol-totp', 'enrol-passkey', 'recovery-codes', 'changed', 'x'].flatMap((shows) => [
        `${ADDRESS}&mortise=${shows}`,
        `${ACCOUNT}?mortise=${shows}`,
      ]),
    ];
    for (const address of addresses)
      expect(Object.keys((await browser.open(address)).forms), address).toEqual(['totp']);
    expect(Object.keys(page.forms)).toEqual(['totp']);
  });

  test('nor does any form', async () => {
    const { site, browser, page } = await withApp();
    const [user] = await site.store.users.list();
    const [factor] = await site.secondFactors.list(user?.id ?? '');
    const { code } = await site.secondFactors.makeEnrolmentCode(user?.id ?? '', site.now());
    const csrf = page.forms['totp']?.hidden['csrf'] ?? '';
    const tries = [
      { step: 'enrolment-code', code },
      { step: 'enrol-totp', code: '000000' },
      { step: 'enrol-passkey', response: '{}', name: 'Key' },
      { step: 'remove-factor', id: factor?.id ?? '' },
      { step: 'new-recovery-codes' },
      { step: 'recovery', code: 'AAAAA-AAAAA' },
    ];
    for (const address of [ADDRESS, ACCOUNT]) {
      for (const fields of tries) {
        const body = new URLSearchParams({ csrf, ...fields }).toString();
        const after = await browser.open(address, { method: 'POST', body });
        const forms = Object.keys(after.forms);
        expect(forms.includes('') || forms.includes('remove-factor'), `${fields.step} at ${address}`).toBe(false);
      }
    }
    expect(await site.secondFactors.list(user?.id ?? '')).toEqual([factor]);
    expect(await site.secondFactors.recoveryCodesLeft(user?.id ?? '')).toBe(10);
    expect(Object.keys((await browser.open()).forms)).toEqual(['totp']);
  });

  test('another password sign-in of the same person starts anew', async () => {
    const { site, browser, page, secret } = await withApp();
    postedBy(await typeCode(site, browser, page, secret));
    const again = await browser.open(`${ADDRESS}&wfresh=0`);
    const after = await browser.submit(again, 'password', { username: NORA, password: 'Bahnhof-Über-7-Gleise' });
    expect(Object.keys(after.forms)).toEqual(['totp']);
  });
});
