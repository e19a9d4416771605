/** The page on which a person changes the password. Owns: what stands on it. Does not own: the rules for passwords. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { field, form, link, submit } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import { told } from './told.ts';
import type { ChangePasswordProblem, ChangePasswordView } from './views.ts';

type Part = 'username' | 'old-password' | 'new-password' | 'new-password-again';

/** Which fields each problem is about. */
const FIELDS: Readonly<Record<ChangePasswordProblem, readonly Part[]>> = {
  wrong: ['username', 'old-password'],
  mismatch: ['new-password', 'new-password-again'],
  same: ['new-password', 'new-password-again'],
  policy: ['new-password', 'new-password-again'],
  empty: ['username', 'old-password', 'new-password', 'new-password-again'],
  'not-allowed': [],
  busy: [],
  'page-expired': [],
};

export function changePasswordPage(context: PageContext, view: ChangePasswordView): Page {
  const texts = textsOf(context.language);
  const { problem } = view;
  const about = told(problem, texts.changePassword.problems);
  return writePage(context, {
    title: texts.changePassword.title,
    withProblem: about.mistake,
    main: html`<h1>${texts.changePassword.title}</h1>
      <p>${texts.changePassword.reasons[view.reason]}</p>
      ${about.box} ${form(view, 'change-password', fields(texts, view))} ${link(view.cancelHref, texts.cancel)}`,
  });
}

function fields(texts: Texts, view: ChangePasswordView): Html {
  const named = view.userName !== undefined && view.userName !== '';
  const wrong = view.problem === undefined ? [] : FIELDS[view.problem];
  const password = (name: Part, label: string): Html =>
    field({
      name,
      label,
      type: 'password',
      autocomplete: name === 'old-password' ? 'current-password' : 'new-password',
      focus: named && name === 'old-password',
      wrong: wrong.includes(name),
      explained: view.problem !== undefined && named && name === 'old-password',
    });
  return html`${field({
    name: 'username',
    label: texts.userName,
    autocomplete: 'username',
    inputMode: 'email',
    value: view.userName,
    readOnly: named && view.ownAccount === true,
    focus: !named,
    wrong: wrong.includes('username'),
    explained: view.problem !== undefined && !named,
  })}
  ${password('old-password', texts.changePassword.oldPassword)}
  ${password('new-password', texts.changePassword.newPassword)}
  ${password('new-password-again', texts.changePassword.again)} ${submit(texts.changePassword.submit)}`;
}
