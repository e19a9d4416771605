/**
 * The report as one page to hand around: no script, nothing loaded from elsewhere, and a policy that forbids both to whatever
 * a capture might smuggle in. Light and dark by the reader's setting; prints with everything unfolded.
 */
import { createHash } from 'node:crypto';
import { printable } from '../../audit/terminal-text.ts';
import type { Quote } from '../capture.ts';
import type { ComparisonRow, Finding, FixStep } from '../finding.ts';
import { STYLE } from './html-style.ts';
import type { Report } from './report.ts';
import { sourceText, summaryOf } from './report.ts';

/** Markup that is safe to put into the page; only `page` and `join` make it. */
interface Markup {
  readonly markup: string;
}

/** Everything between the literals is escaped unless it is markup. */
function page(literals: TemplateStringsArray, ...values: readonly (string | number | Markup)[]): Markup {
  const parts = literals.map((literal, index) => {
    const value = values[index];
    if (value === undefined) return literal;
    return literal + (typeof value === 'object' ? value.markup : escaped(String(value)));
  });
  return { markup: parts.join('') };
}

const join = (parts: readonly Markup[]): Markup => ({ markup: parts.map(({ markup }) => markup).join('') });
const NOTHING: Markup = { markup: '' };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control and bidirectional characters are shown by their number; line breaks stay. */
function escaped(text: string): string {
  return text
    .split('\n')
    .map((line) => printable(line).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character))
    .join('\n');
}

/** The one style element is allowed by its digest ([CSP 3] §2.3.1); a page from a file has no origin to allow. */
function policy(): string {
  const digest = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}

export function htmlReport(report: Report): string {
  const { findings } = report;
  const summary = summaryOf(findings);
  return page`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Mortise doctor: ${summary}</title>
        ${{ markup: `<style>${STYLE}</style>` }}
      </head>
      <body>
        <main>
          <h1>Mortise doctor</h1>
          <p class="summary">
            ${summary}${report.at === undefined ? '' : `, judged at ${report.at.toISOString()}`}${report.redacted ? '; redacted' : ''}
          </p>
          ${join(findings.map((finding) => findingMarkup(finding)))} ${unknownMarkup(report)}
          <h2>Read</h2>
          <ul>
            ${join(report.inputs.map(({ file, lines, encoding }) => page`<li>${file}: ${lines} lines, ${encoding}</li>`))}
          </ul>
        </main>
      </body>
    </html> `.markup;
}

const WORDS = { error: 'Error', warning: 'Warning', info: 'Note', ok: 'OK' } as const;

function findingMarkup(finding: Finding): Markup {
  const { severity, expected, consequences, rows = [], record = [] } = finding;
  return page`<section class="${severity}">
    <h2><span class="severity">${WORDS[severity]}</span> ${finding.title} <code class="id">${finding.id}</code></h2>
    ${
      finding.seen.length === 0
        ? NOTHING
        : page`<h3>Seen</h3>
            ${quotesMarkup(finding.seen)}`
    }
    ${
      expected === undefined
        ? NOTHING
        : page`<h3>Expected</h3>
            <p>${expected}</p>`
    }
    <h3>Cause</h3>
    <p>${finding.cause}</p>
    ${
      finding.fix.length === 0
        ? NOTHING
        : page`<h3>Fix</h3>
            <ol>
              ${join(finding.fix.map(stepMarkup))}
            </ol>`
    }
    ${rows.length === 0 ? NOTHING : tableMarkup(rows)}
    ${
      record.length === 0
        ? NOTHING
        : page`<h3>Mortise’s record of it</h3>
            <pre>${record.join('\n')}</pre>`
    }
    <p class="source">${sourceText(finding)}</p>
    ${
      consequences.length === 0
        ? NOTHING
        : page`<details>
            <summary>What follows from it (${consequences.length})</summary>
            ${join(consequences.map(findingMarkup))}
          </details>`
    }
  </section> `;
}

function quotesMarkup(quotes: readonly Quote[]): Markup {
  const lines = quotes.map(
    ({ file, line, text }) =>
      page`<tr>
        <td class="place">${file}:${line}</td>
        <td><code>${text.trim()}</code></td>
      </tr>`,
  );
  return page`<table class="quotes">
    <tbody>
      ${join(lines)}
    </tbody>
  </table>`;
}

function stepMarkup({ text, command, pointedTo }: FixStep): Markup {
  return page`<li${pointedTo === true ? page` class="pointed"` : NOTHING}>${text}${pointedTo === true ? page` <strong>← the evidence points here</strong>` : NOTHING}${command === undefined ? NOTHING : page`<pre>${command}</pre>`}</li>`;
}

const VERDICTS = { same: 'same', differs: 'differs', missing: 'missing', shown: 'shown' } as const;

function tableMarkup(rows: readonly ComparisonRow[]): Markup {
  const body = rows.map(
    ({ name, expected = '', actual = '', verdict, note = '' }) =>
      page`<tr class="${verdict}">
        <td>${VERDICTS[verdict]}</td>
        <th scope="row">${name}</th>
        <td>${actual}</td>
        <td>${expected}</td>
        <td>${note}</td>
      </tr>`,
  );
  return page`<table class="rows">
    <thead>
      <tr>
        <th scope="col"></th>
        <th scope="col">Setting</th>
        <th scope="col">Is</th>
        <th scope="col">Must be</th>
        <th scope="col">Note</th>
      </tr>
    </thead>
    <tbody>
      ${join(body)}
    </tbody>
  </table>`;
}

function unknownMarkup({ unknown }: Report): Markup {
  const { quotes, more } = unknown;
  if (quotes.length === 0 && more.length === 0) return NOTHING;
  const rest = more.map(
    ({ file, count, first, last }) => page`<p>${file}: ${count} more between lines ${first} and ${last}</p>`,
  );
  return page`<h2>Lines that the doctor does not know</h2>
    ${quotesMarkup(quotes)}${join(rest)}`;
}
