/** The test vectors of the active protocols: requests as clients write them, tolerated variants, and one defect a file. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';

const folder = join(import.meta.dirname, '../vectors/wstrust');

export interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function vectorsOf(subject: 'clients' | 'tolerated' | 'refused'): readonly Vector[] {
  return readdirSync(join(folder, subject))
    .sort()
    .map((file) => ({ name: file.replace(/\.xml$/, ''), bytes: readFileSync(join(folder, subject, file)) }));
}

export function vector(subject: 'clients' | 'tolerated', name: string): Uint8Array {
  return readFileSync(join(folder, subject, `${name}.xml`));
}

/** A refused vector says in its first line which code it expects. */
export function expectedCode({ name, bytes }: Vector): string {
  const found = /^<!-- expect: ([a-z0-9-]+) -->/.exec(Buffer.from(bytes).toString('latin1'));
  if (found?.[1] === undefined) throw new Error(`${name}: the first line names no expected refusal`);
  return found[1];
}

/** The code with which it is refused; undefined when it is not. A defect (anything else thrown) passes through. */
export function refusalCode(act: () => unknown): RefusalCode | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
