/** The scripted browser against a service that answers from a list: what it sends, where it goes, and where it does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NoPage, openUserAgent, USER_AGENT } from '../../src/rehearsal/user-agent.ts';
import type { ClientTicket } from '../../src/rehearsal/windows-transport-client.ts';
import { startFakeService } from './fake-service.ts';
import type { FakeService } from './fake-service.ts';

let service: FakeService;
beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());

const ticket = (verifyResponse: ClientTicket['verifyResponse'] = () => undefined): ClientTicket => ({
  token: Buffer.from('a ticket'),
  verifyResponse,
});
const open = (ticketFor?: (host: string) => ClientTicket) =>
  openUserAgent({ http: service.client, now: () => new Date(), ...(ticketFor && { ticketFor }) });
const at = (path: string): string => service.origin + path;
const OK = { status: 200, body: '<h1>Here</h1>' } as const;
const ASKED = { status: 401, headers: { 'www-authenticate': 'Negotiate' }, body: '<h1>Sign in</h1>' } as const;

describe('redirects and cookies', () => {
  test('it follows to the page, and brings each cookie from there on', async () => {
    service.answerWith(
      { status: 302, headers: { location: '/two', 'set-cookie': 'one=1' } },
      { status: 303, headers: { location: at('/three?x=1') } },
      OK,
    );
    const { url, status, page, via } = await open().open(at('/one'));
    expect({ url, status, heading: page.heading }).toEqual({ url: at('/three?x=1'), status: 200, heading: 'Here' });
    expect(via.map((hop) => hop.url)).toEqual([at('/one'), at('/two'), at('/three?x=1')]);
    expect(service.seen.map(({ headers }) => headers.cookie)).toEqual([undefined, 'one=1', 'one=1']);
    expect(service.seen[0]?.headers['user-agent']).toContain(USER_AGENT);
  });

  test('two browsers have no cookie in common', async () => {
    service.answerWith({ ...OK, headers: { 'set-cookie': 'one=1' } }, OK);
    await open().open(at('/'));
    await open().open(at('/'));
    expect(service.seen[1]?.headers.cookie).toBeUndefined();
  });

  test('a circle ends', async () => {
    service.answerWith(...Array.from({ length: 30 }, () => ({ status: 302, headers: { location: '/again' } })));
    await expect(open().open(at('/'))).rejects.toThrow('more than 20 redirects');
    expect(service.seen.length).toBe(20);
  });

  test('a status that is no redirect is a page, whatever Location says', async () => {
    service.answerWith({ ...OK, status: 201, headers: { location: '/elsewhere' } });
    expect((await open().open(at('/'))).status).toBe(201);
  });
});

describe('forms', () => {
  const FORM = `<form method="post" action="/take?a=1&amp;b=2"><input type="hidden" name="csrf" value="&quot;&amp;">
    <input name="username"><input type="checkbox" name="stay" value="yes"></form>`;

  test('the hidden fields and what is typed, to the form’s address', async () => {
    service.answerWith({ ...OK, body: FORM }, OK);
    const agent = open();
    const visit = await agent.open(at('/form'));
    const [form] = visit.page.forms;
    if (form === undefined) throw new Error('no form');
    await agent.submit(visit, form, { username: 'nora ü' });
    expect(service.seen[1]).toMatchObject({
      method: 'POST',
      url: '/take?a=1&b=2',
      body: 'csrf=%22%26&username=nora+%C3%BC',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    });
  });

  test('without an action to the page’s own address, and by GET in the address', async () => {
    service.answerWith({ ...OK, body: '<form><input name="q"></form>' }, OK);
    const agent = open();
    const visit = await agent.open(at('/search?old=1'));
    const [form] = visit.page.forms;
    if (form === undefined) throw new Error('no form');
    await agent.submit(visit, form, { q: 'x' });
    expect(service.seen[1]).toMatchObject({ method: 'GET', url: '/search?q=x', body: '' });
  });
});

describe('Negotiate', () => {
  test('with a ticket for the host: the request once more, on the same connection', async () => {
    service.answerWith(ASKED, { ...OK, headers: { 'www-authenticate': 'Negotiate cHJvb2Y=' } });
    const proofs: string[] = [];
    const hosts: string[] = [];
    const agent = open((host) => {
      hosts.push(host);
      return ticket((proof) => proofs.push(Buffer.from(proof).toString()));
    });
    const { via, page } = await agent.open(at('/'));
    expect(via).toEqual([{ url: at('/'), ticket: 'given' }]);
    expect(page.heading).toBe('Here');
    expect(service.seen[1]?.headers.authorization).toBe(`Negotiate ${Buffer.from('a ticket').toString('base64')}`);
    expect(service.seen[1]?.clientPort).toBe(service.seen[0]?.clientPort);
    expect({ hosts, proofs }).toEqual({ hosts: ['fake.localhost'], proofs: ['proof'] });
  });

  test('without a ticket: the page that came with the 401', async () => {
    service.answerWith(ASKED);
    const { via, status, page } = await open().open(at('/'));
    expect(via).toEqual([{ url: at('/'), ticket: 'asked' }]);
    expect({ status, heading: page.heading }).toEqual({ status: 401, heading: 'Sign in' });
  });

  test('a 401 without Negotiate gets no ticket', async () => {
    service.answerWith({ ...ASKED, headers: { 'www-authenticate': 'Basic realm="x"' } });
    const { via } = await open(() => ticket()).open(at('/'));
    expect(via).toEqual([{ url: at('/'), ticket: undefined }]);
    expect(service.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('a service that cannot prove itself is not shown', async () => {
    service.answerWith(ASKED, { ...OK, headers: { 'www-authenticate': 'Negotiate cHJvb2Y=' } });
    const liar = (): never => {
      throw new Error('wrong key');
    };
    await expect(open(() => ticket(liar)).open(at('/'))).rejects.toThrow(
      `${at('/')} does not prove that it holds the ticket's key: wrong key`,
    );
  });
});

describe('where it does not go', () => {
  test.each([
    ['http://fake.localhost/a?secret=1', 'nothing answers at http://fake.localhost/a, which is not https'],
    ['https://login.example.com/a?secret=1', 'sent to https://login.example.com/a, which is not of the rehearsal'],
    ['https://evil-localhost/', 'not of the rehearsal'],
  ])('%s', async (url, words) => {
    service.answerWith({ status: 302, headers: { location: url } });
    const failure: unknown = await open()
      .open(at('/'))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NoPage);
    expect(String(failure)).toContain(words);
    expect(String(failure)).not.toContain('secret');
  });

  test('nobody listens', async () => {
    await expect(open().open('https://fake.localhost:1/')).rejects.toThrow(
      /^https:\/\/fake\.localhost:1\/: .*ECONNREFUSED/,
    );
  });
});
