/** The page that sets up a passkey. Owns: what stands on it. Does not own: the ceremony (passkey-script.ts). */
import { html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { field, link, person } from './parts.ts';
import { passkeyForm } from './passkey-form.ts';
import { textsOf } from './texts/texts.ts';
import { told } from './told.ts';
import type { EnrolPasskeyView } from './views.ts';

export function enrolPasskeyPage(context: PageContext, view: EnrolPasskeyView): Page {
  const texts = textsOf(context.language);
  const own = texts.enrolPasskey;
  const { problem } = view;
  const about = told(problem, own.problems);
  const name = field({
    name: 'name',
    label: own.name,
    hint: own.nameHint,
    autocomplete: 'off',
    optional: true,
    focus: true,
    explained: about.box !== undefined,
  });
  return writePage(context, {
    title: own.title,
    withProblem: about.mistake,
    withPasskeyScript: true,
    main: html`<h1>${own.title}</h1>
      ${person(texts.personOfAccount, view.userName)}
      <p>${own.explanation}</p>
      ${about.box}
      ${passkeyForm(texts, view, {
        step: 'enrol-passkey',
        ceremony: 'create',
        options: view.options,
        label: own.submit,
        fields: name,
        explained: about.box !== undefined,
      })}
      ${link(view.backHref, texts.back)}`,
  });
}
