/** The page that sets up an authenticator app. Owns: what stands on it. Does not own: the secret, nor checking the code. */
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { codeField, form, link, person, submit } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { Texts } from './texts/texts.ts';
import { told } from './told.ts';
import type { EnrolTotpView } from './views.ts';

export function enrolTotpPage(context: PageContext, view: EnrolTotpView): Page {
  const texts = textsOf(context.language);
  const own = texts.enrolTotp;
  const { problem } = view;
  const about = told(problem, own.problems);
  const code = codeField({ label: own.code, inputMode: 'numeric', focus: problem !== undefined }, about);
  return writePage(context, {
    title: own.title,
    withProblem: about.mistake,
    main: html`<h1>${own.title}</h1>
      ${person(texts.personOfAccount, view.userName)} ${secret(texts, view)}
      <p>${own.confirm}</p>
      ${about.box} ${form(view, 'enrol-totp', html`${code} ${submit(own.submit)}`)} ${link(view.backHref, texts.back)}`,
  });
}

function secret({ enrolTotp }: Texts, view: EnrolTotpView): Html {
  return html`<p>${enrolTotp.scan}</p>
    <div class="qr" role="img" aria-label="${enrolTotp.qrCode}">${view.qrSvg}</div>
    <p>${enrolTotp.byHand}</p>
    <p><code class="copy key" aria-label="${enrolTotp.secret}">${inFours(view.secret)}</code></p>
    <p class="aside"><a href="${view.uri}">${enrolTotp.sameDevice}</a></p>`;
}

/** Apps take the key with spaces as well as without. */
function inFours(secret: string): string {
  return secret.replace(/.{4}(?=.)/gu, '$& ');
}
