/**
 * Every parser for about a second, always with the same inputs: nothing but its own refusals is thrown, nothing is slow,
 * grows or hangs, and what has a writer comes back as it was. `npm run fuzz` goes on for as long as one likes.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fuzz } from './engine.ts';
import { Broken, corpusOf, mustHold } from './parser.ts';
import type { Parser } from './parser.ts';
import { loadParser, PARSERS } from './parsers.ts';
import { BYTES } from './mutate-bytes.ts';
import { TLV } from './mutate-tlv.ts';
import { watched } from './watch.ts';

const SEED = process.env['FAST_CHECK_SEED'] ?? '20261123';

describe.each([...PARSERS.keys()])('%s', (name) => {
  test('takes whatever comes', { timeout: 120_000 }, async () => {
    const { runs } = await loadParser(name);
    const report = await watched({ parser: name, seed: SEED, runs });
    const found = report.findings.map(({ what, input }) => `${what}: ${Buffer.from(input).toString('base64')}`);
    expect(found).toEqual([]);
    expect(report.runs).toBeGreaterThanOrEqual(runs);
    expect(report.ways.size, 'its answers differ, so its inputs get somewhere').toBeGreaterThan(1);
  });
});

test('every folder of the corpus belongs to a parser', () => {
  const folders = readdirSync(join(import.meta.dirname, 'corpus'));
  expect(folders.filter((name) => !PARSERS.has(name) || corpusOf(name).length === 0)).toEqual([]);
});

describe('the fuzzer itself', () => {
  const refuses = (error: unknown): boolean => error instanceof SyntaxError;
  const parser = (take: Parser['take'], mutators = BYTES): Parser => ({
    name: 'a test’s own',
    seeds: () => [Buffer.from('3006020101040141', 'hex')],
    mutators,
    refuses,
    take,
    runs: 0,
  });

  test('finds a defect and a broken property behind a refusal', async () => {
    const defective = parser((input) => {
      if (input.length < 9) throw new SyntaxError('short');
      if (input[3] === 0) throw new TypeError('a defect');
      mustHold(input[4] !== 0, 'no zero there');
      return 'read';
    });
    const { findings } = await fuzz(defective, { seed: '1', runs: 5_000 });
    expect(findings.map(({ what }) => what.split(' at ')[0])).toEqual(
      expect.arrayContaining(['TypeError: a defect', 'Broken: no zero there']),
    );
  });

  test('a broken property is a finding where everything may be thrown', async () => {
    const strict = { ...parser(() => mustHoldNever()), refuses: () => true };
    expect((await fuzz(strict, { seed: '1', runs: 10 })).findings).toHaveLength(1);
  });

  test('tries the same inputs for the same seed, and others for another', async () => {
    const inputs = async (seed: string): Promise<string> =>
      (
        await fuzz(
          parser(() => 'x', TLV),
          { seed, runs: 300 },
        )
      ).digest;
    expect(await inputs('1')).toBe(await inputs('1'));
    expect(await inputs('1')).not.toBe(await inputs('2'));
  });
});

function mustHoldNever(): never {
  throw new Broken('never');
}
