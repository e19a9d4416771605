/**
 * The two operations of a passive sign-in, for any identity provider: with a live session, and with user name and password.
 *
 * Each caller is a browser with a connection of its own, which it keeps: TLS handshakes are in neither figure. A session of
 * one's own for each also keeps servers that lock a session's file from making callers wait for each other.
 */
import { randomUUID } from 'node:crypto';
import type { Contestant, StartedContestant } from '../harness/contestant.ts';
import { openBrowser } from '../harness/browser.ts';
import type { Browser, Page } from '../harness/browser.ts';
import { formsOf } from '../harness/form.ts';
import type { Form } from '../harness/form.ts';
import { REALM } from './identity-provider.ts';
import type { IdentityProvider, Person } from './identity-provider.ts';
import { answerOf, proveAnswer } from './signed-answer.ts';

type Start = () => Promise<IdentityProvider>;

/** One GET with the session's cookie: the answer comes at once. */
export function withLiveSession(name: string, start: Start, callers: number): Contestant {
  return contestant(`${name}, live session`, start, callers, async (provider, browser) => {
    requireAnswer(await browser.get(signInUrl(provider)));
  });
}

/** From nothing: GET, the form, user name and password, the answer; all redirects between them are part of it. */
export function withPassword(name: string, start: Start, callers: number): Contestant {
  return contestant(`${name}, password`, start, callers, async (provider, browser) => {
    browser.forgetCookies();
    const page = await browser.get(signInUrl(provider));
    if (answerOf(page) !== undefined) throw new Error('signed in without a password');
    requireAnswer(await typePassword(page, browser, provider.person));
  });
}

function contestant(
  name: string,
  start: Start,
  callers: number,
  operation: (provider: IdentityProvider, browser: Browser) => Promise<void>,
): Contestant {
  return {
    name,
    start: async (): Promise<StartedContestant> => {
      const provider = await start();
      const browsers = Array.from({ length: callers }, () => openBrowser(provider.ca));
      const stop = async (): Promise<void> => {
        for (const browser of browsers) browser.close();
        await provider.stop();
      };
      try {
        for (const browser of browsers) await openSession(provider, browser);
      } catch (error) {
        await stop();
        throw error;
      }
      return { pids: () => provider.pids, operation: (caller) => operation(provider, taken(browsers, caller)), stop };
    },
  };
}

function taken(browsers: readonly Browser[], caller: number): Browser {
  const browser = browsers[caller];
  if (browser === undefined) throw new Error(`there are ${browsers.length} browsers for caller ${caller}`);
  return browser;
}

/** Signs in once, whatever the provider asks for, and proves that the answer is what is compared. */
async function openSession(provider: IdentityProvider, browser: Browser): Promise<void> {
  // Signs that HTML, URLs and forms each treat specially: wctx comes back byte for byte.
  const wctx = `LoginOptions=3&estsredirect=2&estsrequest=${randomUUID()}"<'>`;
  const page = await browser.get(signInUrl(provider, wctx));
  const answer = answerOf(page) ?? requireAnswer(await typePassword(page, browser, provider.person));
  proveAnswer(answer, wctx, provider.signingCertificate);
}

/** As Entra asks: each sign-in has an id of its own, by which a provider tells many sign-ins from one that goes in circles. */
function signInUrl({ address }: IdentityProvider, wctx = `estsrequest=${randomUUID()}`): string {
  const url = new URL(address);
  const parameters = { wa: 'wsignin1.0', wtrealm: REALM, wctx, 'client-request-id': randomUUID() };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Into the first form that asks for a password; its text field is the user name's. */
async function typePassword(page: Page, browser: Browser, { username, password }: Person): Promise<Page> {
  for (const form of formsOf(page.html)) {
    const passwordField = form.fields.find(({ type }) => type === 'password');
    const nameField = form.fields.find(({ type }) => type === 'text' || type === 'email');
    if (passwordField === undefined || nameField === undefined) continue;
    return browser.submit(page, form, { [nameField.name]: username, [passwordField.name]: password });
  }
  throw unexpected(page, 'without a sign-in form');
}

function requireAnswer(page: Page): Form {
  const answer = answerOf(page);
  if (answer === undefined) throw unexpected(page, 'without a signed answer');
  return answer;
}

/** With the page's own words: they say what is wrong. */
function unexpected({ url, status, html }: Page, how: string): Error {
  const words = html.replaceAll(/<(style|script|head)\b.*?<\/\1>|<[^>]*>/gis, ' ').replaceAll(/\s+/g, ' ');
  return new Error(`${new URL(url).pathname} answered ${status} ${how}: ${words.trim().slice(0, 400)}`);
}
