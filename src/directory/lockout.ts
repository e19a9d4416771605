/**
 * When AD locks an account: the policy that holds for it, and how far it is from it.
 *
 * Reads the domain's policy or the fine-grained one that `msDS-ResultantPSO` names ([MS-ADTS] §3.1.1.4.5.36). Does not
 * own: what Mortise makes of it (signin/lockout.ts).
 */
import type { Directory } from './directory.ts';
import { texts } from './entry.ts';
import type { Entry } from './entry.ts';
import { fileTimeToDate, intervalToMs } from './filetime.ts';
import type { Filter } from './filter.ts';
import { Refusal } from '../refusal.ts';

/** What a search for a person must ask for beside the account's attributes. */
export const LOCKOUT_ATTRIBUTES = [
  'badPwdCount',
  'badPasswordTime',
  'lockoutTime',
  'pwdLastSet',
  'msDS-ResultantPSO',
] as const;

export interface LockoutPolicy {
  /** Wrong passwords at which AD locks; 0: never. */
  readonly threshold: number;
  readonly observationWindowMs: number;
  /** The entry that it was read from, for the record. */
  readonly source: string;
  /** False: it could not be read, and a strict one is assumed. */
  readonly known: boolean;
}

export interface LockoutState {
  /** Wrong passwords that AD counts now; 0 once the window has passed. */
  readonly badPasswordCount: number;
  readonly lockedOut: boolean;
}

/** What is assumed where the policy cannot be read: few administrators lock after fewer than three, none for longer than a day. */
const ASSUMED = { threshold: 3, observationWindowMs: 30 * 60_000 } as const;

/** RFC 4120 §7.5.1 names five minutes. */
export const MAX_SKEW_MS = 300_000;

const ANY_ENTRY: Filter = { type: 'present', attribute: 'objectClass' };

const NAMES = {
  domain: ['lockoutThreshold', 'lockOutObservationWindow'],
  'fine-grained': ['msDS-LockoutThreshold', 'msDS-LockoutObservationWindow'],
} as const;

const INTEGER = /^-?\d{1,19}$/;

/** @throws Refusal directory-down and its like */
export async function lockoutPolicyOf(entry: Entry, directory: Directory): Promise<LockoutPolicy> {
  const [pso] = texts(entry, 'msDS-ResultantPSO');
  const source = pso ?? domainDnOf(entry.dn);
  if (source === undefined) return { ...ASSUMED, source: entry.dn, known: false };
  const kind = pso === undefined ? 'domain' : 'fine-grained';
  const [found] = await directory
    .search({ base: source, scope: 'base', filter: ANY_ENTRY, attributes: NAMES[kind], sizeLimit: 1 })
    .catch(noneWhereRefused);
  const read = found === undefined ? undefined : policyAttributes(found, kind);
  return read === undefined ? { ...ASSUMED, source, known: false } : { ...read, source, known: true };
}

/** Who may not read a policy can still sign in: the strict one is assumed. */
function noneWhereRefused(error: unknown): readonly Entry[] {
  if (error instanceof Refusal && error.code === 'directory-search-refused') return [];
  throw error;
}

/** Undefined where the entry does not show them: by default only Domain Admins read fine-grained policies. */
export function policyAttributes(
  entry: Entry,
  kind: keyof typeof NAMES,
): { readonly threshold: number; readonly observationWindowMs: number } | undefined {
  const [thresholdName, windowName] = NAMES[kind];
  const threshold = integerOf(entry, thresholdName);
  const window = integerOf(entry, windowName);
  if (threshold === undefined || window === undefined) return undefined;
  return { threshold: Number(threshold), observationWindowMs: intervalToMs(window) };
}

export function lockoutStateOf(entry: Entry, policy: LockoutPolicy, now: Date): LockoutState {
  const count = Number(integerOf(entry, 'badPwdCount') ?? 0n);
  const last = integerOf(entry, 'badPasswordTime');
  const age = last === undefined ? Infinity : now.getTime() - fileTimeToDate(last).getTime();
  return {
    // The controller's clock may be behind ours by as much as Kerberos allows.
    badPasswordCount: age < policy.observationWindowMs + MAX_SKEW_MS ? count : 0,
    lockedOut: (integerOf(entry, 'lockoutTime') ?? 0n) !== 0n,
  };
}

/** The part of a name from its first DC on; undefined when it has none. */
export function domainDnOf(dn: string): string | undefined {
  return /(?:^|(?<!\\),)\s*(?<domain>DC=.*)$/i.exec(dn)?.groups?.['domain'];
}

function integerOf(entry: Entry, attribute: string): bigint | undefined {
  const [text] = texts(entry, attribute);
  return text !== undefined && INTEGER.test(text) ? BigInt(text) : undefined;
}
