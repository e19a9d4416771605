import { describe, expect, test } from 'vitest';
import { refusedPage } from '../../src/pages/refused-page.ts';
import type { RefusedView } from '../../src/pages/views.ts';
import { allText, attribute, elements, links, readPage } from './read-page.ts';
import { BRANDING, contextOf } from './sample-pages.ts';

const VIEW: RefusedView = {
  advice: 'retry',
  code: 'directory-down',
  correlationId: '0d5e64b1-6c5f-4e43-9df7-0e6c8a0a7b7e',
  time: new Date('2026-11-25T14:10:03.512Z'),
};
const page = (view: Partial<RefusedView> = {}) => readPage(refusedPage(contextOf('en'), { ...VIEW, ...view }).html);

describe('the refused page', () => {
  test('has what the help desk needs, each to be copied as a whole', () => {
    const root = page();
    expect(elements(root, 'code').map(({ text }) => text)).toEqual([VIEW.correlationId, VIEW.code]);
    expect(elements(root, 'code').map((code) => attribute(code, 'class'))).toEqual(['copy', 'copy']);
    expect(elements(root, 'time').map(({ text }) => text)).toEqual(['2026-11-25 14:10:03 UTC']);
  });

  test('offers to try again where that can help', () => {
    expect(links(page())).toEqual([]);
    expect(links(page({ retryHref: '/again' }))).toEqual(['/again']);
  });

  test('names the help desk in the middle where that is the one thing to do', () => {
    const count = (view: Partial<RefusedView>): number =>
      allText(page(view)).split(BRANDING.help?.text ?? '').length - 1;
    expect(count({ advice: 'help-desk' })).toBe(2);
    expect(count({ advice: 'loop' })).toBe(1);
  });
});
