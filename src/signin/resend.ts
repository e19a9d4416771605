/**
 * A password request that is sent again gets the answer of the first: clients repeat a request by themselves, after a
 * lost connection or an error, under the MessageID that it had (WS-Addressing 1.0 §3.2).
 *
 * Without this the same wrong password would count twice, and the same right one be recorded twice. Another body under a
 * known MessageID is another request. Kerberos requests are not kept: the replay cache guards them.
 */
import { createHmac } from 'node:crypto';
import type { Outcome, TokenRequest } from './issue.ts';
import { sourceOf } from './source.ts';

export type Issue = (request: TokenRequest) => Promise<Outcome>;

const KEPT_MS = 5 * 60_000;
/** An answer is about 8 KB. */
const MOST_ANSWERS = 2_000;

interface Kept {
  readonly outcome: Promise<Outcome>;
  readonly at: number;
}

/** @param key random, of this process: what is kept of a body is of no use to anybody else */
export function answerOnce(issue: Issue, key: Uint8Array): Issue {
  const answers = new Map<string, Kept>();

  const forget = (now: number): void => {
    for (const [name, { at }] of answers) {
      if (now - at < KEPT_MS && answers.size < MOST_ANSWERS) return;
      answers.delete(name);
    }
  };

  return async (request) => {
    const name = nameOf(request, key);
    if (name === undefined) return issue(request);
    const now = request.now.getTime();
    forget(now);
    const known = answers.get(name);
    if (known !== undefined) return known.outcome;
    const outcome = issue(request);
    answers.set(name, { outcome, at: now });
    // What could not be decided or recorded is no answer; a repeated request may have better luck.
    outcome.then(
      (answer) => void (isOurFault(answer) && answers.delete(name)),
      () => answers.delete(name),
    );
    return outcome;
  };
}

const isOurFault = (outcome: Outcome): boolean =>
  outcome.kind === 'refused' && ['directory-down', 'internal-error'].includes(outcome.refusal.code);

/** Undefined for what is not a password request with a MessageID. */
function nameOf(request: TokenRequest, key: Uint8Array): string | undefined {
  if (!request.accepts.includes('password') || request.authorization !== undefined) return undefined;
  if (!('application' in request.issuing)) return undefined;
  const messageId = messageIdOf(request);
  if (messageId === undefined) return undefined;
  const about = [request.issuing.application.id, request.endpoint, sourceOf(request.sourceAddress), messageId];
  return createHmac('sha256', key).update(JSON.stringify(about)).update(request.body).digest('base64');
}

/** What cannot be read is refused by the flow, and recorded there. */
function messageIdOf({ read }: TokenRequest): string | undefined {
  try {
    const { usernameToken, messageId } = read();
    return usernameToken === undefined ? undefined : messageId;
  } catch {
    return undefined;
  }
}
