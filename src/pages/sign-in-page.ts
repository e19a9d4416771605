/** The page that asks for user name and password. Owns: what stands on it. Does not own: judging what is typed. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { field, form, link, submit } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import { told } from './told.ts';
import type { SignInProblem, SignInView } from './views.ts';

/** What has to be typed again. */
const MISTAKES: readonly (SignInProblem | undefined)[] = ['wrong', 'empty'];

export function signInPage(context: PageContext, view: SignInView): Page {
  const texts = textsOf(context.language);
  const about = told(view.problem, texts.signIn.problems);
  return writePage(context, {
    title: texts.signIn.title,
    withProblem: about.mistake,
    main: html`<h1>${texts.signIn.title}</h1>
      ${about.box} ${form(view, 'password', fields(texts, view))}
      ${link(view.changePasswordHref, texts.signIn.changePassword)}`,
  });
}

function fields(texts: Texts, view: SignInView): Html {
  const wrong = MISTAKES.includes(view.problem);
  const named = view.userName !== undefined && view.userName !== '';
  const explained = view.problem !== undefined;
  const userName = field({
    name: 'username',
    label: texts.userName,
    autocomplete: 'username',
    inputMode: 'email',
    value: view.userName,
    hint: texts.signIn.userNameHint,
    focus: !named,
    wrong,
    explained: explained && !named,
  });
  const password = field({
    name: 'password',
    label: texts.password,
    type: 'password',
    autocomplete: 'current-password',
    focus: named,
    wrong,
    explained: explained && named,
  });
  return html`${userName} ${password} ${view.offersToStaySignedIn ? stay(texts) : undefined}
  ${submit(texts.signIn.submit)}`;
}

function stay(texts: Texts): Html {
  return html`<div class="check">
    <input id="stay" name="stay" type="checkbox" value="yes" aria-describedby="stay-hint" />
    <label for="stay">${texts.signIn.stay}</label>
    <p class="hint" id="stay-hint">${texts.signIn.stayHint}</p>
  </div>`;
}
