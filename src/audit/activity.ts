/**
 * The record of one outcome: a token issued, a refusal, or something done that no token came of (a session opened, a
 * password changed). Written before the answer leaves; never holds a secret.
 */
import type { RefusalCode } from '../refusal.ts';

export interface Step {
  readonly name: string;
  readonly durationMs: number;
  /** What the step found, in a few words. */
  readonly detail?: string;
  /** The step ended with a refusal, or with a defect. */
  readonly failed?: true;
}

export interface RecordedClaim {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
  /** The mapping it came from, for example `${user.externalId} ← mS-DS-ConsistencyGuid`. */
  readonly source: string;
}

/** What was done, where neither a token nor a refusal came of it. */
export type ActivityEvent =
  | 'session-opened'
  | 'session-ended'
  | 'second-factor-passed'
  | 'second-factor-added'
  | 'second-factor-removed'
  | 'recovery-codes-made'
  | 'enrolment-code-made'
  | 'enrolment-code-used'
  | 'second-factors-reset'
  | 'password-changed'
  | 'store-restored';

export interface Activity {
  /** UUID; also the correlation id of log lines. */
  readonly id: string;
  readonly recordedAt: Date;
  readonly outcome: 'issued' | 'refused' | 'done';
  /** Of `done`. */
  readonly event?: {
    readonly kind: ActivityEvent;
    /** In a few words; never a secret. */
    readonly detail?: string;
    /** The operating system's account of the administrator who did it by the command line. */
    readonly by?: string;
  };
  /** Route name, for example `windowstransport-13`. */
  readonly endpoint: string;
  readonly sourceAddress: string;
  readonly applicationId?: string;
  /** `client-request-id` header or wsa:MessageID of the request. */
  readonly requestId?: string;
  /** Kerberos client, `DESKTOP-01$@CORP.EXAMPLE.TEST`. */
  readonly principal?: string;
  readonly subject?: {
    readonly kind: 'device' | 'person';
    readonly userId?: string;
    readonly username?: string;
    /** sAMAccountName. */
    readonly name?: string;
    readonly objectGUID?: string;
    readonly objectSid?: string;
    readonly dn?: string;
  };
  readonly steps: readonly Step[];
  /** Things worth knowing that did not stop the flow: a user created, a link retired. */
  readonly notes: readonly string[];
  readonly refusal?: {
    readonly code: RefusalCode;
    readonly expected?: string;
    readonly actual?: string;
    readonly attribute?: string;
    readonly detail?: string;
  };
  readonly assertion?: { readonly id: string; readonly notOnOrAfter: Date; readonly claims: readonly RecordedClaim[] };
}

export interface ActivityQuery {
  /** The whole id, or its first characters. */
  readonly id?: string;
  /**
   * Name, principal, username, objectGUID or dn, whole; case does not matter. Name and principal match without their `$` and
   * realm too: `desktop-01` finds `DESKTOP-01$@CORP.EXAMPLE.TEST`.
   */
  readonly device?: string;
  /** As `device`, among what is not about a device. */
  readonly person?: string;
  readonly outcome?: Activity['outcome'];
  readonly refusal?: string;
  /** AssertionID of a token, whole. */
  readonly assertion?: string;
  /** From this time on. */
  readonly since?: Date;
  /** Before this time. */
  readonly until?: Date;
  /** At most this many. */
  readonly limit: number;
}
