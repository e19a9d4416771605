/**
 * The replay cache with what was presented before a restart. RFC 4120 §3.2.3 has a server that lost its cache refuse
 * everything for one skew; this one does not lose it.
 *
 * Nobody waits for the writing: the store writes in order, so an authenticator is durable before the record of what it
 * opened, and no answer leaves before its record. It goes along in that record's transaction and costs no fsync of its own.
 */
import type { Logger } from 'pino';
import { ReplayCache } from '../kerberos/replay.ts';
import type { Store } from '../store/store.ts';
import { loggedError } from './error-log.ts';

const PRUNED_EVERY_MS = 60_000;

export async function openReplayMemory(
  store: Store['authenticators'],
  start: Date,
  log: Pick<Logger, 'error'>,
): Promise<ReplayCache> {
  // Without the record beside it (a full disk) no answer leaves either; it is known in memory all the same.
  const failed =
    (what: string) =>
    (error: unknown): void =>
      log.error({ error: loggedError(error) }, what);
  let prunedAt = start.getTime();
  return new ReplayCache({
    known: await store.list(start),
    onNew(remembered, now) {
      store
        .remember(remembered)
        .catch(failed('an authenticator could not be stored: it is remembered until a restart'));
      if (now.getTime() - prunedAt < PRUNED_EVERY_MS) return;
      prunedAt = now.getTime();
      store.prune(now).catch(failed('authenticators whose time is over could not be forgotten; it is tried again'));
    },
  });
}
