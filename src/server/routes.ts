/** The active endpoints, mounted from their table (wstrust/endpoints.ts), and what answers to everything else. */
import { adfsTrustUrls, applicationUrls } from '../model/urls.ts';
import type { TrustUrls } from '../model/urls.ts';
import { Refusal, refusals } from '../refusal.ts';
import { ENDPOINTS } from '../wstrust/endpoints.ts';
import type { Endpoint } from '../wstrust/endpoints.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { writeMetadataExchange } from '../wstrust/metadata-exchange.ts';
import type { ApplicationRequest, HttpReply, HttpServer } from './http-server.ts';
import { sendSoap } from './soap-reply.ts';
import { tokenEndpointHandler } from './token-endpoint.ts';
import type { FindApplication, TokenService } from './token-endpoint.ts';

export function mountRoutes(server: HttpServer, publicBaseUrl: string, service: TokenService): void {
  const ours = byIdentifier(publicBaseUrl, service);
  const adfs = byHostName(publicBaseUrl, service);
  for (const endpoint of ENDPOINTS) {
    mount(server, endpoint, endpoint.path, ours, service);
    if (endpoint.adfsPath !== undefined) mount(server, endpoint, endpoint.adfsPath, adfs, service);
  }
  server.get('/health', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'UP' }));
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'unknown-endpoint'));
}

/** One way to name an application: by its identifier in the path, or by the host name. */
interface Addressing {
  readonly find: FindApplication;
  /** The addresses that a MEX document names which is asked for in this way. */
  readonly trustUrls: (request: ApplicationRequest) => TrustUrls;
  /** Of those addresses. */
  readonly hostName: (request: ApplicationRequest) => string;
}

function byIdentifier(publicBaseUrl: string, { applications }: TokenService): Addressing {
  const { hostname } = new URL(publicBaseUrl);
  return {
    find: ({ params: { appId } }) => applications.get(appId.toLowerCase()) ?? { unknownId: appId },
    trustUrls: ({ params: { appId } }) => applicationUrls(publicBaseUrl, appId),
    hostName: () => hostname,
  };
}

/** A host name that nobody configured is not repeated to the caller: a cache could keep it for others. */
function byHostName(publicBaseUrl: string, { applicationAt, isOwnHost }: TokenService): Addressing {
  const at = ({ hostname }: ApplicationRequest): URL => {
    const base = new URL(publicBaseUrl);
    if (isOwnHost(hostname)) base.hostname = hostname;
    return base;
  };
  return {
    find: ({ hostname }) => applicationAt(hostname) ?? { unknownId: hostname },
    trustUrls: (request) => adfsTrustUrls(at(request).origin),
    hostName: (request) => at(request).hostname,
  };
}

function mount(
  server: HttpServer,
  endpoint: Endpoint,
  url: string,
  addressing: Addressing,
  service: TokenService,
): void {
  if (endpoint.kind === 'mex') {
    server.get(url, metadataExchangeHandler(endpoint.name, addressing));
    refuseOtherMethods(server, url, ['GET', 'HEAD']);
  } else {
    server.post(url, tokenEndpointHandler(endpoint, addressing.find, service));
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
function metadataExchangeHandler(which: 'mex' | 'mex13', { find, trustUrls, hostName }: Addressing) {
  return (request: ApplicationRequest, reply: HttpReply): HttpReply => {
    if ('unknownId' in find(request)) return sendSoap(reply, 404, faultOfRefusal(new Refusal('unknown-application')));
    const spn = `HTTP/${hostName(request)}`;
    const document = writeMetadataExchange({ which, urls: trustUrls(request), spn });
    return reply.type('text/xml; charset=utf-8').send(document);
  };
}
