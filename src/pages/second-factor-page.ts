/**
 * The page that asks for the second factor: a code of the app, a passkey, or a recovery code. Owns: what stands on it.
 * Does not own: judging it, nor talking to the authenticator (passkey-script.ts).
 */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { field, form, link, person, submit } from './parts.ts';
import { passkeyForm } from './passkey-form.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import { told } from './told.ts';
import type { SecondFactorView } from './views.ts';

export function secondFactorPage(context: PageContext, view: SecondFactorView): Page {
  const texts = textsOf(context.language);
  const { chosen, problem } = view;
  const about = told(problem, texts.secondFactor.problems);
  return writePage(context, {
    title: texts.secondFactor.titles[chosen],
    withProblem: about.mistake,
    withPasskeyScript: chosen === 'passkey',
    main: html`<h1>${texts.secondFactor.titles[chosen]}</h1>
      ${person(texts.person, view.userName)}
      <p>${texts.secondFactor.explanations[chosen]}</p>
      ${about.box} ${chosen === 'passkey' ? withPasskey(texts, view) : withCode(texts, view, chosen)}
      ${otherWays(texts, view)} ${link(view.signOutHref, texts.signOut)}`,
  });
}

function withCode(texts: Texts, view: SecondFactorView, chosen: 'totp' | 'recovery'): Html {
  const totp = chosen === 'totp';
  const code = field({
    name: 'code',
    label: texts.secondFactor.labels[chosen],
    autocomplete: totp ? 'one-time-code' : 'off',
    ...(totp ? { inputMode: 'numeric' } : {}),
    code: true,
    focus: true,
    wrong: view.problem !== undefined && view.problem !== 'page-expired',
    explained: view.problem !== undefined,
  });
  return form(view, chosen, html`${code} ${submit(texts.secondFactor.submit)}`);
}

function withPasskey(texts: Texts, view: SecondFactorView): Html {
  return passkeyForm(texts, view, {
    step: 'passkey',
    ceremony: 'get',
    options: view.passkeyOptions ?? {},
    label: texts.secondFactor.usePasskey,
    explained: view.problem !== undefined,
  });
}

function otherWays(texts: Texts, { others }: SecondFactorView): Html | undefined {
  if (others.length === 0) return undefined;
  return html`<div class="ways">
    <h2>${texts.secondFactor.otherWays}</h2>
    <ul>
      ${others.map(({ kind, href }) => html`<li><a href="${href}">${texts.secondFactor.others[kind]}</a></li> `)}
    </ul>
  </div>`;
}
