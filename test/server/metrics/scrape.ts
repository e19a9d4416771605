/** Metrics as a monitoring reads them, and two judges of their form: promtool where it is installed, and a strict reader. */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { counterpart } from '../../counterparts.ts';
import type { RunningMortise } from '../mortise.ts';

export const promtool = counterpart('promtool');

/** Value by series, `name{label="value"}` with the labels in order. */
export type Series = ReadonlyMap<string, number>;

export async function scrape({ metricsPort }: Pick<RunningMortise, 'metricsPort'>): Promise<Series> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const text = await answer.text();
  if (promtool !== undefined) expect(judge(text)).toBe('');
  return readMetrics(text);
}

/** What promtool has to say: it parses as Prometheus does, and knows the conventions of names and units. */
function judge(text: string): string {
  const { stdout, stderr } = spawnSync(promtool ?? '', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return [...stdout.split('\n'), ...stderr.split('\n')].filter((line) => line !== '' && !isOfNode(line)).join('\n');
}

/** The library's own names are as every Node program has them, conventions or not. */
const isOfNode = (line: string): boolean => line.startsWith('nodejs_') || line.startsWith('process_');

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?(?:\\d[\\d.e+-]*|Inf)|\\+Inf|Nan)$`);

/**
 * The text format 0.0.4, strictly: HELP and TYPE of each name before its samples, the samples of a name together, no series
 * twice, histograms that grow.
 */
export function readMetrics(text: string): Series {
  expect(text.endsWith('\n')).toBe(true);
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const series = new Map<string, number>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment !== null) {
      const [, keyword, name = '', rest = ''] = comment;
      if (keyword === 'HELP') {
        expect(helped.has(name), `${name} twice`).toBe(false);
        helped.add(name);
      } else {
        expect(['counter', 'gauge', 'histogram', 'summary']).toContain(rest);
        types.set(name, rest);
      }
      current = name;
      continue;
    }
    const sample = SAMPLE.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = '', labels, value = ''] = sample ?? [];
    const type = types.get(current);
    const base = type === 'histogram' || type === 'summary' ? name.replace(/_(?:bucket|sum|count)$/, '') : name;
    expect([base, helped.has(base)]).toEqual([current, true]);
    const sorted = labels?.match(new RegExp(LABEL, 'g'))?.toSorted().join(',');
    const id = sorted === undefined ? name : `${name}{${sorted}}`;
    expect(series.has(id), `${id} twice`).toBe(false);
    series.set(id, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return series;
}

/** The series of a name, by their labels as they are written: `endpoint="x",code="y"` sorted. */
export const seriesOf = (all: Series, name: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...all]
      .filter(([id]) => id === name || id.startsWith(`${name}{`))
      .map(([id, value]) => [id.slice(name.length + 1, -1), value]),
  );
