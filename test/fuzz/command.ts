/**
 * `npm run fuzz`: every parser for a while, or one for as long as one likes.
 *
 *   npm run fuzz                                   each parser for half a minute
 *   npm run fuzz -- --parser der --minutes 30      (--parser may come several times)
 *   npm run fuzz -- --seed 7                       another run; the seed that was used is printed
 *   npm run fuzz -- --keep                         inputs that led somewhere new stay in test/fuzz/corpus
 *   npm run fuzz -- --list
 *
 * Findings are written to test/fuzz/corpus/<parser>/finding-…, where `npm test` tries them again. Exit status 1 with any.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Report } from './engine.ts';
import { corpusOf, keep } from './parser.ts';
import { PARSERS } from './parsers.ts';
import { watched } from './watch.ts';

/** The corpus travels with the source: what is kept stays small. */
const KEPT_BYTES = 512;
const KEPT_FILES = 12;

const { values } = parseArgs({
  options: {
    parser: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '0.5' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    keep: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

function chosen(): readonly string[] {
  const unknown = values.parser.filter((name) => !PARSERS.has(name));
  if (unknown.length === 0) return values.parser.length === 0 ? [...PARSERS.keys()] : values.parser;
  console.error(`There is no parser ${unknown.join(', ')}. There are: ${[...PARSERS.keys()].join(', ')}`);
  return process.exit(64);
}

/** @returns how many findings there are */
function tell(name: string, { runs, findings, ways }: Report): number {
  console.log(`${name}: ${runs} inputs, ${ways.size} different answers, ${findings.length} findings`);
  for (const { what, input } of findings) console.log(`  FINDING ${what}\n    ${keep(name, input, 'finding')}`);
  return findings.length;
}

/** One input for each answer that the kept ones did not give, the shortest first. */
function keepWays(name: string, { ways }: Report): void {
  const room = KEPT_FILES - corpusOf(name).length;
  const inputs = [...ways.values()].filter(({ length }) => length > 0 && length <= KEPT_BYTES);
  for (const input of inputs.toSorted((a, b) => a.length - b.length).slice(0, Math.max(room, 0)))
    keep(name, input, 'way');
}

const milliseconds = Number(values.minutes) * 60_000;
if (!(milliseconds > 0)) {
  console.error('--minutes takes a number above 0.');
  process.exit(64);
}
const parsers = chosen();
if (values.list) {
  for (const name of parsers) console.log(name);
} else {
  console.log(`seed ${values.seed}`);
  let found = 0;
  for (const parser of parsers) {
    const report = await watched({ parser, seed: values.seed, milliseconds });
    found += tell(parser, report);
    if (values.keep) keepWays(parser, report);
  }
  if (found > 0) process.exitCode = 1;
}
