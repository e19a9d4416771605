/** config.example.yaml: it loads, it shows every setting, and what it shows as default is the default. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { settings } from '../../scripts/configuration-reference.ts';
import { loadText, MASTER_KEY } from './sample.ts';

const text = readFileSync(join(import.meta.dirname, '../../config.example.yaml'), 'utf8');

const env = {
  MORTISE_MASTER_KEY: MASTER_KEY,
  MORTISE_BIND_PASSWORD: 'bind',
  MORTISE_KERBEROS_PASSWORD: 'kerberos',
};

test('the example loads without a warning', () => {
  expect(loadText(text, env).warnings).toEqual([]);
});

test.each(settings().map(({ path, key }) => [path, key]))('the example shows %s', (path, key) => {
  // On a line of its own or in braces, perhaps commented out.
  expect(text, `${path} is not in config.example.yaml`).toMatch(new RegExp(`(?:^ *(?:- |# )?|[{,] )${key}:`, 'm'));
});

/** Every place of the example that a path of the schema names. */
function found(value: unknown, steps: readonly string[]): readonly unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  const inner = (value as Readonly<Record<string, unknown>>)[step.replace('[]', '')];
  if (!step.endsWith('[]')) return inner === undefined ? [] : found(inner, rest);
  return Array.isArray(inner) ? inner.flatMap((item) => found(item, rest)) : [];
}

const withDefault = settings().filter(({ shape, fallback }) => shape === 'value' && fallback !== undefined);

test.each(withDefault.filter(({ key }) => key !== 'remove').map(({ path, fallback }) => [path, fallback] as const))(
  'the example writes %s as its default',
  (path, fallback) => {
    const values = found(parse(text), path.split('.'));
    expect(values.length, `${path} is not in config.example.yaml`).toBeGreaterThan(0);
    for (const value of values) expect(value).toEqual(fallback);
  },
);

test('what the example writes out on top of its templates changes nothing that a template gives', () => {
  const spelled = loadText(text, env).environment;
  const short = loadText(
    text.replace(
      /^ +(?:kind|orderedCorrelationAttributes|allowPasswordChanges|updateUserOnSuccessfulAuthentication|ldapFilterPattern|hybridJoinDeviceAttribute|userAttributeUsernameMatch): .*$/gm,
      '',
    ),
    env,
  ).environment;
  expect(short).toEqual(spelled);
});

test('every setting says what it means', () => {
  for (const { path, meaning } of settings()) expect(meaning, path).toMatch(/^\S.+\.$/);
});
