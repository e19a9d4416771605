/**
 * The pages of the local Entra's browser side: who signs in, why not, and what was made of the assertion.
 *
 * Does not own: the frame (html.ts) and the decisions.
 */
import { aadstsText, entraTime } from './aadsts.ts';
import type { AadstsCode, AadstsParameters, Stamp } from './aadsts.ts';
import { INSIDE_CORPORATE_NETWORK, PSSO } from './claims-table.ts';
import type { ClaimRow } from './claims-table.ts';
import { markup, page } from './html.ts';
import type { Markup } from './html.ts';
import type { PersonIdentity } from './person-claims.ts';
import type { Answer } from './routes.ts';
import { latest } from './second-factor.ts';
import type { StatedFactor } from './second-factor.ts';
import { SIGN_IN_CHECKS } from './sign-in-checks.ts';
import type { SignInRequest } from './sign-in-requests.ts';
import { TOKEN_CHECKS } from './token-checks.ts';
import type { AcceptedClaim } from './token-claims.ts';

type Query = Readonly<Record<string, string | undefined>>;

/** Options of a sign-in that a person can choose: name and value as the query has them. */
const CHOICES = [
  ['kmsi', '1', 'Keep me signed in'],
  ['mfa', '1', 'A policy asks for a second factor'],
  ['prompt', 'login', 'Ask me to sign in again (prompt=login)'],
] as const;

const KEPT = ['mfa_max_age', 'mkt', 'lc'] as const;

/** The form sends itself to the address at which it was opened. */
export function startPage(query: Query, message?: string): Answer {
  const userName = query['login_hint'] ?? query['username'] ?? '';
  const choices = CHOICES.map(([name, value, label]) => {
    const checked = query[name] === value ? markup` checked` : '';
    return markup`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${checked}> ${label}</label>
`;
  });
  const kept = KEPT.flatMap((name) => {
    const value = query[name] ?? '';
    return value === ''
      ? []
      : [
          markup`<input type="hidden" name="${name}" value="${value}">
`,
        ];
  });
  const said = message === undefined ? '' : markup`<p class="code" role="alert">${message}</p>`;
  return page(
    'Sign in to the local Entra',
    markup`${said}
<form method="get">
<label for="username">User name, such as nora.keller@example.com</label>
<input type="text" id="username" name="username" value="${userName}" autocomplete="username" autocapitalize="none" spellcheck="false">
${choices}${kept}<button type="submit">Next</button>
</form>`,
  );
}

interface Shown {
  readonly check: keyof typeof SIGN_IN_CHECKS | keyof typeof TOKEN_CHECKS;
  readonly code: AadstsCode;
  readonly parameters: AadstsParameters;
  readonly found: string;
}

const CHECKS: Readonly<Record<Shown['check'], { readonly check: string }>> = { ...SIGN_IN_CHECKS, ...TOKEN_CHECKS };

export function refusalPage(refusal: Shown, stamp: Stamp): Answer {
  return page(
    "Sorry, but we're having trouble signing you in.",
    markup`${codeOf(refusal, stamp)}
${seen(refusal)}
<p><a href="/">Sign in again</a></p>`,
  );
}

/** A page for a code that no check of a sign-in answers. */
export function errorPage(code: AadstsCode, parameters: AadstsParameters, stamp: Stamp): Answer {
  return page("Sorry, but we're having trouble signing you in.", codeOf({ code, parameters }, stamp));
}

function codeOf({ code, parameters }: Pick<Shown, 'code' | 'parameters'>, stamp: Stamp): Markup {
  return markup`<p class="code">AADSTS${code}: ${aadstsText(code, parameters)}</p>
<p class="note">Request Id: ${stamp.traceId}<br>Correlation Id: ${stamp.correlationId}<br>Timestamp: ${entraTime(stamp.now)}</p>`;
}

function seen({ check, found }: Pick<Shown, 'check' | 'found'>): Markup {
  return markup`<h2>What the rehearsal saw</h2>
<p><strong>${check}</strong>: ${found}</p>
<p class="note">The check: ${CHECKS[check].check}.</p>`;
}

/** What was made of an accepted assertion. */
export interface Report {
  readonly person: PersonIdentity;
  readonly request: SignInRequest;
  readonly stated: StatedFactor;
  readonly signOutUri: string | undefined;
}

