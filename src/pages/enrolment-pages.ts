/**
 * The pages before a second factor is set up: how to get there, and which one. Owns: what stands on them. Does not own:
 * who may enrol, and from where.
 */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { codeField, form, link, person, submit } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import { told } from './told.ts';
import type { EnrolmentChoiceView, EnrolmentGateView } from './views.ts';

/** A second factor is asked for, none is set up, and the password alone is not enough to set one up. */
export function enrolmentGatePage(context: PageContext, view: EnrolmentGateView): Page {
  const texts = textsOf(context.language);
  const own = texts.enrolmentGate;
  const { problem } = view;
  const about = told(problem, own.problems);
  // Without a mistake the page is there to be read first.
  const code = codeField({ label: own.code, focus: problem !== undefined }, about);
  return writePage(context, {
    title: own.title,
    withProblem: about.mistake,
    main: html`<h1>${own.title}</h1>
      ${person(texts.person, view.userName)}
      <p>${own.explanation}</p>
      <h2>${own.fromNetworkTitle}</h2>
      <p>${own.fromNetwork}</p>
      <h2>${own.byCodeTitle}</h2>
      <p>${own.byCode}</p>
      ${about.box} ${form(view, 'enrolment-code', html`${code} ${submit(own.submit)}`)}
      ${link(view.signOutHref, texts.signOut)}`,
  });
}

export function enrolmentChoicePage(context: PageContext, view: EnrolmentChoiceView): Page {
  const texts = textsOf(context.language);
  const own = texts.enrolmentChoice;
  const choice = (href: string, title: string, explanation: string): Html =>
    html`<li>
      <a class="choice" href="${href}"><strong>${title}</strong> <span>${explanation}</span></a>
    </li> `;
  return writePage(context, {
    title: own.title,
    main: html`<h1>${own.title}</h1>
      ${person(texts.personOfAccount, view.userName)}
      <p>${own.explanation}</p>
      <ul class="choices">
        ${choice(view.totpHref, texts.ways.totp, own.totp)}${choice(view.passkeyHref, texts.ways.passkey, own.passkey)}
      </ul>
      ${link(view.signOutHref, texts.signOut)}`,
  });
}
