/** The two cookies, read from any header and written with what protects them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpReply } from '../../../src/server/http-server.ts';
import {
  clearSessionCookie,
  readCookies,
  setSessionCookie,
  setVisitCookie,
} from '../../../src/server/browser/cookies.ts';

const NONE = { session: undefined, visit: undefined };

/** What is sent of `Set-Cookie`. */
function written(write: (reply: HttpReply) => void): readonly string[] {
  const lines: string[] = [];
  const reply = { header: (name: string, value: string) => void lines.push(`${name}: ${value}`) };
  write(reply as unknown as HttpReply);
  return lines;
}

describe('reading', () => {
  test.each([
    ['both', '__Host-mortise-session=s; __Host-mortise-visit=v', { session: 's', visit: 'v' }],
    ['among others', 'a=b; __Host-mortise-visit=v; c=d', { session: undefined, visit: 'v' }],
    ['under another name', '__host-mortise-session=s; mortise-session=s; __Secure-mortise-session=s', NONE],
    ['none', '', NONE],
    ['no header', undefined, NONE],
    ['longer than any', `__Host-mortise-session=${'s'.repeat(20_000)}`, NONE],
    ['of an object’s names', '__proto__=a; constructor=b', NONE],
  ])('%s', (_, header, cookies) => {
    expect(readCookies(header)).toEqual(cookies);
  });

  test('no header is too much for it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (header) => {
        const { session, visit } = readCookies(`__Host-mortise-${header}`);
        for (const value of [session, visit]) expect(['string', 'undefined']).toContain(typeof value);
      }),
    );
  });
});

describe('writing', () => {
  const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';

  test('a session until the browser closes, or until a time', () => {
    expect(written((reply) => setSessionCookie(reply, 'value', undefined))).toEqual([
      `Set-Cookie: __Host-mortise-session=value; ${ATTRIBUTES}`,
    ]);
    const until = new Date('2026-03-04T12:00:00Z');
    expect(written((reply) => setSessionCookie(reply, 'value', until))).toEqual([
      'Set-Cookie: __Host-mortise-session=value; Path=/; Expires=Wed, 04 Mar 2026 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    ]);
  });

  test('its end, and a visit', () => {
    expect(written(clearSessionCookie)).toEqual([
      'Set-Cookie: __Host-mortise-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
    expect(written((reply) => setVisitCookie(reply, 'value'))).toEqual([
      `Set-Cookie: __Host-mortise-visit=value; ${ATTRIBUTES}`,
    ]);
  });
});
