/**
 * What a browser is shown next. Every page's form comes back here: no page leads to another, each only adds to what the
 * session has proved.
 *
 *   no session, or one that does not do   ->  sign-in
 *   a second factor is due                ->  second-factor, or enrolment where there is none
 *   else                                  ->  answer
 *
 * Owns: the policy of the second factor, and when an earlier proof is too old. Does not own: proofs, and pages.
 */
import type { Application } from '../../model/application.ts';
import type { StoredSession } from '../../store/store.ts';
import type { SessionMemory } from './sessions.ts';

/** What a request demands of the sign-in (wsfed/passive-request.ts). */
export interface Demands {
  readonly reauthenticate: boolean;
  readonly freshMinutes: number | undefined;
  readonly passwordAsked: boolean;
  readonly windowsAsked: boolean;
  readonly secondFactorAsked: boolean;
  readonly windowsOrSecondFactorAsked: boolean;
  readonly secondFactorMaxAgeSeconds: number | undefined;
}

export const NO_DEMANDS: Demands = {
  reauthenticate: false,
  freshMinutes: undefined,
  passwordAsked: false,
  windowsAsked: false,
  secondFactorAsked: false,
  windowsOrSecondFactorAsked: false,
  secondFactorMaxAgeSeconds: undefined,
};

export interface Situation {
  readonly session:
    | (Pick<StoredSession, 'method' | 'authenticatedAt' | 'secondFactorAt'> & {
        readonly memory: Pick<SessionMemory, 'signInProvedFor' | 'secondFactorProvedFor' | 'mayEnrol'>;
      })
    | undefined;
  readonly demands: Demands;
  /** Digest of the request to the letter: a proof given for it counts for it, once. */
  readonly asked: string;
  readonly policy: Application['secondFactor']['policy'];
  readonly insideCorporateNetwork: boolean;
  /** Whether the person has a second factor: asked only where one is due. */
  readonly enrolled: () => Promise<boolean>;
  readonly now: Date;
}

export type NextStep = 'sign-in' | 'second-factor' | 'enrolment' | 'answer';

/** A proof for a request counts for so long: the time of the pages that follow it. */
const PROVED_FOR_MS = 10 * 60_000;
/** From a form to the answer behind it. */
const REDIRECT_S = 60;

export async function nextStep(situation: Situation): Promise<NextStep> {
  const { session, enrolled } = situation;
  if (session === undefined || signInIsDue(situation)) return 'sign-in';
  if (!secondFactorIsDue(situation)) return 'answer';
  return (await enrolled()) ? 'second-factor' : 'enrolment';
}

function signInIsDue({ session, demands, asked, now }: Situation): boolean {
  if (session === undefined) return true;
  // Where either is named, either does.
  if (demands.passwordAsked && !demands.windowsAsked && session.method !== 'password') return true;
  if (isProvedFor(session.memory.signInProvedFor, asked, now)) return false;
  const ageMinutes = (now.getTime() - session.authenticatedAt.getTime()) / 60_000;
  return demands.reauthenticate || ageMinutes > (demands.freshMinutes ?? Infinity);
}

function secondFactorIsDue(situation: Situation): boolean {
  return isDemanded(situation) && secondFactorOf(situation) === undefined;
}

/** Entra's wish counts under every policy but `never`. */
function isDemanded({ session, demands, policy, insideCorporateNetwork }: Situation): boolean {
  const asked = demands.secondFactorAsked || (demands.windowsOrSecondFactorAsked && session?.method !== 'kerberos');
  if (policy === 'never') return false;
  if (policy === 'outsideCorporateNetworks') return asked || !insideCorporateNetwork;
  return policy === 'always' || asked;
}

/** When the second factor was used that this request may be told of: `mfa_max_age` ago at most. */
export function secondFactorOf({
  session,
  demands,
  asked,
  now,
}: Pick<Situation, 'session' | 'demands' | 'asked' | 'now'>): Date | undefined {
  const at = session?.secondFactorAt;
  if (session === undefined || at === undefined) return undefined;
  const { secondFactorMaxAgeSeconds: maxAge = Infinity } = demands;
  // One that was used for this very request must outlive the redirect, also where an age of 0 is demanded.
  const allowed = isProvedFor(session.memory.secondFactorProvedFor, asked, now) ? Math.max(maxAge, REDIRECT_S) : maxAge;
  return (now.getTime() - at.getTime()) / 1000 > allowed ? undefined : at;
}

/** A first second factor needs more than the password. */
export function mayEnrol({ session, insideCorporateNetwork }: Pick<Situation, 'session' | 'insideCorporateNetwork'>) {
  return session !== undefined && (insideCorporateNetwork || session.memory.mayEnrol);
}

function isProvedFor(proved: SessionMemory['signInProvedFor'], asked: string, now: Date): boolean {
  return proved !== undefined && proved.asked === asked && now.getTime() - proved.at < PROVED_FOR_MS;
}
