/**
 * One attempt under way, from its first step to its record: the frame around every decision of signin/.
 *
 * Whatever comes out is recorded, durably, before it is returned; without a record there is no outcome. Owns the order
 * of these two. Does not own: what is decided.
 */
import type { Activity } from '../audit/activity.ts';
import type { Continue } from '../kerberos/accept.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import type { Store } from '../store/store.ts';
import { openRecord } from './record.ts';
import type { OpenRecord, RecordStart } from './record.ts';

/** Who asks from where, and when: what every attempt has. */
export interface Asking {
  readonly sourceAddress: string;
  readonly now: Date;
}

export interface RecordDependencies {
  readonly activities: Pick<Store['activities'], 'append'>;
  readonly randomUUID: () => string;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

export interface Progress {
  readonly asking: Asking;
  readonly record: OpenRecord;
  /** Stands once a ticket is accepted: it travels with a later refusal too. */
  responseToken: Uint8Array | undefined;
  /** What the caller reads in place of a refusal's own code, while he has not proved who he is. */
  showAs: ((refusal: Refusal) => RefusalCode | undefined) | undefined;
}

/** `responseToken` is the acceptor's SPNEGO token for the answer's WWW-Authenticate header. */
export interface Answered {
  readonly activityId: string;
  /** As the client named the request, as far as it was read. */
  readonly requestId?: string;
  readonly responseToken: Uint8Array | undefined;
}

/** `shownAs`: the code and text that the caller reads in place of the refusal's own, which would tell a stranger too much. */
export type Refused = Answered & {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly shownAs?: RefusalCode;
};

/** What an attempt came to, with its record. */
export interface Decided<Done> {
  readonly kind: 'decided';
  readonly done: Done;
  readonly activity: Activity;
}

/** The outcome could not be recorded, so there is none: nothing may be issued. `cause` is the store's own error. */
export class NotRecordedError extends Error {
  override readonly name = 'NotRecordedError';
  readonly activityId: string;
  readonly requestId: string | undefined;

  constructor({ id, requestId }: Pick<Activity, 'id' | 'requestId'>, cause: unknown) {
    super('the outcome could not be recorded', { cause });
    this.activityId = id;
    this.requestId = requestId;
  }
}

/**
 * Runs one attempt. Returns its outcome once the record is durable; the first leg of a negotiation has none.
 *
 * @throws NotRecordedError, and never a Refusal
 */
export async function recorded<Done extends object>(
  start: Omit<RecordStart, 'id'>,
  { activities, randomUUID, clock }: RecordDependencies,
  work: (progress: Progress) => Promise<Decided<Done> | Continue>,
): Promise<(Answered & Done) | Refused | Continue> {
  const activityId = randomUUID();
  const record = openRecord({ ...start, id: activityId }, clock);
  const asking = { sourceAddress: start.sourceAddress, now: start.recordedAt };
  const progress: Progress = { asking, record, responseToken: undefined, showAs: undefined };
  const decided = await work(progress).catch((error: unknown) => refuse(error, progress));
  if (decided.kind === 'continue') return decided;
  try {
    await activities.append(decided.activity);
  } catch (error) {
    throw new NotRecordedError(decided.activity, error);
  }
  const { requestId } = decided.activity;
  const ids = requestId === undefined ? { activityId } : { activityId, requestId };
  return { ...decided.done, ...ids, responseToken: progress.responseToken };
}

/** A defect is answered like a refusal and told apart in the record; its own words go to the log, as the cause. */
function refuse(error: unknown, { record, showAs }: Progress): Decided<Omit<Refused, keyof Answered>> {
  const refusal = error instanceof Refusal ? error : new Refusal('internal-error', { detail: nameOf(error) });
  if (refusal !== error) refusal.cause = error;
  const shownAs = showAs?.(refusal);
  const done = { kind: 'refused', refusal, ...(shownAs !== undefined && { shownAs }) } as const;
  return { kind: 'decided', done, activity: record.refused(refusal) };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
