/**
 * The browser's part of a rehearsal: a sign-in with a password and out again, one by Kerberos ticket, and one with a second
 * factor; what Entra took from them, and why it did not.
 *
 * Owns the order and the ending: the first that fails is the last. Does not own: what happens on the pages
 * (browser-sign-in.ts).
 */
import type { Activity } from '../audit/activity.ts';
import type { BrowserMishap } from './browser-mishaps.ts';
import { signInByBrowser } from './browser-sign-in.ts';
import type { AtBrowser, BrowserSignIn } from './browser-sign-in.ts';
import { acceptedRows, claimsTable } from './claims-table.ts';
import type { SignInRecord } from './entra/sign-in-log.ts';
import { labelled, mishapAndCure, whatOthersKnow } from './rehearse.ts';
import type { NamedMishap, Write } from './rehearse.ts';
import type { Person } from './sign-in.ts';
import { openUserAgent } from './user-agent.ts';
import type { UserAgent, Visit } from './user-agent.ts';
import type { World } from './world.ts';

export type BrowserWay = 'password' | 'ticket' | 'second-factor';

export interface BrowserResult {
  /** Entra took each of them for what it was. */
  readonly accepted: boolean;
  /** Those that were tried, in order. */
  readonly signIns: readonly (BrowserSignIn & { readonly way: BrowserWay; readonly accepted: boolean })[];
}

export interface BrowserOptions {
  readonly mishap: NamedMishap<BrowserMishap> | undefined;
  /** Width of the terminal; undefined where nobody reads along. */
  readonly columns?: number | undefined;
}

interface Planned {
  readonly way: BrowserWay;
  readonly title: string;
  readonly person: Person;
  readonly at: AtBrowser;
  /** What is said when it fails. */
  readonly failed: string;
  /** What Entra is told to ask for. */
  readonly query: string;
  /** What Entra must have read of how it was done; undefined where anything will do. */
  readonly method: string | undefined;
}

export async function rehearseBrowser(world: World, options: BrowserOptions, write: Write): Promise<BrowserResult> {
  const signIns: BrowserResult['signIns'][number][] = [];
  for (const planned of plannedIn(world)) {
    const signIn = await signInTo(world, planned);
    signIns.push(signIn);
    write('');
    write(planned.title);
    for (const step of signIn.steps) write(`  ${step}`);
    if (!signIn.accepted) {
      for (const line of await ending(world, planned, signIn, options.mishap)) write(line);
      return { accepted: false, signIns };
    }
    if (planned.way !== 'password') continue;
    write(`  ${await signOut(planned.at.agent, signIn.last)}`);
    for (const line of await claims(world, signIn, options.columns)) write(line);
  }
  return { accepted: true, signIns };
}

function plannedIn({ device, person, browsers }: World): readonly Planned[] {
  const { now } = device;
  const agent = (): UserAgent => openUserAgent({ http: browsers.http, now });
  const typedBy = ({ userPrincipalName: userName, typedPassword: password }: Person) => ({ userName, password });
  const { withSecondFactor } = browsers;
  return [
    {
      way: 'password',
      title: `${person.userPrincipalName} signs in to Microsoft 365 in a browser without a Kerberos ticket, and out again:`,
      failed: `${person.userPrincipalName} is not signed in to Microsoft 365 in the browser.`,
      person,
      at: { agent: agent(), typed: typedBy(person), hasPhone: false, now },
      query: '',
      method: undefined,
    },
    {
      way: 'ticket',
      title: `${person.userPrincipalName} signs in to Microsoft 365 in the browser of ${device.computer.displayName}:`,
      failed: `${person.userPrincipalName} is not signed in silently.`,
      person,
      at: { agent: openUserAgent({ ...browsers, now }), hasPhone: false, now },
      query: '',
      method: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
    },
    {
      way: 'second-factor',
      title: `${withSecondFactor.userPrincipalName} signs in to Microsoft 365, and Entra asks for a second factor:`,
      failed: `${withSecondFactor.userPrincipalName} is not signed in with a second factor.`,
      person: withSecondFactor,
      at: { agent: agent(), typed: typedBy(withSecondFactor), hasPhone: true, now },
      query: '&mfa=1',
      method: 'http://schemas.microsoft.com/claims/multipleauthn',
    },
  ];
}

