import { expect, test } from 'vitest';
import { trimXml } from '../../src/wstrust/elements.ts';
import { parseRequestSecurityToken } from '../../src/wstrust/request-security-token.ts';

test.each([
  ['', ''],
  [' \t\r\n', ''],
  ['\n a\tb \r\n', 'a\tb'],
  ['a', 'a'],
  // String.trim() would take these; XML does not know them as white space.
  ['\u00a0a\u2003', '\u00a0a\u2003'],
])('the white space of XML around %j is taken away, and no other', (text, trimmed) => {
  expect(trimXml(text)).toBe(trimmed);
});

test('a long run of white space within a text costs no more than its length', () => {
  const body = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">a${' '.repeat(250 * 1024)}b<s:Body/></s:Envelope>`;
  const begin = performance.now();
  expect(() => parseRequestSecurityToken(Buffer.from(body), undefined)).toThrow('soap-not-an-envelope');
  // Quadratic, it took half a minute; linear, it takes some milliseconds.
  expect(performance.now() - begin).toBeLessThan(2_000);
});
