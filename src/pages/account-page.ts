/**
 * The page on which a person sees and changes the own second factors. Owns: what stands on it. Does not own: which of it
 * is allowed.
 */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { form, link, person } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import { done, told } from './told.ts';
import type { AccountView, EnrolledFactor } from './views.ts';

export function accountPage(context: PageContext, view: AccountView): Page {
  const texts = textsOf(context.language);
  const own = texts.account;
  const { message, problem } = view;
  const about = told(problem, own.problems);
  return writePage(context, {
    title: own.title,
    withProblem: about.mistake,
    main: html`<h1>${own.title}</h1>
      ${person(own.person, view.userName)} ${done(message === undefined ? undefined : own.messages[message])}
      ${about.box} ${factors(texts, view)} ${recoveryCodes(texts, view)} ${password(texts, view)}
      ${link(view.signOutHref, own.signOut)}`,
  });
}

function factors(texts: Texts, view: AccountView): Html {
  const own = texts.account;
  return html`<h2>${own.factors}</h2>
    ${
      view.factors.length === 0
        ? html`<p>${own.noFactors}</p>`
        : html`<ul class="factors">
            ${view.factors.map((factor) => enrolled(texts, view, factor))}
          </ul>`
    }
    <ul class="links">
      <li><a href="${view.addTotpHref}">${own.addTotp}</a></li>
      <li><a href="${view.addPasskeyHref}">${own.addPasskey}</a></li>
    </ul>`;
}

/** A first press unfolds what removing means, a second one removes: no script is needed to be asked. */
function enrolled(texts: Texts, view: AccountView, factor: EnrolledFactor): Html {
  const own = texts.account;
  const kind = texts.ways[factor.kind];
  const name = factor.name === '' ? kind : factor.name;
  const used = factor.lastUsedAt === undefined ? own.neverUsed : own.lastUsed(texts.date(factor.lastUsedAt));
  return html`<li>
    <p class="factor">
      <strong><bdi>${name}</bdi></strong>
    </p>
    <p class="hint">
      ${name === kind ? undefined : html`${kind}. `}${own.added(texts.date(factor.createdAt))}, ${used}.
    </p>
    <details>
      <summary>
        ${own.remove}<span class="unseen"> <bdi>${name}</bdi></span>
      </summary>
      <p>${own.removing}</p>
      ${form(
        view,
        'remove-factor',
        html`<input type="hidden" name="id" value="${factor.id}" />
          <p class="act">
            <button class="button plain" type="submit">
              ${own.removeNow}<span class="unseen"> <bdi>${name}</bdi></span>
            </button>
          </p>`,
      )}
    </details>
  </li> `;
}

/** Only for somebody who has a second factor, or still has codes of one. */
function recoveryCodes({ account }: Texts, view: AccountView): Html | undefined {
  if (view.factors.length === 0 && view.recoveryCodesLeft === 0) return undefined;
  return html`<h2>${account.recoveryCodes}</h2>
    <p>${account.codesLeft(view.recoveryCodesLeft)}</p>
    <details>
      <summary>${account.newCodes}</summary>
      ${view.recoveryCodesLeft > 0 ? html`<p>${account.replacingCodes}</p>` : undefined}
      ${form(view, 'new-recovery-codes', html`<p class="act"><button class="button plain" type="submit">${account.newCodesNow}</button></p>`)}
    </details>`;
}

function password({ account }: Texts, { changePasswordHref }: AccountView): Html | undefined {
  if (changePasswordHref === undefined) return undefined;
  return html`<h2>${account.passwordTitle}</h2>
    <ul class="links">
      <li><a href="${changePasswordHref}">${account.changePassword}</a></li>
    </ul>`;
}
