import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlReport } from '../../../src/doctor/report/html.ts';
import { FINDING, REPORT } from './sample-report.ts';

const TAGS =
  /^(?:!doctype|html|head|meta|title|style|body|main|h1|h2|h3|p|section|span|code|table|thead|tbody|tr|td|th|ol|ul|li|pre|strong|details|summary)$/i;

test('nothing is loaded and nothing runs: the policy allows one style, by its digest', () => {
  const page = htmlReport(REPORT);
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  const digest = createHash('sha256').update(style).digest('base64');
  expect(style.length).toBeGreaterThan(100);
  expect(page).toContain(
    `content="default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
  );
  expect(page).not.toMatch(/<(?:script|link|img|iframe|object|form)\b|\son\w+=|\bstyle=|url\(|@import/i);
  expect(style).toContain('prefers-color-scheme: dark');
  expect(style).toContain('@media print');
});

test('everything is on the page', () => {
  const page = htmlReport(REPORT);
  for (const part of [
    'DOC-DB-09',
    'join.txt:3',
    'a device that Entra knows',
    'the evidence points here',
    'klist purge',
    'What follows from it (1)',
    'DOC-DB-99',
    'Lines that the doctor does not know',
    '7 more between lines 50 and 60',
    '60 lines, UTF-8',
    'judged at 2026-11-24T00:00:00.000Z',
    '203.0.113.77',
  ])
    expect(page).toContain(part);
});

const hostilePage = (hostile: string): string =>
  htmlReport({
    ...REPORT,
    findings: [
      {
        ...FINDING,
        title: hostile,
        cause: hostile,
        expected: hostile,
        source: hostile,
        seen: [{ file: hostile, line: 1, text: hostile }],
        fix: [{ text: hostile, command: hostile }],
        rows: [{ name: hostile, expected: hostile, actual: hostile, verdict: 'differs', note: hostile }],
        record: [hostile],
        consequences: [{ ...FINDING, title: hostile, consequences: [] }],
      },
    ],
    unknown: {
      quotes: [{ file: hostile, line: 1, text: hostile }],
      more: [{ file: hostile, count: 1, first: 1, last: 1 }],
    },
    inputs: [{ file: hostile, lines: 1, encoding: hostile }],
  });

/** The tags of a page, without those of the page itself. */
const tagsOf = (page: string): readonly string[] =>
  [...page.matchAll(/<\/?([^\s>/]+)/g)].map((match) => match[1] ?? '');

test.each([
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>1</script>',
  '<!-- ',
  ']]>',
  '</pre></td></table><h1>forged</h1>',
  '\u0000<\u0000script>',
  '\u202E',
])('%j stays text', (hostile) => {
  const page = hostilePage(hostile);
  const sound = hostilePage('x');
  expect(tagsOf(page)).toEqual(tagsOf(sound));
  expect(page).not.toContain('\u202E');
  expect(page).not.toContain('\u0000');
});

test('no text makes a tag or an attribute', () => {
  const sound = tagsOf(hostilePage('x'));
  expect(sound.every((tag) => TAGS.test(tag))).toBe(true);
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('<', '>', '"', "'", '&', ';', '/', '=', '!', '-', 'a', ' ', '\n'),
        maxLength: 30,
      }),
      (hostile) => {
        const page = hostilePage(hostile);
        expect(tagsOf(page)).toEqual(sound);
        expect([...page.matchAll(/"/g)].length % 2).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
