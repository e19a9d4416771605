/**
 * Keeps the record while `serve` runs: signs checkpoints, and deletes what has been kept long enough. Owns when. A failure
 * is logged and tried again: people sign in meanwhile, and what they get is recorded all the same.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { linkText } from '../audit/checkpoint.ts';
import { openRecordKey } from '../audit/record-key.ts';
import { openSealing } from '../audit/sealing.ts';
import type { Sealing } from '../audit/sealing.ts';
import { findUnsigned } from '../audit/unsigned.ts';
import type { Store } from '../store/store.ts';
import { loggedError } from './error-log.ts';

/** A checkpoint is signed when one of the two has come since the last. */
const SEAL_AFTER_RECORDS = 1_000;
const SEAL_AFTER_MS = 60_000;
const LOOK_EVERY_MS = 5_000;
const PRUNE_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

export interface RecordKeeping {
  /** Signs the last checkpoint. */
  close(): Promise<void>;
}

export interface RecordKeepingDependencies {
  readonly store: Pick<Store, 'activities' | 'checkpoints'>;
  readonly masterKey: string;
  readonly retentionDays: number | undefined;
  readonly now: () => Date;
  readonly log: Logger;
}

export async function keepRecord(given: RecordKeepingDependencies): Promise<RecordKeeping> {
  const { store, masterKey, now, log } = given;
  const { key, unusable } = await openRecordKey(store.checkpoints, masterKey, { now: now(), randomBytes });
  if (unusable !== undefined)
    log.warn({ error: loggedError(unusable), key: key.id }, 'checkpoints are signed with a new key from now on');
  const sealing = await openSealing({
    ...store,
    key,
    now,
    changed: (link) =>
      log.error({ record: linkText(link) }, 'a signed record is not there any more as it was: mortise log verify'),
  });
  const keeper = { ...given, sealing };
  let lastSeal = performance.now();
  let lastPrune = -PRUNE_EVERY_MS;
  let closed = false;
  // One after the other: each checkpoint builds on the one before.
  let busy: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const unsealed = await sealing.unsealed();
    if (unsealed >= SEAL_AFTER_RECORDS || (unsealed > 0 && performance.now() - lastSeal >= SEAL_AFTER_MS)) {
      await seal(keeper);
      lastSeal = performance.now();
    }
    if (performance.now() - lastPrune < PRUNE_EVERY_MS) return;
    lastPrune = performance.now();
    await prune(keeper);
  };
  const attempt = (work: () => Promise<void>): void => {
    busy = busy.then(work).catch((error: unknown) => {
      log.error({ error: loggedError(error) }, 'the record could not be sealed or pruned; it is tried again');
    });
  };
  // What a killed process left unsigned: behind it, nothing is unsigned for longer than a minute (audit/unsigned.ts).
  attempt(async () => {
    for (const { text } of await findUnsigned(store))
      log.error({ finding: text }, 'checkpoints are gone: mortise log verify');
    await seal(keeper);
  });
  const timer = setInterval(() => {
    if (!closed) attempt(look);
  }, LOOK_EVERY_MS).unref();
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      attempt(() => seal(keeper));
      await busy;
    },
  };
}

interface Keeper extends RecordKeepingDependencies {
  readonly sealing: Sealing;
}

/** The link goes to the log: kept elsewhere, it shows a record that was cut or exchanged as a whole. */
async function seal({ sealing, log }: Keeper): Promise<void> {
  const sealed = await sealing.seal();
  if (sealed === undefined) return;
  log.info({ checkpoint: sealed.number, record: linkText(sealed.last), key: sealed.key }, 'the record is sealed');
}

async function prune({ sealing, retentionDays, now, log }: Keeper): Promise<void> {
  if (retentionDays === undefined) return;
  const before = new Date(now().getTime() - retentionDays * DAY_MS);
  const deleted = await sealing.prune(before);
  if (deleted > 0) log.info({ deleted, before }, 'records were deleted: their time is over');
}
