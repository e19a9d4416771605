/** Every value is escaped, whatever it holds; the style sheet is the one that the policy names. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { markup, page } from '../../../src/rehearsal/entra/html.ts';

test('values are text', () => {
  expect(markup`<p title="${`"'`}">${'<b>&'}${1}</p>${[markup`<i/>`, markup`<u/>`]}`.text).toBe(
    '<p title="&quot;&#39;">&lt;b&gt;&amp;1</p><i/><u/>',
  );
});

test('no value opens a tag or ends an attribute', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(markup`${value}`.text).not.toMatch(/[<>"']/);
    }),
  );
});

test('a page allows its own style and nothing else', () => {
  const { status, content, headers } = page('<T>', markup`<p>c</p>`);
  const text = String(content?.data);
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(status).toBe(200);
  expect(headers?.['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; frame-ancestors 'none'`,
  );
  expect(text).toContain('<h1>&lt;T&gt;</h1>\n<p>c</p>');
  expect(text).not.toMatch(/<script|\son\w+=|style=/);
});
