/** A person at a browser: each page is answered once, with what the person has, and the rest is told. */
import { describe, expect, test } from 'vitest';
import { selfPosting, signInByBrowser } from '../../src/rehearsal/browser-sign-in.ts';
import { readHtmlPage } from '../../src/rehearsal/html-page.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { NoPage, openUserAgent } from '../../src/rehearsal/user-agent.ts';
import type { UserAgent, Visit } from '../../src/rehearsal/user-agent.ts';
import { openWorld } from '../../src/rehearsal/world.ts';

const now = (): Date => new Date();
const typed = { userName: 'nora.keller@corp.example.test', password: 'right' } as const;

function visit(path: string, html: string, more: Partial<Visit> = {}): Visit {
  const url = `https://sso.localhost${path}`;
  return { url, status: 200, page: readHtmlPage(html), via: [{ url, ticket: undefined }], ...more };
}

/** Shows these pages, whatever is done on them, and notes what is. */
function showing(...pages: readonly (Visit | NoPage)[]): UserAgent & { readonly did: string[] } {
  const left = [...pages];
  const did: string[] = [];
  const next = async (what: string): Promise<Visit> => {
    did.push(what);
    const page = left.shift();
    if (page === undefined || page instanceof NoPage) throw page ?? new Error('no more pages');
    return page;
  };
  return {
    did,
    open: (url) => next(`open ${url}`),
    submit: (_from, { action }, fields = {}) => next(`submit ${action} ${JSON.stringify(fields)}`),
  };
}

const PASSWORD = visit(
  '/p',
  '<h1>Sign in</h1><form method="post" action="/p"><input name="step" value="password"></form>',
);
const ANSWER = `<h1>Signing you in</h1><form method="post" action="https://login.localhost/login.srf">
  <input type="hidden" name="wa" value="wsignin1.0"><input type="hidden" name="wresult" value="&lt;t/&gt;"></form>`;

describe('what is done', () => {
  test('a form that comes again is not filled in again', async () => {
    const agent = showing(PASSWORD, PASSWORD);
    const { steps, last, noPage } = await signInByBrowser('https://sso.localhost/', {
      agent,
      typed,
      hasPhone: false,
      now,
    });
    expect(agent.did).toEqual([
      'open https://sso.localhost/',
      'submit /p {"username":"nora.keller@corp.example.test","password":"right"}',
    ]);
    expect(steps).toEqual(['sso.localhost: “Sign in”: user name and password are typed', 'sso.localhost: “Sign in”']);
    expect({ last, noPage }).toEqual({ last: PASSWORD, noPage: undefined });
  });

  test('who types nothing stops at the form', async () => {
    const agent = showing(PASSWORD);
    const { steps } = await signInByBrowser('https://sso.localhost/', { agent, hasPhone: true, now });
    expect(steps).toEqual(['sso.localhost: “Sign in”']);
  });

  test('who has no phone stops where an app is to be set up', async () => {
    const choice = visit('/p', '<h1>Set up</h1><a href="/p?a=1&amp;mortise=enrol-totp">App</a>');
    const without = await signInByBrowser('https://sso.localhost/', { agent: showing(choice), hasPhone: false, now });
    expect(without.steps).toEqual(['sso.localhost: “Set up”']);
    const agent = showing(choice, visit('/end', '<h1>End</h1>'));
    await signInByBrowser('https://sso.localhost/', { agent, hasPhone: true, now });
    expect(agent.did[1]).toBe('open https://sso.localhost/p?a=1&mortise=enrol-totp');
  });
});

describe('what is told', () => {
  test('the way over the hosts, the status where it is unusual, and the request’s id', async () => {
    const via = [
      { url: 'https://login.localhost/authorize', ticket: undefined },
      { url: 'https://sso.localhost/p?client-request-id=abc', ticket: 'asked' },
    ] as const;
    const agent = showing(visit('/p', '<h1>No</h1>', { via, status: 403 }));
    const { steps, requestId } = await signInByBrowser('https://login.localhost/', { agent, hasPhone: false, now });
    expect(steps).toEqual([
      'login.localhost → sso.localhost: “No” (403, a Kerberos ticket is asked for, there is none)',
    ]);
    expect(requestId).toBe('abc');
  });

  test('an answer that goes nowhere: its page, and why there is none after it', async () => {
    const agent = showing(visit('/p', ANSWER), new NoPage('not of the rehearsal'));
    const { steps, noPage } = await signInByBrowser('https://sso.localhost/', { agent, hasPhone: false, now });
    expect({ steps, noPage }).toEqual({ steps: ['sso.localhost: “Signing you in”'], noPage: 'not of the rehearsal' });
  });

  test('a defect is no page that is missing', async () => {
    await expect(signInByBrowser('https://sso.localhost/', { agent: showing(), hasPhone: false, now })).rejects.toThrow(
      'no more pages',
    );
  });

  test('pages that never end', async () => {
    const agent = showing(...Array.from({ length: 40 }, () => visit('/p', ANSWER)));
    await signInByBrowser('https://sso.localhost/', { agent, hasPhone: false, now });
    expect(agent.did.length).toBeLessThan(40);
  });
});

test.each([
  ['the answer', ANSWER, true],
  ['a form with something to fill in', ANSWER.replace('type="hidden" name="wa"', 'name="wa"'), false],
  ['another form', ANSWER.replace('wresult', 'other'), false],
  ['two forms', ANSWER + ANSWER, false],
  ['by GET', ANSWER.replace('method="post"', ''), false],
])('a page that posts itself: %s', (_what, html, is) => {
  expect(selfPosting(visit('/p', html)) !== undefined).toBe(is);
});

test('a wrong password against Mortise: the form again, and nobody is signed in', async () => {
  const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 });
  try {
    const { http } = world.browsers;
    const url = `${world.entra.urls.login}/common/oauth2/authorize?login_hint=${typed.userName}`;
    const agent = openUserAgent({ http, now });
    const { last, steps } = await signInByBrowser(url, { agent, typed, hasPhone: true, now });
    expect(steps.length).toBe(2);
    expect(last?.page.heading).toBe('Sign in');
    expect(last?.page.lines.join()).toContain('The user name or the password is not right.');
    expect(world.entra.signIns()).toEqual([]);
    const [refused] = await world.store.activities.list({ limit: 1 });
    expect(refused?.refusal?.code).toBe('password-wrong');
  } finally {
    await world.close();
  }
});
