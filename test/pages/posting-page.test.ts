import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { postingPage } from '../../src/pages/posting-page.ts';
import { xmlText } from '../saml/arbitrary-assertion.ts';
import { attribute, elements, everyElement, hiddenFields, readPage } from './read-page.ts';
import { BRANDING, contextOf } from './sample-pages.ts';

const REPLY = 'https://login.example.test/login.srf';
const post = (fields: readonly (readonly [string, string])[], context = contextOf('en')) =>
  postingPage(context, { replyUrl: REPLY, fields });

describe('the values', () => {
  test('stand in the form as they were given', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(xmlText, xmlText), { maxLength: 4 }), (fields) => {
        expect(hiddenFields(readPage(post(fields).html))).toEqual(fields);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    '"',
    "'",
    '&amp;',
    '&#10;',
    '<',
    ']]>',
    'a\r\nb',
    '\r',
    '\n',
    '\t',
    ' x ',
    '\u2028',
    '😀',
    '\u0085',
    '\uFEFF',
  ])('%j too', (value) => expect(hiddenFields(readPage(post([['wctx', value]]).html))).toEqual([['wctx', value]]));

  test('go to the reply address alone', () => {
    const root = readPage(postingPage(contextOf('en'), { replyUrl: `${REPLY}?a=1&b="`, fields: [] }).html);
    expect(elements(root, 'form').map((form) => attribute(form, 'action'))).toEqual([`${REPLY}?a=1&b="`]);
    expect(attribute(elements(root, 'form')[0], 'method')).toBe('post');
  });

  test('a reply address that could act is no address', () => {
    expect(() => postingPage(contextOf('en'), { replyUrl: 'javascript:alert(1)', fields: [] })).toThrow('address');
  });
});

describe('the script', () => {
  const { html, contentSecurityPolicy } = post([['wa', 'wsignin1.0']]);
  const script = elements(readPage(html), 'script')[0]?.text ?? '';

  test('is the one that the policy allows by its hash', () => {
    const hash = createHash('sha256').update(script).digest('base64');
    expect(contentSecurityPolicy).toContain(`script-src 'sha256-${hash}'`);
    expect(html).toContain(`<script>${script}</script>`);
  });

  test('stands after the form that it posts, which stays on the screen in its colours', () => {
    const order = everyElement(readPage(html)).map(({ name }) => name);
    expect(order.indexOf('script')).toBeGreaterThan(order.indexOf('button'));
    expect(order.indexOf('script')).toBeGreaterThan(order.indexOf('link'));
  });

  test('has a button in its place where there is none', () => {
    expect(elements(readPage(html), 'button').map(({ text }) => text)).toEqual(['Continue']);
  });
});

describe('what is kept ready', () => {
  test('is told apart by language, branding and style sheet', () => {
    const english = contextOf('en');
    const german = { ...english, language: 'de' as const };
    const renamed = { ...english, branding: { ...BRANDING, organisationName: 'Other' } };
    const recoloured = contextOf('en', { ...BRANDING, accentColour: '#aa0000' });
    const pages = [english, german, renamed, recoloured].map((context) => post([], context).html);
    expect(new Set(pages).size).toBe(4);
    expect(pages[1]).toContain('lang="de"');
    expect(pages[2]).toContain('Other');
    expect(pages[3]).toContain(recoloured.assets.stylesheet);
    expect([english, german, renamed, recoloured].map((context) => post([], context).html)).toEqual(pages);
  });
});
