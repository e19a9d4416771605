/**
 * What all pages have in common: the document around them, the organisation's name, logo and help desk, the policy.
 * Owns: the frame. Does not own: what stands in it (each page), its look (stylesheet.ts).
 */
import type { Assets } from './assets.ts';
import { WITH_PASSKEY_SCRIPT, WITHOUT_SCRIPT } from './content-security-policy.ts';
import { html, toText } from './html.ts';
import type { Html } from './html.ts';
import { ICON_TYPE } from './icon.ts';
import type { Language } from './language.ts';
import { textsOf } from './texts/texts.ts';

export interface Branding {
  readonly organisationName: string;
  /** A path of this host: the policy lets no image in from elsewhere. */
  readonly logo: { readonly href: string } | undefined;
  /** `#rrggbb` */
  readonly accentColour: string;
  /** The help desk: at the foot of every page, and in the middle of the one that sends people there. */
  readonly help: { readonly text: string; readonly href: string | undefined } | undefined;
}

export interface PageContext {
  readonly language: Language;
  /** Keep one object for as long as it is the same: parts of pages are remembered by it. */
  readonly branding: Branding;
  readonly assets: Assets;
}

export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

interface Content {
  readonly title: string;
  /** Something on the page is wrong: the title in the browser's tab says so first. */
  readonly withProblem?: boolean;
  readonly withPasskeyScript?: boolean;
  /** The policy, where it is neither of the two usual ones. */
  readonly policy?: string;
  readonly main: Html;
}

export function writePage(context: PageContext, content: Content): Page {
  const script = content.withPasskeyScript === true;
  const title =
    content.withProblem === true ? textsOf(context.language).titleWithProblem(content.title) : content.title;
  return {
    html: document(context, { title, head: script ? passkeyScript(context) : undefined, main: content.main }),
    contentSecurityPolicy: content.policy ?? (script ? WITH_PASSKEY_SCRIPT : WITHOUT_SCRIPT),
  };
}

/** Loaded before the body, so that what is there for browsers without JavaScript does not flash up in the others. */
function passkeyScript({ assets }: PageContext): Html {
  return html`<script src="${assets.passkeyScript}"></script>`;
}

/** Also well-formed XML, but for the first line: that is how the tests know that nothing broke out of its place. */
function document(
  { language, branding, assets }: PageContext,
  { title, head, main }: { readonly title: string; readonly head: Html | undefined; readonly main: Html },
): string {
  return `<!doctype html>\n${toText(
    html`<html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="X-UA-Compatible" content="IE=edge" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${tabTitle(title, branding)}</title>
        <link rel="icon" type="${ICON_TYPE}" href="${assets.icon}" />
        <link rel="stylesheet" href="${assets.stylesheet}" />
        ${head}
      </head>
      <body>
        ${frame(branding, main)}
      </body>
    </html>`,
  )}\n`;
}

/** For the browser's tab, without the soft hyphens that headings have. */
function tabTitle(title: string, { organisationName }: Branding): string {
  return `${title.replaceAll('\u00AD', '')} – ${organisationName}`;
}

/** The body of a page. */
function frame(branding: Branding, main: Html): Html {
  return html`<div class="sheet">
      <header>${organisation(branding)}</header>
      <main>${main}</main>
    </div>
    ${help(branding)}`;
}

function organisation({ organisationName, logo }: Branding): Html {
  return logo === undefined
    ? html`<p class="organisation">${organisationName}</p>`
    : html`<img class="logo" src="${logo.href}" alt="${organisationName}" />`;
}

function help({ help }: Branding): Html | undefined {
  return help === undefined ? undefined : html`<footer><p>${helpText(help)}</p></footer>`;
}

export function helpText(help: NonNullable<Branding['help']>): Html {
  return help.href === undefined ? html`${help.text}` : html`<a href="${help.href}">${help.text}</a>`;
}
