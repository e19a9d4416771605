/**
 * A session gets its second factor: the person uses one, or sets up the first one. Each step is recorded.
 *
 * Does not own: what a second factor is (second-factor/), and when one is asked for (next-step.ts).
 */
import { Refusal } from '../../refusal.ts';
import type { Answered, Refused } from '../recorded.ts';
import type { KnownFactor } from '../second-factor/kept-factors.ts';
import type { RelyingParty } from '../second-factor/passkeys.ts';
import { attemptIn } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import type { Ceremonies, OpenedSession, Session } from './sessions.ts';

export type Raised = { readonly kind: 'raised' } & OpenedSession;

/** What a person types or a passkey answers. */
export type Proof =
  | { readonly kind: 'totp' | 'recovery'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: string };

/** The person uses a second factor. `asked` is the request for which it counts as proved anew. */
export async function proveSecondFactor(
  { attempt, session, asked, party }: InSession,
  proof: Proof,
  dependencies: BrowserDependencies,
): Promise<(Answered & Raised) | Refused> {
  const { secondFactors, sessions } = dependencies;
  const { userId } = session.stored;
  const pass = async (): Promise<string> => {
    if (proof.kind === 'totp') return nameOf(await secondFactors.passTotp(userId, proof.code, attempt.now));
    if (proof.kind === 'passkey') {
      const challenge = takeChallenge(session, 'passkey');
      return nameOf(await secondFactors.passPasskey(userId, proof.response, { ...party, challenge }, attempt.now));
    }
    await secondFactors.passRecoveryCode(userId, proof.code, attempt.now);
    return `recovery code, ${await secondFactors.recoveryCodesLeft(userId)} left`;
  };
  return attemptIn<Raised>(session, attempt, dependencies, async ({ record }) => {
    const what = await record.step('second-factor', pass);
    const raised = await record.step('session', () => sessions.raise(session, asked, attempt.now));
    return {
      kind: 'decided',
      done: { kind: 'raised', ...raised },
      activity: record.done('second-factor-passed', what),
    };
  });
}

export interface InSession {
  readonly attempt: BrowserAttempt;
  readonly session: Session;
  /** Digest of the request to the letter. */
  readonly asked: string;
  /** The address at which passkeys are used. */
  readonly party: RelyingParty;
}

export type NewFactor =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: string; readonly name: string };

/**
 * The person sets up a second factor, and has used it with that. Recovery codes are made with the first one; the session's
 * memory keeps them until they are shown.
 *
 * @param allowed whether the session may: with a second factor that was used in it, from a named network, or by a code
 */
export async function addSecondFactor(
  { attempt, session, asked, party }: InSession,
  factor: NewFactor,
  allowed: boolean,
  dependencies: BrowserDependencies,
): Promise<(Answered & Raised) | Refused> {
  const { secondFactors } = dependencies;
  const { userId } = session.stored;
  const add = async (): Promise<KnownFactor> => {
    if (!allowed) throw new Refusal('enrolment-not-allowed');
    if (factor.kind === 'totp') {
      const secret = ceremonyOf(session, 'totp');
      return secondFactors.addTotp(userId, secret, factor.code, '', attempt.now);
    }
    const challenge = takeChallenge(session, 'new-passkey');
    return secondFactors.addPasskey(userId, factor.response, { ...party, challenge }, factor.name, attempt.now);
  };
  return attemptIn<Raised>(session, attempt, dependencies, async ({ record }) => {
    const added = await record.step('second-factor', add);
    const raised = await record.step('session', () =>
      raiseWithCodes(session, asked, attempt.now, dependencies).catch(async (error: unknown) => {
        // The session ended meanwhile, by an administrator's reset perhaps: nothing of it may stay.
        await secondFactors.takeBack(userId, added.id);
        throw error;
      }),
    );
    const activity = record.done('second-factor-added', nameOf(added));
    return { kind: 'decided', done: { kind: 'raised', ...raised }, activity };
  });
}

/** Recovery codes come with the first factor, to a session that is still open then. */
async function raiseWithCodes(
  session: Session,
  asked: string,
  now: Date,
  { secondFactors, sessions }: BrowserDependencies,
): Promise<OpenedSession> {
  const { userId } = session.stored;
  const raised = await sessions.raise(session, asked, now);
  if ((await secondFactors.recoveryCodesLeft(userId)) === 0)
    raised.session.memory.newRecoveryCodes = await secondFactors.makeRecoveryCodes(userId);
  if (await sessions.isOpen(raised.session)) return raised;
  throw new Refusal('session-ended', { detail: 'while a second factor was set up' });
}

const nameOf = ({ kind, name }: KnownFactor): string => (name === '' ? kind : `${kind} ${name}`);

/** A challenge is good for one answer; a secret may be tried again with the next code. */
function takeChallenge(session: Session, kind: 'passkey' | 'new-passkey'): string {
  const challenge = ceremonyOf(session, kind);
  session.memory.ceremonies = { ...session.memory.ceremonies, [kind]: undefined };
  return challenge;
}

function ceremonyOf<Kind extends keyof Ceremonies>({ memory }: Session, kind: Kind): NonNullable<Ceremonies[Kind]> {
  const ceremony = memory.ceremonies[kind];
  if (ceremony === undefined) throw new Refusal('form-expired', { expected: `a page for ${kind}` });
  return ceremony;
}
