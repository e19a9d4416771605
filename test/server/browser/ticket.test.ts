/** Silent sign-in: 401 with the form in it, a ticket, or the form for everybody else, and a word where a ticket failed. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_COMPUTERS, SAMPLE_PEOPLE } from '../../../src/directory/sample-domain.ts';
import { mechanisms } from '../../../src/kerberos/spnego.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { MintedToken } from '../../../src/rehearsal/kdc.ts';
import { CLAIMS, METHODS, readAssertion } from '../../signin/browser/read-assertion.ts';
import { ticketWithPac } from '../../signin/browser/pac-ticket.ts';
import { EN, openBrowser, postedBy, SESSION } from './browser.ts';
import type { Answer, Browser, Page } from './browser.ts';
import { openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const EDGE = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0';
const ADDRESS = `${PASSIVE}?${SIGN_IN}`;
const NORA = SAMPLE_PEOPLE.usual;

const header = (token: Uint8Array): string => `Negotiate ${Buffer.from(token).toString('base64')}`;
const responseOf = ({ headers }: Answer): Buffer =>
  Buffer.from(/^Negotiate (\S+)$/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '', 'base64');

/** A browser on the company's network that answers Negotiate. */
const openEdge = (site: Site): Browser => openBrowser(site, { 'user-agent': EDGE });

const withTicket = (browser: Browser, authorization: string, address = ADDRESS): Promise<Page> =>
  browser.open(address, { headers: { authorization } });

const bring = (browser: Browser, { token }: MintedToken, address = ADDRESS): Promise<Page> =>
  withTicket(browser, header(token), address);

describe('a browser on the company’s network', () => {
  test('is asked for a ticket, and has the form in the same answer', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    const page = await browser.open();
    expect([page.status, page.headers['www-authenticate'], page.title]).toEqual([401, 'Negotiate', EN.signIn.title]);
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
    expect(await site.records(), 'a question is no outcome').toEqual([]);
    expect(site.logged.at(-1)).toMatchObject({ msg: 'asked for a Kerberos ticket', sourceAddress: '127.0.0.1' });
    // The form in it is as good as any.
    postedBy(
      await browser.submit(page, 'password', {
        username: `${NORA}@corp.example.test`,
        password: 'Bahnhof-Über-7-Gleise',
      }),
    );
  });

  test('signs in with its ticket, in one request, and the server proves itself', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    const ticket = site.mint(NORA);
    const answer = await bring(browser, ticket);
    expect([answer.status, answer.address]).toEqual([200, ADDRESS]);
    expect(() => ticket.verifyResponse(responseOf(answer))).not.toThrow();
    const { claims, authenticationMethod } = readAssertion(postedBy(answer)['wresult'] ?? '');
    expect(authenticationMethod).toBe('urn:federation:authentication:windows');
    expect(claims[CLAIMS.methods]).toEqual([METHODS.windows]);
    expect(claims[CLAIMS.upn]).toEqual(['nora.keller@corp.example.test']);
    expect((await site.records()).map(({ event, outcome }) => event?.detail ?? outcome)).toEqual([
      'kerberos',
      'issued',
    ]);
  });

  test('has a session then, and is asked no more, nor is the ticket looked at', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    const ticket = site.mint(NORA);
    await bring(browser, ticket);
    expect(browser.cookies.has(SESSION)).toBe(true);
    postedBy(await browser.open());
    // Some browsers send theirs again with every request.
    postedBy(await bring(browser, ticket));
    expect((await site.records()).filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  });

  test('with a ticket of 64 KB too', async () => {
    const site = await openSite();
    const ticket = site.mint(NORA, { authorizationDataBytes: 47_320 });
    expect(header(ticket.token).length).toBeGreaterThan(64_000);
    postedBy(await bring(openEdge(site), ticket));
  });

  test('in two legs, on one connection', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    const ticket = site.mint(NORA, { withoutMechToken: true });
    const first = await browser.send(ADDRESS, { headers: { authorization: header(ticket.token) } });
    expect([first.status, first.text, first.headers['cache-control']]).toEqual([401, '', 'no-store']);
    expect(await site.records()).toEqual([]);
    const second = await withTicket(browser, header(ticket.continueWith(responseOf(first))));
    postedBy(second);
    expect(() => ticket.verifyResponse(responseOf(second))).not.toThrow();
  });

  test('a second leg without a first is none', async () => {
    const site = await openSite();
    const ticket = site.mint(NORA, { withoutMechToken: true });
    const first = await openEdge(site).send(ADDRESS, { headers: { authorization: header(ticket.token) } });
    const page = await withTicket(openEdge(site), header(ticket.continueWith(responseOf(first))));
    expect(page.told).toBe(EN.signIn.problems['ticket-failed']);
    expect((await site.lastRecord()).refusal?.code).toBe('spnego-out-of-turn');
  });

  test('at AD FS’s address as well', async () => {
    const site = await openSite();
    postedBy(await bring(openEdge(site), site.mint(NORA), `/adfs/ls/?${SIGN_IN}`));
  });
});

