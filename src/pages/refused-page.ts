/** The page that says no: with the one thing that the person can do, and what the help desk needs. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { helpText, writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { link } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import type { RefusedView } from './views.ts';

export function refusedPage(context: PageContext, view: RefusedView): Page {
  const texts = textsOf(context.language);
  const own = texts.refused;
  const { help } = context.branding;
  return writePage(context, {
    title: own.titles[view.advice],
    withProblem: true,
    main: html`<h1>${own.titles[view.advice]}</h1>
      <p>${own.explanations[view.advice]}</p>
      ${view.advice === 'help-desk' && help !== undefined ? html`<p class="help-desk">${helpText(help)}</p>` : undefined}
      ${view.retryHref === undefined ? undefined : html`<p class="act"><a class="button" href="${view.retryHref}">${own.retry}</a></p>`}
      ${link(view.signOutHref, texts.signOut)} ${details(texts, view)}`,
  });
}

function details({ refused }: Texts, view: RefusedView): Html {
  const time = view.time.toISOString();
  return html`<div class="details">
    <h2>${refused.details}</h2>
    <dl>
      <dt>${refused.correlationId}</dt>
      <dd><code class="copy">${view.correlationId}</code></dd>
      <dt>${refused.code}</dt>
      <dd><code class="copy">${view.code}</code></dd>
      <dt>${refused.time}</dt>
      <dd><time datetime="${time}">${time.slice(0, 19).replace('T', ' ')} UTC</time></dd>
    </dl>
  </div>`;
}
