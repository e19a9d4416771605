import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/doctor/diagnose/diagnose.ts';
import { readCaptures } from '../../../src/doctor/read/read.ts';
import { htmlReport } from '../../../src/doctor/report/html.ts';
import { jsonReport } from '../../../src/doctor/report/json.ts';
import { namesIn } from '../../../src/doctor/report/redact-names.ts';
import { redact } from '../../../src/doctor/report/redact.ts';
import { reportOf } from '../../../src/doctor/report/report.ts';
import { hideSecrets } from '../../../src/doctor/report/secrets.ts';
import { textReport } from '../../../src/doctor/report/text.ts';
import { FINDING, ORIGINALS, READING, REPORT } from './sample-report.ts';

const redacted = redact(hideSecrets(REPORT), namesIn(READING));
const forms = {
  text: textReport(redacted, { columns: 120, colour: false }),
  json: jsonReport(redacted),
  html: htmlReport(redacted),
};

test.each(Object.keys(forms) as (keyof typeof forms)[])('no original value is left in the %s', (form) => {
  const said = forms[form].toLowerCase();
  expect(ORIGINALS.filter((original) => said.includes(original.toLowerCase()))).toEqual([]);
});

test('what is needed to help stays', () => {
  for (const kept of [
    'AADSTS51004',
    '0xcaa20003',
    '0xcaa1000e',
    'login.microsoftonline.com',
    'klist purge',
    'join.txt',
    'DOC-DB-09',
  ])
    expect(forms.json).toContain(kept);
  expect(redacted.redacted).toBe(true);
});

test('the same value has the same stand-in throughout', () => {
  const standIns = [...forms.json.matchAll(/Correlation ID: (<id-\d+>)|applications\/(<id-\d+>)/g)].map(
    (match) => match[1] ?? match[2],
  );
  expect(new Set(standIns).size).toBe(1);
  const requestId = redacted.findings[0]?.correlation?.requestIds[0];
  expect(requestId).toBe(standIns[0]);
});

test('ids that are the same everywhere and codes stay', () => {
  const text =
    'WamDefaultGUID : {B16898C6-A148-4967-9171-64D755DA8520} (AzureAd) AADSTS700016 0x801c03f2 127.0.0.1 2025-07-10 15:46:21.000 UTC urn:federation:MicrosoftOnline System.Net.WebException HKLM\\SOFTWARE\\Microsoft NT AUTHORITY\\SYSTEM DsrCmdJoinHelper::Join';
  const report = redact({ ...REPORT, findings: [{ ...FINDING, seen: [{ file: 'f', line: 1, text }] }] }, []);
  expect(report.findings[0]?.seen[0]?.text).toBe(text);
});

const REFERENCE = join(
  import.meta.dirname,
  '../../../../shared/reference/hybrid-join-reference-and-troubleshooting.txt',
);

test.skipIf(!existsSync(REFERENCE))(
  'the vendor’s own document, read as a capture, gives away none of its names',
  async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield readFileSync(REFERENCE);
    }
    const reading = await readCaptures([{ name: 'reference.txt', bytes: bytes() }]);
    const diagnosis = diagnose(reading, { at: undefined, configuration: undefined });
    const report = redact(hideSecrets(reportOf(diagnosis, reading, undefined)), namesIn(reading));
    const said = jsonReport(report).toLowerCase();
    expect(said).toContain('aadsts51004');
    for (const original of [
      'imokatdi',
      'ping-eng',
      'imok-hyjd',
      'imok-dc0',
      'ecotton',
      '07ec9af2',
      '3f0817b9',
      '7b690c51',
      'a441252e',
      'sso.example.com',
      'f243c1d1',
      'danny test',
    ])
      expect(said, original).not.toContain(original);
  },
);
