import { expect, test } from 'vitest';
import { signedOutPage } from '../../src/pages/signed-out-page.ts';
import { attribute, elements, links, readPage } from './read-page.ts';
import { contextOf } from './sample-pages.ts';

const CLEAN_UP = 'https://login.example.test/login.srf?wa=wsignoutcleanup1.0&a="';

test('asks the applications to end their sessions, by images that the policy lets in', () => {
  const { html, contentSecurityPolicy } = signedOutPage(contextOf('en'), { cleanUp: [CLEAN_UP] });
  const images = elements(readPage(html), 'img');
  expect(images.map((image) => [attribute(image, 'src'), attribute(image, 'alt')])).toEqual([
    ['https://login.example.test/login.srf?wa=wsignoutcleanup1.0&a=%22', ''],
  ]);
  expect(contentSecurityPolicy).toContain("img-src 'self' https://login.example.test;");
});

test.each(['http://a.test/', 'javascript:alert(1)', 'https://a.test;script-src/', '//a.test/', ''])(
  '%j is left out',
  (address) => {
    const { html, contentSecurityPolicy } = signedOutPage(contextOf('en'), { cleanUp: [address, CLEAN_UP] });
    expect(elements(readPage(html), 'img')).toHaveLength(1);
    expect(contentSecurityPolicy).toContain("img-src 'self' https://login.example.test;");
  },
);

test('leads back in where that is offered', () => {
  expect(links(readPage(signedOutPage(contextOf('en'), { cleanUp: [] }).html))).toEqual([]);
  expect(links(readPage(signedOutPage(contextOf('en'), { cleanUp: [], signInHref: '/in' }).html))).toEqual(['/in']);
});
