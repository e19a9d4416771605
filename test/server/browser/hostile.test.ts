/** Hostile input at every address for browsers: a page or a redirect, never a defect, and at little cost. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NORA, openBrowser, pageOf, SESSION, VISIT } from './browser.ts';
import type { Answer, Browser } from './browser.ts';
import { ALWAYS, enrolApp, INSIDE } from './factors.ts';
import { ACCOUNT, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const ADDRESS = `${PASSIVE}?${SIGN_IN}`;
const STEPS = [
  'password',
  'change-password',
  'totp',
  'recovery',
  'passkey',
  'enrolment-code',
  'enrol-totp',
  'enrol-passkey',
  'remove-factor',
  'new-recovery-codes',
] as const;
const NAMES = [
  'username',
  'password',
  'old-password',
  'new-password',
  'new-password-again',
  'code',
  'response',
  'name',
  'id',
  'stay',
  'csrf',
  'step',
  '__proto__',
  'constructor',
] as const;

/** Of pages, redirects and refusals; a defect is none of them. */
function expectSound({ status, headers, text }: Answer, site: Site): void {
  expect([200, 303, 400, 401, 403, 404, 405, 413]).toContain(status);
  if (status === 303) expect(headers.location).toMatch(/^\/[!-~]*$/);
  else if (headers['content-type']?.startsWith('text/html'))
    pageOf('', { status, headers, text, body: Buffer.alloc(0) });
  expect(site.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
}

/** A browser at each stage: nobody, signed in, with a second factor used. */
async function stages(site: Site): Promise<readonly Browser[]> {
  const signedIn = openBrowser(site);
  await signedIn.signIn('mia.berg@corp.example.test');
  const raised = openBrowser(site);
  await enrolApp(site, raised, await raised.signIn());
  const nobody = openBrowser(site);
  await nobody.open();
  return [nobody, signedIn, raised];
}

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '\0',
    '\r\n',
    'a\0b',
    '../..',
    '<script>',
    '"\'><',
    '*)(objectClass=*',
    '{"id":{"id":{}}}',
    '[[[[',
    '000000',
  ),
  fc.constantFrom('x'.repeat(5_000), 'ü'.repeat(2_000), 'AAAAA-AAAAA', `${NORA}\0`, 'CORP\\', '@', '\\'),
);

describe('forms of every step, with any fields', () => {
  test('are answered, at every stage, at the protocol’s and the account’s address', async () => {
    // Sessions that outlast the time that passes below.
    const site = await openSite({ ...ALWAYS, signIn: { ...INSIDE, sessionMinutes: 1_000_000 } });
    const browsers = await stages(site);
    const csrf = new Map(
      await Promise.all(
        browsers.map(async (browser) => {
          const { forms } = await browser.open(`${ADDRESS}&mortise=password`);
          return [browser, forms['change-password']?.hidden['csrf'] ?? ''] as const;
        }),
      ),
    );
    const fields = fc.tuple(
      fc.shuffledSubarray([...NAMES, ...NAMES], { minLength: 8 }),
      fc.array(value, { minLength: 3 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        fc.constantFrom(...STEPS),
        fc.constantFrom(ADDRESS, ACCOUNT),
        fields,
        async (stage, step, address, [names, values]) => {
          const browser = browsers[stage];
          if (browser === undefined) return;
          // Else so many wrong names from one source would be slowed down.
          site.passTime(31 * 60_000);
          // Of those that come twice, ours are the first.
          const body = new URLSearchParams({ csrf: csrf.get(browser) ?? '', step });
          for (const [index, name] of names.entries())
            body.append(name, (values[index % values.length] ?? '').toWellFormed());
          expectSound(await browser.send(address, { method: 'POST', body: body.toString() }), site);
        },
      ),
      { numRuns: 300 },
    );
    // They were looked at, and not stopped at the door.
    const codes = new Set((await site.records()).map(({ refusal }) => refusal?.code));
    expect(codes.size).toBeGreaterThan(5);
    expect([...codes]).toEqual(expect.arrayContaining(['password-account-unknown', 'passkey-malformed']));
  });

  test('bodies of any bytes, too', async () => {
    const site = await openSite(ALWAYS);
    const [browser] = await stages(site);
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (body, asForm) => {
        const whole = Buffer.concat([Buffer.from(asForm ? 'step=password&csrf=' : ''), body]);
        for (const path of [ADDRESS, PASSIVE, ACCOUNT])
          expectSound((await browser?.send(path, { method: 'POST', body: whole })) as Answer, site);
      }),
      { numRuns: 100 },
    );
  });
});

