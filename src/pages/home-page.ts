/** The page for whoever opens the address by hand: what this is, and what one can do here. */
import { html } from './html.ts';
import { writePage } from './page.ts';
import type { Page, PageContext } from './page.ts';
import { textsOf } from './texts/texts.ts';
import type { HomeView } from './views.ts';

export function homePage(context: PageContext, view: HomeView): Page {
  const { home } = textsOf(context.language);
  const title = home.title(context.branding.organisationName);
  const changePassword =
    view.changePasswordHref === undefined
      ? undefined
      : html`<li><a href="${view.changePasswordHref}">${home.changePassword}</a></li> `;
  return writePage(context, {
    title: home.tab,
    main: html`<h1>${title}</h1>
      <p>${home.explanation}</p>
      <h2>${home.possible}</h2>
      <ul class="links">
        <li><a href="${view.accountHref}">${home.account}</a></li>
        ${changePassword}
      </ul>`,
  });
}
