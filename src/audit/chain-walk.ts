/**
 * Goes along the chain, record by record, and says where it breaks. A change is told once: behind it the walk goes on from
 * what the record itself says. Pure; verify.ts reads the records.
 */
import { activityKeyRows, activityOf, activityRow } from '../store/activity-rows.ts';
import { GENESIS, linkHash } from '../store/chain.ts';
import type { ChainLink } from '../store/chain.ts';
import type { ActivityRow } from '../store/schema.ts';
import { isoTime } from './iso-time.ts';

export interface Finding {
  /** The record at which the history breaks. */
  readonly sequence: number;
  readonly text: string;
}

/** What a record must be, by whom. */
export type Signed = ChainLink & { readonly by: string };

export interface WalkStart {
  /** Where retention has cut. */
  readonly pruned: ChainLink;
  readonly unchainedThrough: number;
  readonly signed: readonly Signed[];
}

export interface Walk {
  /** Records in their order, each with the names under which it is found. */
  take(row: ActivityRow, names: ReadonlySet<string>): void;
  end(): { readonly records: number; readonly unchained: number; readonly last: number };
}

export function startWalk({ pruned, unchainedThrough, signed }: WalkStart, say: (finding: Finding) => void): Walk {
  const signedBySequence = Map.groupBy(signed, ({ sequence }) => sequence);
  let previous = pruned;
  let before: ActivityRow | undefined;
  let records = 0;
  let unchained = 0;

  function take(row: ActivityRow, names: ReadonlySet<string>): void {
    const { sequence } = row;
    const hash = row.hash ?? GENESIS;
    const texts = [
      placeText(row, { previous, before, pruned, unchainedThrough }),
      columnsText(row, names),
      rewrittenText(row, hash, signedBySequence.get(sequence) ?? []),
    ];
    for (const text of texts) if (text !== undefined) say({ sequence, text });
    records += 1;
    if (row.hash === null) unchained += 1;
    if (sequence > pruned.sequence) previous = { sequence, hash };
    before = row;
  }
  return {
    take,
    end() {
      const furthest = signed.toSorted((one, other) => one.sequence - other.sequence).at(-1);
      if (furthest !== undefined && furthest.sequence > previous.sequence) say(cutOff(furthest, previous.sequence));
      return { records, unchained, last: previous.sequence };
    },
  };
}

interface Place {
  readonly previous: ChainLink;
  readonly before: ActivityRow | undefined;
  readonly pruned: ChainLink;
  readonly unchainedThrough: number;
}

/** Number and hash: whether this record follows the one before it. */
function placeText(row: ActivityRow, { previous, before, pruned, unchainedThrough }: Place): string | undefined {
  if (row.sequence <= pruned.sequence)
    return `${nameOf(row)} was put in: what was kept up to record ${pruned.sequence} had been deleted when its time was over.`;
  // Before the chain a write that failed left a gap, and a record has no hash.
  if (row.sequence <= unchainedThrough) return row.hash === null ? undefined : `${nameOf(row)} was put in.`;
  const expected = Math.max(previous.sequence, unchainedThrough) + 1;
  if (row.sequence > expected) return missingText(expected, row, before);
  if (row.hash === null) return `${nameOf(row)} was put in: it has no hash.`;
  const from = previous.sequence <= unchainedThrough ? GENESIS : previous.hash;
  return linkHash(from, row.document) === row.hash ? undefined : changedText(row, before);
}

function missingText(first: number, row: ActivityRow, before: ActivityRow | undefined): string {
  const last = row.sequence - 1;
  const which = first === last ? `Record ${first} is missing` : `Records ${first} to ${last} are missing`;
  return before === undefined
    ? `${which}, before ${timeOf(row)}: the beginning has been cut off.`
    : `${which}, between ${timeOf(before)} and ${timeOf(row)}.`;
}

/** The record itself, or the one before it whose hash was made anew: from the hash the two cannot be told apart. */
function changedText(row: ActivityRow, before: ActivityRow | undefined): string {
  const other = before === undefined ? '' : `, or record ${before.sequence} before it`;
  return `${nameOf(row)} has been changed${other}: its hash does not fit.`;
}

function rewrittenText(row: ActivityRow, hash: string, signed: readonly Signed[]): string | undefined {
  const other = signed.find((link) => link.hash !== hash);
  return (
    other &&
    `The history up to record ${row.sequence}, ${timeOf(row)}, has been rewritten: it is not what ${other.by} says.`
  );
}

function cutOff({ sequence, by }: Signed, last: number): Finding {
  const count = sequence - last;
  const missing = count === 1 ? `record ${sequence} is missing` : `records ${last + 1} to ${sequence} are missing`;
  return { sequence: last, text: `The end has been cut off: ${missing}, by ${by}.` };
}

/** The columns and names by which a record is found say the same as the record itself: one changed there would hide it. */
function columnsText(row: ActivityRow, names: ReadonlySet<string>): string | undefined {
  const wrong = misplacedColumns(row, names);
  return wrong.length === 0
    ? undefined
    : `${nameOf(row)} would not be found by ${wrong.join(', ')}: what stands beside it has been changed.`;
}

const COLUMNS = {
  id: 'its id',
  recorded_at: 'its time',
  outcome: 'its outcome',
  refusal_code: 'its refusal',
  assertion_id: 'its assertion',
} as const;

function misplacedColumns(row: ActivityRow, names: ReadonlySet<string>): readonly string[] {
  try {
    const activity = activityOf(row.document);
    const columns = activityRow(activity);
    const known = Object.keys(COLUMNS) as readonly (keyof typeof COLUMNS)[];
    const wrong = known.filter((name) => columns[name] !== row[name]).map((name) => COLUMNS[name]);
    const hidden = activityKeyRows(activity).some(
      ({ key, recorded_at }) => !names.has(key) || recorded_at !== row.recorded_at,
    );
    return hidden ? [...wrong, 'its names'] : wrong;
  } catch {
    // No document at all: its hash has said so already, or it is from before the chain.
    return row.hash === null ? ['anything'] : [];
  }
}

const timeOf = (row: ActivityRow): string => isoTime(new Date(row.recorded_at));

const nameOf = (row: ActivityRow): string => `Record ${row.sequence} (${row.id.slice(0, 8)}, ${timeOf(row)})`;
