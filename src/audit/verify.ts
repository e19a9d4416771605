/**
 * Whether the record is the one that was written: every hash is made anew and compared, every checkpoint's signature and
 * what it says. Reads the record once, in pages. Does not own: what a break means (chain-walk.ts), the chain itself
 * (store/chain.ts), the signed text (checkpoint.ts).
 */
import { NO_RECORD } from '../store/chain.ts';
import type { ChainLink } from '../store/chain.ts';
import type { StoredCheckpoint, StoredRecordKey, StoreReader } from '../store/store.ts';
import { startWalk } from './chain-walk.ts';
import type { Finding, Signed, Walk } from './chain-walk.ts';
import { isSigned } from './checkpoint.ts';
import { isoTime } from './iso-time.ts';
import { watchUnsigned } from './unsigned.ts';
import type { Unsigned } from './unsigned.ts';

export interface Verification {
  /** How many records were read. */
  readonly records: number;
  /** How many of them are from before the chain: nothing can be said of them. */
  readonly unchained: number;
  /** How many lie behind the newest checkpoint: chained, not signed yet. */
  readonly unsigned: number;
  readonly checkpoints: number;
  readonly newest: StoredCheckpoint | undefined;
  /** Whether the key was compared with one that was noted elsewhere: whoever can write the file can put his own there. */
  readonly isKeyNoted: boolean;
  /** In the order of the record. */
  readonly findings: readonly Finding[];
}

/** What was noted down elsewhere: a copy of the store can be whole and still not be the newest, or somebody else's. */
export interface Noted {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey?: Uint8Array;
  /** A record with its hash: the log of `serve` names one at each checkpoint. */
  readonly link?: ChainLink;
}

type Readable = Pick<StoreReader, 'activities' | 'checkpoints'>;

const PAGE = 500;

export async function verifyRecord({ activities, checkpoints }: Readable, noted: Noted = {}): Promise<Verification> {
  const all = await checkpoints.list();
  const newest = all.at(-1);
  const findings: Finding[] = [...checkpointFindings(all, await checkpoints.keys(), noted.publicKey)];
  const unchainedThrough = newest?.unchainedThrough ?? (await activities.unchainedThrough());
  const pruned = newest?.pruned ?? NO_RECORD;
  const signed = signedLinks(all, noted.link).filter(({ sequence }) => sequence > pruned.sequence);
  const walk = startWalk({ pruned, unchainedThrough, signed }, (finding) => findings.push(finding));
  const signedThrough = Math.max(newest?.last.sequence ?? 0, unchainedThrough);
  const behind = watchUnsigned(signedThrough);
  await takeAll(activities, walk, behind);
  const { records, unchained, last } = walk.end();
  findings.push(...behind.end());
  return {
    records,
    unchained,
    unsigned: Math.max(0, last - signedThrough),
    checkpoints: all.length,
    newest,
    isKeyNoted: noted.publicKey !== undefined,
    findings: findings.toSorted((one, other) => one.sequence - other.sequence),
  };
}

async function takeAll(activities: Readable['activities'], walk: Walk, behind: Unsigned): Promise<void> {
  // A number that was never given out is looked at too.
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const rows = await activities.rows(after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return;
    const names = await activities.names(rows);
    for (const row of rows) {
      walk.take(row, names.get(row.sequence) ?? new Set());
      behind.take(row);
    }
    after = last.sequence;
  }
}

function checkpointFindings(
  checkpoints: readonly StoredCheckpoint[],
  keys: readonly StoredRecordKey[],
  publicKey: Uint8Array | undefined,
): readonly Finding[] {
  if (checkpoints.length === 0) return keyFindings(keys, publicKey);
  const byId = new Map(keys.map((key) => [key.id, key]));
  const isPruned = (checkpoints.at(-1)?.pruned.sequence ?? 0) > 0;
  return checkpoints.flatMap((checkpoint, index) => {
    const { sequence } = checkpoint.last;
    const texts = [
      signatureText(checkpoint, byId.get(checkpoint.key), publicKey),
      gapText(checkpoint, checkpoints[index - 1], isPruned),
    ];
    return texts.flatMap((text) => (text === undefined ? [] : [{ sequence, text }]));
  });
}

/** With nothing signed, the keys alone can tell that this is another history than the one of the key that was noted. */
function keyFindings(keys: readonly StoredRecordKey[], publicKey: Uint8Array | undefined): readonly Finding[] {
  if (publicKey === undefined || keys.some((key) => isSame(key.publicKey, publicKey))) return [];
  return [{ sequence: 0, text: 'Nothing is signed, and the key that was given is none of this store’s.' }];
}

/** Retention takes the first ones along with the records that they signed. */
function gapText(
  { number }: StoredCheckpoint,
  before: StoredCheckpoint | undefined,
  isPruned: boolean,
): string | undefined {
  if (before === undefined)
    return number === 1 || isPruned ? undefined : `Checkpoints are missing before number ${number}.`;
  return before.number + 1 === number
    ? undefined
    : `Checkpoints are missing between number ${before.number} and ${number}.`;
}

function signatureText(
  checkpoint: StoredCheckpoint,
  key: StoredRecordKey | undefined,
  publicKey: Uint8Array | undefined,
): string | undefined {
  const which = `Checkpoint ${checkpoint.number} of ${isoTime(checkpoint.signedAt)}`;
  if (key === undefined || !isSigned(checkpoint, key)) return `${which} has been changed: its signature does not fit.`;
  if (publicKey !== undefined && !isSame(key.publicKey, publicKey))
    return `${which} is signed with another key than the one given.`;
  return undefined;
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

function signedLinks(checkpoints: readonly StoredCheckpoint[], noted: ChainLink | undefined): readonly Signed[] {
  const signed = checkpoints.map(({ number, signedAt, last }) => ({
    ...last,
    by: `checkpoint ${number} of ${isoTime(signedAt)}`,
  }));
  return noted === undefined ? signed : [...signed, { ...noted, by: 'the link that was noted down' }];
}