describe('a ticket that is not taken leads to the form, with a word, and is recorded', () => {
  let site: Site;
  const hour = 3_600_000;
  const at = (ms: number): Date => new Date(site.now().getTime() + ms);
  const minted: readonly (readonly [what: string, code: string, mint: () => MintedToken])[] = [
    ['with RC4', 'kerberos-encryption-type-refused', () => site.mint(NORA, { ticketEncryptionType: 23 })],
    ['expired', 'kerberos-ticket-expired', () => site.mint(NORA, { authTime: at(-11 * hour), endTime: at(-hour) })],
    ['of another clock', 'kerberos-clock-skew', () => site.mint(NORA, { clientTime: at(-hour) })],
    ['of NTLM in SPNEGO', 'ntlm-refused', () => site.mint(NORA, { mechanisms: [mechanisms.ntlm] })],
    ['of nobody', 'directory-entry-missing', () => site.mint('nobody')],
    ['of somebody disabled', 'account-disabled', () => site.mint(SAMPLE_PEOPLE.disabled)],
    ['of a computer', 'not-a-person', () => site.mint(SAMPLE_COMPUTERS.consistent)],
    [
      'of another realm',
      'kerberos-realm-unknown',
      () => site.mint(NORA, { client: { name: NORA, realm: 'OTHER.TEST' } }),
    ],
  ];
  const written: readonly (readonly [what: string, code: string, authorization: string])[] = [
    ['NTLM', 'ntlm-refused', `Negotiate ${Buffer.from('NTLMSSP\0\u0001\0\0\0').toString('base64')}`],
    ['the scheme NTLM', 'ntlm-refused', 'NTLM TlRMTVNTUAABAAAA'],
    ['Basic', 'negotiate-malformed', `Basic ${Buffer.from('user:s3cr3t').toString('base64')}`],
    ['no base64', 'negotiate-malformed', 'Negotiate s3cr3t*'],
    ['garbage', 'negotiate-malformed', 'Negotiate Z2FyYmFnZSBzM2NyM3Q='],
    ['nothing', 'negotiate-required', ''],
  ];

  async function expectForm(page: Page, code: string): Promise<void> {
    expect([page.status, page.title, page.told]).toEqual([200, EN.signIn.title, EN.signIn.problems['ticket-failed']]);
    expect(page.headers['www-authenticate']?.split(' ')[0] ?? 'Negotiate').toBe('Negotiate');
    expect(await site.lastRecord()).toMatchObject({ outcome: 'refused', endpoint: 'passive', refusal: { code } });
    expect(await site.records()).toHaveLength(1);
  }

  test.each(minted)('%s: %s', async (_, code, mint) => {
    site = await openSite();
    const browser = openEdge(site);
    await expectForm(await bring(browser, mint()), code);
    expect(browser.cookies.has(SESSION)).toBe(false);
  });

  test.each(written)('%s: %s', async (_, code, authorization) => {
    site = await openSite();
    await expectForm(await withTicket(openEdge(site), authorization), code);
    expect(JSON.stringify([await site.records(), site.logged])).not.toContain('s3cr3t');
  });

  test('used once already', async () => {
    site = await openSite();
    const ticket = site.mint(NORA);
    postedBy(await bring(openEdge(site), ticket));
    const page = await bring(openEdge(site), ticket);
    expect(page.told).toBe(EN.signIn.problems['ticket-failed']);
    expect((await site.lastRecord()).refusal?.code).toBe('kerberos-replay');
  });

  test('while no domain controller answers, of somebody who was never here', async () => {
    site = await openSite();
    site.directory.failure = new Refusal('directory-down');
    await expectForm(await bring(openEdge(site), site.mint(NORA)), 'directory-down');
  });

  test('but a known person’s does, and the record says with which attributes', async () => {
    site = await openSite();
    await bring(openEdge(site), site.mint(NORA));
    site.directory.failure = new Refusal('directory-down');
    const page = await withTicket(openEdge(site), ticketWithPac(NORA, 1701, site.serviceAccountPassword, site.now()));
    const { claims } = readAssertion(postedBy(page)['wresult'] ?? '');
    expect(claims[CLAIMS.upn]).toEqual(['nora.keller@corp.example.test']);
    const notes = 'attributes are those of the last sign-in: directory-down';
    expect((await site.records()).slice(-2).map((record) => record.notes)).toEqual([[notes], [notes]]);
  });
});

