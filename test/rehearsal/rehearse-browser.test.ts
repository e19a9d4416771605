/** The browser's part of a rehearsal: three sign-ins that Entra takes, each mishap with who names it, and no secret said. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { BROWSER_MISHAPS } from '../../src/rehearsal/browser-mishaps.ts';
import type { BrowserMishap, BrowserMishapName } from '../../src/rehearsal/browser-mishaps.ts';
import type { SignInRecord } from '../../src/rehearsal/entra/sign-in-log.ts';
import type { HttpClient } from '../../src/rehearsal/http-client.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { rehearseBrowser } from '../../src/rehearsal/rehearse-browser.ts';
import type { BrowserResult, BrowserWay } from '../../src/rehearsal/rehearse-browser.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import { checksOf } from './provoked.ts';

interface Run {
  readonly result: BrowserResult;
  readonly lines: readonly string[];
  readonly activities: readonly Activity[];
  readonly signIns: readonly SignInRecord[];
  /** The one who has a second factor is not the one who is to be tried by hand. */
  readonly factorsOfPerson: number;
  readonly secrets: readonly string[];
}

async function browsed(name?: BrowserMishapName): Promise<Run> {
  const row: BrowserMishap | undefined = name === undefined ? undefined : BROWSER_MISHAPS[name];
  const world = await openWorld({ ...SOUND_PLAN, ...row?.change }, { fallback: 'disabled', port: 0 });
  try {
    const secrets = secretsOf(dirname(world.configurationFile), world.person.typedPassword);
    const heard = { ...world, browsers: { ...world.browsers, http: listening(world.browsers.http, secrets) } };
    const lines: string[] = [];
    const mishap = name === undefined || row === undefined ? undefined : { name, row };
    const result = await rehearseBrowser(heard, { mishap }, (line) => lines.push(line));
    const activities = await world.store.activities.list({ limit: 100 });
    const person = activities.find(({ subject }) => subject?.name === 'nora.keller')?.subject?.userId ?? '';
    const factorsOfPerson = (await world.store.secondFactors.list(person)).length;
    return { result, lines, activities, signIns: world.entra.signIns(), factorsOfPerson, secrets };
  } finally {
    await world.close();
  }
}

const secretsOf = (folder: string, ...more: readonly string[]): string[] => [
  ...['service-account.password', 'master.key'].map((file) => readFileSync(join(folder, file), 'utf8').trim()),
  ...more,
];

/** Notes what travels: tickets and cookies, tokens of forms, the app's key, recovery codes. */
function listening(http: HttpClient, secrets: string[]): HttpClient {
  return {
    ...http,
    send: async (request) => {
      const { authorization, cookie } = request.headers ?? {};
      for (const sent of [authorization, cookie])
        if (typeof sent === 'string') secrets.push(...sent.split(/[ ;=]+/).filter((part) => part.length > 20));
      const response = await http.send(request);
      const html = response.body.toString();
      for (const [, found = ''] of html.matchAll(/name="csrf" value="([^"]+)"|secret=([A-Z2-7]+)|<li><code>([^<]+)</g))
        if (found !== '') secrets.push(found);
      return response;
    },
  };
}

const said = ({ lines, activities }: Run): string => `${lines.join('\n')}\n${JSON.stringify(activities)}`;
const hosts = (line: string): readonly string[] =>
  [...line.matchAll(/(\w+)\.localhost:\d+/g)].map(([, host = '']) => host);
const stepsOf = ({ result }: Run, way: BrowserWay): readonly string[] =>
  result.signIns.find((signIn) => signIn.way === way)?.steps ?? [];

