/** Which share of the time of the recorded requests one step took, by the record's own measurement of its steps. */
import { median } from '../harness/report.ts';
import { openSqliteStoreForReading } from '../../src/store/sqlite.ts';
import type { Site } from './site.ts';

const NEWEST = 2_000;

/** @returns the median over requests, of those that have the step */
export async function shareOfStep({ storeFile }: Site, name: string): Promise<number> {
  const store = await openSqliteStoreForReading(storeFile);
  try {
    const records = await store.activities.list({ limit: NEWEST });
    return median(
      records.flatMap(({ steps }) => {
        const whole = steps.reduce((sum, step) => sum + step.durationMs, 0);
        const step = steps.find((candidate) => candidate.name === name);
        return step === undefined || whole === 0 ? [] : [step.durationMs / whole];
      }),
    );
  } finally {
    await store.close();
  }
}
