/**
 * Records that no checkpoint signs. `serve` signs each within a minute, and what a killed one left when it starts: when
 * more time than that lies between two of them, the checkpoints that signed them have been taken out.
 */
import { activityOf } from '../store/activity-rows.ts';
import type { ActivityRow } from '../store/schema.ts';
import type { StoreReader } from '../store/store.ts';
import type { Finding } from './chain-walk.ts';

/** Far above a minute: a slow disk, a machine that slept, a clock that was set must not look like a crime. */
const LONG_MS = 600_000;

const PAGE = 500;

export interface Unsigned {
  /** Records in their order. */
  take(row: ActivityRow): void;
  end(): readonly Finding[];
}

/** @param signedThrough the last record that is signed, or is from before the chain */
export function watchUnsigned(signedThrough: number): Unsigned {
  const times: { first: ActivityRow; earliest: number; latest: number }[] = [];
  return {
    take(row) {
      // Orders at the command line are recorded without `serve`, and so signed by nobody for days.
      if (row.sequence <= signedThrough || isOrder(row)) return;
      const at = row.recorded_at;
      const [known] = times;
      if (known === undefined) times.push({ first: row, earliest: at, latest: at });
      else [known.earliest, known.latest] = [Math.min(known.earliest, at), Math.max(known.latest, at)];
    },
    end: () =>
      times.flatMap(({ first: { sequence }, earliest, latest }) =>
        latest - earliest > LONG_MS ? [{ sequence, text: textOf(sequence, latest - earliest) }] : [],
      ),
  };
}

/** What stands behind the newest checkpoint alone: for whoever is about to sign it. */
export async function findUnsigned({
  activities,
  checkpoints,
}: Pick<StoreReader, 'activities' | 'checkpoints'>): Promise<readonly Finding[]> {
  let after = Math.max((await checkpoints.newest())?.last.sequence ?? 0, await activities.unchainedThrough());
  const behind = watchUnsigned(after);
  for (;;) {
    const rows = await activities.rows(after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return behind.end();
    for (const row of rows) behind.take(row);
    after = last.sequence;
  }
}

function textOf(sequence: number, span: number): string {
  const minutes = Math.round(span / 60_000);
  return `The records from ${sequence} on are not signed, though ${minutes} minutes lie between them and \`serve\` signs every minute: checkpoints have been taken out.`;
}

function isOrder(row: ActivityRow): boolean {
  try {
    return activityOf(row.document).endpoint === 'command-line';
  } catch {
    return false;
  }
}
