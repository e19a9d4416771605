/**
 * The page that carries the answer to the application: a form that posts itself, or waits for a press where there is no
 * JavaScript. It is written at every sign-in, so all of it but the form's values is kept ready.
 *
 * Owns: that the values arrive as they were given. Does not own: the values, nor where they may go.
 */
import { createHash } from 'node:crypto';
import type { Assets } from './assets.ts';
import { forPosting } from './content-security-policy.ts';
import { escapeAttribute, html, requireAddress, verbatim } from './html.ts';
import type { Language } from './language.ts';
import { writePage } from './page.ts';
import type { Branding, Page, PageContext } from './page.ts';
import { textsOf } from './texts/texts.ts';
import type { PostingView } from './views.ts';

/**
 * The prototype's method, as a field of the form may be called `submit`. The button goes: a second press would post twice,
 * and an answer counts once.
 */
const SCRIPT =
  'document.getElementById("continue").hidden=true;HTMLFormElement.prototype.submit.call(document.forms[0])';

const POLICY = forPosting(createHash('sha256').update(SCRIPT).digest('base64'));

/**
 * Control characters in a value: browsers send CR, LF and CR LF in a form alike as CR LF (HTML §4.10.22.4), whatever is
 * written here; NUL and lone surrogates cannot be carried at all. A caller whose bytes must arrive refuses them.
 */
export function postingPage(context: PageContext, { replyUrl, fields }: PostingView): Page {
  const { before, after } = surroundings(context);
  let form = `<form method="post" action="${escapeAttribute(requireAddress(replyUrl))}">\n`;
  for (const [name, value] of fields) {
    form += `<input type="hidden" name="${escapeAttribute(name)}" value="${escapeAttribute(value)}" />\n`;
  }
  return { html: before + form + after, contentSecurityPolicy: POLICY };
}

interface Surroundings {
  readonly before: string;
  readonly after: string;
}

const ready = new WeakMap<Branding, WeakMap<Assets, Map<Language, Surroundings>>>();

function surroundings(context: PageContext): Surroundings {
  let byAssets = ready.get(context.branding);
  if (byAssets === undefined) ready.set(context.branding, (byAssets = new WeakMap()));
  let byLanguage = byAssets.get(context.assets);
  if (byLanguage === undefined) byAssets.set(context.assets, (byLanguage = new Map()));
  let found = byLanguage.get(context.language);
  if (found === undefined) byLanguage.set(context.language, (found = writeSurroundings(context)));
  return found;
}

/** Where the form begins; no text of a page can look like this comment, as `<` is escaped everywhere. */
const FORM = '<!-- form -->';

/**
 * The script waits for the style sheet, which browsers keep: the page is looked at for as long as the application takes
 * to answer.
 */
function writeSurroundings(context: PageContext): Surroundings {
  const { posting, continue: label } = textsOf(context.language);
  const main = html`<h1>${posting.title}</h1>
    <p>${posting.explanation}</p>
    ${verbatim(FORM)}
    <p class="act"><button class="button" type="submit" id="continue">${label}</button></p>
    ${verbatim(`</form>\n<script>${SCRIPT}</script>`)}`;
  const [before = '', after = ''] = writePage(context, { title: posting.title, main }).html.split(FORM);
  return { before, after };
}
