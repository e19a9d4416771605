/** As much HTML as the pages of a sign-in have: Mortise's, the local Entra's, and some that no writer of theirs would write. */
import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markup, page } from '../../src/rehearsal/entra/html.ts';
import { readHtmlPage } from '../../src/rehearsal/html-page.ts';

describe('a page', () => {
  test('its heading, its lines, its links', () => {
    const read = readHtmlPage(`<!doctype html><html><head><title>Not shown</title><style>p > a { }</style></head><body>
      <h1 class="x">Please <em>start</em>
      again</h1><p>One &amp; two &lt;3&gt;</p><ul><li>a</li><li>b</li></ul>
      <a href="/one?a=1&amp;b=2">One</a> <A HREF='otpauth://totp/x'>Two</A><abbr>no link</abbr><script>if (1 > 0) {}</script></body></html>`);
    expect(read.heading).toBe('Please start again');
    expect(read.lines).toEqual(['Please start again', 'One & two <3>', 'a', 'b', 'One Twono link']);
    expect(read.links).toEqual(['/one?a=1&b=2', 'otpauth://totp/x']);
  });

  test('its forms, with the fields that a browser would send', () => {
    const read = readHtmlPage(`<h1>x</h1><form method="POST" action="/a?b=1&amp;c=2"><input type="hidden" name="csrf"
      value="1"/><input name=username><input type=password name='password' value=''><input type="submit" value="Go"></form>
      <form><input name="q"></form>`);
    expect(read.forms).toEqual([
      {
        action: '/a?b=1&c=2',
        method: 'post',
        fields: [
          { name: 'csrf', type: 'hidden', value: '1' },
          { name: 'username', type: 'text', value: '' },
          { name: 'password', type: 'password', value: '' },
        ],
      },
      { action: '', method: 'get', fields: [{ name: 'q', type: 'text', value: '' }] },
    ]);
  });

  test.each(['', 'plain text', '<', '<form', '<form action="', '<input name="a" value=">', '&#9999999;&nope;'])(
    'what is none is read as well: %s',
    (html) => {
      expect(readHtmlPage(html)).toMatchObject({ heading: '', forms: [], links: [] });
    },
  );
});

test('whatever stands in a field comes out as it was put in', () => {
  assert(
    property(string({ unit: 'grapheme' }), (value) => {
      const { content } = page(
        'A form',
        markup`<form method="post"><input type="hidden" name="v" value="${value}"></form>`,
      );
      const [form] = readHtmlPage(String(content?.data)).forms;
      expect(form?.fields).toEqual([{ name: 'v', type: 'hidden', value }]);
    }),
  );
});
