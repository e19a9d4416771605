/** The embedded directory of the benchmarks: the sample forest, and as many computers as are asked for. Owns who they are. */
import type { Directory } from '../../src/directory/directory.ts';
import { computer } from '../../src/directory/sample-accounts.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { samplePasswordsOfPeople } from '../../src/rehearsal/sample-people.ts';

export interface Devices {
  readonly count: number;
  /** From one number to the next; 1 when absent. */
  readonly step?: number;
}

export const FIRST_RELATIVE_ID = 100_000;

const cnOf = (number: number): string => `PC-${String(number).padStart(7, '0')}`;

/** sAMAccountName of the computer that comes as the nth, round and round. */
export const nthDevice = ({ count, step = 1 }: Devices, nth: number): string => `${cnOf((nth % count) * step)}$`;

/** The start of every computer's objectGUID. */
export const GUID_PREFIX = 'b3c1f0aa-0000-4000-8000-';
/** Numbers that follow one another get GUIDs that do not, as AD gives them; the product of a million is within 63 bits. */
export const GUID_FACTOR = 0x4f1_bbcd_cbfbn;
export const GUID_MASK = 0xfff_ffff_ffffn;

export const deviceGuid = (number: number): string =>
  GUID_PREFIX + ((BigInt(number) * GUID_FACTOR) & GUID_MASK).toString(16).padStart(12, '0');

export function openForest({ count, step = 1 }: Devices): Directory {
  const computers = Array.from({ length: count }, (_, index) => {
    const number = index * step;
    const objectGUID = deviceGuid(number);
    const relativeId = FIRST_RELATIVE_ID + number;
    return computer({ name: cnOf(number), relativeId, objectGUID, consistencyGuid: objectGUID });
  });
  return openSampleDirectory([...sampleForest, ...computers], { passwords: samplePasswordsOfPeople });
}
