/**
 * Does what an administrator orders, and records it: durably, before anybody is told that it was done. The same whether a
 * running `serve` does it for a command, or the command itself over a store that nobody else writes to.
 */
import type { Activity, ActivityEvent } from '../audit/activity.ts';
import type { User } from '../model/user.ts';
import type { SecondFactors } from '../signin/second-factor/second-factors.ts';
import type { Store } from '../store/store.ts';
import { findPerson } from './find-person.ts';
import type { PeopleDependencies } from './find-person.ts';
import type { Order, OrderResult } from './orders.ts';

export interface AdministrationDependencies extends PeopleDependencies {
  /** The same that the flow asks, so that a person who guessed too often may try again. */
  readonly secondFactors: Pick<SecondFactors, 'makeEnrolmentCode' | 'reset'>;
  readonly storedFactors: Pick<Store['secondFactors'], 'list'>;
  /** Everywhere, those in memory too; returns how many. */
  readonly endSessions: (userId: string) => Promise<number>;
  readonly activities: Pick<Store['activities'], 'append'>;
  readonly now: () => Date;
  readonly randomUUID: () => string;
}

export async function administer(order: Order, dependencies: AdministrationDependencies): Promise<OrderResult> {
  const found = await findPerson(order.user, dependencies);
  if (found.kind !== 'one') return found;
  const work = order.kind === 'make-enrolment-code' ? makeEnrolmentCode : resetSecondFactors;
  return work(found.user, order.by, dependencies);
}

async function makeEnrolmentCode(
  user: User,
  by: string,
  dependencies: AdministrationDependencies,
): Promise<OrderResult> {
  const now = dependencies.now();
  const factors = await dependencies.storedFactors.list(user.id);
  const { code, expiresAt } = await dependencies.secondFactors.makeEnrolmentCode(user.id, now);
  await record(user, { kind: 'enrolment-code-made', detail: `until ${expiresAt.toISOString()}`, by }, dependencies);
  return {
    kind: 'enrolment-code-made',
    username: user.username,
    code,
    expiresAt: expiresAt.toISOString(),
    factors: factors.length,
  };
}

/** Sessions end before the factors, so that none adds one meanwhile, and after: none stays that one of them opened. */
async function resetSecondFactors(
  user: User,
  by: string,
  dependencies: AdministrationDependencies,
): Promise<OrderResult> {
  const before = await dependencies.endSessions(user.id);
  const factors = await dependencies.secondFactors.reset(user.id);
  const sessions = before + (await dependencies.endSessions(user.id));
  const detail = `${factors} second ${factors === 1 ? 'factor' : 'factors'}, ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
  await record(user, { kind: 'second-factors-reset', detail, by }, dependencies);
  return { kind: 'second-factors-reset', username: user.username, factors, sessions };
}

async function record(
  user: User,
  event: { readonly kind: ActivityEvent; readonly detail: string; readonly by: string },
  { activities, now, randomUUID }: AdministrationDependencies,
): Promise<void> {
  await activities.append({
    id: randomUUID(),
    recordedAt: now(),
    outcome: 'done',
    event,
    endpoint: 'command-line',
    sourceAddress: 'local',
    subject: subjectOf(user),
    steps: [],
    notes: [],
  });
}

function subjectOf({ id, username, link }: User): NonNullable<Activity['subject']> {
  const { sAMAccountName: name, objectGUID, objectSid, dn } = link?.correlationAttributes ?? {};
  return {
    kind: 'person',
    userId: id,
    username,
    ...(name !== undefined && { name }),
    ...(objectGUID !== undefined && { objectGUID }),
    ...(objectSid !== undefined && { objectSid }),
    ...(dn !== undefined && { dn }),
  };
}
