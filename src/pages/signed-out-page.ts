/** The page after sign-out. Owns: what stands on it, and asking the applications to end their sessions. */
import { imageOrigin, withImagesFrom } from './content-security-policy.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { link } from './parts.ts';
import { textsOf } from './texts/texts.ts';
import type { SignedOutView } from './views.ts';

export function signedOutPage(context: PageContext, view: SignedOutView): Page {
  const texts = textsOf(context.language);
  const own = texts.signedOut;
  const cleanUp = view.cleanUp
    .filter((address) => imageOrigin(address) !== undefined)
    .map((address) => new URL(address).href);
  return writePage(context, {
    title: own.title,
    policy: withImagesFrom(cleanUp),
    main: html`<h1>${own.title}</h1>
      <p>${own.explanation}</p>
      ${link(view.signInHref, own.signInAgain)} ${cleanUp.map(cleanUpImage)}`,
  });
}

/** WS-Federation 1.2 §13.2.4: the application ends its session when `wsignoutcleanup1.0` is asked for, by an image too. */
function cleanUpImage(address: string): Html {
  return html`<img class="clean-up" src="${address}" alt="" width="1" height="1" /> `;
}
