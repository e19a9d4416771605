import { expect, test } from 'vitest';
import { jsonReport, SCHEMA_VERSION } from '../../../src/doctor/report/json.ts';
import { FINDING, REPORT } from './sample-report.ts';

const FINDING_FIELDS = [
  'id',
  'severity',
  'title',
  'seen',
  'expected',
  'cause',
  'fix',
  'source',
  'confidence',
  'rows',
  'correlation',
  'record',
  'consequences',
];

test('the schema is as documented, with every field present', () => {
  const document = JSON.parse(jsonReport(REPORT)) as Record<string, unknown>;
  expect(Object.keys(document)).toEqual([
    'format',
    'version',
    'redacted',
    'at',
    'status',
    'summary',
    'findings',
    'unknown',
    'inputs',
  ]);
  expect(document).toMatchObject({
    format: 'mortise.doctor',
    version: SCHEMA_VERSION,
    redacted: false,
    at: '2026-11-24T00:00:00.000Z',
    status: 2,
    summary: { error: 1, warning: 1, info: 0, ok: 0 },
  });
  const [first, second] = document['findings'] as Record<string, unknown>[];
  for (const finding of [first, second, ...((first?.['consequences'] ?? []) as Record<string, unknown>[])]) {
    expect(Object.keys(finding ?? {})).toEqual(FINDING_FIELDS);
  }
  expect(first).toMatchObject({
    seen: FINDING.seen,
    fix: [
      { text: 'Check the mappings.', command: null, pointedTo: false },
      { text: 'Restart.', pointedTo: true },
    ],
    correlation: { at: '1970-01-01T00:00:00.000Z' },
    record: FINDING.record,
  });
  expect(second).toMatchObject({ expected: null, rows: [], record: [], correlation: { requestIds: [], at: null } });
});
