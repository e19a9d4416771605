/** The sample forest's people as the other parties of a rehearsal see them: who signs in, and whom Entra Connect synchronised. */
import { createHash } from 'node:crypto';
import type { Entry } from '../directory/entry.ts';
import { texts, values } from '../directory/entry.ts';
import { SAMPLE_NETBIOS_NAME, SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD } from '../directory/sample-domain.ts';
import type { SyncedUser } from './entra/user-registry.ts';
import type { Plan } from './plan.ts';
import type { Person } from './sign-in.ts';

/** For {@link openSampleDirectory}. */
export const samplePasswordsOfPeople: ReadonlyMap<string, string> = new Map(
  Object.values(SAMPLE_PEOPLE).map((name) => [name, SAMPLE_PERSON_PASSWORD]),
);

/** What Entra Connect makes of the people: ImmutableID is the base64 of the anchor's bytes. */
export function synchronisedUsers(forest: readonly Entry[], plan: Plan): readonly SyncedUser[] {
  return forest.flatMap((entry) => {
    const [anchor] = values(entry, 'mS-DS-ConsistencyGuid');
    const [userPrincipalName] = texts(entry, 'userPrincipalName');
    if (anchor === undefined || userPrincipalName === undefined) return [];
    const other = createHash('sha256').update(anchor).digest().subarray(0, 16);
    const bytes = plan.synchronisedAnchor === 'same' ? anchor : other;
    return [{ onPremisesImmutableId: Buffer.from(bytes).toString('base64'), userPrincipalName }];
  });
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
