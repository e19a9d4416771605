/** Every page that there is, with the headers that protect it: none is kept, framed, or lets anything else in. */
import { describe, expect, test } from 'vitest';
import { EN, NORA, openBrowser, postedBy, VISIT } from './browser.ts';
import type { Answer, Page } from './browser.ts';
import { ALWAYS, enrolApp, linkTo } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, REPLY_URL, SIGN_IN, useWorkspace } from './site.ts';

useWorkspace();

/** One of each kind, as a browser comes to it. */
async function everyPage(): Promise<Readonly<Record<string, Page>>> {
  const site = await openSite({
    ...ALWAYS,
    application: { ...ALWAYS.application, sloEndpoint: 'https://rp.test/slo' },
  });
  const browser = openBrowser(site);
  const signIn = await browser.open();
  const choice = await browser.signIn();
  const app = await browser.open(linkTo(choice, 'enrol-totp'));
  const passkey = await browser.open(linkTo(choice, 'enrol-passkey'));
  const codes = (await enrolApp(site, browser, choice)).page;
  const posting = await browser.open();
  const account = await browser.open(ACCOUNT);
  const other = openBrowser(site);
  const wrong = await other.signIn(NORA, 'wrong');
  const secondFactor = await other.signIn();
  const outside = openBrowser(await openSite({ application: { secondFactor: { policy: 'always' } } }));
  return {
    'sign-in': signIn,
    'sign-in, wrong': wrong,
    'change of password': await browser.open(`${PASSIVE}?${SIGN_IN}&mortise=password`),
    'choice of a second factor': choice,
    'set-up of an app': app,
    'set-up of a passkey': passkey,
    'recovery codes': codes,
    'second factor': secondFactor,
    'gate of the set-up': await outside.signIn(),
    answer: posting,
    account,
    home: await browser.open(PASSIVE),
    refused: await browser.open(`${PASSIVE}?wa=other`),
    'unknown application': await browser.open('/wsf/prp/x'),
    'too large': await browser.open(ACCOUNT, { method: 'POST', body: 'x'.repeat(70_000) }),
    'signed out': await browser.open(`${PASSIVE}?wa=wsignout1.0`),
  };
}

const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  answer: [REPLY_URL],
  'signed out': ['https://rp.test/slo?wa=wsignoutcleanup1.0'],
};

describe('pages', () => {
  test('there is one of each kind, and each has all its headers', async () => {
    const pages = await everyPage();
    expect(new Set(Object.values(pages).map(({ title }) => title)).size).toBeGreaterThanOrEqual(13);
    for (const [name, { headers }] of Object.entries(pages)) {
      expect(headers, name).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
      });
      const policy = String(headers['content-security-policy']);
      expect(policy, name).toMatch(/^default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'/);
      expect(policy, name).not.toContain('unsafe');
      expect(headers, name).not.toHaveProperty('server');
      expect(headers, name).not.toHaveProperty('x-powered-by');
    }
  });

  test('a script is let in on three of them, and posting elsewhere on one', async () => {
    const pages = await everyPage();
    const withPolicy = (text: string): readonly string[] =>
      Object.entries(pages)
        .filter(([, { headers }]) => String(headers['content-security-policy']).includes(text))
        .map(([name]) => name);
    expect(withPolicy('script-src').toSorted()).toEqual(['answer', 'set-up of a passkey']);
    expect(withPolicy('form-action https:')).toEqual(['answer']);
    expect(withPolicy('script-src')).not.toContain('second factor');
    expect(postedBy(pages['answer'] as Page).action).toMatch(/^https:/);
  });

  test('each has a title, its language, and no address of elsewhere but those that it is for', async () => {
    for (const [name, page] of Object.entries(await everyPage())) {
      expect(page.title, name).not.toBe('');
      expect(page.text, name).toMatch(/<html lang="en"/);
      const elsewhere = [...page.text.matchAll(/(?:href|src|action)="(https?:[^"]*)"/g)].map(([, address]) => address);
      expect(elsewhere, name).toEqual(ELSEWHERE[name] ?? []);
    }
  });
});

describe('what is no page', () => {
  test('redirects are not kept either', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const answers: Answer[] = [
      await browser.send(PASSIVE, { method: 'POST', body: SIGN_IN }),
      await browser.send(`${PASSIVE}?wa=wsignout1.0&wreply=https%3a%2f%2flogin.microsoftonline.com%2f`),
      await browser.send(`${PASSIVE}?${SIGN_IN}`, { method: 'POST', body: 'step=totp&csrf=x' }),
    ];
    for (const { status, headers } of answers)
      expect([status, headers['cache-control']]).toEqual([status === 302 ? 302 : 303, 'no-store']);
  });
});

describe('cookies', () => {
  const lines = ({ headers }: Answer): readonly string[] => headers['set-cookie'] ?? [];

  test('the visit’s is set once, with every attribute that protects it', async () => {
    const browser = openBrowser(await openSite());
    const first = await browser.send(`${PASSIVE}?${SIGN_IN}`);
    expect(lines(first)).toEqual([
      expect.stringMatching(/^__Host-mortise-visit=[\w-]{22}; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(lines(await browser.send(`${PASSIVE}?${SIGN_IN}`))).toEqual([]);
  });

  test('the session’s too; it outlives the browser only for who chooses that', async () => {
    const site = await openSite();
    const cookieOf = async (more: Readonly<Record<string, string>>): Promise<string> => {
      const browser = openBrowser(site);
      const { forms } = await browser.open();
      const fields = { ...forms['password']?.hidden, username: NORA, password: 'Bahnhof-Über-7-Gleise', ...more };
      const body = new URLSearchParams(fields).toString();
      const answer = await browser.send(`${PASSIVE}?${SIGN_IN}`, { method: 'POST', body });
      expect([answer.status, lines(answer).length]).toEqual([303, 1]);
      return lines(answer)[0] ?? '';
    };
    expect(await cookieOf({})).toMatch(/^__Host-mortise-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const kept = await cookieOf({ stay: 'yes' });
    const expires = /; Expires=([^;]+);/.exec(kept)?.[1] ?? '';
    const minutes = (Date.parse(expires) - site.now().getTime()) / 60_000;
    expect(minutes).toBeGreaterThan(1438);
    expect(minutes).toBeLessThanOrEqual(1440);
    expect(kept).toMatch(/^__Host-mortise-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
  });

  test.each(['x', '../../', 'A'.repeat(21), 'A'.repeat(23), '"><script>'])(
    'a visit’s of %j is not ours: the browser gets another',
    async (value) => {
      const browser = openBrowser(await openSite());
      browser.cookies.set(VISIT, value);
      const page = await browser.open();
      expect(page.title).toBe(EN.signIn.title);
      expect(lines(page)).toHaveLength(1);
    },
  );
});
