/**
 * Entra's sign-ins laid beside the record: for each that was made with a federated token, whether Mortise issued one to this
 * person or device at about this time. One that it never issued was signed by somebody else who holds a signing key.
 *
 * Owns: what counts as issued, and what cannot be judged. Two sign-ins of one person within the window may rest on one
 * token: a forged one beside a true one is not found.
 */
import type { StoreReader } from '../../store/store.ts';
import type { Activity } from '../activity.ts';
import type { EntraSignIn } from './sign-in.ts';

export type Unjudged = 'no-time' | 'nobody' | 'before-the-record' | 'after-the-record' | 'maybe-not-federated';
export type SetAside = 'failed' | 'not-federated' | 'another-domain';

export interface Matching {
  readonly issued: readonly EntraSignIn[];
  readonly neverIssued: readonly EntraSignIn[];
  readonly unjudged: readonly { readonly signIn: EntraSignIn; readonly why: Unjudged }[];
  readonly setAside: Readonly<Record<SetAside, number>>;
}

export interface Scope {
  /** The federated domains; those below them count as well. */
  readonly domains: readonly string[];
  /**
   * How far a token's time may be from the sign-in's: Entra notes when the sign-in began, which may be before a person typed
   * the password, or after, as long as a token is valid.
   */
  readonly windowMs: number;
  /** The record is a copy: it knows nothing of what came after its newest record. */
  readonly isCopy: boolean;
}

type Records = Pick<StoreReader['activities'], 'following' | 'list' | 'rows'>;

const PAGE = 500;

export async function matchSignIns(signIns: readonly EntraSignIn[], record: Records, scope: Scope): Promise<Matching> {
  const aside: Record<SetAside, number> = { failed: 0, 'not-federated': 0, 'another-domain': 0 };
  const concerned = signIns.filter((signIn) => {
    const why = setAside(signIn, scope.domains);
    if (why !== undefined) aside[why] += 1;
    return why === undefined;
  });
  const coverage = await coverageOf(record, scope);
  const tokens = await tokensIssued(record, concerned, scope.windowMs);
  const judged = concerned.map((signIn) => ({ signIn, verdict: judge(signIn, tokens, coverage, scope.windowMs) }));
  const those = (verdict: 'issued' | 'never') =>
    judged.filter((each) => each.verdict === verdict).map(({ signIn }) => signIn);
  return {
    issued: those('issued'),
    neverIssued: those('never'),
    unjudged: judged.flatMap(({ signIn, verdict }) =>
      verdict === 'issued' || verdict === 'never' ? [] : [{ signIn, why: verdict }],
    ),
    setAside: aside,
  };
}

function setAside(
  { succeeded, federated, isGuest, user }: EntraSignIn,
  domains: readonly string[],
): SetAside | undefined {
  if (!succeeded) return 'failed';
  if (federated === 'no') return 'not-federated';
  const domain = user?.split('@')[1];
  const isOurs = domain === undefined || domains.some((ours) => domain === ours || domain.endsWith(`.${ours}`));
  return isGuest || !isOurs ? 'another-domain' : undefined;
}

interface Coverage {
  readonly from: number;
  readonly to: number;
}

async function coverageOf(record: Records, { isCopy }: Scope): Promise<Coverage> {
  const [oldest] = await record.rows(0, 1);
  const [newest] = await record.list({ limit: 1 });
  const end = isCopy ? (newest?.recordedAt.getTime() ?? 0) : Number.POSITIVE_INFINITY;
  return { from: oldest?.recorded_at ?? Number.POSITIVE_INFINITY, to: end };
}

function judge(
  signIn: EntraSignIn,
  tokens: ReadonlyMap<string, readonly number[]>,
  { from, to }: Coverage,
  windowMs: number,
): 'issued' | 'never' | Unjudged {
  if (signIn.at === undefined) return 'no-time';
  const keys = keysOf(signIn);
  if (keys.length === 0) return 'nobody';
  const at = signIn.at.getTime();
  if (keys.some((key) => tokens.get(key)?.some((time) => Math.abs(time - at) <= windowMs) === true)) return 'issued';
  if (at - windowMs < from) return 'before-the-record';
  if (at + windowMs > to) return 'after-the-record';
  return signIn.federated === 'yes' ? 'never' : 'maybe-not-federated';
}

/** A sign-in that names a person is the person's, on whatever device. */
function keysOf({ user, device }: EntraSignIn): readonly string[] {
  if (user?.includes('@') === true) return [user];
  return [user, device.name, device.id].flatMap((name) => (name === undefined ? [] : [nameKey(name)]));
}

const nameKey = (name: string): string => name.toLowerCase().replace(/\$$/, '');

/** When tokens were issued, by everything that Entra may call the subject. */
async function tokensIssued(
  record: Records,
  signIns: readonly EntraSignIn[],
  windowMs: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const tokens = new Map<string, number[]>();
  const times = signIns.flatMap(({ at }) => (at === undefined ? [] : [at.getTime()]));
  if (times.length === 0) return tokens;
  const first = times.reduce((one, other) => Math.min(one, other));
  const last = times.reduce((one, other) => Math.max(one, other));
  const within = { since: new Date(first - windowMs), until: new Date(last + windowMs + 1) };
  for (let after = 0; ;) {
    const page = await record.following(after, { outcome: 'issued', ...within, limit: PAGE });
    for (const { activity } of page) {
      for (const key of subjectKeys(activity)) {
        const known = tokens.get(key);
        if (known === undefined) tokens.set(key, [activity.recordedAt.getTime()]);
        else known.push(activity.recordedAt.getTime());
      }
    }
    const end = page.at(-1);
    if (end === undefined) return tokens;
    after = end.sequence;
  }
}

/** Entra finds the person by the UPN and the immutable id that the token claims; the record's own names serve besides. */
function subjectKeys({ subject, principal, assertion }: Activity): ReadonlySet<string> {
  const claimed = assertion?.claims.filter(({ name }) => ['UPN', 'NameIdentifier'].includes(name)) ?? [];
  const account = principal?.replace(/@[^@]*$/, '');
  const isDevice = subject?.kind === 'device';
  const names = [
    subject?.username,
    principal,
    subject?.objectGUID,
    ...(isDevice ? [subject.name, account] : []),
    ...claimed.map(({ value }) => value),
  ];
  return new Set(names.flatMap((name) => (name === undefined || name === '' ? [] : [nameKey(name)])));
}
