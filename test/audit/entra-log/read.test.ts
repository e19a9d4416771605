/** The ways in which Entra's sign-in log leaves Entra, and files that are none. */
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../../src/audit/entra-log/read-csv.ts';
import { isOnePageOfSeveral, readEntraLog } from '../../../src/audit/entra-log/read.ts';

const vector = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../vectors/log/entra', name));
const read = (text: string) => readEntraLog(Buffer.from(text));
const kinds = (bytes: Uint8Array) => readEntraLog(bytes).map((each) => [each.user, each.federated, each.succeeded]);

test('Graph’s page', () => {
  expect(readEntraLog(vector('graph.json'))[0]).toEqual({
    at: new Date('2026-03-02T08:15:30Z'),
    user: 'nora@corp.example.test',
    device: {},
    isGuest: false,
    succeeded: true,
    federated: 'yes',
    address: '203.0.113.7',
    application: 'Office 365 Exchange Online',
    id: '66ea54eb-6301-4ee5-be62-ff5a759b0100',
  });
  expect(kinds(vector('graph.json'))).toEqual([
    ['nora@corp.example.test', 'yes', true],
    ['forged@corp.example.test', 'yes', true],
    [undefined, 'yes', true],
    ['nora@corp.example.test', 'no', true],
    ['nora@corp.example.test', 'no', true],
    ['nora@corp.example.test', 'yes', false],
  ]);
  expect(readEntraLog(vector('graph.json'))[2]?.device).toEqual({
    name: 'DESKTOP-01',
    id: '2d1f9a3e-7c55-4e0b-a1f7-5f2f3a4b5c6d',
  });
});

test('the same as an array, a line each, below `properties`, in PowerShell’s capitals, in UTF-16', () => {
  const { value } = JSON.parse(vector('graph.json').toString()) as { value: readonly Record<string, unknown>[] };
  const expected = readEntraLog(vector('graph.json'));
  const forms = [
    JSON.stringify(value),
    value.map((each) => JSON.stringify(each)).join('\r\n'),
    JSON.stringify({ records: value.map((properties) => ({ category: 'SignInLogs', properties })) }),
    JSON.stringify(
      value.map((each) => ({ ...each, authenticationDetails: JSON.stringify(each['authenticationDetails']) })),
    ),
    JSON.stringify(
      value.map((each) =>
        Object.fromEntries(Object.entries(each).map(([key, inner]) => [key[0]?.toUpperCase() + key.slice(1), inner])),
      ),
    ),
  ];
  for (const form of forms) expect(read(form)).toEqual(expected);
  expect(readEntraLog(Buffer.from(`\uFEFF${forms[0]}`, 'utf16le'))).toEqual(expected);
  expect(read(`\uFEFF${forms[0]}`)).toEqual(expected);
});

test('the admin center’s CSV, where one column stands twice', () => {
  const signIns = readEntraLog(vector('admin-center.csv'));
  expect(kinds(vector('admin-center.csv'))).toEqual([
    ['nora@corp.example.test', 'yes', true],
    ['forged@corp.example.test', 'yes', true],
    ['guest@elsewhere.test', 'yes', true],
    ['nora@corp.example.test', 'no', true],
    ['nora@corp.example.test', 'yes', false],
    ['nora@corp.example.test', 'yes', true],
  ]);
  expect(signIns[1]).toMatchObject({ application: 'App, with\na line break', id: 'r2', isGuest: false });
  expect(signIns[2]?.isGuest).toBe(true);
  expect(signIns[5]?.at, 'March or February?').toBeUndefined();
});

test('a sign-in of which the log does not say how it ended is not taken for a failed one', () => {
  const time = '"createdDateTime":"2026-03-02T08:15:30Z"';
  expect(
    read(`[{${time}},{${time},"status":{}},{${time},"status":{"errorCode":50126}}]`).map((each) => each.succeeded),
  ).toEqual([true, true, false]);
  expect(read('Date (UTC),Status\n1,\n2,Interrupted\n3,Success').map((each) => each.succeeded)).toEqual([
    true,
    false,
    true,
  ]);
});

test('Graph’s page says whether there are more; a sign-in that says so does not', () => {
  const page = (rest: object): Buffer => Buffer.from(JSON.stringify({ value: [{ createdDateTime: 'x' }], ...rest }));
  expect(isOnePageOfSeveral(page({ '@odata.nextLink': 'https://graph.microsoft.com/' }))).toBe(true);
  expect(isOnePageOfSeveral(page({ userAgent: '"@odata.nextLink":' }))).toBe(false);
  expect(isOnePageOfSeveral(vector('admin-center.csv'))).toBe(false);
});

describe('what is none', () => {
  test.each([
    ['', 'it is empty'],
    ['[1]', 'entry 1 is no sign-in'],
    ['[[]]', 'entry 1 is no sign-in'],
    ['{"error":{"code":"Authorization_RequestDenied"}}', 'entry 1 is no sign-in: it has no `createdDateTime`'],
    ['[{"activityDateTime":"2026-03-02T08:15:30Z","userPrincipalName":"a@b.test"}]', 'entry 1 is no sign-in'],
    ['{"a":1}\n{', 'line 2 is not JSON'],
    ['Name,Value\n1,2', 'neither JSON nor a CSV file with a column `Date (UTC)`'],
    ['Date (UTC),"User', 'a quote does not end'],
  ])('%j: %s', (text, words) => {
    expect(() => read(text)).toThrow(words);
    expect(() => read(text)).toThrow(SyntaxError);
  });

  test('bytes in no encoding', () => {
    expect(() => readEntraLog(Uint8Array.of(0xff, 0x00, 0xc3))).toThrow('neither UTF-8 nor UTF-16');
  });

  test('whatever it is: sign-ins, or a SyntaxError', () => {
    const lines = fc.array(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), { maxLength: 4 });
    fc.assert(
      fc.property(lines, (texts) => {
        try {
          for (const each of read(texts.join('\n'))) expect(typeof each.succeeded).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});

test('every table that is written as CSV is read back', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ä') });
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
      const quoted = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(','));
      expect(readCsv(quoted.join(end))).toEqual(rows);
      expect(readCsv(quoted.join(end) + end)).toEqual(rows);
    }),
  );
  expect(readCsv('a,b\r\n\r\n,\n1,')).toEqual([
    ['a', 'b'],
    ['', ''],
    ['1', ''],
  ]);
});