describe('without mishap', () => {
  let run: Run;
  beforeAll(async () => {
    run = await browsed();
  });

  test('Entra takes all three, and nobody else’s', () => {
    expect(run.result.accepted).toBe(true);
    expect(run.signIns.map(({ userPrincipalName, secondFactor }) => [userPrincipalName, secondFactor])).toEqual([
      ['nora.keller@corp.example.test', false],
      ['nora.keller@corp.example.test', false],
      ['mia.berg@corp.example.test', true],
    ]);
  });

  test('the password: over Entra to Mortise and back, and out again', () => {
    const steps = stepsOf(run, 'password');
    expect(steps.map(hosts)).toEqual([
      ['login', 'sso'],
      ['sso', 'login'],
    ]);
    expect(steps[0]).toContain('“Sign in” (a Kerberos ticket is asked for, there is none): user name and password');
    expect(run.lines).toContainEqual(expect.stringMatching(/^ {2}sso\.localhost:\d+: “You are signed out”$/));
    expect(run.activities.map(({ event }) => event?.kind)).toContain('session-ended');
  });

  test('the claims, with where each came from', () => {
    const from = run.lines.indexOf('Claims that Entra accepted:');
    const rows = run.lines.slice(from + 4, run.lines.indexOf('', from + 2));
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['NameIdentifier', expect.anything(), expect.anything(), expect.stringContaining('mS-DS-ConsistencyGuid')],
      ['ImmutableID', expect.anything(), expect.anything(), expect.stringContaining('mS-DS-ConsistencyGuid')],
      ['UPN', expect.anything(), 'nora.keller@corp.example.test', expect.stringContaining('userPrincipalName')],
      ['insidecorporatenetwork', expect.anything(), 'true', 'the session'],
      ['authenticationmethod', expect.anything(), expect.stringMatching(/password$/), 'the session'],
      ['authnmethodsreferences', expect.anything(), expect.stringMatching(/password$/), 'the session'],
    ]);
  });

  test('the ticket: no page on the way, and Entra reads it', () => {
    const [step, read] = stepsOf(run, 'ticket');
    expect(hosts(step ?? '')).toEqual(['login', 'sso', 'login']);
    expect(step).toContain('(a Kerberos ticket is asked for and given)');
    expect(read).toBe('Entra read http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows');
  });

  test('the second factor: set up on the way, and Entra reads it', () => {
    const steps = stepsOf(run, 'second-factor');
    expect(steps.map((step) => /“(.+?)”/.exec(step)?.[1])).toEqual([
      'Sign in',
      'Set up a second factor',
      'Set up an authenticator app',
      'Your recovery codes',
      'Signed in to the local Entra as mia.berg@corp.example.test',
      undefined,
    ]);
    expect(steps.at(-1)).toBe('Entra read http://schemas.microsoft.com/claims/multipleauthn');
    expect(run.factorsOfPerson).toBe(0);
  });

  test('the README shows these lines, with parts left out', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [shown = ''] =
      /^nora\.keller@\S+ signs in to Microsoft 365 in a browser[\s\S]*?(?=\n```)/m.exec(readme) ?? [];
    const withoutPorts = (text: string): readonly string[] =>
      text.replaceAll(/localhost:\d+/g, 'localhost').split('\n');
    const printed = withoutPorts(run.lines.join('\n'));
    expect(shown.split('\n').length).toBeGreaterThan(10);
    expect(withoutPorts(shown).filter((line) => line !== '…' && !printed.includes(line))).toEqual([]);
  });

  test('it is short', () => {
    expect(run.lines.length).toBeLessThanOrEqual(30);
  });

  test('no secret stands in output or record', () => {
    expect(run.secrets.length).toBeGreaterThan(15);
    for (const secret of run.secrets) expect(said(run)).not.toContain(secret);
  });
});

interface Expected {
  /** The sign-in that fails; those before it are accepted. */
  readonly way: BrowserWay;
  /** Of Mortise; absent: it issued, or was never asked, or waits for the person. */
  readonly refusal?: RefusalCode;
  readonly issued?: true;
  /** Of the local Entra. */
  readonly check?: string;
  readonly names: readonly (string | RegExp)[];
}

const EXPECTED: Readonly<Record<BrowserMishapName, Expected>> = {
  'other-domains-sign-in': {
    way: 'password',
    issued: true,
    check: 'DBL-TOK-22',
    names: ['luca.rossi@example.test is of example.test', '--application'],
  },
  'person-disabled-at-entra': { way: 'password', issued: true, check: 'DBL-TOK-23', names: ['nora.keller'] },
  'reply-url-elsewhere': {
    way: 'password',
    issued: true,
    names: ['https://login.microsoftonline.us/login.srf', '“Signing you in”', 'replyUrl'],
  },
  'other-application': {
    way: 'password',
    refusal: 'unknown-application',
    names: ['4afaa6b9-1497-44b6-b1ce-1a6d396f0000', 'PassiveSignInUri'],
  },
  'http-sign-in': {
    way: 'password',
    names: [/at http:\/\/sso\.localhost:\d+\/wsf\/prp\/[0-9a-f-]+, which is not https/],
  },
  'other-audience': {
    way: 'password',
    refusal: 'wtrealm-unknown',
    names: ['urn:federation:microsoftonline', 'urn:federation:MicrosoftOnline'],
  },
  'clock-behind-at-idp': { way: 'password', issued: true, check: 'DBL-TOK-11', names: ['timedatectl'] },
  'form-escaped-by-gateway': {
    way: 'password',
    issued: true,
    check: 'DBL-WSF-01',
    names: ['escaped for HTML once more'],
  },
  'other-token-type-in-browser': {
    way: 'password',
    issued: true,
    check: 'DBL-WSF-02',
    names: ['saml-token-profile-1.1'],
  },
  'must-change-elsewhere': { way: 'password', refusal: 'password-must-change', names: ['allowPasswordChanges: true'] },
  'browser-not-asked': { way: 'ticket', names: ['silent.userAgents', /: “Sign in”$/m] },
  'no-corporate-networks': { way: 'second-factor', names: ['corporateNetworks', 'mortise second-factor code'] },
  'mfa-loop': {
    way: 'second-factor',
    issued: true,
    check: 'DBL-WSF-03',
    names: ['a loop', 'answer 3', 'the policy is never to ask for one', 'enforceMfaByFederatedIdp'],
  },
};

describe.each(Object.entries(EXPECTED) as [BrowserMishapName, Expected][])('%s', (name, expected) => {
  const mishap: BrowserMishap = BROWSER_MISHAPS[name];
  let run: Run;
  beforeAll(async () => {
    run = await browsed(name);
  });

  test(`fails at the ${expected.way}, and there it ends`, () => {
    const { result, signIns } = run;
    expect(result.accepted).toBe(false);
    expect(result.signIns.at(-1)).toMatchObject({ way: expected.way, accepted: false });
    expect(result.signIns.slice(0, -1).every(({ accepted }) => accepted)).toBe(true);
    expect(signIns.length).toBe(result.signIns.length - 1);
  });

  test(`the browser shows: ${mishap.ends}`, () => {
    const text = run.lines.join('\n');
    expect(text).toMatch(mishap.ends === 'no page' ? /^Browser {6}no page: /m : `Browser      “${mishap.ends}” (`);
    const codes = new Set(text.match(/AADSTS\d+/g));
    expect([...codes]).toEqual(mishap.aadsts === undefined ? [] : [`AADSTS${mishap.aadsts}`]);
  });

  test('the explanation names who refused, the cause and the cure', () => {
    const text = run.lines.join('\n');
    expect(text).toContain(`Mishap       ${name}: ${mishap.wrong}`);
    expect(text).toContain(`Cure         ${mishap.cure}`);
    expect([...text.matchAll(/^Mortise {6}([\w-]+)/gm)].map(([, word]) => word)).toEqual(
      expected.refusal === undefined ? (expected.issued ? ['issued'] : []) : [expected.refusal],
    );
    expect([...text.matchAll(/^Local Entra {2}([\w-]+)/gm)].map(([, word]) => word)).toEqual(
      expected.check === undefined ? [] : [expected.check],
    );
    for (const check of checksOf(name)) expect(text).toContain(check);
    for (const word of expected.names) expect(text).toMatch(word);
  });

  test('Mortise’s record says the same', () => {
    const refused = run.activities.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal.code]));
    expect(refused).toEqual(expected.refusal === undefined ? [] : [expected.refusal]);
  });

  test('no secret stands in output or record', () => {
    for (const secret of run.secrets) expect(said(run)).not.toContain(secret);
  });
});
