/**
 * The least server that auth0's `wsfed` runs in: HTTPS and a session looked up by its cookie. `wsfed` has no sign-in of
 * its own, so who comes without a session is given one.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { CLAIMS, PERSON, REPLY_TO } from './identity-provider.ts';
import type { ThrowAwayKeys } from './identity-provider.ts';

type User = typeof PERSON;

/** What the middleware uses of Express. */
interface Request {
  readonly query: Readonly<Record<string, string>>;
  readonly user: User;
}
interface Response {
  set(name: string, value: string): void;
  send(body: string): void;
}

/** The package has no types: as its README describes it. */
interface Wsfed {
  auth(options: {
    readonly issuer: string;
    readonly cert: string;
    readonly key: string;
    readonly signatureAlgorithm: 'rsa-sha256';
    readonly digestAlgorithm: 'sha256';
    readonly lifetimeInSeconds: number;
    readonly getPostURL: (
      wtrealm: string,
      wreply: string,
      request: Request,
      callback: (error: Error | null, url: string) => void,
    ) => void;
    readonly profileMapper: (user: User) => {
      getClaims(): Readonly<Record<string, string>>;
      getNameIdentifier(): { readonly nameIdentifier: string };
    };
  }): (request: Request, response: Response, next: (error: Error) => void) => void;
}

const wsfed = createRequire(import.meta.url)('wsfed') as Wsfed;

const sessions = new Map<string, User>();

const middlewareWith = ({ signing }: ThrowAwayKeys): ReturnType<Wsfed['auth']> =>
  wsfed.auth({
    issuer: 'urn:bench:wsfed',
    cert: signing.certificate,
    key: signing.privateKey,
    signatureAlgorithm: 'rsa-sha256',
    digestAlgorithm: 'sha256',
    lifetimeInSeconds: 3_600,
    getPostURL: (_wtrealm, _wreply, _request, callback) => callback(null, REPLY_TO),
    profileMapper: (user) => ({
      getClaims: () => ({ [CLAIMS.upn]: user.username, [CLAIMS.immutableId]: user.immutableId }),
      getNameIdentifier: () => ({ nameIdentifier: user.immutableId }),
    }),
  });

function openSession(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const id = randomUUID();
  sessions.set(id, PERSON);
  outgoing.writeHead(303, { location: incoming.url ?? '/', 'set-cookie': `session=${id}; Secure; HttpOnly` }).end();
}

process.on('disconnect', () => process.exit());
process.once('message', (keys: ThrowAwayKeys) => {
  const middleware = middlewareWith(keys);
  const server = createServer({ key: keys.tls.privateKey, cert: keys.tls.certificate }, (incoming, outgoing) => {
    const user = sessions.get(/(?:^|; )session=([^;]*)/.exec(incoming.headers.cookie ?? '')?.[1] ?? '');
    if (user === undefined) return openSession(incoming, outgoing);
    const { searchParams } = new URL(incoming.url ?? '/', 'https://localhost');
    const response: Response = {
      set: (name, value) => outgoing.setHeader(name, value),
      send: (body) => outgoing.end(body),
    };
    middleware({ query: Object.fromEntries(searchParams), user }, response, (error) => {
      outgoing.writeHead(500).end(error.message);
    });
    return undefined;
  });
  server.listen({ host: '127.0.0.1', port: 0 }, () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
});
