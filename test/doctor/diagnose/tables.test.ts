/** The doctor's tables agree with each other and leave nothing empty. */
import { describe, expect, test } from 'vitest';
import { HEALTHY_FIELDS } from '../../../src/doctor/diagnose/healthy-fields.ts';
import {
  AADSTS_CODES,
  aadstsFix,
  adalSymbol,
  JOIN_CODES,
  joinCode,
  normalCode,
  roleOf,
  ruleOfAadsts,
  ruleOfCode,
  serverError,
  SERVER_ERRORS,
} from '../../../src/doctor/tables/codes.ts';
import { kerberosSteps } from '../../../src/doctor/tables/kerberos.ts';
import { rule, RULES } from '../../../src/doctor/tables/rules.ts';

const twice = (keys: readonly string[]): readonly string[] => keys.filter((key, at) => keys.indexOf(key) !== at);

describe('the rules', () => {
  test('ids are unique and in one form', () => {
    expect(twice(RULES.map((row) => row.id))).toEqual([]);
    expect(RULES.map((row) => row.id).filter((id) => !/^DOC-(?:ST|PR|DB|EV|CODE)-\d\d$/.test(id))).toEqual([]);
  });

  test('each has cause, fix, source and a confidence', () => {
    for (const row of RULES) {
      expect(row.cause, row.id).toMatch(/\S/);
      expect(row.source, row.id).toMatch(/\S/);
      expect(['documented', 'vendor', 'observed', 'inferred'], row.id).toContain(row.confidence);
      expect(['error', 'warning', 'info', 'ok'], row.id).toContain(row.severity);
      // The Kerberos procedure is its fix.
      if (row.id !== 'DOC-DB-17') expect(row.fix.length, row.id).toBeGreaterThan(0);
      expect(row.title, row.id).not.toContain('\n');
    }
  });

  test('an id without a row is a mistake of ours', () => {
    expect(() => rule('DOC-XX-99')).toThrow(TypeError);
  });
});

describe('the commands', () => {
  test('those of Mortise exist', () => {
    const tables = JSON.stringify([
      RULES,
      JOIN_CODES,
      SERVER_ERRORS,
      kerberosSteps(''),
      AADSTS_CODES.map((row) => aadstsFix(row.group)),
    ]);
    const named = [...tables.matchAll(/mortise ((?:entra|keys) \w+|[a-z]+)/g)].map((match) => match[1] ?? '');
    const known = ['check', 'doctor', 'entra cmdlets', 'keys list', 'log', 'serve'];
    expect([...new Set(named)].toSorted()).toEqual(known);
  });
});

describe('the codes', () => {
  test('code and phase are unique, and spelt as they are looked up', () => {
    expect(twice(JOIN_CODES.map((row) => `${row.code} ${row.phase}`))).toEqual([]);
    expect(JOIN_CODES.filter((row) => normalCode(row.code) !== row.code)).toEqual([]);
    expect(twice(AADSTS_CODES.map((row) => row.code))).toEqual([]);
  });

  test('each cause has a meaning and a fix', () => {
    expect(JOIN_CODES.filter((row) => row.meaning === '' || (row.role === 'cause' && row.fix === undefined))).toEqual(
      [],
    );
    expect(AADSTS_CODES.filter((row) => row.meaning === '' || aadstsFix(row.group) === '')).toEqual([]);
    expect(SERVER_ERRORS.filter((row) => row.meaning === '' || row.fix === '')).toEqual([]);
  });

  test('what a code is given to is a rule', () => {
    for (const row of JOIN_CODES) expect(() => rule(ruleOfCode(row.code) ?? 'DOC-DB-19')).not.toThrow();
    for (const row of AADSTS_CODES) expect(() => rule(ruleOfAadsts(row.code) ?? 'DOC-DB-19')).not.toThrow();
    for (const row of SERVER_ERRORS) expect(() => rule(row.rule ?? 'DOC-DB-19')).not.toThrow();
  });

  test.each(['0x4aa90010', '0x4aa9000f', '0x4aa9000d', '0x0aa300c8', '0x0'])('%s informs', (code) => {
    expect(roleOf(code)).toBe('informational');
  });

  test.each(['0xcaa90006', '0xcaa1000e', '0xcaa1002d', '0x801c0515'])('%s wraps', (code) => {
    expect(roleOf(code)).toBe('wrapper');
    expect(ruleOfCode(code)).toBeUndefined();
  });

  test('hex of any case and signed decimals are one code', () => {
    expect(normalCode('0xCAA20003')).toBe('0xcaa20003');
    expect(normalCode('-895352829')).toBe('0xcaa20003');
    expect(normalCode('CAA20003')).toBe('0xcaa20003');
    expect(normalCode('12002')).toBe('12002');
  });

  test('one code may mean two things in two phases', () => {
    expect(joinCode('0x801c001d', 'join')?.meaning).not.toBe(joinCode('0x801c001d', 'discover')?.meaning);
    expect(adalSymbol('0xcaa301f6')).toBe('ERROR_HTTP_STATUS_BAD_GATEWAY');
    expect(serverError('… is throttled temporarily …')?.severity).toBe('warning');
  });
});

describe('the healthy fields', () => {
  test('names are unique and values told', () => {
    expect(twice(HEALTHY_FIELDS.map((field) => field.name))).toEqual([]);
    expect(HEALTHY_FIELDS.filter((field) => field.healthy === '')).toEqual([]);
  });
});

describe('the Kerberos procedure', () => {
  test.each([
    ['0x80090342', 'aes'],
    ['kerberos-encryption-type-refused', 'aes'],
    ['KRB_AP_ERR_MODIFIED', 'password (twice'],
    ['kerberos-unknown-kvno', 'password (twice'],
    ['ntlm-refused', 'SPN'],
    ['kerberos-clock-skew', 'clocks'],
  ])('%s points to its step', (evidence, word) => {
    const pointed = kerberosSteps(evidence).filter((step) => step.pointedTo === true);
    expect(pointed).toHaveLength(1);
    expect(pointed[0]?.text.toLowerCase()).toContain(word.toLowerCase());
  });

  test('keeps its order: AES, restart, confirm, purge, reset, purge again', () => {
    const order = kerberosSteps('').map((step) => step.text);
    const at = (word: RegExp): number => order.findIndex((text) => word.test(text));
    expect(
      [/AES 256 bit/, /^Restart/, /^Confirm/, /purge the old/, /reset the service/, /purge the tickets again/].map(at),
    ).toEqual([0, 1, 2, 3, 6, 7]);
  });
});
