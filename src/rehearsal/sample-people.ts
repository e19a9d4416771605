/** The sample forest's people as the other parties of a rehearsal see them: who signs in, and whom Entra Connect synchronised. */
import { createHash } from 'node:crypto';
import type { Entry } from '../directory/entry.ts';
import { texts, values } from '../directory/entry.ts';
import { SAMPLE_NETBIOS_NAME, SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD } from '../directory/sample-domain.ts';
import type { LocalEntra } from './entra/local-entra.ts';
import type { SyncedUser } from './entra/user-registry.ts';
import type { Plan } from './plan.ts';
import type { Person } from './sign-in.ts';

/** For {@link openSampleDirectory}. */
export const samplePasswordsOfPeople: ReadonlyMap<string, string> = new Map(
  Object.values(SAMPLE_PEOPLE).map((name) => [name, SAMPLE_PERSON_PASSWORD]),
);

/** The forest with the plan's user name for the person who signs in. */
export function withUpnSuffix(forest: readonly Entry[], { person, upnSuffix }: Plan): readonly Entry[] {
  if (upnSuffix === undefined) return forest;
  const userPrincipalName = Buffer.from(`${person}@${upnSuffix}`);
  return forest.map((entry) =>
    texts(entry, 'sAMAccountName')[0] === person
      ? { ...entry, attributes: new Map([...entry.attributes, ['userprincipalname', [userPrincipalName]]]) }
      : entry,
  );
}

/** What Entra Connect makes of the people: ImmutableID is the base64 of the anchor's bytes. */
export function synchronisedUsers(forest: readonly Entry[], plan: Plan): readonly SyncedUser[] {
  return forest.flatMap((entry) => synchronisedUser(entry, plan) ?? []);
}

function synchronisedUser(entry: Entry, plan: Plan): SyncedUser | undefined {
  const [anchor] = values(entry, 'mS-DS-ConsistencyGuid');
  const [userPrincipalName] = texts(entry, 'userPrincipalName');
  if (anchor === undefined || userPrincipalName === undefined) return undefined;
  const other = createHash('sha256').update(anchor).digest().subarray(0, 16);
  const bytes = plan.synchronisedAnchor === 'same' ? anchor : other;
  return { onPremisesImmutableId: Buffer.from(bytes).toString('base64'), userPrincipalName };
}

/** What an administrator, or the scope of Entra Connect, made of the person who signs in. */
export function arrangePerson(entra: LocalEntra, forest: readonly Entry[], plan: Plan): void {
  const entry = forest.find((candidate) => texts(candidate, 'sAMAccountName')[0] === plan.person);
  const user = entry === undefined ? undefined : synchronisedUser(entry, plan);
  if (user === undefined || plan.personInEntra === 'as synchronised') return;
  if (plan.personInEntra === 'none') entra.removeUser(user.onPremisesImmutableId);
  else entra.setUserEnabled(user.onPremisesImmutableId, false);
}

/** @param sAMAccountName the plan's person when absent */
export function personOf(forest: readonly Entry[], plan: Plan, sAMAccountName = plan.person): Person {
  const entry = forest.find((candidate) => texts(candidate, 'sAMAccountName')[0] === sAMAccountName);
  const [userPrincipalName] = entry === undefined ? [] : texts(entry, 'userPrincipalName');
  if (userPrincipalName === undefined) throw new Error(`the sample forest has no ${sAMAccountName}`);
  return {
    userPrincipalName,
    accountName: `${SAMPLE_NETBIOS_NAME}\\${sAMAccountName}`,
    typedPassword: plan.typedPassword === 'right' ? SAMPLE_PERSON_PASSWORD : 'Summer-2025',
    credential: plan.credential,
  };
}
