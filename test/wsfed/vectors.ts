/** The test vectors of the passive protocol: query strings as Entra sends them, tolerated variants, and one defect a file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignInRequest } from '../../src/wsfed/passive-request.ts';

const folder = join(import.meta.dirname, '../vectors/wsfed');

export interface Vector {
  readonly name: string;
  readonly query: string;
}

/** Read as Node hands an address on: a character a byte. */
const textOf = (path: string): string => readFileSync(path, 'latin1').replace(/\n$/, '');

function queriesIn(subject: string): readonly Vector[] {
  return readdirSync(join(folder, subject))
    .filter((file) => file.endsWith('.query'))
    .sort()
    .map((file) => ({ name: file.replace(/\.query$/, ''), query: textOf(join(folder, subject, file)) }));
}

/** What differs from a request that asks for nothing special. */
export type Expected = Partial<SignInRequest>;

export function readable(subject: 'entra' | 'tolerated'): readonly (Vector & { readonly expected: Expected })[] {
  const expected = JSON.parse(readFileSync(join(folder, subject, 'expected.json'), 'utf8')) as Record<string, Expected>;
  const vectors = queriesIn(subject);
  const names = new Set([...Object.keys(expected), ...vectors.map(({ name }) => name)]);
  if (names.size !== vectors.length) throw new Error(`${subject}: an expectation without a query`);
  return vectors.map((vector) => {
    const what = expected[vector.name];
    if (what === undefined) throw new Error(`${subject}/${vector.name}: nothing is expected of it`);
    return { ...vector, expected: what };
  });
}

/** The first line of a refused one says which code it expects. */
export function refused(): readonly (Vector & { readonly code: string })[] {
  return queriesIn('refused').map(({ name, query }) => {
    const found = /^# expect: ([a-z0-9-]+)\n/.exec(query);
    if (found?.[1] === undefined) throw new Error(`${name}: the first line names no expected refusal`);
    return { name, query: query.slice(found[0].length), code: found[1] };
  });
}
