/** The active endpoints, mounted from their table (wstrust/endpoints.ts), and what answers to everything else. */
import { applicationUrls } from '../model/urls.ts';
import { Refusal, refusals } from '../refusal.ts';
import { ENDPOINTS } from '../wstrust/endpoints.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { writeMetadataExchange } from '../wstrust/metadata-exchange.ts';
import type { ApplicationRequest, HttpReply, HttpServer } from './http-server.ts';
import { sendSoap } from './soap-reply.ts';
import { tokenEndpointHandler } from './token-endpoint.ts';
import type { TokenService } from './token-endpoint.ts';

export function mountRoutes(server: HttpServer, publicBaseUrl: string, service: TokenService): void {
  for (const endpoint of ENDPOINTS) {
    if (endpoint.kind === 'mex') {
      server.get(endpoint.path, metadataExchangeHandler(endpoint.name, publicBaseUrl, service));
      refuseOtherMethods(server, endpoint.path, ['GET', 'HEAD']);
    } else {
      server.post(endpoint.path, tokenEndpointHandler(endpoint, service));
      refuseOtherMethods(server, endpoint.path, ['POST']);
    }
  }
  server.get('/health', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'UP' }));
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'unknown-endpoint'));
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
function metadataExchangeHandler(which: 'mex' | 'mex13', publicBaseUrl: string, service: TokenService) {
  const spn = `HTTP/${new URL(publicBaseUrl).hostname}`;
  return (request: ApplicationRequest, reply: HttpReply): HttpReply => {
    const appId = request.params.appId.toLowerCase();
    if (!service.applications.has(appId))
      return sendSoap(reply, 404, faultOfRefusal(new Refusal('unknown-application')));
    const document = writeMetadataExchange({ which, urls: applicationUrls(publicBaseUrl, appId), spn });
    return reply.type('text/xml; charset=utf-8').send(document);
  };
}
