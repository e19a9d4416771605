/** The active endpoints, mounted from their table (wstrust/endpoints.ts), and what answers to everything else. */
import { adfsTrustUrls, applicationUrls } from '../model/urls.ts';
import type { TrustUrls } from '../model/urls.ts';
import { Refusal, refusals } from '../refusal.ts';
import { excerpt } from '../wstrust/elements.ts';
import { ENDPOINTS } from '../wstrust/endpoints.ts';
import type { Endpoint } from '../wstrust/endpoints.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { writeMetadataExchange } from '../wstrust/metadata-exchange.ts';
import type { ApplicationRequest, HttpReply, HttpServer } from './http-server.ts';
import { sendSoap } from './soap-reply.ts';
import { tokenEndpointHandler } from './token-endpoint.ts';
import type { FindApplication, TokenService } from './token-endpoint.ts';

export function mountRoutes(server: HttpServer, publicBaseUrl: string, current: () => TokenService): void {
  const ours = byIdentifier(publicBaseUrl);
  const adfs = byHostName(publicBaseUrl);
  for (const endpoint of ENDPOINTS) {
    mount(server, endpoint, endpoint.path, ours, current);
    if (endpoint.adfsPath !== undefined) mount(server, endpoint, endpoint.adfsPath, adfs, current);
  }
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'unknown-endpoint'));
}

/** One way to name an application: by its identifier in the path, or by the host name. */
interface Addressing {
  readonly find: FindApplication;
  /** The addresses that a MEX document names which is asked for in this way. */
  readonly trustUrls: (request: ApplicationRequest, service: TokenService) => TrustUrls;
  /** Of those addresses. */
  readonly hostName: (request: ApplicationRequest, service: TokenService) => string;
}

function byIdentifier(publicBaseUrl: string): Addressing {
  const { hostname } = new URL(publicBaseUrl);
  return {
    find: ({ params: { appId } }, { applications }) =>
      applications.get(appId.toLowerCase()) ?? { unknownId: excerpt(appId) },
    trustUrls: ({ params: { appId } }) => applicationUrls(publicBaseUrl, appId),
    hostName: () => hostname,
  };
}

/** A host name that nobody configured is not repeated to the caller: a cache could keep it for others. */
function byHostName(publicBaseUrl: string): Addressing {
  const at = ({ hostname }: ApplicationRequest, { isOwnHost }: TokenService): URL => {
    const base = new URL(publicBaseUrl);
    if (isOwnHost(hostname)) base.hostname = hostname;
    return base;
  };
  return {
    find: ({ hostname }, { applicationAt }) => applicationAt(hostname) ?? { unknownId: excerpt(hostname) },
    trustUrls: (request, service) => adfsTrustUrls(at(request, service).origin),
    hostName: (request, service) => at(request, service).hostname,
  };
}

function mount(
  server: HttpServer,
  endpoint: Endpoint,
  url: string,
  addressing: Addressing,
  current: () => TokenService,
): void {
  if (endpoint.kind === 'mex') {
    server.get(url, metadataExchangeHandler(endpoint.name, addressing, current));
    refuseOtherMethods(server, url, ['GET', 'HEAD']);
  } else {
    server.post(url, tokenEndpointHandler(endpoint, addressing.find, current));
    refuseOtherMethods(server, url, ['POST']);
  }
}

/** RFC 9110 §15.5.6: 405, with the methods that are answered in Allow. */
export function refuseOtherMethods(server: HttpServer, url: string, allowed: readonly string[]): void {
  server.route({
    url,
    method: server.supportedMethods.filter((method) => !allowed.includes(method)),
    handler: (_request, reply) => refuse(reply.header('Allow', allowed.join(', ')), 405, 'method-not-allowed'),
  });
}

function refuse(reply: HttpReply, status: number, code: 'method-not-allowed' | 'unknown-endpoint'): HttpReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${refusals[code].caller} (${code})\n`);
}

/** Not negotiated on Accept: clients send anything there, and all want this document. */
function metadataExchangeHandler(
  which: 'mex' | 'mex13',
  { find, trustUrls, hostName }: Addressing,
  current: () => TokenService,
) {
  return (request: ApplicationRequest, reply: HttpReply): HttpReply => {
    const service = current();
    if ('unknownId' in find(request, service))
      return sendSoap(reply, 404, faultOfRefusal(new Refusal('unknown-application')));
    const spn = `HTTP/${hostName(request, service)}`;
    const document = writeMetadataExchange({ which, urls: trustUrls(request, service), spn });
    return reply.type('text/xml; charset=utf-8').send(document);
  };
}
