import { describe, expect, test } from 'vitest';
import { statusOf, summaryOf } from '../../../src/doctor/report/report.ts';
import { hideSecrets } from '../../../src/doctor/report/secrets.ts';
import { textReport } from '../../../src/doctor/report/text.ts';
import { FINDING, JWT, REPORT } from './sample-report.ts';

const plain = (columns: number): string => textReport(REPORT, { columns, colour: false });

test.each([60, 80, 120])('everything is said in %i columns, and only commands are longer', (columns) => {
  const text = plain(columns);
  const words = text.replace(/\s+/g, ' ');
  for (const part of [
    'Mortise doctor: 1 error, 1 warning.',
    'ERROR DOC-DB-09 Entra does not recognise the device',
    'join.txt:1: DsrCmdAccountMgr',
    'expected a device that Entra knows',
    'AADSTS51004',
    '1. Check the mappings.',
    '2. Restart. ← the evidence points here',
    'DIFFERS SigningCertificate',
    'MISSING primarysid',
    'same accounttype',
    'must be: user.objectSid',
    'Mortise’s record of it: 2026-11-23',
    'Microsoft Learn, Troubleshoot hybrid join (documented by Microsoft)',
    'follows from it: DOC-DB-99',
    'WARNING DOC-ST-01 A warning',
    'Lines that the doctor does not know: join.txt:40: Lenovo',
    'join.txt: 7 more between lines 50 and 60',
    'Read join.txt: 60 lines, UTF-8.',
  ])
    expect(words).toContain(part);
  expect(text).toMatch(/^ +Update-MgDomain -DomainId 'fabrikam\.example'\n +klist purge$/m);
  const long = text.split('\n').filter((line) => Array.from(line).length > columns);
  expect(long.filter((line) => !/Update-MgDomain|22:54:25Z/.test(line))).toEqual([]);
});

test('colour only where it is asked for', () => {
  expect(plain(80)).not.toContain('\u001B');
  const coloured = textReport(REPORT, { columns: 80, colour: true });
  expect(coloured).toContain('\u001B[31;1mERROR DOC-DB-09');
  // eslint-disable-next-line no-control-regex
  expect(coloured.replace(/\u001B\[[\d;]*m/g, '').replace(/\s+/g, ' ')).toBe(plain(80).replace(/\s+/g, ' '));
});

test('what a capture smuggles in does not reach the terminal', () => {
  const hostile = '\u001B]0;owned\u0007\u001B[2J\r\u202Eevil\u009B31m';
  const report = {
    ...REPORT,
    findings: [
      {
        ...FINDING,
        title: hostile,
        cause: hostile,
        expected: hostile,
        seen: [{ file: hostile, line: 1, text: hostile }],
        fix: [{ text: hostile, command: hostile }],
        rows: [{ name: hostile, expected: hostile, actual: hostile, verdict: 'differs' as const, note: hostile }],
        record: [hostile],
        source: hostile,
      },
    ],
    unknown: { quotes: [{ file: hostile, line: 1, text: hostile }], more: [] },
    inputs: [{ file: hostile, lines: 1, encoding: hostile }],
  };
  expect(textReport(report, { columns: 80, colour: false }).replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
});

test('tokens and passwords are hidden without --redact too; states are none', () => {
  const quoted = (text: string): string =>
    textReport(hideSecrets({ ...REPORT, findings: [{ ...FINDING, rows: [], seen: [{ file: 'f', line: 1, text }] }] }), {
      columns: 120,
      colour: false,
    });
  for (const [text, secret] of [
    [`AuthToken: ${JWT}`, 'c2lnbmF0dXJl'],
    [`{"access_token":"0.AAAAopaque-token_1"}`, 'opaque'],
    ['assertion=PHNhbWw6QXNzZXJ0aW9u&x=1', 'PHNhb'],
    ['Authorization: Negotiate YIIGhgYGKwYBBQUCoIIGejCCBnagMDAu', 'YIIGh'],
    ['password = hunter22!', 'hunter22'],
    ['eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1N', 'eyJ0eXAi'],
    ['kAbc0_defGHIjkl-mnoPQRstuVWX012345yz-ABCDEFghi', 'PQRstu'],
  ] as const) {
    expect(quoted(text)).toContain('<hidden>');
    expect(quoted(text)).not.toContain(secret);
  }
  expect(quoted('AzureAdPrt : YES')).toContain('AzureAdPrt : YES');
  expect(quoted('EnterprisePrt : NO')).toContain('EnterprisePrt : NO');
});

describe('summary and exit status', () => {
  const of = (...severities: readonly ('error' | 'warning' | 'info' | 'ok')[]) =>
    severities.map((severity) => ({ ...FINDING, severity }));
  test.each([
    [of(), 0, 'nothing found'],
    [of('ok', 'info'), 0, '1 note, 1 in order'],
    [of('warning', 'ok'), 1, '1 warning, 1 in order'],
    [of('error', 'error', 'warning'), 2, '2 errors, 1 warning'],
  ] as const)('%#', (findings, status, summary) => {
    expect(statusOf(findings)).toBe(status);
    expect(summaryOf(findings)).toBe(summary);
  });
});
