/**
 * A person's password, checked by a simple bind as that person (RFC 4513 §5.1.3).
 *
 * The bind has a connection of its own, so that the one that searches keeps its identity, and nobody's rights outlive
 * the answer. Owns the queue for such connections. Does not own: what a server's answer means (ldap-errors.ts).
 */
import type { CheckedPassword, PasswordCheck } from './directory.ts';
import { connectLdap } from './ldap-connection.ts';
import type { LdapServer } from './ldap-connection.ts';
import { PersonRefused, personBindFailure } from './ldap-errors.ts';
import { Refusal } from '../refusal.ts';

const MAX_CONNECTIONS = 32;
/** A TLS handshake and a bind take about 20 ms: who stands behind so many others waits too long anyway. */
const MAX_WAITING = 1_000;

/** No search is made on the connection; ldapts asks for a limit all the same. */
const NO_SEARCH = 1;

/** @throws Refusal directory-bind-refused when the server takes no password at all; ServerDown */
export async function bindAsPerson(
  server: LdapServer,
  { dn, password }: PasswordCheck,
  timeoutMs: number,
): Promise<CheckedPassword> {
  const text = password.reveal();
  // RFC 4513 §5.1.2: a name without a password would succeed, as nobody.
  if (text === '') return { verdict: 'wrong', detail: 'the password is empty, and was not sent' };
  try {
    const connection = await connectLdap(
      { ...server, bindDN: dn, bindPassword: text },
      NO_SEARCH,
      AbortSignal.timeout(timeoutMs),
      personBindFailure,
    );
    connection.close();
    return { verdict: 'right', detail: `${server.host}:${server.port}` };
  } catch (error) {
    if (error instanceof PersonRefused) return error.checked;
    throw error;
  }
}

export interface BindQueue {
  /** @throws Refusal directory-down when too many wait already */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  readonly load: () => { readonly running: number; readonly waiting: number };
}

/** Runs a number of binds at once; the others wait in their order. */
export function bindQueue(limit = MAX_CONNECTIONS, maxWaiting = MAX_WAITING): BindQueue {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    load: () => ({ running, waiting: waiting.length }),
    run: async (work) => {
      if (running >= limit) {
        // A refusal, not an outage: the server is there, and searches must go on.
        if (waiting.length >= maxWaiting)
          throw new Refusal('directory-down', { detail: 'too many passwords wait for their turn' });
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // The place goes to whoever waits longest.
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
