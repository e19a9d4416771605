/**
 * What can stand between a device and a server: a proxy that answers in its place, or changes what passes. Owns what each
 * does to a request and its answer. Does not own: which of them is met, and where (mishaps).
 */
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';

export type OnTheWay = (
  request: HttpRequest,
  pass: (request: HttpRequest) => Promise<HttpResponse>,
) => Promise<HttpResponse>;

/** The client with everything that it sends going that way. */
export const through = (client: HttpClient, onTheWay: OnTheWay): HttpClient => ({
  send: (request) => onTheWay(request, (passed) => client.send(passed)),
  close: () => client.close(),
});

/** Only requests whose URL matches meet it. */
const at =
  (url: RegExp, met: OnTheWay): OnTheWay =>
  (request, pass) =>
    url.test(request.url) ? met(request, pass) : pass(request);

/** XHTML, so that its DOCTYPE alone tells it from an answer. */
const SIGN_IN_PAGE =
  '<!DOCTYPE html><html><head><title>Proxy</title></head><body><h1>Sign in to reach the internet</h1></body></html>';

/** A proxy that wants its user to sign in first shows a page for every address. */
export const signInPageAt = (url: RegExp): OnTheWay =>
  at(url, async () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from(SIGN_IN_PAGE) }));

/** A firewall or a load balancer that answers by itself. */
export const statusAt = (url: RegExp, status: number): OnTheWay =>
  at(url, async () => ({ status, headers: { 'content-type': 'text/plain' }, body: Buffer.from('') }));

export const unreachableAt = (url: RegExp): OnTheWay =>
  at(url, async () => {
    throw new Error('connect ETIMEDOUT');
  });

/** A reverse proxy that changes the bodies of answers. */
export const rewritingAt = (url: RegExp, change: (body: string) => string): OnTheWay =>
  at(url, async (request, pass) => {
    const response = await pass(request);
    return { ...response, body: Buffer.from(change(response.body.toString('utf8'))) };
  });

/** A proxy that changes the bodies of requests. */
export const rewritingRequestsAt = (url: RegExp, change: (body: string) => string): OnTheWay =>
  at(url, (request, pass) => pass(request.body === undefined ? request : { ...request, body: change(request.body) }));

/** A proxy that drops a header field of answers. */
export const withoutAnswerHeaderAt = (url: RegExp, name: string): OnTheWay =>
  at(url, async (request, pass) => {
    const response = await pass(request);
    return { ...response, headers: { ...response.headers, [name]: undefined } };
  });

/** A proxy that drops a header field of requests. */
export const withoutRequestHeaderAt = (url: RegExp, dropped: string): OnTheWay =>
  at(url, (request, pass) => {
    const headers = Object.entries(request.headers ?? {}).filter(([name]) => name !== dropped);
    return pass({ ...request, headers: Object.fromEntries(headers) });
  });
