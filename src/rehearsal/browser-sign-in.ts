/**
 * A person at a browser, from Entra's address to wherever it ends: each page is answered as far as the person can.
 *
 * Owns what is done on which page, and a line for each. Does not own: what a browser does by itself (user-agent.ts), and
 * whether Entra takes the answer (rehearse-browser.ts).
 */
import { totpCode } from './authenticator-app.ts';
import type { HtmlForm } from './html-page.ts';
import { NoPage } from './user-agent.ts';
import type { Hop, UserAgent, Visit } from './user-agent.ts';

/** What the person has: a page that asks for something else is where the sign-in ends. */
export interface AtBrowser {
  readonly agent: UserAgent;
  /** Absent: nothing is typed. */
  readonly typed?: { readonly userName: string; readonly password: string };
  /** A phone, on which an authenticator app can be set up. */
  readonly hasPhone: boolean;
  readonly now: () => Date;
}

export interface BrowserSignIn {
  /** A line for each page: over which hosts, what it says, what is done there. */
  readonly steps: readonly string[];
  /** client-request-id, under which Entra and Mortise know the request; undefined when none got so far. */
  readonly requestId: string | undefined;
  /** The page at which it ended. */
  readonly last: Visit | undefined;
  /** Why there is no page at the end. */
  readonly noPage: string | undefined;
}

/** More pages than any sign-in has; a loop is Entra's or Mortise's to end. */
const MOST_PAGES = 25;

export async function signInByBrowser(url: string, person: AtBrowser): Promise<BrowserSignIn> {
  const walk = openWalk(person);
  try {
    let next: Promise<Visit> | undefined = person.agent.open(url);
    for (let pages = 0; next !== undefined && pages < MOST_PAGES; pages++) next = walk.arrive(await next);
    return { ...walk.soFar(), noPage: undefined };
  } catch (error) {
    if (!(error instanceof NoPage)) throw error;
    walk.leave();
    return { ...walk.soFar(), noPage: error.message };
  }
}

interface Walk {
  /** @returns the next page; undefined where the person does nothing more */
  arrive(visit: Visit): Promise<Visit> | undefined;
  /** A page without an own line gets one, as there is none after it. */
  leave(): void;
  soFar(): Omit<BrowserSignIn, 'noPage'>;
}

function openWalk(person: AtBrowser): Walk {
  const steps: string[] = [];
  const done = new Set<string>();
  const hops: Hop[] = [];
  let untold = 0;
  let last: Visit | undefined;
  const tell = (visit: Visit, does: string): void => {
    steps.push(lineOf(hops.slice(untold), visit, does));
    untold = hops.length;
  };
  return {
    arrive: (visit) => {
      last = visit;
      hops.push(...visit.via);
      const self = selfPosting(visit);
      if (self !== undefined) return person.agent.submit(visit, self);
      const act = actOn(visit, person);
      // A page that comes again was not content with what it got.
      const goesOn = act !== undefined && !done.has(act.name);
      tell(visit, goesOn ? act.does : '');
      if (!goesOn) return undefined;
      done.add(act.name);
      return act.next();
    },
    leave: () => {
      if (last !== undefined && untold < hops.length) tell(last, '');
    },
    soFar: () => ({ steps, last, requestId: requestIdOf(hops) }),
  };
}

interface Act {
  readonly name: string;
  readonly does: string;
  readonly next: () => Promise<Visit>;
}

/** Mortise's pages by the `step` of their form, and those without a form by where they lead. */
function actOn(visit: Visit, { agent, typed, hasPhone, now }: AtBrowser): Act | undefined {
  const { forms, links } = visit.page;
  const form = formOf(visit, 'password');
  if (form !== undefined && typed !== undefined) {
    const fields = { username: typed.userName, password: typed.password };
    return {
      name: 'password',
      does: 'user name and password are typed',
      next: () => agent.submit(visit, form, fields),
    };
  }
  if (!hasPhone) return undefined;
  const open = (name: string, does: string, href: string | undefined): Act | undefined =>
    href === undefined ? undefined : { name, does, next: () => agent.open(new URL(href, visit.url).href) };
  const enrolment = formOf(visit, 'enrol-totp');
  const uri = links.find((href) => href.startsWith('otpauth:'));
  if (enrolment !== undefined && uri !== undefined) {
    const code = totpCode(uri, now());
    return { name: 'app', does: 'a code of it is typed', next: () => agent.submit(visit, enrolment, { code }) };
  }
  if (visit.url.includes('mortise=recovery-codes'))
    return open('codes', 'they are kept', visit.url.replace(/[?&]mortise=recovery-codes$/, ''));
  if (forms.length > 0) return undefined;
  return open(
    'choice',
    'an authenticator app is chosen',
    links.find((href) => /[?&]mortise=enrol-totp$/.test(href)),
  );
}

const formOf = ({ page }: Visit, step: string): HtmlForm | undefined =>
  page.forms.find(({ fields }) => fields.some(({ name, value }) => name === 'step' && value === step));

/** The page that carries an answer: JavaScript would send it, here the button is pressed. */
export function selfPosting({ page: { forms } }: Visit): HtmlForm | undefined {
  const [form, ...others] = forms;
  if (form === undefined || form.method !== 'post' || others.length > 0) return undefined;
  const isAnswer = form.fields.some(({ name }) => name === 'wresult');
  return isAnswer && form.fields.every(({ type }) => type === 'hidden') ? form : undefined;
}

const TICKET = {
  asked: 'a Kerberos ticket is asked for, there is none',
  given: 'a Kerberos ticket is asked for and given',
};

/** `login.localhost:8444 → sso.localhost:8443: “Sign in” (…): user name and password are typed` */
function lineOf(hops: readonly Hop[], { status, page }: Visit, does: string): string {
  const hosts = hops.map(({ url }) => new URL(url).host).filter((host, index, all) => host !== all[index - 1]);
  const tickets = hops.flatMap(({ ticket }) => (ticket === undefined ? [] : [TICKET[ticket]]));
  const about = [...(status === 200 || status === 401 ? [] : [String(status)]), ...new Set(tickets)];
  return `${hosts.join(' → ')}: “${page.heading}”${about.length === 0 ? '' : ` (${about.join(', ')})`}${does === '' ? '' : `: ${does}`}`;
}

function requestIdOf(hops: readonly Hop[]): string | undefined {
  const ids = hops.map(({ url }) => new URL(url).searchParams.get('client-request-id'));
  return ids.find((id) => id !== null) ?? undefined;
}
