/** Every address for browsers, mounted in one place. */
import type { FastifyError } from 'fastify';
import type { Asset } from '../../pages/assets.ts';
import { ADFS_PATHS, APPLICATION_PATHS } from '../../model/urls.ts';
import { Refusal } from '../../refusal.ts';
import { NotRecordedError } from '../../signin/recorded.ts';
import { excerpt } from '../../wstrust/elements.ts';
import { loggedError } from '../error-log.ts';
import type { HttpReply, HttpServer } from '../http-server.ts';
import { loggedIds } from '../log-outcome.ts';
import { refuseOtherMethods } from '../routes.ts';
import { showAccount, takeAccount } from './account-endpoint.ts';
import { atApplication } from './at-application.ts';
import type { Endpoint, FindApplication } from './at-application.ts';
import { metadataHandler } from './metadata-endpoint.ts';
import { showPassive, takePassive } from './passive-endpoint.ts';
import type { BrowserService } from './service.ts';
import { contextFor, sendRefusal } from './visit.ts';
import type { BrowserRequest } from './visit.ts';

/** No form of ours, and no request in one, is half as large. */
const MAX_FORM = 65_536;

/** Each request is answered by the service that is in force when it comes, from end to end. */
export function mountBrowserRoutes(server: HttpServer, current: () => BrowserService): void {
  const mount = (url: string, findFor: FindFor, shows: Endpoint, takes: Endpoint): void => {
    const endpoint = url === APPLICATION_PATHS.account ? 'account' : 'passive';
    const errorHandler = unreadable(current, findFor, endpoint);
    mountHead(server, url, findFor, shows, current);
    server.get(
      url,
      guarded(current, (service, request, reply) => shows(service, findFor(service), request, reply)),
    );
    server.post(
      url,
      { bodyLimit: MAX_FORM, errorHandler },
      guarded(current, (service, request, reply) => takes(service, findFor(service), request, reply)),
    );
    refuseOtherMethods(server, url, ['GET', 'HEAD', 'POST']);
  };
  mount(APPLICATION_PATHS.passiveSignIn, byId, showPassive, takePassive);
  mount(ADFS_PATHS.passiveSignIn, byHost, showPassive, takePassive);
  mount(`${ADFS_PATHS.passiveSignIn}/`, byHost, showPassive, takePassive);
  mount(APPLICATION_PATHS.account, byId, showAccount, takeAccount);
  mountMetadata(server, current);
  mountAssets(server, current);
  mountIcon(server, current);
}

/**
 * RFC 9110 §9.3.2: the headers that GET would have, for somebody who brings neither session nor ticket. A link that is looked at is no
 * sign-in: nothing is issued or ended by it, and the cookies of the browser stay as they are.
 */
function mountHead(
  server: HttpServer,
  url: string,
  findFor: FindFor,
  shows: Endpoint,
  current: () => BrowserService,
): void {
  const answer = guarded(current, (service, request, reply) => {
    delete request.raw.headers.cookie;
    delete request.raw.headers.authorization;
    return shows(service, findFor(service), request, reply);
  });
  server.head(url, { onSend: async (_request, reply) => void reply.removeHeader('Set-Cookie') }, answer);
}

type FindFor = (service: BrowserService) => FindApplication;

const byId: FindFor =
  ({ applications }) =>
  ({ params }) => {
    const appId = (params as { readonly appId?: string }).appId ?? '';
    return applications.get(appId.toLowerCase()) ?? { unknownId: excerpt(appId) };
  };

const byHost: FindFor =
  ({ applicationAt }) =>
  ({ hostname }) =>
    applicationAt(hostname) ?? { unknownId: excerpt(hostname) };

function mountMetadata(server: HttpServer, current: () => BrowserService): void {
  // A handler keeps what it has signed: another configuration signs anew.
  const handlers = new WeakMap<BrowserService, ReturnType<typeof metadataHandler>>();
  const handlerOf = (service: BrowserService): ReturnType<typeof metadataHandler> => {
    const known = handlers.get(service) ?? metadataHandler(service, byHost(service));
    handlers.set(service, known);
    return known;
  };
  server.get(
    ADFS_PATHS.federationMetadata,
    guarded(current, (service, request, reply) => handlerOf(service)(request, reply)),
  );
  refuseOtherMethods(server, ADFS_PATHS.federationMetadata, ['GET', 'HEAD']);
}

function mountAssets(server: HttpServer, current: () => BrowserService): void {
  const url = '/assets/:file';
  server.get(url, (request: BrowserRequest, reply): HttpReply => {
    const asset = current().assets.files.get(`/assets/${(request.params as { readonly file: string }).file}`);
    return sendAsset(reply, asset, 'public, max-age=31536000, immutable');
  });
  refuseOtherMethods(server, url, ['GET', 'HEAD']);
}

function sendAsset(reply: HttpReply, asset: Asset | undefined, cacheControl: string): HttpReply {
  if (asset === undefined) {
    reply.callNotFound();
    return reply;
  }
  return (
    reply
      .headers({ 'Content-Type': asset.type, 'Cache-Control': cacheControl })
      .header('X-Content-Type-Options', 'nosniff')
      // An image with a script in it, opened by its own address.
      .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox")
      .send(asset.body)
  );
}

/** Browsers ask for it by themselves, also where a page of ours is not shown: the one of the pages, under the old name. */
function mountIcon(server: HttpServer, current: () => BrowserService): void {
  const url = '/favicon.ico';
  server.get(url, (_request, reply) => {
    const { files, icon } = current().assets;
    return sendAsset(reply, files.get(icon), 'public, max-age=86400');
  });
  refuseOtherMethods(server, url, ['GET', 'HEAD']);
}

type Handler = (request: BrowserRequest, reply: HttpReply) => Promise<HttpReply>;

/** A defect is a page too: the person must know what to tell. */
function guarded(
  current: () => BrowserService,
  handler: (service: BrowserService, ...given: Parameters<Handler>) => Promise<HttpReply>,
): Handler {
  return async (request, reply) => {
    const service = current();
    try {
      return await handler(service, request, reply);
    } catch (error) {
      const ids = error instanceof NotRecordedError ? error : { activityId: service.dependencies.randomUUID() };
      service.log.error({ error: loggedError(error), ...loggedIds(ids) }, 'the request failed');
      const page = contextFor(service, request, undefined);
      const code = error instanceof NotRecordedError ? 'record-unavailable' : 'internal-error';
      return sendRefusal({ page, reply }, { code, correlationId: ids.activityId, time: service.now() });
    }
  };
}

/** So is a form that is too large to be read; what else Fastify does not read, it answers itself. */
function unreadable(current: () => BrowserService, findFor: FindFor, endpoint: 'passive' | 'account') {
  const refuse = atApplication(endpoint, async () => {
    throw new Refusal('request-too-large');
  });
  const tooLarge = guarded(current, (service, request, reply) => refuse(service, findFor(service), request, reply));
  return (error: FastifyError, request: BrowserRequest, reply: HttpReply): void => {
    if (error.statusCode !== 413) throw error;
    void tooLarge(request, reply);
  };
}
