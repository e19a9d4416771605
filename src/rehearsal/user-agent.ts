/**
 * A browser without JavaScript, scripted: cookies, redirects, forms, and Negotiate where it has a ticket.
 *
 * It goes to this machine's `.localhost` names alone. Owns what a browser does by itself. Does not own: reading HTML
 * (html-page.ts), and what the person at it does (browser-sign-in.ts).
 */
import { openCookieJar } from './cookie-jar.ts';
import { readHtmlPage } from './html-page.ts';
import type { HtmlForm, HtmlPage } from './html-page.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { offersNegotiate } from './windows-transport-client.ts';
import type { ClientTicket } from './windows-transport-client.ts';

/** What its User-Agent header begins with: `silent.userAgents` names it. */
export const USER_AGENT = 'Mortise-Rehearsal/1';

export interface UserAgentOptions {
  readonly http: HttpClient;
  /** Absent: the browser is on no computer of the domain. */
  readonly ticketFor?: (host: string) => ClientTicket;
  readonly now: () => Date;
}

/** One request on the way to a page. */
export interface Hop {
  readonly url: string;
  /** Whether the server asked for a Kerberos ticket (401 Negotiate), and got one. */
  readonly ticket: 'asked' | 'given' | undefined;
}

export interface Visit {
  /** After all redirects. */
  readonly url: string;
  readonly status: number;
  readonly page: HtmlPage;
  /** From the first request to the page's own. */
  readonly via: readonly Hop[];
}

export interface UserAgent {
  open(url: string): Promise<Visit>;
  /** Sends the form's hidden fields and what is typed. */
  submit(from: Visit, form: HtmlForm, typed?: Readonly<Record<string, string>>): Promise<Visit>;
}

/** There is no page to show, and why. */
export class NoPage extends Error {}

/** Chromium's own limit. */
const MOST_HOPS = 20;

export function openUserAgent({ http, ticketFor, now }: UserAgentOptions): UserAgent {
  const cookies = openCookieJar(now);

  const exchange = async (message: HttpRequest): Promise<HttpResponse> => {
    const { hostname } = addressOfRehearsal(message.url);
    const cookie = cookies.headerFor(hostname);
    const headers = {
      'user-agent': `${USER_AGENT} (scripted, no JavaScript)`,
      accept: 'text/html',
      'accept-language': 'en',
      ...message.headers,
      ...(cookie !== '' && { cookie }),
    };
    const response = await http.send({ ...message, headers }).catch((error: Error) => {
      throw new NoPage(`${message.url}: ${error.message}`);
    });
    cookies.keep(hostname, response.headers['set-cookie'] ?? []);
    return response;
  };

  /** RFC 4559 §5: the request once more, with the ticket; where there is none, the page in the 401 is what is shown. */
  const negotiate = async (message: HttpRequest): Promise<HttpResponse & Pick<Hop, 'ticket'>> => {
    const first = await exchange(message);
    if (first.status !== 401 || !offersNegotiate(first)) return { ...first, ticket: undefined };
    const ticket = ticketFor?.(new URL(message.url).hostname);
    if (ticket === undefined) return { ...first, ticket: 'asked' };
    const authorization = `Negotiate ${Buffer.from(ticket.token).toString('base64')}`;
    const second = await exchange({ ...message, headers: { ...message.headers, authorization } });
    verifyProof(ticket, second, message.url);
    return { ...second, ticket: 'given' };
  };

  const visit = async (first: HttpRequest): Promise<Visit> => {
    const via: Hop[] = [];
    let message = first;
    while (via.length < MOST_HOPS) {
      const { url } = message;
      const { status, headers, body, ticket } = await negotiate(message);
      via.push({ url, ticket });
      const { location } = headers;
      if (location === undefined || ![301, 302, 303].includes(status))
        return { url, status, via, page: readHtmlPage(body.toString('utf8')) };
      message = { method: 'GET', url: new URL(location, url).href };
    }
    throw new NoPage(`${first.url} leads to more than ${MOST_HOPS} redirects`);
  };

  return {
    open: (url) => visit({ method: 'GET', url }),
    submit: async (from, form, typed = {}) => visit(submission(from, form, typed)),
  };
}

/** Nothing leaves this machine, whatever address a page names. */
function addressOfRehearsal(url: string): URL {
  const address = new URL(url);
  const named = `${address.origin}${address.pathname}`;
  if (address.protocol !== 'https:') throw new NoPage(`nothing answers at ${named}, which is not https`);
  if (!address.hostname.endsWith('.localhost'))
    throw new NoPage(`the browser is sent to ${named}, which is not of the rehearsal`);
  return address;
}

function submission(from: Visit, form: HtmlForm, typed: Readonly<Record<string, string>>): HttpRequest {
  const url = new URL(form.action === '' ? from.url : form.action, from.url);
  const hidden = form.fields.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]);
  const fields = new URLSearchParams([...hidden, ...Object.entries(typed)]).toString();
  if (form.method === 'get') return { method: 'GET', url: `${url.origin}${url.pathname}?${fields}` };
  const { origin } = new URL(from.url);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    origin,
    'sec-fetch-site': origin === url.origin ? 'same-origin' : 'cross-site',
  };
  return { method: 'POST', url: url.href, headers, body: fields };
}

/** A ticket that is not accepted brings no proof, a wrong proof is no answer. */
function verifyProof(ticket: ClientTicket, response: HttpResponse, url: string): void {
  const [, proof] = /^Negotiate (.+)$/i.exec(response.headers['www-authenticate'] ?? '') ?? [];
  if (proof === undefined) return;
  try {
    ticket.verifyResponse(Buffer.from(proof, 'base64'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NoPage(`${url} does not prove that it holds the ticket's key: ${why}`, { cause: error });
  }
}
