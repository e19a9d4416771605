/**
 * One LDAP server with a lifetime: a connection that is opened when it is needed, shared by all searches and opened
 * anew, bound, when it ended. Every call gets an answer or an error within one timeout; a change of password within two,
 * so that it is not sent with no time left to hear the answer.
 *
 * Does not own: which server is asked, and what happens when this one is down (failover.ts).
 */
import type { Search } from './directory.ts';
import type { Entry } from './entry.ts';
import type { FailoverServer } from './failover.ts';
import { connectLdap, serverName } from './ldap-connection.ts';
import type { LdapConnection, LdapServer } from './ldap-connection.ts';
import { changeAsGateway } from './ldap-change-password.ts';
import { ServerDown } from './ldap-errors.ts';
import { bindAsPerson, bindQueue } from './ldap-password.ts';
import { Refusal } from '../refusal.ts';

export interface LdapServerTiming {
  /** For one search, with connecting and binding where that is needed. */
  readonly timeoutMs: number;
  /** A refused bind is not repeated for so long: each one counts towards the account's lockout. */
  readonly refusedBindMs: number;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

/** People change passwords rarely: however many do so at once, sign-ins have connections of their own. */
const MAX_CHANGES = 8;
const MAX_CHANGES_WAITING = 200;

/** A connection and the reason for which a caller gave it up, for all others that wait on it. */
interface Slot {
  readonly opening: Promise<LdapConnection>;
  readonly abort: AbortController;
  connection?: LdapConnection;
  abandoned?: ServerDown;
}

export function ldapServer(settings: LdapServer, timing: LdapServerTiming): FailoverServer {
  const binds = bindQueue();
  const changes = bindQueue(MAX_CHANGES, MAX_CHANGES_WAITING);
  let current: Slot | undefined;
  let searching = 0;
  let refused: { readonly refusal: Refusal; readonly until: number } | undefined;
  // A search that needs longer is the server's to refuse, before we take its silence for an outage.
  const timeLimit = Math.max(1, Math.floor(timing.timeoutMs / 1000) - 1);

  /** A connection that is bound as the gateway. */
  const connect = async (signal: AbortSignal): Promise<LdapConnection> => {
    try {
      const connection = await connectLdap(settings, timeLimit, signal);
      refused = undefined;
      return connection;
    } catch (error) {
      if (error instanceof Refusal) refused = { refusal: error, until: timing.clock() + timing.refusedBindMs };
      throw error;
    }
  };
  const throwWhileRefused = (): void => {
    if (refused !== undefined && timing.clock() < refused.until) throw refused.refusal;
  };

  const settle = async (slot: Slot): Promise<void> => {
    try {
      const connection = await slot.opening;
      slot.connection = connection;
      if (slot.abandoned !== undefined) connection.close();
    } catch {
      if (current === slot) current = undefined;
    }
  };

  const open = (): Slot => {
    throwWhileRefused();
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timing.timeoutMs);
    const slot: Slot = {
      abort,
      opening: connect(abort.signal).finally(() => clearTimeout(timer)),
    };
    void settle(slot);
    current = slot;
    return slot;
  };

  const abandon = (slot: Slot, reason: ServerDown): void => {
    slot.abandoned ??= reason;
    if (current === slot) current = undefined;
    slot.abort.abort();
    slot.connection?.close();
  };

  /** Undefined when the connection had ended unnoticed and nothing was asked of a fresh one yet. */
  const attempt = async (search: Search, deadline: Promise<never>): Promise<readonly Entry[] | undefined> => {
    const usable = current !== undefined && (current.connection?.isOpen() ?? true) ? current : undefined;
    const reused = usable?.connection !== undefined;
    const slot = usable ?? open();
    try {
      const connection = await Promise.race([slot.opening, deadline]);
      return await Promise.race([connection.search(search), deadline]);
    } catch (error) {
      if (!(error instanceof ServerDown)) throw error;
      // Whoever noticed first says why; the others only see their connection end.
      abandon(slot, error);
      const reason = slot.abandoned ?? error;
      if (reused && !(reason instanceof GivenUp)) return undefined;
      throw reason;
    }
  };

  return {
    name: serverName(settings),
    search: async (search) => {
      const { deadline, cancel } = startDeadline(timing.timeoutMs);
      searching += 1;
      try {
        const entries = (await attempt(search, deadline)) ?? (await attempt(search, deadline));
        if (entries === undefined) throw new ServerDown('the connection ended twice');
        return entries;
      } finally {
        searching -= 1;
        cancel();
      }
    },
    load: () => {
      const [bound, changing] = [binds.load(), changes.load()];
      const own = bound.running + changing.running;
      return {
        connections: own + (current?.connection?.isOpen() === true ? 1 : 0),
        underWay: own + searching,
        waiting: bound.waiting + changing.waiting,
      };
    },
    checkPassword: (check) => binds.run(() => bindAsPerson(settings, check, timing.timeoutMs)),
    changePassword: (change) =>
      changes.run(() =>
        changeAsGateway(settings, change, timing.timeoutMs, async () => {
          throwWhileRefused();
          return connect(AbortSignal.timeout(timing.timeoutMs));
        }),
      ),
    close: () => {
      if (current !== undefined) abandon(current, new GivenUp('the directory was closed'));
    },
  };
}

/** We ended it, because of its silence or our own end: no fresh connection is tried. */
class GivenUp extends ServerDown {}

function startDeadline(ms: number): { readonly deadline: Promise<never>; readonly cancel: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new GivenUp(`it did not answer within ${ms} ms`)), ms);
  promise.catch(() => undefined);
  return { deadline: promise, cancel: () => clearTimeout(timer) };
}
