/** Which addresses answer to which methods, for which application, and that what fails is a page too. */
import { describe, expect, test } from 'vitest';
import { openBrowser, postedBy } from './browser.ts';
import { ACCOUNT, APP, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Differences } from './site.ts';

useWorkspace();

const OTHER = '4afaa6b9-1497-44b6-b1ce-1a6d396f7f70';
const METADATA = '/FederationMetadata/2007-06/FederationMetadata.xml';

/** Two domains: each with its own host name, and its own address that answers go to. */
const TWO: Differences = {
  application: { hostNames: ['sso.one.test'], replyUrl: 'https://rp.one.test/' },
  more: [{ id: OTHER, hostNames: ['sso.two.test', 'adfs.two.test'], replyUrl: 'https://rp.two.test/' }],
};

describe('AD FS’s address', () => {
  test.each(['/adfs/ls', '/adfs/ls/', '/ADFS/ls/'])(
    '%s means the one application there is, at every host name',
    async (path) => {
      const site = await openSite();
      for (const host of ['sso.localhost', 'sso.localhost:8443', 'anything.test', '[::1]:8443', '127.0.0.1']) {
        const browser = openBrowser(site, { host });
        const page = await browser.signIn(undefined, undefined, `${path}?${SIGN_IN}`);
        expect(postedBy(page).action, host).toBe('https://login.microsoftonline.com/login.srf');
        expect(page.address, host).toBe(`${path.toLowerCase()}?${SIGN_IN}`);
      }
    },
  );

  test.each([
    ['sso.one.test', 'https://rp.one.test/'],
    ['SSO.ONE.TEST', 'https://rp.one.test/'],
    ['sso.two.test', 'https://rp.two.test/'],
    ['adfs.two.test:8443', 'https://rp.two.test/'],
  ])('of several applications the one of the host name: %s', async (host, action) => {
    const browser = openBrowser(await openSite(TWO), { host });
    expect(postedBy(await browser.signIn(undefined, undefined, `/adfs/ls/?${SIGN_IN}`)).action).toBe(action);
  });

  test.each(['sso.three.test', 'two.test', '__proto__', 'constructor'])('of several, none at %j', async (host) => {
    const site = await openSite(TWO);
    const page = await openBrowser(site, { host }).open(`/adfs/ls/?${SIGN_IN}`);
    expect([page.status, page.text.includes('unknown-application')]).toEqual([404, true]);
    expect((await site.lastRecord()).refusal).toEqual({ code: 'unknown-application', actual: host });
  });

  test('a name of 60,000 letters is none, and the record keeps its beginning', async () => {
    const site = await openSite(TWO);
    const page = await openBrowser(site, { host: `${'x'.repeat(60_000)}.test` }).open(`/adfs/ls/?${SIGN_IN}`);
    expect([page.status, page.text.includes('unknown-application')]).toEqual([404, true]);
    expect((await site.lastRecord()).refusal?.actual).toBe(`${'x'.repeat(200)}…`);
    expect(JSON.stringify(await site.lastRecord()).length).toBeLessThan(1_000);
  });

  test('a host name behind a trusted proxy is the one that the browser asked for', async () => {
    const trusting = await openSite({ ...TWO, server: { trustedProxies: ['127.0.0.1'] } });
    const forwarded = { host: 'inner.test', 'x-forwarded-host': 'sso.two.test' };
    const path = `/adfs/ls/?${SIGN_IN}`;
    expect(postedBy(await openBrowser(trusting, forwarded).signIn(undefined, undefined, path)).action).toBe(
      'https://rp.two.test/',
    );
    expect((await openBrowser(await openSite(TWO), forwarded).open(path)).status).toBe(404);
  });
});

describe('an application’s own address', () => {
  test('means it at every host name', async () => {
    const browser = openBrowser(await openSite(TWO), { host: 'sso.one.test' });
    const page = await browser.signIn(undefined, undefined, `/wsf/prp/${OTHER}?${SIGN_IN}`);
    expect(postedBy(page).action).toBe('https://rp.two.test/');
  });

  test('of an id that is longer than any is none, and nothing of it is kept', async () => {
    const site = await openSite();
    const statusOf = async (length: number): Promise<number> =>
      (await openBrowser(site).send(`/wsf/prp/${'x'.repeat(length)}?${SIGN_IN}`)).status;
    // Beyond a hundred letters it is not even looked for.
    expect([await statusOf(100), await statusOf(60_000)]).toEqual([404, 414]);
    expect((await site.records()).map(({ refusal }) => refusal?.actual)).toEqual(['x'.repeat(100)]);
    expect(JSON.stringify(site.logged).length).toBeLessThan(10_000);
  });

  test('of one that is not enabled is none', async () => {
    const site = await openSite({ application: { enabled: false } });
    for (const path of [`${PASSIVE}?${SIGN_IN}`, ACCOUNT, `/adfs/ls?${SIGN_IN}`])
      expect((await openBrowser(site).open(path)).status, path).toBe(404);
    expect((await site.records()).map(({ endpoint, refusal }) => [endpoint, refusal?.code])).toEqual([
      ['passive', 'unknown-application'],
      ['account', 'unknown-application'],
      ['passive', 'unknown-application'],
    ]);
  });
});

