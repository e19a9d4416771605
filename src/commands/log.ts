/** `mortise log`: what was issued and what was refused, read beside a running `serve` and without its secrets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { followActivities } from '../audit/follow.ts';
import { printActivities } from '../audit/log.ts';
import type { LogOptions } from '../audit/log.ts';
import { readPublicConfiguration, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';

export interface LogCommandOptions extends ConfigOption, LogOptions {
  readonly follow?: boolean;
}

const LOOK_EVERY_MS = 500;

export async function listActivities({ config, follow, ...options }: LogCommandOptions): Promise<number> {
  await withStoreReader(readPublicConfiguration({ config }), (store) =>
    follow === true
      ? followActivities(store, options, process.stdout, untilStopped())
      : printActivities(store, options, process.stdout),
  );
  return 0;
}

/** Ctrl+C ends it, and so does a reader who has gone (`mortise log -f | head`). */
function untilStopped(): { readonly pause: () => Promise<unknown>; readonly signal: AbortSignal } {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  process.stdout.once('error', () => stop.abort());
  const { signal } = stop;
  return { signal, pause: () => sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined) };
}
