/**
 * An application that signs people in with auth0's passport-wsfed-saml2: it sends the browser to the identity provider,
 * judges what comes back, and shows the profile. What it knows of the identity provider is what it is told, no more.
 */
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { ServerResponse } from 'node:http';
import type { ThrowAwayTls } from '../../../src/rehearsal/certificates.ts';
import { serveWeb } from './web-server.ts';
import type { Asked } from './web-server.ts';

type Profile = Readonly<Record<string, unknown>>;
type Done = (error: Error | null, ...rest: unknown[]) => void;

interface Strategy {
  authenticate(request: object, options: object): void;
  success: (user: Profile) => void;
  fail: (why: unknown) => void;
  error: (why: unknown) => void;
  redirect: (address: string) => void;
}

const passport = createRequire(import.meta.url)('passport-wsfed-saml2') as {
  readonly Strategy: new (options: object, verify: (profile: Profile, done: Done) => void) => Strategy;
};

export interface IdentityProvider {
  readonly address: string;
  /** SHA-1 of the signing certificate, in hexadecimal. */
  readonly thumbprint: string;
}

export interface PassportApplication {
  /** Where it wants its answers. */
  readonly replyUrl: string;
  /** Opened without a profile it sends people away to sign in. */
  readonly address: string;
  trust(provider: IdentityProvider): void;
  /** Who was signed in, or why not. */
  readonly outcomes: readonly (Profile | string)[];
}

export async function startPassportApplication(tls: ThrowAwayTls): Promise<PassportApplication> {
  const outcomes: (Profile | string)[] = [];
  const states = new Set<string>();
  let provider: IdentityProvider | undefined;
  const origin = await serveWeb(tls, 'elsewhere.localhost', (asked, response) => {
    if (asked.path === '/' || asked.path === '/callback') signIn(asked, response);
    else response.writeHead(404).end();
  });
  const signIn = (asked: Asked, response: ServerResponse): void => {
    const end = (outcome: Profile | string): void => {
      outcomes.push(outcome);
      response.end(typeof outcome === 'string' ? outcome : 'signed in');
    };
    const refuse = (why: unknown): void => end(why instanceof Error ? why.message : JSON.stringify(why));
    const strategy = new passport.Strategy(
      {
        realm: 'urn:federation:MicrosoftOnline',
        wreply: `${origin}/callback`,
        identityProviderUrl: provider?.address,
        thumbprint: provider?.thumbprint,
        store: stateStore(states),
      },
      (profile, done) => done(null, profile),
    );
    strategy.success = end;
    strategy.fail = refuse;
    strategy.error = refuse;
    strategy.redirect = (address) => response.writeHead(302, { Location: address }).end();
    strategy.authenticate(requestOf(asked), { login_hint: asked.fields.get('login_hint') ?? '' });
  };
  return {
    replyUrl: `${origin}/callback`,
    address: `${origin}/`,
    outcomes,
    trust: (known) => {
      provider = known;
    },
  };
}

/** As Express makes it. */
function requestOf({ method, path, fields, request }: Asked): object {
  const body = method === 'POST' ? Object.fromEntries(fields) : undefined;
  return { method, protocol: 'https', originalUrl: path, get: (name: string) => request.headers[name], body };
}

/** wctx must come back as it was sent, once. The library tells which functions these are by the number of parameters. */
function stateStore(states: Set<string>): object {
  return {
    store: (_request: object, _meta: object, done: Done): void => {
      const state = `${randomUUID()} & <“more”> = ?`;
      states.add(state);
      done(null, state);
    },
    verify: (_request: object, state: string, _meta: object, done: Done): void =>
      done(null, states.delete(state), 'unknown state'),
  };
}
