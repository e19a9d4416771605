/**
 * Who has signed in to the local Entra in the browser, newest last. Bounded: the oldest go. Does not own: the checks.
 */
import type { AcceptedClaims } from './token-claims.ts';

export interface SignInRecord {
  /** Of the synchronised user with the assertion's ImmutableID. */
  readonly userPrincipalName: string;
  /** The identity provider stated a second factor that counted. */
  readonly secondFactor: boolean;
  readonly acceptedClaims: AcceptedClaims;
  /** AuthenticationInstant of the assertion, the latest if there are several. */
  readonly authenticatedAt: Date | undefined;
  readonly at: Date;
}

const KEPT = 1000;

export interface SignInLog {
  add(record: SignInRecord): void;
  all(): readonly SignInRecord[];
}

export function createSignInLog(): SignInLog {
  const records: SignInRecord[] = [];
  return {
    add: (record) => {
      records.push(record);
      if (records.length > KEPT) records.shift();
    },
    all: () => [...records],
  };
}
