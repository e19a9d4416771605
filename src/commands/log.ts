/** `mortise log`: what was issued and what was refused, read beside a running `serve` and without its secrets. */
import { printActivities } from '../audit/log.ts';
import type { LogOptions } from '../audit/log.ts';
import { readPublicConfiguration, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';

export async function listActivities({ config, ...options }: ConfigOption & LogOptions): Promise<number> {
  await withStoreReader(readPublicConfiguration({ config }), (store) =>
    printActivities(store, options, process.stdout),
  );
  return 0;
}
