/** The sample forest's computers as the other parties of a rehearsal see them: the joining device, and Entra's view of AD. */
import type { Entry } from '../directory/entry.ts';
import { texts } from '../directory/entry.ts';
import { SAMPLE_DOMAIN } from '../directory/sample-domain.ts';
import type { DirectoryComputer } from './entra/token-claims.ts';
import type { JoiningComputer } from './registration.ts';

const first = (entry: Entry, attribute: string): string => texts(entry, attribute)[0] ?? '';

/** What the local Entra compares device claims with. */
export function directoryComputers(forest: readonly Entry[]): readonly DirectoryComputer[] {
  return forest
    .filter((entry) => texts(entry, 'objectClass').includes('computer'))
    .map((entry) => ({
      objectGUID: first(entry, 'objectGUID'),
      objectSid: first(entry, 'objectSid'),
      name: first(entry, 'cn'),
    }));
}

/** The computer that joins, by its sAMAccountName. */
export function joiningComputer(forest: readonly Entry[], sAMAccountName: string): JoiningComputer {
  const entry = forest.find((candidate) => first(candidate, 'sAMAccountName') === sAMAccountName);
  if (entry === undefined) throw new Error(`the sample forest has no ${sAMAccountName}`);
  return {
    sAMAccountName,
    displayName: first(entry, 'cn'),
    domain: SAMPLE_DOMAIN,
    domainController: `DC1.${SAMPLE_DOMAIN}`,
    objectGuid: first(entry, 'objectGUID'),
    objectSid: first(entry, 'objectSid'),
  };
}
