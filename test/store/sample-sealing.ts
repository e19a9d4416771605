/** Seals a store's record with a key of the test's own. */
import { openRecordKey } from '../../src/audit/record-key.ts';
import { openSealing } from '../../src/audit/sealing.ts';
import type { Sealing } from '../../src/audit/sealing.ts';
import type { ChainLink } from '../../src/store/chain.ts';
import type { Store } from '../../src/store/store.ts';
import { randomBytes } from 'node:crypto';

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

export async function sealingOver(
  store: Pick<Store, 'activities' | 'checkpoints'>,
  changed: (signed: ChainLink) => void = () => {
    throw new Error('what was signed has gone');
  },
  masterKey = MASTER_KEY,
): Promise<Sealing> {
  const now = () => new Date('2026-05-01T00:00:00Z');
  const { key } = await openRecordKey(store.checkpoints, masterKey, { now: now(), randomBytes });
  return openSealing({ ...store, key, now, changed });
}
