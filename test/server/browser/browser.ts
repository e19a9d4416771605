/** A browser without a screen: it keeps cookies, reads pages strictly, fills forms in and follows redirects. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { onTestFinished } from 'vitest';
import { SAMPLE_PERSON_PASSWORD } from '../../../src/directory/sample-domain.ts';
import { textsOf } from '../../../src/pages/texts/texts.ts';
import type { XmlElement } from '../../../src/xml/parse.ts';
import { attribute, elements, hiddenFields, readPage } from '../../pages/read-page.ts';
import { readAssertion } from '../../signin/browser/read-assertion.ts';
import type { ReadAssertion } from '../../signin/browser/read-assertion.ts';
import { HOST, PASSIVE, SIGN_IN } from './site.ts';
import type { Site } from './site.ts';

/** Titles as pages have them. */
export const EN = textsOf('en');

export const NORA = 'nora.keller@corp.example.test';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Buffer;
}

export interface Form {
  readonly action: string;
  /** As they would be posted untouched. */
  readonly hidden: Readonly<Record<string, string>>;
}

export interface Page extends Answer {
  /** Where the browser is, after the redirects. */
  readonly address: string;
  readonly title: string;
  readonly root: XmlElement;
  /** By `step`; the form of an answer has none: ''. */
  readonly forms: Readonly<Record<string, Form>>;
  /** What the box above the form tells. */
  readonly told: string | undefined;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
}

export interface Browser {
  /** By name; set a value to travel with it. */
  readonly cookies: Map<string, string>;
  /** One request with the cookies, without following. */
  send(path: string, sent?: Sent): Promise<Answer>;
  /** Follows redirects on this host, and reads the page. */
  open(path?: string, sent?: Sent): Promise<Page>;
  /** Fills a form of the page in, posts it, and follows. */
  submit(page: Page, step: string, fields: Readonly<Record<string, string>>, sent?: Sent): Promise<Page>;
  /** From the form of a sign-in to what follows. */
  signIn(username?: string, password?: string, path?: string): Promise<Page>;
  close(): void;
}

export const SESSION = '__Host-mortise-session';
export const VISIT = '__Host-mortise-visit';

/** @param own headers of every request */
export function openBrowser({ port, ca }: Pick<Site, 'port' | 'ca'>, own: OutgoingHttpHeaders = {}): Browser {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  onTestFinished(() => agent.destroy());
  const cookies = new Map<string, string>();
  const browser: Browser = {
    cookies,
    async send(path, sent = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { host: HOST, ...own, ...(cookie !== '' && { cookie }), ...sent.headers };
      const answer = await exchange(path, { ...sent, headers }, port, agent);
      for (const line of answer.headers['set-cookie'] ?? []) keep(cookies, line);
      return answer;
    },
    async open(path = `${PASSIVE}?${SIGN_IN}`, sent = {}) {
      let address = path;
      let answer = await browser.send(address, sent);
      for (let count = 0; answer.status === 303; count += 1) {
        if (count === 5) throw new Error(`redirected for ever: ${address}`);
        address = answer.headers.location ?? '';
        if (!/^\/(?!\/)/.test(address)) throw new Error(`redirected elsewhere: ${address}`);
        answer = await browser.send(address);
      }
      return pageOf(address, answer);
    },
    async submit(page, step, fields, sent = {}) {
      const form = page.forms[step];
      if (form === undefined) throw new Error(`“${page.title}” has no form ${step}`);
      const body = new URLSearchParams({ ...form.hidden, ...fields }).toString();
      return browser.open(form.action, { method: 'POST', body, ...sent });
    },
    async signIn(username = NORA, password = SAMPLE_PERSON_PASSWORD, path) {
      return browser.submit(await browser.open(path), 'password', { username, password });
    },
    close: () => agent.destroy(),
  };
  return browser;
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const [name = '', value = ''] = pair.split('=');
  if (attributes.includes('Max-Age=0')) cookies.delete(name);
  else cookies.set(name, value);
}

function exchange(path: string, sent: Sent, port: number, agent: Agent): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = sent;
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, method, host: '127.0.0.1', port, path, servername: HOST, headers: { ...length, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const whole = Buffer.concat(chunks);
          const { statusCode: status = 0, headers: received } = incoming;
          resolve({ status, headers: received, text: whole.toString('utf8'), body: whole });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function pageOf(address: string, answer: Answer): Page {
  const root = readPage(answer.text);
  const forms = elements(root, 'form').map((element): readonly [string, Form] => {
    const hidden = Object.fromEntries(hiddenFields(element));
    return [hidden['step'] ?? '', { action: attribute(element, 'action') ?? '', hidden }];
  });
  const box = elements(root, 'div').find((element) => attribute(element, 'id') === 'told');
  return {
    ...answer,
    address,
    title: elements(root, 'h1')[0]?.text.replaceAll('\u00AD', '') ?? '',
    root,
    forms: Object.fromEntries(forms),
    told: box?.children[0]?.text,
  };
}

/** What the page posts to the application; fails where it posts nothing. */
export function postedBy({ forms, title, text }: Page): Readonly<Record<string, string>> & { readonly action: string } {
  const form = forms[''];
  if (form === undefined) throw new Error(`“${title}” posts no answer: ${text.slice(0, 2000)}`);
  return { ...form.hidden, action: form.action };
}

/** What the assertion says that the page posts. */
export const statedBy = (page: Page): ReadAssertion => readAssertion(postedBy(page)['wresult'] ?? '');
