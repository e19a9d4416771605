/** Every address that Mortise answers, mounted in one place from the table of endpoints (wstrust/endpoints.ts). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { applicationUrls } from '../model/urls.ts';
import { Refusal } from '../refusal.ts';
import { ENDPOINTS } from '../wstrust/endpoints.ts';
import { faultOfRefusal } from '../wstrust/fault.ts';
import { writeMetadataExchange } from '../wstrust/metadata-exchange.ts';
import { sendSoap } from './soap-reply.ts';
import { windowsTransportHandler } from './windows-transport.ts';
import type { WindowsTransport } from './windows-transport.ts';

type ApplicationRequest = FastifyRequest<{ Params: { appId: string } }>;

export function mountRoutes(server: FastifyInstance, publicBaseUrl: string, transport: WindowsTransport): void {
  for (const endpoint of ENDPOINTS) {
    if (endpoint.kind === 'mex')
      server.get(endpoint.path, metadataExchangeHandler(endpoint.name, publicBaseUrl, transport));
    else server.post(endpoint.path, windowsTransportHandler(endpoint.name, endpoint.version, transport));
  }
  const allowed = new Map(
    ENDPOINTS.map((endpoint) => [endpoint.path as string, endpoint.kind === 'mex' ? 'GET, HEAD' : 'POST']),
  );
  for (const [url, methods] of allowed) {
    const others =
      methods === 'POST' ? (['GET', 'HEAD', 'PUT', 'DELETE'] as const) : (['POST', 'PUT', 'DELETE'] as const);
    server.route({
      url,
      method: [...others],
      handler: (_request, reply) => refuse(reply.header('Allow', methods), 405, 'method-not-allowed'),
    });
  }
  server.get('/health', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'UP' }));
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'unknown-endpoint'));
}

function refuse(reply: FastifyReply, status: number, code: 'method-not-allowed' | 'unknown-endpoint'): FastifyReply {
  const { row } = new Refusal(code);
  return reply.code(status).type('text/plain; charset=utf-8').send(`${row.caller} (${code})\n`);
}

/** Not negotiated on Accept: clients send anything there, and all want this document. */
function metadataExchangeHandler(which: 'mex' | 'mex13', publicBaseUrl: string, transport: WindowsTransport) {
  return (request: ApplicationRequest, reply: FastifyReply): FastifyReply => {
    const appId = request.params.appId.toLowerCase();
    if (!transport.applications.has(appId))
      return sendSoap(reply, 404, faultOfRefusal(new Refusal('unknown-application')));
    const spn = `HTTP/${new URL(publicBaseUrl).hostname}`;
    const document = writeMetadataExchange({ which, urls: applicationUrls(publicBaseUrl, appId), spn });
    return reply.type('text/xml; charset=utf-8').send(document);
  };
}