export function signedInPage(report: Report): Answer {
  return page(
    `Signed in to the local Entra as ${report.person.user.userPrincipalName}`,
    markup`${signOutLink(report.signOutUri)}
${reportOf(report)}`,
  );
}

/** The identity provider has done its part; the rest would be Entra's. */
export function ownFactorPage(report: Report, refusal: Shown | undefined, resource: string, stamp: Stamp): Answer {
  const shown = refusal ?? { code: 50076 as const, parameters: { resource } };
  const why =
    refusal === undefined
      ? markup`<h2>What the rehearsal saw</h2>
<p>federatedIdpMfaBehavior is rejectMfaByFederatedIdp: whatever the identity provider states, Entra asks itself.</p>`
      : seen(refusal);
  return page(
    `Entra would now ask for its own second factor (AADSTS${shown.code})`,
    markup`<p>The sign-in of ${report.person.user.userPrincipalName} at the identity provider is accepted.</p>
${codeOf(shown, stamp)}
${why}
${reportOf(report)}
${signOutLink(report.signOutUri)}`,
  );
}

function signOutLink(signOutUri: string | undefined): Markup {
  if (signOutUri === undefined)
    return markup`<p>No signOutUri is set for the domain: there is nowhere to sign out.</p>`;
  return markup`<p><a href="${signOutUri}${signOutUri.includes('?') ? '&' : '?'}wa=wsignout1.0">Sign out</a></p>`;
}

function reportOf({ person, request, stated }: Report): Markup {
  const { accepted } = person;
  const rows: readonly (readonly [string, string])[] = [
    ['Second factor', factorText(stated, request)],
    ['Fresh sign-in', freshText(person, request)],
    ['Stay signed in (psso)', valueOf(accepted.claims, PSSO)],
    ['Inside the corporate network', valueOf(accepted.claims, INSIDE_CORPORATE_NETWORK)],
    ['Asked for as', request.userName === '' ? `anybody of ${request.domain}` : request.userName],
    ['Issuer', person.issuer],
    ['NameIdentifier', accepted.nameIdentifier.value],
    [
      'Authentication',
      person.authentications.map((each) => `${each.method}, ${each.instant.toISOString()}`).join('; '),
    ],
  ];
  return markup`<h2>The sign-in</h2>
<table>
<tbody>
${rows.map(
  ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
)}</tbody>
</table>
<h2>The claims</h2>
${claimTable('Entra read', accepted.claims)}
${claimTable('Entra ignored', accepted.ignored)}`;
}

function claimTable(caption: string, claims: readonly AcceptedClaim[]): Markup {
  if (claims.length === 0) return markup`<p>${caption}: none.</p>`;
  const rows = claims.map(
    ({ name, namespace, value }) =>
      markup`<tr><th scope="row">${name}</th><td>${namespace}</td><td>${value}</td></tr>
`,
  );
  return markup`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Namespace</th><th scope="col">Value</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

function factorText({ places, instant, tooOld }: StatedFactor, { secondFactor, mfaMaxAge }: SignInRequest): string {
  const asked = secondFactor ? 'wanted' : 'not wanted';
  if (places.length === 0) return `${asked}; not stated`;
  const age = tooOld ? `, older than mfa_max_age ${mfaMaxAge} s` : '';
  return `${asked}; stated in ${places.join(' and ')}${instant === undefined ? '' : `, ${instant.toISOString()}`}${age}`;
}

/** Entra's own rule for a sign-in that was to be fresh and is not is not known, so it is only shown. */
function freshText({ authentications }: PersonIdentity, { promptLogin, sentAt }: SignInRequest): string {
  if (!promptLogin) return 'not asked for';
  const at = latest(authentications.map(({ instant }) => instant));
  if (at === undefined) return 'asked for; the assertion does not say when the person was authenticated';
  // Issuers write whole seconds as well.
  const before = Math.ceil(at.getTime() / 1000) < Math.floor(sentAt.getTime() / 1000);
  return before ? `asked for, but authenticated at ${at.toISOString()}, before that` : 'asked for, and done';
}

function valueOf(claims: readonly AcceptedClaim[], row: ClaimRow): string {
  return claims.find(({ name }) => name === row.name)?.value ?? 'not stated';
}