describe('methods', () => {
  test.each([PASSIVE, '/adfs/ls', '/adfs/ls/', ACCOUNT])('%s: GET, HEAD and POST', async (path) => {
    const site = await openSite();
    const browser = openBrowser(site);
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
      const answer = await browser.send(`${path}?${SIGN_IN}`, { method });
      expect([answer.status, answer.headers.allow], method).toEqual([405, 'GET, HEAD, POST']);
    }
    expect(await site.records()).toEqual([]);
  });

  test.each([METADATA, METADATA.toLowerCase(), METADATA.toUpperCase()])('%s: GET and HEAD', async (path) => {
    const browser = openBrowser(await openSite());
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect((await browser.send(path, { method })).headers.allow, method).toBe('GET, HEAD');
  });

  test.each([`${PASSIVE}?${SIGN_IN}`, PASSIVE, `${PASSIVE}?wa=x`, ACCOUNT, METADATA])(
    'HEAD of %s has the headers of GET, and no body',
    async (path) => {
      const browser = openBrowser(await openSite());
      const get = await browser.send(path);
      const head = await browser.send(path, { method: 'HEAD' });
      expect([head.status, head.text]).toEqual([get.status, '']);
      const names = ['content-type', 'content-security-policy', 'cache-control', 'x-frame-options'];
      for (const name of names) expect(head.headers[name], name).toBe(get.headers[name]);
    },
  );
});

describe('HEAD of the sign-in page', () => {
  test.each([PASSIVE, '/adfs/ls', '/adfs/ls/'])(
    '%s: whoever is signed in gets no token by it, and no record',
    async (path) => {
      const site = await openSite({ application: { secondFactor: { policy: 'never' } } });
      const browser = openBrowser(site);
      await browser.signIn();
      const before = await site.records();
      const cookies = new Map(browser.cookies);
      const { status, text, headers } = await browser.send(`${path}?${SIGN_IN}`, { method: 'HEAD' });
      expect([status, text, headers['content-type']]).toEqual([200, '', 'text/html; charset=utf-8']);
      expect(headers).not.toHaveProperty('set-cookie');
      expect(await site.records()).toEqual(before);
      expect(browser.cookies).toEqual(cookies);
      // The session is as it was: GET gives the token.
      expect(postedBy(await browser.open(`${path}?${SIGN_IN}`))).toHaveProperty('wresult');
    },
  );

  test('of sign-out ends no session, and of a first visit sets no cookie', async () => {
    const site = await openSite({ application: { secondFactor: { policy: 'never' } } });
    const browser = openBrowser(site);
    expect((await browser.send(`${PASSIVE}?${SIGN_IN}`, { method: 'HEAD' })).headers).not.toHaveProperty('set-cookie');
    await browser.signIn();
    await browser.send(`${PASSIVE}?wa=wsignout1.0`, { method: 'HEAD' });
    await browser.send(ACCOUNT, { method: 'HEAD' });
    expect(postedBy(await browser.open())).toHaveProperty('wresult');
  });

  test('a ticket that comes with it is not looked at', async () => {
    const site = await openSite();
    const browser = openBrowser(site, { authorization: 'Negotiate YII=', 'user-agent': 'Windows NT 10.0 Edg/1' });
    const answer = await browser.send(`${PASSIVE}?${SIGN_IN}`, { method: 'HEAD' });
    expect(answer.status).toBeLessThan(500);
    expect(await site.records()).toEqual([]);
  });
});

