/**
 * The loop: an input is taken from the pool, changed, handed to the parser, and kept in the pool when the parser said
 * something that it had not said before. So the search is led by what parsers answer, not by the edges of their code:
 * V8 counts those slowly, and the refusals of a strict parser tell nearly as well how far an input came.
 */
import { performance } from 'node:perf_hooks';
import { Refusal } from '../../src/refusal.ts';
import type { Mutator } from './mutate-bytes.ts';
import { Broken, corpusOf } from './parser.ts';
import type { Parser } from './parser.ts';
import { randomFrom } from './random.ts';
import type { Random } from './random.ts';

export interface Finding {
  readonly what: string;
  readonly input: Uint8Array;
}

export interface Report {
  readonly runs: number;
  readonly findings: readonly Finding[];
  /** What the parser said, and the shortest input that made it say so. */
  readonly ways: ReadonlyMap<string, Uint8Array>;
  /** A digest of all inputs: two runs of one seed have the same. */
  readonly digest: string;
}

export interface Plan {
  readonly seed: string;
  /** Ends after so many inputs, … */
  readonly runs?: number;
  /** … or at this time of performance.now(). */
  readonly until?: number;
  /** Is told of every input before it is handed over. */
  readonly onInput?: (input: Uint8Array) => void;
}

const LONGEST = 65_536;
const POOL = 400;
/** No parser of ours needs a tenth of it for 64 KiB; the shortest of three counts, so that a busy machine is no finding. */
const SLOW_MS = 1_000;
const MAX_FINDINGS = 20;

export async function fuzz(
  parser: Parser,
  { seed, runs = Infinity, until = Infinity, onInput }: Plan,
): Promise<Report> {
  const random = randomFrom(`${seed} ${parser.name}`);
  const seeds = [...parser.seeds(), ...corpusOf(parser.name).map(({ bytes }) => bytes)].map((one) => Buffer.from(one));
  const search = startSearch(parser, seeds, random, onInput);
  for (const input of seeds) await search.tryOne(input);
  while (search.done() < runs && performance.now() < until) {
    await search.tryOne(changed(random.pick(search.pool), parser, random, search.pool));
  }
  return search.report();
}

interface Search {
  readonly pool: readonly Buffer[];
  readonly tryOne: (input: Buffer) => Promise<void>;
  readonly done: () => number;
  readonly report: () => Report;
}

function startSearch(parser: Parser, seeds: readonly Buffer[], random: Random, onInput: Plan['onInput']): Search {
  const pool: Buffer[] = [...seeds];
  const ways = new Map<string, Uint8Array>();
  const findings = new Map<string, Finding>();
  let digest = 0;
  let done = 0;
  const enter = (input: Buffer): void => {
    if (pool.length >= POOL) pool.splice(seeds.length + random.below(pool.length - seeds.length), 1);
    pool.push(input);
  };
  return {
    pool,
    done: () => done,
    report: () => ({ runs: done, findings: [...findings.values()], ways, digest: (digest >>> 0).toString(16) }),
    async tryOne(input) {
      onInput?.(input);
      done += 1;
      for (const byte of input.subarray(0, 64)) digest = (Math.imul(digest, 31) + byte) | 0;
      const { said, broken } = await judge(parser, input);
      if (broken !== undefined && findings.size < MAX_FINDINGS && !findings.has(broken))
        findings.set(broken, { what: broken, input });
      const known = ways.get(said);
      if (known === undefined && input.length > 0) enter(input);
      if (known === undefined || input.length < known.length) ways.set(said, input);
    },
  };
}

function changed(
  input: Buffer,
  { mutators, longest = LONGEST }: Parser,
  random: Random,
  pool: readonly Buffer[],
): Buffer {
  let made = input;
  const times = random.pick([1, 1, 1, 2, 2, 3, 5]);
  for (let count = 0; count < times; count++) {
    const mutate: Mutator = random.pick(mutators);
    made = mutate(made.length === 0 ? random.bytes(8) : made, random, pool).subarray(0, longest);
  }
  return Buffer.from(made);
}

interface Judgement {
  readonly said: string;
  readonly broken?: string;
}

export async function judge(parser: Parser, input: Buffer): Promise<Judgement> {
  const started = performance.now();
  const said = await take(parser, input);
  if (performance.now() - started < SLOW_MS || said.broken !== undefined) return said;
  let best = Infinity;
  for (let again = 0; again < 3 && best >= SLOW_MS; again++) {
    const restarted = performance.now();
    await take(parser, input);
    best = Math.min(best, performance.now() - restarted);
  }
  return best < SLOW_MS ? said : { ...said, broken: `slow: ${said.said}` };
}

async function take(parser: Parser, input: Buffer): Promise<Judgement> {
  try {
    return { said: wayOf(await parser.take(Buffer.from(input))) };
  } catch (error) {
    const said = wordsOf(error);
    if (!(error instanceof Broken) && parser.refuses(error)) return { said: wayOf(said) };
    const place = error instanceof Error ? (/\n\s+at [^\n]*/.exec(error.stack ?? '')?.[0].trim() ?? '') : '';
    return { said: wayOf(said), broken: `${wayOf(said)} ${error instanceof Broken ? '' : place}`.trim() };
  }
}

/** A refusal's facts tell more than its title how far an input came. */
function wordsOf(error: unknown): string {
  if (error instanceof Refusal) return `${error.code} ${error.facts.attribute ?? ''} ${error.facts.detail ?? ''}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Numbers and quoted pieces of the input would make every refusal a new one. */
const wayOf = (said: string): string =>
  said
    .slice(0, 200)
    .replaceAll(/[“'"`][^”'"`]*[”'"`]/g, '“”')
    .replaceAll(/\d+/g, '#');
