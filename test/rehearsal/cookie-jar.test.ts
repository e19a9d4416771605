/** The scripted browser's cookies: whose they are, how long, and which it does not take. */
import { expect, test } from 'vitest';
import { openCookieJar } from '../../src/rehearsal/cookie-jar.ts';

const NOW = new Date('2026-11-23T22:00:00Z');
const jarWith = (...lines: readonly string[]) => {
  const jar = openCookieJar(() => NOW);
  jar.keep('sso.localhost', lines);
  return jar;
};

test('a cookie goes back to its own host as it came, and to no other', () => {
  const jar = jarWith('one=a%20b; Path=/; Secure; HttpOnly', 'two=2');
  expect(jar.headerFor('sso.localhost')).toBe('one=a%20b; two=2');
  expect(jar.headerFor('login.localhost')).toBe('');
});

test('a later one of the same name takes its place', () => {
  expect(jarWith('one=1', 'one=2').headerFor('sso.localhost')).toBe('one=2');
});

test.each(['one=; Max-Age=0', 'one=; Max-Age=-1', 'one=; Expires=Mon, 23 Nov 2026 22:00:00 GMT'])(
  '%s takes it away',
  (line) => {
    const jar = jarWith('one=1');
    jar.keep('sso.localhost', [line]);
    expect(jar.headerFor('sso.localhost')).toBe('');
  },
);

test('it ends by the clock', () => {
  let now = NOW;
  const jar = openCookieJar(() => now);
  jar.keep('sso.localhost', ['one=1; Expires=Mon, 23 Nov 2026 22:01:00 GMT']);
  expect(jar.headerFor('sso.localhost')).toBe('one=1');
  now = new Date('2026-11-23T22:02:00Z');
  expect(jar.headerFor('sso.localhost')).toBe('');
});

test.each([
  ['__Host-one=1; Path=/; Secure', true],
  ['__Host-one=1; Path=/', false],
  ['__Host-one=1; Secure', false],
  ['__Host-one=1; Path=/wsf; Secure', false],
  ['__Host-one=1; Path=/; Secure; Domain=localhost', false],
])('%s is kept: %s', (line, kept) => {
  expect(jarWith(line).headerFor('sso.localhost')).toBe(kept ? '__Host-one=1' : '');
});
