/** deploy/prometheus-rules.yml: Prometheus takes it, and each metric that it or the operations manual names is there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { negotiate, openClient } from '../server/client.ts';
import { promtool } from '../server/metrics/scrape.ts';
import { openGround } from '../server/mortise.ts';
import type { Ground } from '../server/mortise.ts';

const root = join(import.meta.dirname, '../..');
const RULES = join(root, 'deploy/prometheus-rules.yml');
const rules = readFileSync(RULES, 'utf8');
const manual = /## Metrics\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'docs/operations.md'), 'utf8'))?.[1] ?? '';

let ground: Ground;
let folder: string;
/** Names of what a running server shows, by their TYPE lines. */
let shown: ReadonlySet<string>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-rules-'));
  ground = await openGround();
  const metrics = { host: '127.0.0.1', port: 0, networks: ['127.0.0.1'] };
  const mortise = await ground.start({ server: { metrics } });
  const client = openClient(mortise);
  await client.ask(negotiate(ground.mint()));
  client.close();
  const text = await (await fetch(`http://127.0.0.1:${mortise.metricsPort}/metrics`)).text();
  shown = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] ?? ''));
});
afterAll(async () => {
  await ground.close();
  rmSync(folder, { recursive: true });
});

const named = (text: string): readonly string[] =>
  [...text.matchAll(/\bmortise_[a-z_]+/g)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''));

test('every metric that a rule names is shown', () => {
  expect(named(rules).length).toBeGreaterThan(9);
  expect(named(rules).filter((name) => !shown.has(name))).toEqual([]);
});

test('every metric is in the manual, and no other', () => {
  const own = [...shown].filter((name) => name.startsWith('mortise_'));
  expect(named(manual).filter((name) => !shown.has(name))).toEqual([]);
  // `…_connections` stands for a name that begins as the one before it.
  const endings = [...manual.matchAll(/`…(_[a-z_]+)`/g)].map((match) => match[1] ?? '');
  const explained = (name: string): boolean =>
    named(manual).includes(name) || endings.some((ending) => name.endsWith(ending));
  expect(own.filter((name) => !explained(name))).toEqual([]);
});

describe.skipIf(promtool === undefined)('promtool', () => {
  const run = (...args: readonly string[]) => spawnSync(promtool ?? '', args, { cwd: folder, encoding: 'utf8' });

  test('takes the rules, and the scrape configuration of the manual', () => {
    const yaml = /```yaml\n# prometheus\.yml\n([\s\S]*?)```/.exec(manual)?.[1] ?? '';
    writeFileSync(join(folder, 'mortise-rules.yml'), rules);
    writeFileSync(join(folder, 'prometheus.yml'), yaml);
    const { status, stdout, stderr } = run('check', 'config', 'prometheus.yml');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('10 rules found');
  });

  test('fires each alert on what it is for, and none on a sound server', () => {
    const series = (name: string, values: string): string => `      - { series: '${name}', values: '${values}' }`;
    const none = [series('up{job="mortise"}', '1x60'), series('mortise_directory_up{controller="dc1"}', '1x60')];
    const wrong = [
      series('up{job="mortise"}', '0x60'),
      series('mortise_directory_up{controller="dc1"}', '0x60'),
      series('mortise_missing{what="store",reason="slow"}', '1x60'),
      series('mortise_refusals_total{endpoint="e",code="source-slowed-down"}', '0+10x60'),
      series('mortise_sign_in_duration_seconds_bucket{endpoint="windowstransport-13",le="2.5"}', '0x60'),
      series('mortise_sign_in_duration_seconds_bucket{endpoint="windowstransport-13",le="5"}', '0+9x60'),
      series('mortise_sign_in_duration_seconds_bucket{endpoint="windowstransport-13",le="+Inf"}', '0+9x60'),
      series('mortise_http_requests_shed_total{instance="i",reason="overload"}', '0+1x60'),
      series('mortise_signing_key_not_after_timestamp_seconds{application="a"}', '864000x60'),
      series('mortise_tls_certificate_not_after_timestamp_seconds{file="f"}', '864000x60'),
      series('mortise_configuration_last_reload_successful', '0x60'),
    ];
    const sound = [
      ...none,
      series('mortise_refusals_total{endpoint="e",code="wrong-password"}', '0+1x60'),
      series('mortise_tokens_issued_total{endpoint="e",subject="device"}', '0+90x60'),
      series('mortise_signing_key_not_after_timestamp_seconds{application="a"}', '8640000x60'),
      series('mortise_tls_certificate_not_after_timestamp_seconds{file="f"}', '8640000x60'),
      series('mortise_configuration_last_reload_successful', '1x60'),
    ];
    const firing = (expected: number): string =>
      `    promql_expr_test:\n      - { expr: 'count by (alertstate) (count by (alertname, alertstate) (ALERTS))', eval_time: 40m, exp_samples: [${
        expected === 0 ? '' : `{ labels: '{alertstate="firing"}', value: ${expected} }`
      }] }`;
    const cases = [
      [sound, 0],
      [wrong, 10],
    ] as const;
    const tests = cases.map(
      ([input, expected]) => `  - interval: 1m\n    input_series:\n${input.join('\n')}\n${firing(expected)}`,
    );
    writeFileSync(join(folder, 'test.yml'), `rule_files: ['${RULES}']\ntests:\n${tests.join('\n')}\n`);
    const { status, stdout, stderr } = run('test', 'rules', 'test.yml');
    expect([status, stdout + stderr], stdout + stderr).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});
