/** The page that shows the recovery codes, once. Owns: what stands on it. Does not own: making the codes. */
import { html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { person } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { RecoveryCodesView } from './views.ts';

export function recoveryCodesPage(context: PageContext, view: RecoveryCodesView): Page {
  const texts = textsOf(context.language);
  const own = texts.recoveryCodes;
  return writePage(context, {
    title: own.title,
    main: html`<h1>${own.title}</h1>
      ${person(texts.personOfAccount, view.userName)}
      <p>${own.explanation}</p>
      <p><strong>${own.once}</strong></p>
      <ol class="codes" aria-label="${own.list}">
        ${view.codes.map((code) => html`<li><code>${code}</code></li> `)}
      </ol>
      <p class="act"><a class="button" href="${view.continueHref}">${texts.continue}</a></p>`,
  });
}
