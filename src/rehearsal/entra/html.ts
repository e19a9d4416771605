/**
 * HTML in which every value is escaped, and the page around it: no script, one style sheet by its hash, light and dark.
 *
 * Does not own: what the pages say (sign-in-pages.ts).
 */
import { createHash } from 'node:crypto';
import type { Answer } from './routes.ts';

/** Text that is markup already: only `markup` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[];

export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((text, index) => text + markupOf(values[index] ?? ''));
  return new Markup(parts.join(''));
}

function markupOf(value: Value): string {
  if (value instanceof Markup) return value.text;
  return typeof value === 'object' ? value.map(markupOf).join('') : escapeHtml(String(value));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1.5rem; }
a { color: inherit; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
label, input[type=text] { display: block; }
input[type=text] { box-sizing: border-box; font: inherit; margin: .25rem 0 1rem; max-width: 24rem; padding: .4rem; width: 100%; }
.choice { display: flex; gap: .5rem; align-items: center; }
button { font: inherit; margin-top: 1rem; padding: .4rem 1.2rem; }
table { border-collapse: collapse; width: 100%; }
caption { font-weight: 600; padding: .5rem 0; text-align: left; }
th, td { border: 1px solid #808080; overflow-wrap: anywhere; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { overflow-wrap: break-word; }
th[scope=row] { font-weight: normal; }
.code { border-left: .3rem solid #808080; padding-left: 1rem; }
.note { font-size: .9rem; }
`;

/** No form-action: a browser would hold the form's redirect to the identity provider against it, and what follows. */
const HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** With status 200, as Entra's own pages of refusal have it. */
export function page(title: string, content: Markup): Answer {
  const document = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
<footer class="note"><p>A rehearsal's stand-in for Microsoft Entra. It is not Microsoft's and signs nobody in to anything.</p></footer>
</body>
</html>
`;
  return { status: 200, content: { type: 'text/html; charset=utf-8', data: document.text }, headers: HEADERS };
}