describe('a request that wants a ticket and nothing else', () => {
  const WINDOWS = `${ADDRESS}&wauth=urn:federation:authentication:windows`;

  test('is answered to a ticket', async () => {
    const site = await openSite();
    postedBy(await bring(openEdge(site), site.mint(NORA), WINDOWS));
  });

  test('anew where it wants it fresh', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    postedBy(await bring(browser, site.mint(NORA), `${WINDOWS}&wfresh=0`));
    expect((await browser.open(`${WINDOWS}&wfresh=0`)).status).toBe(401);
    postedBy(await bring(browser, site.mint(NORA), `${WINDOWS}&wfresh=0`));
  });

  test('asks whoever signed in by password for one', async () => {
    const site = await openSite();
    const browser = openEdge(site);
    await browser.signIn();
    const page = await browser.open(WINDOWS);
    expect([page.status, page.headers['www-authenticate'], page.forms]).toEqual([401, 'Negotiate', {}]);
    expect(page.title).toBe(EN.refused.titles['company-network']);
    expect(page.text).toContain(String(site.logged.at(-1)?.['activity']));
    const { claims } = readAssertion(postedBy(await bring(browser, site.mint(NORA), WINDOWS))['wresult'] ?? '');
    expect(claims[CLAIMS.methods]).toContain(METHODS.windows);
  });

  test.each([
    ['a ticket that is not taken', EDGE, 'Negotiate Z2FyYmFnZQ=='],
    ['a browser that is not asked', 'curl/8', undefined],
  ])('is refused to %s, without a form that would lead nowhere', async (_, agent, authorization) => {
    const site = await openSite();
    const browser = openBrowser(site, { 'user-agent': agent });
    const page = await browser.open(WINDOWS, authorization === undefined ? {} : { headers: { authorization } });
    expect([page.status, page.title, page.forms]).toEqual([403, EN.refused.titles['company-network'], {}]);
    expect((await site.lastRecord()).refusal?.code).toBe('wauth-not-met');
  });

  test('as well as a password: either does', async () => {
    const browser = openBrowser(await openSite());
    const wauth = encodeURIComponent('urn:federation:authentication:windows urn:oasis:names:tc:SAML:1.0:am:password');
    postedBy(await browser.signIn(undefined, undefined, `${ADDRESS}&wauth=${wauth}`));
  });
});
