/** Addresses of pages: they stay on this host and hold what was asked, whatever the request line or a body says. */
import { createHash } from 'node:crypto';
import { connect } from 'node:tls';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textsOf } from '../../../src/pages/texts/texts.ts';
import type { HttpReply } from '../../../src/server/http-server.ts';
import type { BrowserService } from '../../../src/server/browser/service.ts';
import { openOptions, openVisit } from '../../../src/server/browser/visit.ts';
import type { BrowserRequest, Goal } from '../../../src/server/browser/visit.ts';
import { EN, openBrowser, pageOf } from './browser.ts';
import { APP, HOST, openSite, PASSIVE, SIGN_IN, useWorkspace } from './site.ts';
import type { Site } from './site.ts';

useWorkspace();

const DE = textsOf('de');

/** An answer to a request that no client would write. */
function raw({ port, ca }: Site, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', servername: HOST, ca }, () =>
      socket.end(Buffer.from(text, 'latin1')),
    );
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('error', reject);
  });
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;

describe('the address of a form', () => {
  test.each([
    ['as it was asked', `${PASSIVE}?${SIGN_IN}`],
    ['with another host before it (RFC 9112 §3.2.2)', `http://evil.example/wsf/prp/${APP}?${SIGN_IN}`],
    ['with another host before it, in https', `https://evil.example:8443/wsf/prp/${APP}?${SIGN_IN}`],
    ['with a part of a page in it', `${PASSIVE}#//evil.example?${SIGN_IN}`],
    ['with escapes in its path', `/%77sf/prp/${APP}?${SIGN_IN}`],
  ])('%s', async (_, target) => {
    const answer = await raw(await openSite(), get(target));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(/ action="([^"]*)"/.exec(answer)?.[1]?.replaceAll('&amp;', '&')).toBe(`${PASSIVE}?${SIGN_IN}`);
    expect(answer).not.toContain('evil.example');
  });

  test.each([
    ['two slashes', `//evil.example/wsf/prp/${APP}?${SIGN_IN}`],
    ['a backslash', `/\\evil.example/wsf/prp/${APP}?${SIGN_IN}`],
    ['a host with a query', `http://evil.example?x=/wsf/prp/${APP}?${SIGN_IN}`],
    ['dots', `/x/../wsf/prp/${APP}?${SIGN_IN}`],
    ['an encoded slash', `/wsf%2Fprp/${APP}?${SIGN_IN}`],
    ['more behind it', `${PASSIVE}/evil?${SIGN_IN}`],
  ])('nothing is served at one with %s', async (_, target) => {
    expect(await raw(await openSite(), get(target))).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test('an id in upper case is the same application, and one without a host name has one too', async () => {
    const site = await openSite();
    const upper = `/wsf/prp/${APP.toUpperCase()}`;
    expect(await raw(site, get(`${upper}?${SIGN_IN}`))).toContain(`action="${upper}?`);
    expect(await raw(site, `GET /adfs/ls?${SIGN_IN} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('our own parameter is no part of what is asked, wherever it stands', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.open(`${PASSIVE}?mortise=x&${SIGN_IN}&mortise=password`);
    expect(page.forms['password']?.action).toBe(`${PASSIVE}?${SIGN_IN}`);
  });
});

describe('what a session remembers of a request', () => {
  test('is a digest, however much was asked', async () => {
    const asked: string[] = [];
    const sessions = { find: async () => undefined };
    const service = {
      now: () => new Date(),
      insideCorporateNetwork: () => false,
      settings: { language: 'en' },
      dependencies: { sessions },
    } as unknown as BrowserService;
    const goal = { staysSignedIn: false } as Goal;
    for (const query of [SIGN_IN, `${SIGN_IN}&mortise=password`, `${SIGN_IN}&x=${'x'.repeat(30_000)}`]) {
      const request = {
        raw: { url: `${PASSIVE}?${query}` },
        headers: {},
        ip: '127.0.0.1',
      } as unknown as BrowserRequest;
      const visit = await openVisit(service, request, {} as HttpReply, goal);
      asked.push(openOptions(visit, false).asked);
    }
    const [plain = '', withPage, long] = asked;
    expect(plain).toBe(createHash('sha256').update(SIGN_IN).digest('base64url'));
    expect(withPage).toBe(plain);
    expect(long).toMatch(/^[\w-]{43}$/);
    expect(long).not.toBe(plain);
  });
});

describe('a request in a body', () => {
  test('whatever it holds, it is refused or leads to an address of this host, in one line', async () => {
    const site = await openSite();
    const browser = openBrowser(site);
    const part = fc.oneof(
      fc.constantFrom(
        '&',
        '=',
        '#',
        '\r\n',
        '\r\nSet-Cookie: a=b',
        '%0d%0a',
        '\u0000',
        ' ',
        '+',
        '?',
        '//',
        'ü',
        '💶',
        '%',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constant('__proto__'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, bytes) => {
        const text = `${SIGN_IN}&x=${parts.join('')}`;
        const body = bytes ? Buffer.from(text, 'latin1') : text;
        const { status, headers } = await browser.send(PASSIVE, { method: 'POST', body });
        if (status !== 303) return expect([400, 403]).toContain(status);
        const { location = '' } = headers;
        expect(location.startsWith(`${PASSIVE}?${SIGN_IN}&x=`), location).toBe(true);
        expect(location).toMatch(/^[!-~]+$/);
        expect(location).not.toContain('#');
        expect(headers).not.toHaveProperty('set-cookie');
      }),
      { numRuns: 200 },
    );
    expect(site.logged.filter(({ msg }) => msg === 'the request failed')).toEqual([]);
  });

  test('with a line end behind it, as a hand-made client sends it, is understood', async () => {
    const browser = openBrowser(await openSite());
    const page = await browser.open(PASSIVE, { method: 'POST', body: `${SIGN_IN}&x=1\r\n` });
    expect([page.status, page.title]).toEqual([200, EN.signIn.title]);
  });
});

describe('what a page calls itself', () => {
  test.each([
    ['the request’s wish', '&mkt=de-CH', undefined, DE.signIn.title],
    ['as a number', '&lc=1031', undefined, DE.signIn.title],
    ['the browser’s', '', 'de-AT,de;q=0.9,en;q=0.1', DE.signIn.title],
    ['the wish before the browser', '&mkt=en-GB', 'de', EN.signIn.title],
    ['neither', '', 'fr', EN.signIn.title],
  ])('%s', async (_, wish, language, title) => {
    const browser = openBrowser(await openSite(), language === undefined ? {} : { 'accept-language': language });
    const address = `${PASSIVE}?${SIGN_IN}${wish}`;
    expect(pageOf(address, await browser.send(address)).title).toBe(title);
  });
});