describe('what is loaded by pages', () => {
  test('is kept for ever under its own name, and is nothing else than what it says', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.open();
    const [style = ''] = /\/assets\/style-[0-9a-f]{16}\.css/.exec(page.text) ?? [];
    const answer = await browser.send(style);
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect((await browser.send(style.replace(/[0-9a-f]{4}\.css/, '0000.css'))).status).toBe(404);
    expect((await browser.send(style, { method: 'POST', body: '' })).headers.allow).toBe('GET, HEAD');
  });

  test('the icon that browsers ask for by themselves is the one of the pages, and is not asked for again that day', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const answer = await browser.send('/favicon.ico');
    const { 'content-type': type, 'cache-control': kept } = answer.headers;
    expect([answer.status, type, kept]).toEqual([200, 'image/svg+xml', 'public, max-age=86400']);
    const [, icon = ''] =
      /<link rel="icon" type="image\/svg\+xml" href="([^"]+)"/.exec((await browser.open()).text) ?? [];
    const own = await browser.send(icon);
    expect([own.status, own.text, own.text.length < 1_000]).toEqual([200, answer.text, true]);
    expect((await browser.send('/favicon.ico', { method: 'HEAD' })).status).toBe(200);
    expect((await browser.send('/favicon.ico', { method: 'POST', body: '' })).headers.allow).toBe('GET, HEAD');
    expect(await site.records()).toEqual([]);
  });
});

describe('what fails', () => {
  test('a form that is too large to be read is refused by a page, and recorded', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    for (const path of [`${PASSIVE}?${SIGN_IN}`, `/adfs/ls?${SIGN_IN}`, ACCOUNT]) {
      const page = await browser.open(path, { method: 'POST', body: `step=password&x=${'x'.repeat(65_536)}` });
      expect([page.status, page.text.includes('request-too-large')]).toEqual([413, true]);
      const record = await site.lastRecord();
      const endpoint = path === ACCOUNT ? 'account' : 'passive';
      expect(record).toMatchObject({ endpoint, refusal: { code: 'request-too-large' }, applicationId: APP });
      expect(page.text).toContain(record.id);
    }
    const most = await browser.send(`${PASSIVE}?${SIGN_IN}`, { method: 'POST', body: `step=${'x'.repeat(65_531)}` });
    expect(most.status).toBe(303);
  });

  const disk = new Error('disk full: /var/lib/secret-path');
  const failing = async (): Promise<never> => {
    throw disk;
  };

  test('a store that cannot write: a page, nothing posted, and the log has the reason', async () => {
    const site = await openSite({
      store: (store) => ({ ...store, activities: { ...store.activities, append: failing } }),
    });
    const browser = openBrowser(site);
    for (const page of [
      await browser.signIn(),
      await browser.open(`${PASSIVE}?wa=wsignin1.0`),
      await browser.open('/wsf/prp/00000000-0000-4000-8000-000000000000'),
    ]) {
      expect([page.status, page.forms, page.text.includes('record-unavailable')]).toEqual([500, {}, true]);
      expect(page.text).not.toContain('secret-path');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    }
    const lines = site.logged.filter(({ msg }) => msg === 'the request failed');
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).toContain('disk full');
  });

  test('a store that cannot read: a page too', async () => {
    const site = await openSite({ store: (store) => ({ ...store, sessions: { ...store.sessions, find: failing } }) });
    const browser = openBrowser(site);
    browser.cookies.set('__Host-mortise-session', 'A'.repeat(43));
    for (const path of [`${PASSIVE}?${SIGN_IN}`, `${PASSIVE}?wa=wsignout1.0`, ACCOUNT]) {
      const page = await browser.open(path);
      expect([page.status, page.forms], path).toEqual([500, {}]);
      const id = site.logged.at(-1)?.['activity'];
      expect(page.text).toContain(String(id));
    }
  });

  test('a session that cannot be kept opens nothing', async () => {
    const site = await openSite({ store: (store) => ({ ...store, sessions: { ...store.sessions, put: failing } }) });
    const browser = openBrowser(site);
    const page = await browser.signIn();
    expect([page.status, browser.cookies.has('__Host-mortise-session')]).toEqual([500, false]);
    expect(await site.lastRecord()).toMatchObject({ outcome: 'refused', refusal: { code: 'internal-error' } });
  });

  test('metadata of a host without an application, while nothing can be recorded', async () => {
    const site = await openSite({
      ...TWO,
      store: (store) => ({ ...store, activities: { ...store.activities, append: failing } }),
    });
    const page = await openBrowser(site, { host: 'sso.three.test' }).open(METADATA);
    expect([page.status, page.text.includes('record-unavailable')]).toEqual([500, true]);
  });
});
