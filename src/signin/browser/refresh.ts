/**
 * What is known of a person now, or, where that cannot be had, what was known at the last sign-in.
 *
 * Attributes are refreshed at every sign-in, with a ticket too; a refresh that fails does not keep a known person out,
 * and the record says so. What the directory says against the account (disabled, gone, expired) is no failure: it ends
 * the sign-in. Does not own: who the person is.
 */
import { lookUpAgain } from '../../gateway/look-up-again.ts';
import type { LookedUp } from '../../gateway/look-up.ts';
import { texts } from '../../directory/entry.ts';
import type { UserType } from '../../model/gateway.ts';
import { Refusal } from '../../refusal.ts';
import type { RefusalCode } from '../../refusal.ts';
import type { StoredSession, Store } from '../../store/store.ts';
import type { IssuingApplication, IssuingGateway } from '../issue.ts';
import { knowIdentified } from '../issue-assertion.ts';
import type { Identified, Known } from '../issue-assertion.ts';
import { noted } from '../record.ts';
import type { Progress } from '../recorded.ts';
import type { UserDependencies } from '../users.ts';

export interface RefreshDependencies extends UserDependencies {
  readonly users: Store['users'];
}

/** The directory could not be asked, or what it holds cannot be used now. */
const FAILURES: readonly RefusalCode[] = [
  'directory-down',
  'directory-bind-refused',
  'directory-search-refused',
  'directory-value-malformed',
  'anchor-missing',
  'attribute-missing',
  'user-not-unique',
];

export const isFailure = (error: unknown): error is Refusal =>
  error instanceof Refusal && FAILURES.includes(error.code);

/** What the directory or an administrator says against the person, now. */
const ENDS_THE_SESSION: readonly RefusalCode[] = [
  'account-disabled',
  'account-expired',
  'directory-entry-missing',
  'user-disabled',
  'session-ended',
];

export const endsTheSession = ({ code }: Refusal): boolean => ENDS_THE_SESSION.includes(code);

/** The gateway and user type that a session belongs to, where the application still names them. */
export function placeOf(
  { gateways }: Pick<IssuingApplication, 'gateways'>,
  { gatewayId, userTypeId }: Pick<StoredSession, 'gatewayId' | 'userTypeId'>,
): { readonly served: IssuingGateway; readonly userType: UserType } | undefined {
  const served = gateways.get(gatewayId);
  const userType = served?.userTypes.find(({ id }) => id === userTypeId);
  return served === undefined || userType === undefined ? undefined : { served, userType };
}

/** @throws Refusal, session-ended among them */
export async function refreshSession(
  progress: Progress,
  issuing: IssuingApplication,
  session: StoredSession,
  dependencies: RefreshDependencies,
): Promise<Known> {
  const { userId, objectGUID } = session;
  progress.record.learn({ subject: { kind: 'person', userId, objectGUID } });
  const place = requirePlace(issuing, session);
  const { served, userType } = place;
  try {
    const found = await progress.record.step('directory', async (note) =>
      noted(await lookUpSession(place, session, progress.asking.now), note),
    );
    return await knowIdentified(progress, issuing, { found, gateway: served.gateway }, dependencies);
  } catch (error) {
    return recallUser(progress, session.userId, userType, error, dependencies);
  }
}

/** Why the session is over, where the directory says so now; without its word it goes on. */
export async function wordAgainst(
  issuing: IssuingApplication,
  session: StoredSession,
  now: Date,
): Promise<Refusal | undefined> {
  try {
    await lookUpSession(requirePlace(issuing, session), session, now);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return endsTheSession(error) ? error : undefined;
  }
}

function requirePlace(issuing: IssuingApplication, session: StoredSession): NonNullable<ReturnType<typeof placeOf>> {
  const place = placeOf(issuing, session);
  if (place !== undefined) return place;
  throw new Refusal('session-ended', { detail: 'the application does not name its user type' });
}

async function lookUpSession(
  { served, userType }: NonNullable<ReturnType<typeof placeOf>>,
  session: StoredSession,
  now: Date,
): Promise<LookedUp> {
  const { directory } = served;
  const found = await lookUpAgain({ userType, directory, objectGUID: session.objectGUID, now });
  requireSamePassword(found, session);
  return found;
}

/** Of somebody who has just proved who he is; his stored user is found by his objectGUID when the refresh fails. */
export async function refreshIdentified(
  progress: Progress,
  issuing: IssuingApplication,
  identified: Identified,
  dependencies: RefreshDependencies,
): Promise<Known> {
  const { found, gateway } = identified;
  try {
    return await knowIdentified(progress, issuing, identified, dependencies);
  } catch (error) {
    const { objectGUID } = found.correlation;
    if (!isFailure(error) || objectGUID === undefined) throw error;
    const [user] = await dependencies.users.findByCorrelation(gateway.id, found.userType.id, 'objectGUID', objectGUID);
    if (user === undefined) throw error;
    return recallUser(progress, user.id, found.userType, error, dependencies);
  }
}

/** @throws the error itself, unless it is a failed refresh of somebody who is known and enabled */
export async function recallUser(
  { record }: Progress,
  userId: string,
  userType: UserType,
  error: unknown,
  { users }: Pick<RefreshDependencies, 'users'>,
): Promise<Known> {
  const user = await users.find(userId);
  if (user !== undefined) record.learn({ subject: { kind: userType.kind, userId, username: user.username } });
  if (!isFailure(error) || user === undefined || !user.enabled || user.link === null) throw error;
  record.note(`attributes are those of the last sign-in: ${error.code}`);
  const { objectGUID, dn } = user.link.correlationAttributes;
  record.learn({
    subject: {
      kind: userType.kind,
      ...(objectGUID !== undefined && { objectGUID }),
      ...(dn !== undefined && { dn }),
    },
  });
  return { user, userType, attributes: { ...user.attributes, username: user.username } };
}

/** Whoever changes a password that others know wants them out. */
function requireSamePassword({ entry }: LookedUp, { method, passwordSet }: StoredSession): void {
  const [now = ''] = texts(entry, 'pwdLastSet');
  if (method === 'password' && now !== '' && passwordSet !== '' && now !== passwordSet)
    throw new Refusal('session-ended', { detail: 'the password was changed since' });
}
