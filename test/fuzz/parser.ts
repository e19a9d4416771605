/** What a parser is to the fuzzer: where its inputs come from, how they are changed, and what it may do with them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Mutator } from './mutate-bytes.ts';

export interface Parser {
  readonly name: string;
  /** Good inputs, or nearly so: from the vectors, or made here. */
  readonly seeds: () => readonly Uint8Array[];
  readonly mutators: readonly Mutator[];
  /**
   * Hands the input over, and checks what must hold of the result.
   *
   * @returns in a word or two what came of it: an input that leads to a word that is new is changed further
   * @throws whatever the parser throws on purpose, and a {@link Broken} when a property does not hold
   */
  readonly take: (input: Buffer) => string | Promise<string>;
  /** What the parser throws on purpose. */
  readonly refuses: (error: unknown) => boolean;
  /** Longer inputs are cut; 64 KiB when absent. */
  readonly longest?: number;
  /** How many inputs `npm test` tries: about a second's worth. */
  readonly runs: number;
}

/** A property that does not hold: a finding, whatever the parser may throw. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function mustHold(holds: boolean, property: string): void {
  if (!holds) throw new Broken(property);
}

/** Whether a text holds characters that a terminal obeys, or that end a line of a log. */
export function hasControlCharacters(text: string, but = ''): boolean {
  return Array.from(text).some((character) => /\p{Cc}/u.test(character) && !but.includes(character));
}

const CORPUS = join(import.meta.dirname, 'corpus');
const VECTORS = join(import.meta.dirname, '../vectors');

export interface Kept {
  readonly file: string;
  readonly bytes: Buffer;
}

/** The inputs that are kept for a parser: those that once were findings, and those that led somewhere of their own. */
export function corpusOf(name: string): readonly Kept[] {
  return filesIn(join(CORPUS, name));
}

/** The file, named after its content, in which an input is kept. */
export function keep(name: string, input: Uint8Array, why: 'finding' | 'way'): string {
  const folder = join(CORPUS, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${why}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`);
  writeFileSync(file, input);
  return file;
}

/** Files of test/vectors/<folder> whose names match. */
export function vectorFiles(folder: string, pattern = /./): readonly Buffer[] {
  return filesIn(join(VECTORS, folder))
    .filter(({ file }) => pattern.test(file))
    .map(({ bytes }) => bytes);
}

function filesIn(folder: string): readonly Kept[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
      .map((file) => ({ file, bytes: readFileSync(join(folder, file)) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