describe('addresses with any query', () => {
  test('are answered', async () => {
    const site = await openSite(ALWAYS);
    const [browser, signedIn] = await stages(site);
    const name = fc.constantFrom(
      'wa',
      'wtrealm',
      'wctx',
      'wreply',
      'wauth',
      'wfresh',
      'prompt',
      'mfa_max_age',
      'username',
    );
    const more = fc.constantFrom(
      'login_hint',
      'mkt',
      'lc',
      'client-request-id',
      'resource_params',
      'mortise',
      '__proto__',
    );
    const text = fc.oneof(
      value.map((given) => encodeURIComponent(given.toWellFormed())),
      fc.constantFrom(
        '%',
        '%ff',
        '%00',
        'wsignin1.0',
        'wsignout1.0',
        'urn%3afederation%3aMicrosoftOnline',
        '-1',
        '1e9',
      ),
    );
    const query = fc
      .array(fc.tuple(fc.oneof(name, more), text), { maxLength: 8 })
      .map((pairs) => pairs.map(([key, given]) => `${key}=${given}`).join('&'));
    await fc.assert(
      fc.asyncProperty(query, fc.boolean(), fc.boolean(), async (given, complete, known) => {
        const own = (known ? signedIn : browser) as Browser;
        for (const path of [PASSIVE, '/adfs/ls/', ACCOUNT]) {
          const answer = await own.send(`${path}?${complete ? `${SIGN_IN}&` : ''}${given}`);
          if (answer.status !== 302) expectSound(answer, site);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('headers', () => {
  test.each([
    ['a cookie of garbage', { cookie: '__Host-mortise-session=%00; __proto__=1; =; ;;;' }],
    ['our cookies twice', { cookie: `${SESSION}=a; ${SESSION}=b; ${VISIT}=c; ${VISIT}=d` }],
    ['a cookie header that is too long', { cookie: `${SESSION}=${'x'.repeat(20_000)}` }],
    ['many cookies', { cookie: Array.from({ length: 3_000 }, (_, index) => `c${index}=v`).join('; ') }],
    ['languages without end', { 'accept-language': Array.from({ length: 5_000 }, () => 'de;q=0.1').join(',') }],
    ['a language of garbage', { 'accept-language': '__proto__,;q=,*;q=9' }],
    ['a host of garbage', { host: 'a b"><script>' }],
    ['a host with a bracket', { host: '[' }],
    ['a site of garbage', { 'sec-fetch-site': '\u00FF' }],
    ['an address of garbage', { 'x-forwarded-for': '__proto__, , ::ffff:1.2.3.4.5' }],
    ['an authorization of garbage', { authorization: `Negotiate ${'A'.repeat(60_000)}`, 'user-agent': 'Chrome/1' }],
  ])('%s', async (_, headers) => {
    const site = await openSite({ server: { trustedProxies: ['127.0.0.1'] } });
    const browser = openBrowser(site, headers);
    for (const path of [ADDRESS, ACCOUNT, '/adfs/ls/?wa=wsignout1.0']) expectSound(await browser.send(path), site);
  });
});

/** Milliseconds of the processor, of this whole process, test and garbage included; the least of five. */
async function costOf(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  return Math.min(...times);
}

describe('cost', () => {
  const PARAMETERS = 20_000;
  const repeated = (text: string, size = 60_000): string => text.repeat(Math.floor(size / text.length));

  test.each([
    ['a form of very many fields', ADDRESS, `step=password&${'a&'.repeat(PARAMETERS)}`],
    ['a form of very many equal fields', ADDRESS, `step=password${repeated('&csrf=x')}`],
    ['a form of escapes', ADDRESS, `step=password&csrf=${repeated('%e4')}`],
    ['a form of plus signs', ADDRESS, `step=password&username=${repeated('+')}&password=x`],
    ['a request of many parameters', PASSIVE, `wa=wsignin1.0&${repeated('a=b&')}`],
    ['a request of one long one', PASSIVE, `wa=${repeated('x')}`],
    ['the account’s', ACCOUNT, `step=remove-factor&${'id=x&'.repeat(10_000)}`],
  ])('%s is answered in some milliseconds', async (_, path, body) => {
    const site = await openSite(ALWAYS);
    const [browser] = await stages(site);
    const cost = await costOf(async () => {
      expectSound((await browser?.send(path, { method: 'POST', body })) as Answer, site);
    });
    expect(cost).toBeLessThan(50);
  });

  test('a passkey’s answer, a code and a name of any length cost as little', async () => {
    const site = await openSite(ALWAYS);
    const [, , browser] = await stages(site);
    const page = await browser?.open(`${ADDRESS}&mortise=password`);
    const csrf = page?.forms['change-password']?.hidden['csrf'] ?? '';
    for (const fields of [
      { step: 'passkey', response: `{"id":"${'x'.repeat(60_000)}"}` },
      { step: 'passkey', response: '['.repeat(60_000) },
      { step: 'totp', code: ' 1'.repeat(29_000) },
      { step: 'recovery', code: '-'.repeat(60_000) },
      { step: 'enrol-passkey', response: '{}', name: 'ü'.repeat(9_000) },
      {
        step: 'change-password',
        username: 'x'.repeat(50_000),
        'old-password': 'x',
        'new-password': 'y',
        'new-password-again': 'y',
      },
    ]) {
      const body = new URLSearchParams({ csrf, ...fields } as Readonly<Record<string, string>>).toString();
      const cost = await costOf(async () => {
        expectSound((await browser?.send(ADDRESS, { method: 'POST', body })) as Answer, site);
      });
      expect(cost, fields.step).toBeLessThan(50);
    }
  });
});
