/**
 * Hostile files and texts that an administrator hands over, or that stand in a directory (test/vectors/hostile): each is told
 * what is wrong with it, in time and in bounds.
 */
import { describe, expect, test } from 'vitest';
import { readEntraLog } from '../../src/audit/entra-log/read.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problem.ts';
import { importKeyMaterial } from '../../src/keys/import.ts';
import { KeyError } from '../../src/keys/key-error.ts';
import { Budget } from '../../src/mapping/expression/budget.ts';
import { ExpressionError } from '../../src/mapping/expression/syntax.ts';
import { evaluateValue, parseValue, propertiesOf } from '../../src/mapping/mapping-value.ts';
import { Refusal } from '../../src/refusal.ts';
import { ENV } from '../config/sample.ts';
import { CAPTURE } from '../fuzz/parsers/files.ts';
import { casesOf } from './case.ts';
import { heapInUse } from './ground.ts';
import { expand } from './template.ts';

/** No file that is named here is one of the machine's. */
const NOWHERE = { env: ENV, readFile: () => 'text of a file' };

/** Most take milliseconds; a parser that is quadratic in one of them would take minutes. */
const MOST_MS = 10_000;

async function inTime<T>(work: () => T | Promise<T>): Promise<T> {
  const before = heapInUse();
  const started = performance.now();
  const result = await work();
  expect(performance.now() - started).toBeLessThan(MOST_MS);
  expect(heapInUse() - before, 'nothing is left').toBeLessThan(48 * 1024 * 1024);
  return result;
}

describe('configuration', () => {
  test.each(casesOf('yaml'))('$name', async (sent) => {
    const text = expand(sent.body ?? '').toString('utf8');
    const error = await inTime(() => thrown(() => loadConfiguration({ text, directory: '/nowhere' }, NOWHERE)));
    if (!(error instanceof ConfigurationError)) throw error;
    expect(error.message).toContain(sent.one('expect') ?? '');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('key files', () => {
  test.each(casesOf('pkcs12'))('$name', async (sent) => {
    const file = expand(sent.body ?? '');
    const error = await inTime(() => thrown(() => importKeyMaterial([file], 'a passphrase')));
    if (!(error instanceof KeyError)) throw error;
    expect(error.code).toContain(sent.one('expect') ?? '');
  });
});

describe('expressions', () => {
  const user = propertiesOf({ given: 'Nora', externalId: '6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11' });

  test.each(casesOf('expression'))('$name', async (sent) => {
    const source = expand(sent.body ?? '').toString('utf8');
    const found = await inTime(() => outcomeOf(() => evaluateValue(parseValue(source), user, new Budget('a'))));
    const expected = sent.one('expect') ?? '';
    if (expected === '') expect(['none', 'false', 'ExpressionError', 'expression-failed']).toContain(found);
    else expect(found).toBe(expected);
  });

  function outcomeOf(work: () => readonly string[]): string {
    try {
      const values = work();
      return values.length === 0 ? 'none' : values.join(', ').slice(0, 200);
    } catch (error) {
      if (error instanceof ExpressionError) return 'ExpressionError';
      if (error instanceof Refusal) return error.code;
      throw error;
    }
  }
});

describe('captures for the doctor', () => {
  // The fuzzer's own properties: nothing that a terminal obeys, JSON that is JSON, a page that runs and loads nothing.
  test.each(casesOf('doctor'))('$name', { timeout: 60_000 }, async (sent) => {
    const said = await inTime(() => CAPTURE.take(expand(sent.body ?? '')));
    expect(typeof said).toBe('string');
  });
});

describe('sign-in logs of Entra', () => {
  test.each(casesOf('log'))('$name', async (sent) => {
    const found = await inTime(() => outcomeOf(() => String(readEntraLog(expand(sent.body ?? '')).length)));
    expect(found).toBe(sent.one('expect'));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  function outcomeOf(work: () => string): string {
    try {
      return work();
    } catch (error) {
      if (error instanceof SyntaxError) return 'SyntaxError';
      throw error;
    }
  }
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
}
