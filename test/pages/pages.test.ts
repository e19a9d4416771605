/** What holds for every page, in every state and language. What single pages say is in their own tests. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WITH_PASSKEY_SCRIPT, WITHOUT_SCRIPT } from '../../src/pages/content-security-policy.ts';
import { LANGUAGES } from '../../src/model/sign-in.ts';
import type { Branding } from '../../src/pages/page.ts';
import { xmlText } from '../saml/arbitrary-assertion.ts';
import { allText, attribute, elements, everyElement, readPage, shape } from './read-page.ts';
import { BRANDING, contextOf, SAMPLE_PAGES } from './sample-pages.ts';

const written = LANGUAGES.flatMap((language) => {
  const context = contextOf(language);
  return SAMPLE_PAGES.map((sample) => {
    const page = sample.write(context);
    return { name: `${sample.name} in ${language}`, language, sample, page, root: readPage(page.html) };
  });
});

describe.each(written)('$name', ({ language, sample, page, root }) => {
  test('is one document with its landmarks, a heading and a title', () => {
    expect(attribute(root, 'lang')).toBe(language);
    for (const name of ['header', 'main', 'footer', 'h1', 'title']) expect(elements(root, name)).toHaveLength(1);
    const heading = allText(elements(root, 'h1')[0] ?? root).replaceAll('\u00AD', '');
    const title = elements(root, 'title')[0]?.text;
    if (sample.name !== 'home') expect(title).toContain(heading);
    expect(title).toContain(BRANDING.organisationName);
    expect(title).not.toContain('\u00AD');
  });

  test('names every field, and points at nothing that is not there', () => {
    const all = everyElement(root);
    const ids = all.map((element) => attribute(element, 'id')).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const labels = elements(root, 'label').map((label) => attribute(label, 'for'));
    const fields = elements(root, 'input').filter((input) => attribute(input, 'type') !== 'hidden');
    expect(labels).toEqual(fields.map((field) => attribute(field, 'id')));
    expect(
      fields.filter(
        (field) => attribute(field, 'autocomplete') === undefined && attribute(field, 'type') !== 'checkbox',
      ),
    ).toEqual([]);
    const pointed = all.flatMap((element) => attribute(element, 'aria-describedby')?.split(' ') ?? []);
    expect(pointed.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('tells what is wrong at once, where a person begins, and in the title', () => {
    const box = everyElement(root).find((element) => attribute(element, 'id') === 'told');
    if (box === undefined) return;
    expect(attribute(box, 'role')).toBe('alert');
    expect(allText(box)).not.toBe('');
    const focused = everyElement(root).filter((element) => attribute(element, 'autofocus') !== undefined);
    expect(focused.length).toBeLessThanOrEqual(1);
    for (const field of focused) expect(attribute(field, 'aria-describedby')).toMatch(/^told\b/);
    expect(attribute(box, 'class') === 'problem').toBe(
      /^(?:Error|Fehler): /.test(elements(root, 'title')[0]?.text ?? ''),
    );
  });

  test('has no script, style or handler of its own', () => {
    const scripts = elements(root, 'script');
    const own = scripts.filter((script) => script.text !== '');
    expect(own).toHaveLength(sample.name === 'posting' ? 1 : 0);
    expect(elements(root, 'style')).toEqual([]);
    const names = everyElement(root).flatMap((element) => element.attributes.map(({ name }) => name));
    expect(names.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([]);
  });

  test('has the policy that its scripts need, and no wider one', () => {
    if (sample.name === 'posting' || sample.name === 'signed-out') return;
    const loads = elements(root, 'script').length > 0;
    expect(page.contentSecurityPolicy).toBe(loads ? WITH_PASSKEY_SCRIPT : WITHOUT_SCRIPT);
  });
});

describe('hostile text', () => {
  const known = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    'javascript:alert(1)',
    '</title></textarea></noscript><script>',
    '<!--',
    ']]>',
    '&#x3c;b&#x3e;&amp;lt;',
    '\u202Egro.elpmaxe\u202C',
    'נורה قلر',
    'a\r\nb\rc\nd\te',
    '\uD800',
    '\uDC00\uD800',
    '\0',
    '${1}{{1}}<%= 1 %>',
  ];
  const hostile = fc.oneof(
    fc.constantFrom(...known),
    xmlText.filter((text) => text !== ''),
  );
  /** What stands in a document in place of what no document can carry. */
  const carried = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

  test.each(SAMPLE_PAGES)('leaves its place nowhere on $name', ({ write }) => {
    const context = contextOf('de');
    const given = new Set<string>();
    const expected = shape(
      readPage(
        write(context, (text) => {
          given.add(text);
          return text;
        }).html,
      ),
    );
    if (given.size === 0) return;
    fc.assert(
      fc.property(hostile, (text) => {
        const root = readPage(write(context, () => text).html);
        expect(shape(root)).toBe(expected);
        const found = everyElement(root).flatMap((element) => [
          element.text,
          ...element.attributes.map(({ value }) => value),
        ]);
        expect(found.some((value) => value.includes(carried(text)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('leaves its place nowhere when it is the organisation’s', () => {
    const expected = SAMPLE_PAGES.map(({ write }) => shape(readPage(write(contextOf('en')).html)));
    for (const text of known) {
      const branding: Branding = { ...BRANDING, organisationName: text, help: { text, href: '/help' } };
      const context = contextOf('en', branding);
      expect(SAMPLE_PAGES.map(({ write }) => shape(readPage(write(context).html)))).toEqual(expected);
    }
  });

  test('no page names an address with a scheme that could act', () => {
    const branding: Branding = { ...BRANDING, help: { text: 'Help', href: 'javascript:alert(1)' } };
    for (const { write } of SAMPLE_PAGES) expect(() => write(contextOf('en', branding))).toThrow('address');
  });
});

describe('branding', () => {
  test('a logo stands in place of the name, and says it', () => {
    const context = contextOf('en', { ...BRANDING, logo: { href: '/assets/logo-1.svg' } });
    for (const { write } of SAMPLE_PAGES) {
      const [header] = elements(readPage(write(context).html), 'header');
      const [image] = elements(header ?? fail(), 'img');
      expect(attribute(image, 'src')).toBe('/assets/logo-1.svg');
      expect(attribute(image, 'alt')).toBe(BRANDING.organisationName);
    }
  });

  test('without a help desk there is no foot', () => {
    const context = contextOf('en', { ...BRANDING, help: undefined });
    for (const { write } of SAMPLE_PAGES) {
      const root = readPage(write(context).html);
      expect(elements(root, 'footer')).toEqual([]);
      expect(allText(root)).not.toContain('helpdesk@example.test');
    }
  });

  test('a help desk without an address is text', () => {
    const context = contextOf('en', { ...BRANDING, help: { text: 'Room 12', href: undefined } });
    const [footer] = elements(readPage(SAMPLE_PAGES[0]?.write(context).html ?? ''), 'footer');
    expect(allText(footer ?? fail())).toContain('Room 12');
    expect(elements(footer ?? fail(), 'a')).toEqual([]);
  });
});

test('page, style sheet and script stay below 50 kB together', () => {
  const { assets } = contextOf('en');
  const files = [...assets.files.values()].reduce((sum, { body }) => sum + body.byteLength, 0);
  const largest = Math.max(...written.map(({ page }) => Buffer.byteLength(page.html)));
  expect(files + largest).toBeLessThan(50_000);
});

function fail(): never {
  throw new Error('not there');
}
