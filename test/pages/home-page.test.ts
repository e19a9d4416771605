import { expect, test } from 'vitest';
import { homePage } from '../../src/pages/home-page.ts';
import { allText, elements, links, readPage } from './read-page.ts';
import { contextOf } from './sample-pages.ts';

test('the page without a request says whose this is and what one can do', () => {
  const root = readPage(homePage(contextOf('en'), { accountHref: '/account' }).html);
  expect(allText(elements(root, 'h1')[0] ?? root)).toBe('Sign-in of Example Manufacturing');
  expect(elements(root, 'title')[0]?.text).toBe('Sign-in – Example Manufacturing');
  expect(links(root)).toEqual(['/account']);
  const more = homePage(contextOf('en'), { accountHref: '/account', changePasswordHref: '/p' });
  expect(links(readPage(more.html))).toEqual(['/account', '/p']);
});
