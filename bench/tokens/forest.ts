/** The embedded directory of the benchmarks: the sample forest, and as many computers as are asked for. Owns their names. */
import type { Directory } from '../../src/directory/directory.ts';
import { computer } from '../../src/directory/sample-accounts.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { samplePasswordsOfPeople } from '../../src/rehearsal/sample-people.ts';

const FIRST_RELATIVE_ID = 100_000;

/** sAMAccountName of the computer with this number, from 0. */
export const deviceName = (number: number): string => `${cnOf(number)}$`;

const cnOf = (number: number): string => `PC-${String(number).padStart(7, '0')}`;

export const deviceGuid = (number: number): string =>
  `b3c1f0aa-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export function openForest(devices: number): Directory {
  const computers = Array.from({ length: devices }, (_, number) =>
    computer({
      name: cnOf(number),
      relativeId: FIRST_RELATIVE_ID + number,
      objectGUID: deviceGuid(number),
      consistencyGuid: deviceGuid(number),
    }),
  );
  return openSampleDirectory([...sampleForest, ...computers], { passwords: samplePasswordsOfPeople });
}
