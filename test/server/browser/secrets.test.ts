/** Canaries: nothing secret of a whole life of sign-ins stands in log, record or address, nor on a page but its own. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SAMPLE_PERSON_PASSWORD } from '../../../src/directory/sample-domain.ts';
import { codeShown } from '../../signin/browser/authenticator-app.ts';
import { NORA, openBrowser, postedBy, SESSION, VISIT } from './browser.ts';
import type { Browser, Sent } from './browser.ts';
import { answerWith, codesOn, enrolPasskey, linksOf, linkTo, secretOn, typeCode } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const JAN = 'jan.neu@corp.example.test';
const FRESH = 'c4nary-Neues-Passwort';
const WRONG = 'c4nary-wrong-password';

/** The page of the second factor, in this way. */
const by = (way: string): string => `${PASSIVE}?${SIGN_IN}&mortise=${way}`;

interface Seen {
  readonly addresses: string[];
  /** Of pages, by address: the body, and the headers but for the cookies. */
  readonly pages: { readonly text: string; readonly kind: string }[];
  readonly cookies: Set<string>;
}

/** A browser all of whose answers are kept. */
function watched(site: Site, seen: Seen, headers: Readonly<Record<string, string>> = {}): Browser {
  const browser = openBrowser(site, headers);
  const send = browser.send.bind(browser);
  browser.send = async (path: string, sent?: Sent) => {
    const answer = await send(path, sent);
    const { 'set-cookie': _cookies, ...others } = answer.headers;
    seen.addresses.push(path, String(answer.headers.location));
    seen.pages.push({ text: `${JSON.stringify(others)}${answer.text}`, kind: kindOf(answer.text) });
    for (const name of [SESSION, VISIT]) seen.cookies.add(browser.cookies.get(name) ?? '');
    return answer;
  };
  return browser;
}

const kindOf = (text: string): string =>
  text.includes('otpauth:') ? 'set-up of an app' : text.includes('class="codes"') ? 'recovery codes' : 'other';

const forms = (value: Uint8Array): readonly string[] => [
  Buffer.from(value).toString('hex'),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('base64url'),
];

