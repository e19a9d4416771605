/** Each vector gives exactly its findings, folded as its JSON says; every rule is reached; no reading makes it throw. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Reading } from '../../../src/doctor/capture.ts';
import { diagnose } from '../../../src/doctor/diagnose/diagnose.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import type { Given } from '../../../src/doctor/given.ts';
import { RULES } from '../../../src/doctor/tables/rules.ts';
import { load } from '../../config/sample.ts';
import { captureByHand, readingOf } from './by-hand.ts';

const folder = join(import.meta.dirname, '../../vectors/doctor/diagnose');
const NOTHING: Given = { at: undefined, configuration: undefined };

const expectation = z.strictObject({
  input: z.enum(['join', 'status', 'udr', 'aad']),
  source: z.string().min(1),
  at: z.string().optional(),
  findings: z.array(z.string()).min(1),
});

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length));

function vector(name: string): { reading: Reading; given: Given; findings: readonly string[] } {
  const told = expectation.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  const text = readFileSync(join(folder, `${name}.txt`), 'utf8');
  return {
    reading: readingOf(captureByHand(told.input, `${name}.txt`, text)),
    given: { ...NOTHING, at: told.at === undefined ? undefined : new Date(told.at) },
    findings: told.findings,
  };
}

const tree = (finding: Finding, depth = 0): readonly string[] => [
  `${'  '.repeat(depth)}${finding.severity} ${finding.id}`,
  ...finding.consequences.flatMap((one) => tree(one, depth + 1)),
];

const trees = (findings: readonly Finding[]): readonly string[] => findings.flatMap((finding) => tree(finding));

function found(name: string, id: string): Finding {
  const { reading, given } = vector(name);
  const finding = diagnose(reading, given).findings.find((one) => one.id === id);
  if (finding === undefined) throw new Error(`${name} gives no ${id}`);
  return finding;
}

const joinCapture = (name: string): ReturnType<typeof captureByHand> =>
  captureByHand('join', name, readFileSync(join(folder, `${name}.txt`), 'utf8'));
const statusCapture = (name: string): ReturnType<typeof captureByHand> =>
  captureByHand('status', name, readFileSync(join(folder, `${name}.txt`), 'utf8'));

describe('the vectors', () => {
  test.each(names)('%s', (name) => {
    const { reading, given, findings } = vector(name);
    expect(trees(diagnose(reading, given).findings)).toEqual(findings);
  });

  test('each quotes lines that stand in the input', () => {
    for (const name of names) {
      const { reading, given } = vector(name);
      const lines = readFileSync(join(folder, `${name}.txt`), 'utf8').split('\n');
      for (const quote of diagnose(reading, given).findings.flatMap((finding) => finding.seen))
        expect(lines[quote.line - 1], `${name} line ${quote.line}`).toContain(quote.text.slice(0, 200));
    }
  });
});

describe('the rules', () => {
  test('every one is reached by a vector or by a test of several captures', () => {
    const reached = new Set([
      ...names.flatMap((name) => vector(name).findings.map((line) => line.trim().split(' ')[1])),
      'DOC-ST-10',
      'DOC-ST-11',
    ]);
    expect(RULES.map((row) => row.id).filter((id) => !reached.has(id))).toEqual([]);
  });
});

describe('several captures', () => {
  test('two tenants in one set are told (DOC-ST-10)', () => {
    const other = readFileSync(join(folder, 'status-healthy.txt'), 'utf8').replace(/5d0c1f6e/g, '6e1d2f70');
    const reading = readingOf(joinCapture('join-federated'), captureByHand('status', 'other', other));
    expect(diagnose(reading, NOTHING).findings.map((finding) => finding.id)).toContain('DOC-ST-10');
  });

  test('a DeviceId that the service was not asked for is told (DOC-ST-11)', () => {
    const reading = readingOf(statusCapture('status-healthy'), statusCapture('previous-sync-join'));
    expect(diagnose(reading, NOTHING).findings.map((finding) => finding.id)).toContain('DOC-ST-11');
  });

  test('one fault in a join and in a status is one finding', () => {
    const reading = readingOf(joinCapture('join-failed-claims'), statusCapture('previous-claims'));
    const errors = diagnose(reading, NOTHING).findings.filter((finding) => finding.severity === 'error');
    expect(errors.map((finding) => finding.id)).toEqual(['DOC-DB-09']);
    expect(new Set(errors[0]?.seen.map((quote) => quote.file)).size).toBe(2);
  });
});

describe('what a finding carries', () => {
  test('the three errors of a refused token are one finding', () => {
    const finding = found('join-hidden-by-fallback', 'DOC-DB-09');
    const text = [finding, ...finding.consequences].flatMap((one) => one.seen.map((quote) => quote.text)).join('\n');
    expect(text).toMatch(/error code:invalid_grant and error description:AADSTS51004/);
    expect(text).toMatch(/GetComputerTokenForADRS failed with error 0xcaa20003/);
    expect(text).toMatch(/Federated ADRS join failed with error 0xcaa1000e/);
  });

  test('AADSTS51004 asks for the six attribute mappings, with value and namespace', () => {
    const rows = found('join-hidden-by-fallback', 'DOC-DB-09').rows ?? [];
    expect(rows.map((row) => row.name)).toEqual([
      'ImmutableID',
      'Subject',
      'UPN',
      'accounttype',
      'onpremobjectguid',
      'primarysid',
    ]);
    expect(rows.find((row) => row.name === 'accounttype')?.expected).toContain('"DJ"');
  });

  test('with a configuration the mapping that differs is told', () => {
    const application = load().environment.applications[0];
    if (application === undefined) throw new Error('the sample configuration has no application');
    const attributes = application.attributes.map((row) =>
      row.name === 'accounttype' ? { ...row, value: 'DX' } : row,
    );
    const applications = [{ application: { ...application, attributes }, served: undefined }];
    const reading = readingOf(joinCapture('join-failed-claims'));
    const finding = diagnose(reading, { at: undefined, configuration: { applications } }).findings[0];
    const verdicts = finding?.rows?.map((row) => `${row.name} ${row.verdict}`) ?? [];
    expect(verdicts).toContain('accounttype differs');
    expect(verdicts).toContain('onpremobjectguid same');
  });

  test('a hidden failure names the command that switches the fallback off', () => {
    expect(found('join-hidden-by-fallback', 'DOC-DB-15').fix.map((step) => step.command)).toContain(
      'reg add "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\CDJ" /v FallbackToSyncJoin /t REG_DWORD /d 0 /f',
    );
  });

  test.each([
    ['join-no-aes-key', /AES 256 bit encryption/],
    ['join-ticket-of-old-key', /reset the service account/],
    ['join-no-spn', /holds the SPN/],
    ['join-401-without-code', /AES 256 bit encryption/],
  ])('%s points to its step of the Kerberos procedure', (name, text) => {
    const steps = found(name, 'DOC-DB-17').fix;
    expect(steps.map((step) => step.command)).toContain('klist -li 0x3e7 purge');
    const pointed = steps.filter((step) => step.pointedTo === true);
    expect(pointed).toHaveLength(1);
    expect(pointed[0]?.text).toMatch(text);
  });

  test('request ids, device and time are there for Mortise’s record', () => {
    const { correlation } = found('join-hidden-by-fallback', 'DOC-DB-09');
    expect(correlation?.requestIds).toEqual(['91f0a7b2-4c1d-4e0f-8a6b-3d2c1b0a9f8e']);
    expect(correlation?.devices).toEqual(['c3a2f4d0-77a1-4f6e-8f5e-2b9a6d1e4c02']);
    expect(correlation?.at).toEqual(new Date('2026-03-02T08:00:02Z'));
  });

  test('a healthy status names what to compare', () => {
    const finding = found('status-healthy', 'DOC-ST-00');
    for (const name of ['AzureAdJoined', 'DeviceId', 'TenantId', 'DomainName', 'Device Name', 'AzureAdPrt'])
      expect(finding.cause).toContain(name);
    expect(finding.rows?.find((row) => row.name === 'AzureAdPrt')?.verdict).toBe('same');
  });

  test('no wrapper and no informational code is ever a cause', () => {
    for (const name of names) {
      const { reading, given } = vector(name);
      for (const finding of diagnose(reading, given).findings)
        expect(`${finding.id} ${finding.title}`).not.toMatch(/0x4aa9|caa90006|caa1000e|caa1002d|801c0515|DOC-DB-18/i);
    }
  });
});

describe('any input', () => {
  const lines = names.flatMap((name) => readFileSync(join(folder, `${name}.txt`), 'utf8').split('\n'));
  const kinds = constantFrom('join', 'status', 'udr', 'aad');
  const line = oneof(constantFrom(...lines), string(), string({ unit: 'binary' }));

  test('lines in any order and of any content give findings, the same each time', () => {
    assert(
      property(array(tuple(kinds, array(line, { maxLength: 25 })), { maxLength: 3 }), (parts) => {
        const captures = parts.map(([kind, content], at) => captureByHand(kind, `${at}`, content.join('\n')));
        const quotes = parts.flatMap(([, content]) => content.map((text, at) => ({ file: 'u', line: at + 1, text })));
        const reading = { ...readingOf(...captures), unknown: { quotes, more: [] } };
        const first = diagnose(reading, NOTHING);
        expect(diagnose(reading, NOTHING)).toEqual(first);
        expect(new Set(first.findings.map((finding) => finding.id)).size).toBe(first.findings.length);
      }),
      { numRuns: 150 },
    );
  });

  test('federation settings of any content are judged', () => {
    const name = oneof(constantFrom('IssuerUri', 'MetadataExchangeUri', 'SigningCertificate', 'Id'), string());
    const value = oneof(string(), constantFrom('https://sts.example.org/wsf/mex/1', 'MIIB', ''));
    assert(
      property(array(tuple(name, value), { maxLength: 8 }), (pairs) => {
        const properties = pairs.map(([key, text], at) => ({
          name: key,
          value: text,
          quote: { file: 'f', line: at + 1, text: `${key} : ${text}` },
        }));
        const reading = readingOf({ kind: 'federation', properties, domain: undefined, omitted: 0 });
        expect(diagnose(reading, NOTHING).findings.map((finding) => finding.id)).toContain('DOC-GR-20');
      }),
      { numRuns: 100 },
    );
  });

  test('a time that is none is as no time', () => {
    const { reading } = vector('status-healthy');
    const invalid = diagnose(reading, { ...NOTHING, at: new Date(Number.NaN) });
    expect(invalid).toEqual(diagnose(reading, NOTHING));
  });

  test('a capture that ends anywhere is judged', () => {
    for (const name of ['join-hidden-by-fallback', 'tests-token-fault', 'events-both-ways-failed']) {
      const { input } = expectation.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
      const text = readFileSync(join(folder, `${name}.txt`), 'utf8');
      for (let end = 0; end < text.length; end += 37)
        expect(() => diagnose(readingOf(captureByHand(input, name, text.slice(0, end))), NOTHING)).not.toThrow();
    }
  });

  test('codes in lines that nobody knew are not lost', () => {
    const quotes = [{ file: 'u', line: 1, text: 'weird AADSTS53003 and 0xcaa90014 and 0x4aa90010' }];
    const ids = diagnose({ ...readingOf(), unknown: { quotes, more: [] } }, NOTHING).findings.map(({ id }) => id);
    expect(ids).toEqual(['DOC-AADSTS-53003', 'DOC-DB-08']);
  });
});

const REFERENCE = join(
  import.meta.dirname,
  '../../../../shared/reference/hybrid-join-reference-and-troubleshooting.txt',
);

describe.skipIf(!existsSync(REFERENCE))('the transcripts of the reference', () => {
  const text = existsSync(REFERENCE) ? readFileSync(REFERENCE, 'utf8').split('\n') : [];
  const part = (command: RegExp, nth: number, kind: string): readonly string[] => {
    const starts = text.flatMap((one, at) => (command.test(one) ? [at] : []));
    const start = starts[nth] ?? 0;
    const end = text.findIndex((one, at) => at > start && /^(?:Note the following|For more information)/.test(one));
    const capture = captureByHand(kind, 'reference', text.slice(start, end).join('\n'));
    return trees(diagnose(readingOf(capture), NOTHING).findings);
  };

  test('joined by federation', () => {
    expect(part(/^PS .*dsregcmd \/join/, 0, 'join')).toEqual(['ok DOC-DB-16', '  ok DOC-ST-00']);
  });

  test('the status after it', () => {
    expect(part(/^PS .*dsregcmd \/status/, 0, 'status')).toEqual(['info DOC-ST-16', 'info DOC-ST-13', 'ok DOC-ST-00']);
  });

  test('hidden by the fallback', () => {
    expect(part(/^PS .*dsregcmd \/join/, 1, 'join')).toEqual([
      'error DOC-DB-15',
      '  ok DOC-ST-00',
      'error DOC-DB-09',
      '  info DOC-DB-18',
    ]);
  });
});
