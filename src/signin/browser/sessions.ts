/**
 * Who is signed in in the browser. A session is known by a random value in a cookie; the store keeps a digest of it.
 *
 * Sessions are read through a bounded memory, which also holds what is of use to this process alone: what was proved for
 * which request, and what a page under way needs. Every proof makes a new session with a new cookie (session fixation).
 * Does not own: cookies (server/), and what a session is good for (next-step.ts).
 */
import { createHash } from 'node:crypto';
import { Refusal } from '../../refusal.ts';
import type { Store, StoredSession } from '../../store/store.ts';

/** A proof that was given for one request, so that a request that wants it anew gets it once. */
interface ProvedFor {
  /** Digest of what the request asks, to the letter. */
  readonly asked: string;
  readonly at: number;
}

/** What pages under way need when their forms come back. One of each kind: a page in another tab takes none away. */
export interface Ceremonies {
  /** Key of an app that is set up. */
  readonly totp?: Uint8Array | undefined;
  /** Challenge of the page that asks for a passkey. */
  readonly passkey?: string | undefined;
  /** Challenge of the page that sets one up. */
  readonly 'new-passkey'?: string | undefined;
}

/** Gone with the process: then a page is shown once more. */
export interface SessionMemory {
  signInProvedFor?: ProvedFor | undefined;
  secondFactorProvedFor?: ProvedFor | undefined;
  ceremonies: Ceremonies;
  /** An administrator's code was given: a first second factor may be set up. */
  mayEnrol: boolean;
  /** The account's page says so once: a second factor may have to be used before it. */
  passwordChanged?: true | undefined;
  /** Recovery codes that were just made, to be shown once. */
  newRecoveryCodes?: readonly string[] | undefined;
  /** When answers left, in milliseconds, and to which `client-request-id`; newest last. */
  readonly answered: { readonly at: number; readonly requestId: string | undefined }[];
}

export interface Session {
  readonly stored: StoredSession;
  readonly memory: SessionMemory;
}

export interface OpenedSession {
  readonly session: Session;
  /** The cookie's value: the only place where it is. */
  readonly cookie: string;
}

export type Opening = Omit<StoredSession, 'id'>;

export interface Sessions {
  /** Undefined for a value that opens none, and for an expired session. */
  find(cookie: string | undefined, now: Date): Promise<Session | undefined>;
  /** Durable when resolved. Ends the session before it, whoever's that was. */
  open(opening: Opening, asked: string, before: Session | undefined, now: Date): Promise<OpenedSession>;
  /** The same session after a second factor, under a new cookie. @throws Refusal session-ended, when it was meanwhile */
  raise(session: Session, asked: string, now: Date): Promise<OpenedSession>;
  end(session: Session): Promise<void>;
  /** Whether it has not been ended. */
  isOpen(session: Session): Promise<boolean>;
  /** Of one user, everywhere. */
  endOfUser(userId: string): Promise<number>;
}

/** 256 bits; OWASP asks for 64 of entropy. */
const COOKIE_BYTES = 32;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;
/** A session is about 1 KB. */
const MOST_IN_MEMORY = 20_000;
const PRUNE_EVERY_MS = 3_600_000;

export interface SessionDependencies {
  readonly store: Store['sessions'];
  readonly randomBytes: (size: number) => Uint8Array;
}

export function openSessions({ store, randomBytes }: SessionDependencies): Sessions {
  const known = new Map<string, Session>();
  /** How many times sessions ended: what was read from the store before may be gone since. */
  let endings = 0;
  let pruned = 0;

  const remember = (session: Session): Session => {
    known.delete(session.stored.id);
    known.set(session.stored.id, session);
    const [oldest] = known.keys();
    if (known.size > MOST_IN_MEMORY && oldest !== undefined) known.delete(oldest);
    return session;
  };

  const recall = async (id: string): Promise<Session | undefined> => {
    const before = endings;
    const stored = await store.find(id);
    // Another request of this browser may have brought it meanwhile: there is one memory for each session.
    const present = known.get(id);
    if (present !== undefined || stored === undefined) return present;
    if (before !== endings) return recall(id);
    return remember({ stored, memory: newMemory() });
  };

  /** The store first: whoever finds it in memory until then does not read it back from there. */
  const forget = async ({ stored }: Session): Promise<boolean> => {
    const wasThere = await store.delete(stored.id);
    endings += 1;
    known.delete(stored.id);
    return wasThere;
  };

  const begin = async (opening: Opening, memory: SessionMemory, now: Date): Promise<OpenedSession> => {
    const cookie = Buffer.from(randomBytes(COOKIE_BYTES)).toString('base64url');
    const session = { stored: { ...opening, id: digestOf(cookie) }, memory };
    await store.put(session.stored);
    remember(session);
    if (now.getTime() - pruned > PRUNE_EVERY_MS) {
      pruned = now.getTime();
      await store.prune(now);
    }
    return { session, cookie };
  };

  return {
    async find(cookie, now) {
      if (cookie === undefined || !COOKIE.test(cookie)) return undefined;
      const id = digestOf(cookie);
      const session = known.get(id) ?? (await recall(id));
      return session !== undefined && session.stored.expiresAt > now ? session : undefined;
    },
    async open(opening, asked, before, now) {
      const signInProvedFor = { asked, at: now.getTime() };
      const opened = await begin(opening, { ...newMemory(), signInProvedFor }, now);
      if (before !== undefined) await forget(before);
      return opened;
    },
    async raise(session, asked, now) {
      const secondFactorProvedFor = { asked, at: now.getTime() };
      const memory = { ...session.memory, ceremonies: {}, mayEnrol: false, secondFactorProvedFor };
      const opened = await begin({ ...session.stored, secondFactorAt: now }, memory, now);
      if (await forget(session)) return opened;
      await forget(opened.session);
      throw new Refusal('session-ended', { detail: 'while a second factor was proved' });
    },
    async end(session) {
      await forget(session);
    },
    isOpen: async ({ stored: { id } }) => known.has(id) || (await store.find(id)) !== undefined,
    async endOfUser(userId) {
      const ended = await store.deleteOfUser(userId);
      endings += 1;
      for (const [id, { stored }] of known) if (stored.userId === userId) known.delete(id);
      return ended;
    },
  };
}

const newMemory = (): SessionMemory => ({ ceremonies: {}, mayEnrol: false, answered: [] });

/** What the store keeps of a cookie: 256 random bits need no salt. */
const digestOf = (cookie: string): string => createHash('sha256').update(cookie).digest('base64url');
