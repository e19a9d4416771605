/**
 * Several servers as one {@link Directory}: asked in the order given, and the first again as soon as it answers.
 *
 * A server that does not answer is remembered as down and asked again in the background, so that an outage costs the
 * callers of its first moment one timeout and everybody after them nothing. When all are down the answer is a refusal
 * at once. Does not own: connections and timeouts (ldap-server.ts).
 */
import { Refusal } from '../refusal.ts';
import { DIRECTORY_FAILURES } from './directory.ts';
import type {
  ChangedPassword,
  CheckedPassword,
  ControllerState,
  Directory,
  DirectoryFailure,
  PasswordChange,
  PasswordCheck,
  Search,
} from './directory.ts';
import type { Entry } from './entry.ts';
import { ServerDown, Unanswered } from './ldap-errors.ts';

export interface FailoverServer {
  readonly name: string;
  /** Answers within one timeout. @throws Refusal when the server said no, ServerDown when it did not answer */
  readonly search: (search: Search) => Promise<readonly Entry[]>;
  /** Binds as the person, within one timeout. @throws Refusal, ServerDown */
  readonly checkPassword: (check: PasswordCheck) => Promise<CheckedPassword>;
  /** Within two timeouts. @throws Refusal, ServerDown when nothing was changed, Unanswered when that is not known */
  readonly changePassword: (change: PasswordChange) => Promise<ChangedPassword>;
  readonly load: () => Pick<ControllerState, 'connections' | 'underWay' | 'waiting'>;
  /** Ends what is under way. */
  readonly close: () => void;
}

/** The part of pino's logger that is used here. */
export interface DirectoryLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface FailoverOptions {
  /** Time to the first question in the background; doubled at each, up to `maxRetryMs`. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  readonly log: DirectoryLog;
}

/** The rootDSE: every server has it, and every account may read it (RFC 4512 §5.1). */
const PROBE: Search = {
  base: '',
  scope: 'base',
  filter: { type: 'present', attribute: 'objectClass' },
  attributes: ['dnsHostName'],
  sizeLimit: 1,
};

/** A bind without an answer may have been counted: so a wrong password is counted twice at most. */
const MAX_BINDS = 2;

interface State {
  readonly server: FailoverServer;
  answered: number;
  readonly failures: Record<DirectoryFailure, number>;
  down?: ServerDown | undefined;
  timer?: NodeJS.Timeout | undefined;
  probing?: Promise<void> | undefined;
}

export function failOver(servers: readonly FailoverServer[], options: FailoverOptions): Directory {
  const states: readonly State[] = servers.map(newState);
  let closed = false;

  const probe = async (state: State, delay: number): Promise<void> => {
    const outcome = await state.server.search(PROBE).catch((error: unknown) => error);
    if (closed) return;
    if (outcome instanceof ServerDown) {
      state.down = outcome;
      probeLater(state, Math.min(2 * delay, options.maxRetryMs));
      return;
    }
    // A refusal is an answer: the server is there, and says the same to everybody who asks.
    state.down = undefined;
    options.log.info({ server: state.server.name }, 'the domain controller answers again');
  };

  const probeLater = (state: State, delay: number): void => {
    state.timer = setTimeout(() => {
      state.probing = probe(state, delay).finally(() => (state.probing = undefined));
    }, delay);
    state.timer.unref();
  };

  const markDown = (state: State, reason: ServerDown): void => {
    if (closed || state.down !== undefined) return;
    state.down = reason;
    options.log.warn(
      { server: state.server.name, reason: reason.message },
      'a domain controller does not answer; the next one is asked',
    );
    probeLater(state, options.retryMs);
  };

  const firstAnswer = async <Answer>(ask: (server: FailoverServer) => Promise<Answer>): Promise<Answer> => {
    for (const state of states) {
      if (state.down !== undefined || closed) continue;
      try {
        const answer = await ask(state.server);
        state.answered += 1;
        return answer;
      } catch (error) {
        countFailure(state, error);
        if (!(error instanceof ServerDown)) throw error;
        markDown(state, error);
        if (error instanceof Unanswered) throw notRepeated(state.server, error);
      }
    }
    throw allDown(states, closed);
  };

  return {
    search: (search) => firstAnswer((server) => server.search(search)),
    checkPassword: async (check) => {
      let asked = 0;
      return firstAnswer(async (server) => {
        if (asked === MAX_BINDS) throw allDown(states, closed);
        asked += 1;
        return server.checkPassword(check);
      });
    },
    changePassword: (change) => firstAnswer((server) => server.changePassword(change)),
    controllers: () =>
      states.map(({ server, down, answered, failures }) => ({
        server: server.name,
        up: down === undefined,
        answered,
        failures: { ...failures },
        ...server.load(),
      })),
    close: async () => {
      closed = true;
      for (const { timer, server } of states) {
        clearTimeout(timer);
        server.close();
      }
      await Promise.all(states.map(async (state) => state.probing));
    },
  };
}

const newState = (server: FailoverServer): State => ({
  server,
  answered: 0,
  failures: { 'directory-down': 0, 'directory-bind-refused': 0, 'directory-search-refused': 0 },
});

/** What else it is refused with (a queue that is full) is no fault of this server. */
function countFailure({ failures }: State, error: unknown): void {
  const code = error instanceof ServerDown ? 'directory-down' : error instanceof Refusal ? error.code : undefined;
  const failure = DIRECTORY_FAILURES.find((known) => known === code);
  if (failure !== undefined) failures[failure] += 1;
}

/** Another server would count the old password as wrong, where the change was made and has reached it. */
function notRepeated({ name }: FailoverServer, { message }: Unanswered): Refusal {
  return new Refusal('directory-down', { detail: `${name}: ${message}` });
}

function allDown(states: readonly State[], closed: boolean): Refusal {
  const reasons = states.map(({ server, down }) => `${server.name}: ${down?.message ?? 'no answer'}`);
  return new Refusal('directory-down', { detail: closed ? 'the directory was closed' : reasons.join('; ') });
}
