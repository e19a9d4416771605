/** Every address for browsers, mounted in one place. */
import type { FastifyError } from 'fastify';
import { ADFS_PATHS, APPLICATION_PATHS } from '../../model/urls.ts';
import { Refusal } from '../../refusal.ts';
import { NotRecordedError } from '../../signin/recorded.ts';
import { excerpt } from '../../wstrust/elements.ts';
import { loggedError } from '../error-log.ts';
import type { HttpReply, HttpServer } from '../http-server.ts';
import { refuseOtherMethods } from '../routes.ts';
import { showAccount, takeAccount } from './account-endpoint.ts';
import { metadataHandler } from './metadata-endpoint.ts';
import { refuse, showPassive, takePassive } from './passive-endpoint.ts';
import type { FindApplication } from './passive-endpoint.ts';
import type { BrowserService } from './service.ts';
import { contextFor, sendRefusal } from './visit.ts';
import type { BrowserRequest } from './visit.ts';

type Endpoint = (
  service: BrowserService,
  find: FindApplication,
  request: BrowserRequest,
  reply: HttpReply,
) => Promise<HttpReply>;

/** No form of ours, and no request in one, is half as large. */
const MAX_FORM = 65_536;

export function mountBrowserRoutes(server: HttpServer, service: BrowserService): void {
  const byId: FindApplication = ({ params }) => {
    const appId = (params as { readonly appId?: string }).appId ?? '';
    return service.applications.get(appId.toLowerCase()) ?? { unknownId: excerpt(appId) };
  };
  const byHost: FindApplication = ({ hostname }) => service.applicationAt(hostname) ?? { unknownId: excerpt(hostname) };
  const mount = (url: string, find: FindApplication, shows: Endpoint, takes: Endpoint): void => {
    const errorHandler = unreadable(service, find);
    server.get(
      url,
      guarded(service, (request, reply) => shows(service, find, request, reply)),
    );
    server.post(
      url,
      { bodyLimit: MAX_FORM, errorHandler },
      guarded(service, (request, reply) => takes(service, find, request, reply)),
    );
    refuseOtherMethods(server, url, ['GET', 'HEAD', 'POST']);
  };
  mount(APPLICATION_PATHS.passiveSignIn, byId, showPassive, takePassive);
  mount(ADFS_PATHS.passiveSignIn, byHost, showPassive, takePassive);
  mount(`${ADFS_PATHS.passiveSignIn}/`, byHost, showPassive, takePassive);
  mount(APPLICATION_PATHS.account, byId, showAccount, takeAccount);
  const metadata = metadataHandler(service, byHost);
  server.get(ADFS_PATHS.federationMetadata, guarded(service, metadata));
  refuseOtherMethods(server, ADFS_PATHS.federationMetadata, ['GET', 'HEAD']);
  for (const [url, { body, type }] of service.assets.files) {
    server.get(url, (_request, reply) =>
      reply
        .headers({ 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' })
        .header('X-Content-Type-Options', 'nosniff')
        // An image with a script in it, opened by its own address.
        .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
        .send(body),
    );
    refuseOtherMethods(server, url, ['GET', 'HEAD']);
  }
}

type Handler = (request: BrowserRequest, reply: HttpReply) => Promise<HttpReply>;

/** A defect is a page too: the person must know what to tell. */
function guarded(service: BrowserService, handler: Handler): Handler {
  return async (request, reply) => {
    try {
      return await handler(request, reply);
    } catch (error) {
      const correlationId = error instanceof NotRecordedError ? error.activityId : service.dependencies.randomUUID();
      service.log.error({ error: loggedError(error), activity: correlationId }, 'the request failed');
      const page = contextFor(service, request, undefined);
      const code = error instanceof NotRecordedError ? 'record-unavailable' : 'internal-error';
      return sendRefusal({ page, reply }, { code, correlationId, time: service.now() });
    }
  };
}

/** So is a form that is too large to be read; what else Fastify does not read, it answers itself. */
function unreadable(service: BrowserService, find: FindApplication) {
  const tooLarge = guarded(service, (request, reply) =>
    refuse(service, find(request), new Refusal('request-too-large'), request, reply),
  );
  return (error: FastifyError, request: BrowserRequest, reply: HttpReply): void => {
    if (error.statusCode !== 413) throw error;
    void tooLarge(request, reply);
  };
}
