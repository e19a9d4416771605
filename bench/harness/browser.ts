/**
 * A browser without JavaScript: cookies, redirects and forms over one kept connection to this machine.
 * Owns what a person's browser keeps between pages. Does not own what a page means.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import type { HttpRequest } from '../../src/rehearsal/http-client.ts';
import type { Form } from './form.ts';

export interface Page {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

export interface Browser {
  get(url: string): Promise<Page>;
  /** Sends the form's hidden fields with what a person typed. */
  submit(page: Page, form: Form, typed: Readonly<Record<string, string>>): Promise<Page>;
  /** As a browser that has never been here; the connection stays. */
  forgetCookies(): void;
  close(): void;
}

const MAX_REDIRECTS = 5;

/** @param ca PEM of the authority that the server's certificate comes from */
export function openBrowser(ca: string): Browser {
  const http = openHttpClient(ca);
  const cookies = new Map<string, string>();
  const visit = async (first: HttpRequest): Promise<Page> => {
    let message = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { accept: 'text/html', ...message.headers, ...(cookie !== '' && { cookie }) };
      const { status, headers: answered, body } = await http.send({ ...message, headers });
      keepCookies(cookies, answered);
      const { location } = answered;
      if (location === undefined || ![301, 302, 303].includes(status)) {
        return { url: message.url, status, html: body.toString('utf8') };
      }
      message = { method: 'GET', url: new URL(location, message.url).href };
    }
    throw new Error(`${first.url} redirects more than ${MAX_REDIRECTS} times`);
  };
  return {
    get: (url) => visit({ method: 'GET', url }),
    submit: (page, form, typed) => visit(submission(page, form, typed)),
    forgetCookies: () => cookies.clear(),
    close: () => http.close(),
  };
}

function submission(page: Page, form: Form, typed: Readonly<Record<string, string>>): HttpRequest {
  const hidden = form.fields.filter(({ type }) => type === 'hidden').map(({ name, value }) => [name, value]);
  const body = new URLSearchParams([...hidden, ...Object.entries(typed)]).toString();
  const url = new URL(form.action === '' ? page.url : form.action, page.url);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin, referer: page.url };
  return { method: 'POST', url: url.href, headers, body };
}

/** One host is all that is visited, so paths and domains do not matter; a cookie with a past end is taken back. */
function keepCookies(cookies: Map<string, string>, { 'set-cookie': set = [] }: IncomingHttpHeaders): void {
  for (const line of set) {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    if (attributes.some(isOver)) cookies.delete(name);
    else cookies.set(name, pair.slice(at + 1));
  }
}

function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=');
  if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
  return name.toLowerCase() === 'expires' && Date.parse(value) < Date.now();
}