async function signInTo({ entra }: World, planned: Planned): Promise<BrowserResult['signIns'][number]> {
  const before = entra.signIns().length;
  const hint = encodeURIComponent(planned.person.userPrincipalName);
  const address = `${entra.urls.login}/common/oauth2/authorize?login_hint=${hint}${planned.query}`;
  const signIn = await signInByBrowser(address, planned.at);
  const [record] = entra.signIns().slice(before);
  const accepted = record !== undefined && states(record, planned.method);
  const told = accepted && planned.method !== undefined ? [`Entra read ${planned.method}`] : [];
  return { ...signIn, steps: [...signIn.steps, ...told], way: planned.way, accepted };
}

const states = ({ acceptedClaims }: SignInRecord, method: string | undefined): boolean =>
  method === undefined || acceptedClaims.claims.some(({ value }) => value === method);

/** By the link of Entra's page. */
async function signOut(agent: UserAgent, last: Visit | undefined): Promise<string> {
  const link = last?.page.links.find((href) => href.includes('wa=wsignout1.0'));
  if (last === undefined || link === undefined) return 'there is no link to sign out';
  const { url, page } = await agent.open(new URL(link, last.url).href);
  return `${new URL(url).host}: “${page.heading}”`;
}

async function claims(world: World, { requestId }: BrowserSignIn, columns: number | undefined) {
  const accepted = world.entra.lastAcceptedClaims(requestId);
  const activities = await world.store.activities.list({ limit: 20 });
  const activity = activities.find((one) => one.requestId === requestId && one.outcome === 'issued');
  if (accepted === undefined) return [];
  return ['', 'Claims that Entra accepted:', '', ...claimsTable(acceptedRows(accepted, activity), columns)];
}

async function ending(
  { store, entra }: World,
  { failed }: Planned,
  { requestId, last, noPage }: BrowserSignIn,
  mishap: NamedMishap | undefined,
): Promise<readonly string[]> {
  const activity = activityOf(await store.activities.list({ limit: 20 }), requestId, last);
  const shown = noPage === undefined ? pageShown(last) : [`no page: ${noPage}`];
  return [
    '',
    failed,
    '',
    ...shown.map((text, index) => labelled(index === 0 ? 'Browser' : '', text)),
    ...whatOthersKnow(entra, refusedBy(entra, last) ?? requestId, activity),
    ...(activity?.outcome === 'issued' ? [labelled('Mortise', ['issued', ...activity.notes].join('; '))] : []),
    ...mishapAndCure(mishap, activity?.refusal),
  ];
}

/** A page of Entra's names its request: an answer to none that is open has an id of its own. */
const refusedBy = (entra: World['entra'], last: Visit | undefined): string | undefined =>
  entra.requests().find(({ traceId }) => last?.page.lines.some((line) => line.includes(traceId)))?.correlationId;

/** A page that says no names its record; else the request's newest. */
function activityOf(
  activities: readonly Activity[],
  requestId: string | undefined,
  last: Visit | undefined,
): Activity | undefined {
  const named = activities.find(({ id }) => last?.page.lines.includes(id));
  return named ?? activities.find((activity) => requestId !== undefined && activity.requestId === requestId);
}

/** Entra's pages tell the code and its text. */
function pageShown(last: Visit | undefined): readonly string[] {
  if (last === undefined) return ['no page'];
  const { url, status, page } = last;
  const code = page.lines.find((line) => line.startsWith('AADSTS'));
  return [`“${page.heading}” (${status}) at ${new URL(url).host}`, ...(code === undefined ? [] : [code])];
}
