/** Second factors over a store in memory that knows two people. */
import { randomBytes, randomUUID } from 'node:crypto';
import { openSecondFactors } from '../../../src/signin/second-factor/second-factors.ts';
import type { SecondFactors } from '../../../src/signin/second-factor/second-factors.ts';
import { openSqliteStore } from '../../../src/store/sqlite.ts';
import type { Store } from '../../../src/store/store.ts';

export const MASTER = Buffer.alloc(32, 7).toString('base64');
export const NOW = new Date('2026-03-02T10:00:00Z');
export const NORA = '11111111-0000-4000-8000-000000000001';
export const JONAS = '11111111-0000-4000-8000-000000000002';

export const later = (ms: number): Date => new Date(NOW.getTime() + ms);

export interface People {
  readonly store: Store;
  readonly factors: SecondFactors;
  /** Another process over the same store. */
  reopened(masterKey?: string): SecondFactors;
}

export async function openPeople(): Promise<People> {
  const store = await openSqliteStore(':memory:');
  for (const [id, username] of [
    [NORA, 'nora.keller@corp.example.test'],
    [JONAS, 'jonas.brandt@corp.example.test'],
  ] as const) {
    const link = { gatewayId: 'gateway', userTypeId: 'person', correlationAttributes: { objectGUID: id } };
    const user = { id, username, populationId: 'people', attributes: {}, uniqueAttributes: [], link };
    await store.users.create(user, NOW);
  }
  const reopened = (masterKey = MASTER): SecondFactors =>
    openSecondFactors({ store: store.secondFactors, masterKey, randomBytes, randomUUID });
  return { store, factors: reopened(), reopened };
}
