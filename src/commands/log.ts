/** `mortise log`: what was issued and what was refused, read beside a running `serve`. */
import { printActivities } from '../audit/log.ts';
import type { LogOptions } from '../audit/log.ts';
import { readConfiguration, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function listActivities({ config, ...options }: ConfigOption & LogOptions): Promise<number> {
  await withStoreReader(readConfiguration({ config }), (store) => printActivities(store, options, process.stdout));
  return 0;
}