describe('a whole life', () => {
  test('leaves no secret behind', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'always' } } });
    const seen: Seen = { addresses: [], pages: [], cookies: new Set() };

    // Wrong password, must-change, change; the gate, an administrator's code; an app; recovery codes; a passkey.
    const browser = watched(site, seen);
    await browser.signIn(NORA, WRONG);
    const change = await browser.signIn(JAN);
    const fields = {
      username: JAN,
      'old-password': SAMPLE_PERSON_PASSWORD,
      'new-password': FRESH,
      'new-password-again': FRESH,
    };
    const gate = await browser.submit(change, 'change-password', fields);
    const [user] = await site.store.users.list();
    const { code: enrolmentCode } = await site.secondFactors.makeEnrolmentCode(user?.id ?? '', site.now());
    const choice = await browser.submit(gate, 'enrolment-code', { code: enrolmentCode });
    const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
    const secret = secretOn(setUp);
    const base32 = /secret=([A-Z2-7]+)/.exec(setUp.text)?.[1] ?? '';
    await browser.submit(setUp, 'enrol-totp', { code: '000000' });
    const first = codeShown(secret, site.now());
    const codesPage = await browser.submit(setUp, 'enrol-totp', { code: first });
    const recoveryCodes = codesOn(codesPage);
    postedBy(await browser.open(linksOf(codesPage).at(-1)));
    const key = await enrolPasskey(browser, await browser.open(ACCOUNT));
    const made = await browser.submit(key.page, 'new-recovery-codes', {});
    const freshCodes = codesOn(made);

    // Again, by each of them; then what goes wrong.
    site.passTime(60_000);
    const second = watched(site, seen);
    await second.signIn(JAN, FRESH);
    const code = codeShown(secret, site.now());
    postedBy(await typeCode(site, second, await second.open(by('totp')), secret));
    const third = watched(site, seen);
    const recovery = await third.open(linkTo(await third.signIn(JAN, FRESH), 'recovery'));
    await third.submit(recovery, 'recovery', { code: 'AAAAA-AAAAA' });
    postedBy(await third.submit(recovery, 'recovery', { code: freshCodes[0] ?? '' }));
    const fourth = watched(site, seen);
    await fourth.signIn(JAN, FRESH);
    const passkeyPage = await fourth.open(by('passkey'));
    const response = answerWith(key.authenticator, passkeyPage);
    postedBy(await fourth.submit(passkeyPage, 'passkey', { response }));
    const silent = watched(site, seen, { 'user-agent': 'Chrome/140' });
    const { token } = site.mint('jan.neu');
    await silent.open(`${PASSIVE}?${SIGN_IN}`, {
      headers: { authorization: `Negotiate ${Buffer.from(token).toString('base64')}` },
    });
    await fourth.open(`${PASSIVE}?wa=wsignout1.0`);

    const everywhere: readonly string[] = [
      SAMPLE_PERSON_PASSWORD,
      encodeURIComponent(SAMPLE_PERSON_PASSWORD),
      FRESH,
      WRONG,
      enrolmentCode,
      response,
      Buffer.from(token).toString('base64').slice(0, 60),
      ...[...seen.cookies].filter((cookie) => cookie !== ''),
      ...[...seen.cookies].map((cookie) => createHash('sha256').update(cookie).digest('base64url')),
    ];
    const own = [base32, ...forms(secret), ...recoveryCodes, ...freshCodes];
    expect([base32.length, recoveryCodes.length, freshCodes.length, seen.cookies.size > 8]).toEqual([32, 10, 10, true]);

    const said = JSON.stringify([site.logged, await site.records(), seen.addresses]);
    for (const canary of [...everywhere, ...own]) expect(said.includes(canary), canary).toBe(false);
    // A code of six digits may stand in a time by chance: as a word of its own it does not.
    for (const digits of [first, code]) expect(said).not.toMatch(new RegExp(`(?<![\\d.])${digits}(?!\\d)`));
    for (const { text, kind } of seen.pages) {
      for (const canary of everywhere) expect(text.includes(canary), `${canary} on ${kind}`).toBe(false);
      if (kind === 'other') for (const canary of own) expect(text.includes(canary), `${canary} on ${kind}`).toBe(false);
    }
    expect(seen.pages.filter(({ kind }) => kind === 'recovery codes')).toHaveLength(2);
  });
});

describe('a password in the wrong field', () => {
  test('typed as the user name stands in no record', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    await browser.signIn(SAMPLE_PERSON_PASSWORD, SAMPLE_PERSON_PASSWORD);
    await browser.signIn(`${SAMPLE_PERSON_PASSWORD}@corp.example.test`, SAMPLE_PERSON_PASSWORD);
    expect(JSON.stringify([site.logged, await site.records()])).not.toContain(SAMPLE_PERSON_PASSWORD);
  });

  test('sent in the address is not taken, and stands in no log', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const page = await browser.open(`${PASSIVE}?${SIGN_IN}&password=c4nary-in-address`);
    await browser.submit(page, 'password', { username: NORA, password: WRONG });
    await browser.open(`${PASSIVE}?wa=wsignin1.0&wtrealm=urn%3aother&password=c4nary-in-address`);
    expect(JSON.stringify([site.logged, await site.records()])).not.toContain('c4nary');
  });
});

describe('a defect', () => {
  test('shows its id, and nothing of what was sent or of itself', async () => {
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error('cannot write /var/lib/mortise'), { body: 'password=c4nary' });
    };
    const site = await openSite({
      store: (store) => ({ ...store, activities: { ...store.activities, append: failing } }),
    });
    const page = await openBrowser(site).signIn(NORA, WRONG);
    expect(page.status).toBe(500);
    expect(page.text).not.toMatch(/var\/lib|c4nary/);
    expect(JSON.stringify(site.logged)).not.toContain('c4nary');
  });
});
