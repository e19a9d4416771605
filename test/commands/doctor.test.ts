/** `mortise doctor` as a process: inputs, options, exit status, and a real configuration with its store. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { federationSettings } from '../../src/entra/federation-settings.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { IDS } from '../config/sample.ts';
import { HOST, openSite, SECRETS } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const REQUEST = 'd2f6a0b1-1c2d-4e3f-8a9b-0c1d2e3f4a5b';
const TENANT = '5d4c3b2a-1111-4222-8333-944455556666';

const ENTRA_REFUSES = `AADSTS51004: The user account {EUII Hidden} does not exist in the ${TENANT} directory. To sign into this application, the account must be added to the directory. Trace ID: 0f0e0d0c-aaaa-4bbb-8ccc-ddddeeeeffff Correlation ID: ${REQUEST} Timestamp: 2026-11-24 08:00:00Z`;
const START = `PS C:\\Windows\\System32> dsregcmd /join /debug
DsrCLI: logging initialized.
DsrCmdJoinHelper::Join: ClientRequestId: ${REQUEST}DsrCmdAccountMgr::IsDomainControllerAvailable: DsGetDcName success { domain:corp.example.com forest:corp.example.com domainController:\\\\DC1.corp.example.com isDcAvailable:true }
PreJoinChecks Complete.
preCheckResult: Join
isDcAvailable: YES
isSystem: YES
resultCode: 0x0
TenantInfo::Discover: Join Info { TenantType = Federated; AutoJoinEnabled = 1; TenandID = ${TENANT}; TenantName = corp.example.com }
GetComputerTokenForADRS: Get token for ADRS
AdalLog: AggregatedTokenRequest::UseWindowsIntegratedAuth w Tenant ; HRESULT: 0x0
AdalLog: AggregatedTokenRequest::UseWindowsIntegratedAuth- received realm info ; HRESULT: 0x0
AdalLog: AggregatedTokenRequest::GetAppliesTo: using resource ID "urn:federation:MicrosoftOnline" for authority "https://login.microsoftonline.com/common". ; HRESULT: 0x0
`;
const FAILED = `${START}AdalLog: WebRequest Status:400 ; HRESULT: 0x0
AdalLog: Webrequest returns error code:invalid_grant and error description:${ENTRA_REFUSES} ; HRESULT: 0x0
AdalLog:  HRESULT: 0xcaa20003
AdalLog:  HRESULT: 0xcaa90006
AdalLog:  HRESULT: 0xcaa1000e
AdalCorrelationId: ${REQUEST}
AutoEnrollAsComputer: Unable to retrieve access token. GetComputerTokenForADRS failed with error 0xcaa20003.
DsrCmdJoinHelper::Join: Federated ADRS join failed with error 0xcaa1000e.
DSREGCMD_END_STATUS
             AzureAdJoined : NO
          EnterpriseJoined : NO
`;
const JOINED = `${START}AdalLog: WebRequest Status:200 ; HRESULT: 0x0
AdalLog: Webrequest returns success for oauth response ; HRESULT: 0x0
AdalLog:  HRESULT: 0x4aa9000f
Join request ID: ${REQUEST}
Join response time: Tue, 24 Nov 2026 08:00:00 GMT
Join HTTP status: 200
DsrCmdJoinHelper::Join: AutoEnrollAsComputer completed successfully
DSREGCMD_END_STATUS
             AzureAdJoined : YES
          EnterpriseJoined : NO
                  DeviceId : 77777777-1111-4222-8333-944455556666
                  TenantId : ${TENANT}
`;

/** As Format-List prints it: a long value in lines of 118 characters. */
function formatList(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `${name.padEnd(37)} : ${value.match(/.{1,118}/g)?.join('\n') ?? ''}`,
  );
  return `PS C:\\> Get-MgDomainFederationConfiguration -DomainId "corp.example.com" | Format-List\n\n${lines.join('\n')}\n`;
}

const doctor = (...args: readonly string[]): Promise<Ended> => site.runWith({}, 'doctor', ...args);

interface Document {
  readonly status: number;
  readonly findings: readonly {
    readonly id: string;
    readonly record: readonly string[];
    readonly rows: readonly { readonly name: string; readonly verdict: string }[];
  }[];
}
const json = async (...args: readonly string[]): Promise<Document> =>
  JSON.parse((await doctor('--json', ...args)).stdout) as Document;

async function piped(text: string | Uint8Array, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), 'doctor', ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.end(text);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

describe('exit status and inputs', () => {
  test('a failed join is 2, from a file and from standard input, in UTF-8 and UTF-16', async () => {
    site.write('join.txt', FAILED);
    const fromFile = await doctor('join.txt');
    expect(fromFile).toMatchObject({ status: 2, stderr: '' });
    expect(fromFile.stdout).toMatch(/^ERROR DOC-DB-09 /m);
    expect(fromFile.stdout).toContain('join.txt:15:');
    expect(await piped(FAILED)).toMatchObject({ status: 2, stderr: '' });
    const wide = Buffer.from(`\uFEFF${FAILED.replaceAll('\n', '\r\n')}`, 'utf16le');
    expect((await piped(wide, '-')).stdout).toContain('DOC-DB-09');
  });

  test('a join by federation is 0', async () => {
    site.write('join.txt', JOINED);
    const { status, stdout } = await doctor('join.txt');
    expect(stdout).toContain('DOC-DB-16');
    expect(status).toBe(0);
  });

  test('mixed input is told apart', async () => {
    const { certificate } = await site.putSigningKey();
    const settings = federationSettings({
      publicBaseUrl: `https://${HOST}`,
      application: { id: IDS.application, useMex13: false },
      signingCertificate: certificate,
    });
    site.write('mixed.txt', `${FAILED}\n${formatList({ ...settings })}`);
    const ids = (await json('mixed.txt')).findings.map(({ id }) => id);
    for (const id of ['DOC-DB-09', 'DOC-GR-03', 'DOC-GR-20']) expect(ids).toContain(id);
  });

  test.each([
    [
      'a missing file is named, each of them',
      ['absent.txt', 'gone.txt'],
      66,
      /^absent\.txt: there is no such file.*\ngone\.txt: /,
    ],
    ['a folder', ['.'], 66, /^\.: is a folder/],
    ['nothing on standard input', [], 66, /^There is nothing in the input/],
    ['an unknown option', ['--fix'], 64, /unknown option/],
    ['a time that is none', ['--at', 'yesterday'], 64, /Give 30m, 2h/],
    ['two forms', ['--json', '--html', 'x.html'], 64, /not both/],
    [
      'a configuration that is not there',
      ['--config', 'absent.yaml', 'mortise.yaml'],
      78,
      /^absent\.yaml: one problem/,
    ],
  ] as const)('%s', async (_, args, status, message) => {
    const ended = await doctor(...args);
    expect(ended).toMatchObject({ status, stdout: '' });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });

  test('text that is no capture is shown, and not called in order', async () => {
    const { status, stdout, stderr } = await piped('hello world\n');
    expect(stdout).toContain('stdin:1: hello world');
    expect(stderr).toMatch(/^No capture was recognised/);
    expect(status).toBe(66);
  });

  test('the help names exit status and captures', async () => {
    const { status, stdout } = await doctor('--help');
    expect(status).toBe(0);
    for (const part of ['Exit status', 'dsregcmd /join /debug', '--redact', '--html', '--at'])
      expect(stdout).toContain(part);
  });
});

test('a page is written beside the text; an input is never written over', async () => {
  site.write('join.txt', FAILED);
  expect((await doctor('--html', 'report.html', 'join.txt')).stdout).toContain('ERROR DOC-DB-09');
  expect(readFileSync(join(site.folder, 'report.html'), 'utf8')).toMatch(/^<!DOCTYPE html>[\s\S]*DOC-DB-09/);
  const { status, stdout } = await doctor('--html', 'join.txt');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^<!DOCTYPE html>[\s\S]*DOC-DB-09/);
  expect(readFileSync(join(site.folder, 'join.txt'), 'utf8')).toBe(FAILED);
  expect(await doctor('--html', 'absent/report.html', 'join.txt')).toMatchObject({
    status: 73,
    stderr: expect.stringMatching(/^absent\/report\.html: cannot be written/),
  });
});

test('redacted: no name and no id of the capture is left in any form', async () => {
  site.write('join.txt', FAILED);
  const forms = await Promise.all(
    [['--json'], ['--html'], []].map((form) => doctor(...form, '--redact', '--', 'join.txt')),
  );
  for (const { status, stdout } of forms) {
    expect(status).toBe(2);
    expect(stdout).toContain('AADSTS51004');
    for (const original of [REQUEST, TENANT, 'corp.example.com', 'DC1', '0f0e0d0c-aaaa'])
      expect(stdout.toLowerCase()).not.toContain(original.toLowerCase());
  }
});

describe('with a configuration', () => {
  const refused = (change: Partial<Activity>): Activity => ({
    id: '31415926-0000-4000-8000-000000000000',
    recordedAt: new Date('2026-11-24T08:00:00Z'),
    outcome: 'refused',
    endpoint: 'windowstransport-13',
    sourceAddress: '10.20.30.40',
    requestId: `urn:uuid:${REQUEST.toUpperCase()}`,
    subject: { kind: 'device', name: 'WS-0815' },
    steps: [],
    notes: [],
    refusal: { code: 'account-disabled' },
    ...change,
  });

  async function record(activity: Activity): Promise<void> {
    const store = await openSqliteStore(join(site.folder, 'mortise.sqlite'));
    await store.activities.append(activity);
    await store.close();
  }

  test('mappings, federation settings and the record stand beside the findings, beside a running serve', async () => {
    const { certificate } = await site.putSigningKey();
    await record(refused({}));
    const running = site.start('serve', '--config', 'mortise.yaml');
    await running.logged('"listening"');
    const settings = federationSettings({
      publicBaseUrl: `https://${HOST}`,
      application: { id: IDS.application, useMex13: true },
      signingCertificate: certificate,
    });
    site.write('join.txt', FAILED);
    site.write('graph.txt', formatList({ ...settings, IssuerUri: `${settings.IssuerUri}/`, Id: TENANT }));
    const { findings } = await json('--config', 'mortise.yaml', 'join.txt', 'graph.txt');
    const named = (id: string) => findings.find((finding) => finding.id === id);
    expect(named('DOC-DB-09')?.record.join('\n')).toMatch(/refused {2}WS-0815 [\s\S]*account-disabled/);
    expect(named('DOC-DB-09')?.rows.find(({ name }) => name === 'accounttype')?.verdict).toBe('same');
    expect(named('DOC-GR-07')).toBeDefined();
    expect(
      named('DOC-GR-20')
        ?.rows.filter(({ verdict }) => verdict === 'differs')
        .map(({ name }) => name),
    ).toEqual(['IssuerUri']);
    const redactedText = (await doctor('--config', 'mortise.yaml', '--redact', 'join.txt', 'graph.txt')).stdout;
    expect(redactedText).toContain('account-disabled');
    for (const original of ['WS-0815', '10.20.30.40', HOST, IDS.application])
      expect(redactedText).not.toContain(original);
  });

  test('a wrong mapping shows in its row', async () => {
    await site.putSigningKey();
    site.configure({ 'app.attributes': [{ name: 'accounttype', nameFormat: 'http://schemas.xmlsoap.org/claims' }] });
    site.write('join.txt', FAILED);
    const { findings } = await json('--config', 'mortise.yaml', 'join.txt');
    const rows = findings.find(({ id }) => id === 'DOC-DB-09')?.rows ?? [];
    expect(rows.find(({ name }) => name === 'accounttype')?.verdict).toBe('differs');
  });

  test('a configuration with a problem: the doctor does not run with half of it, and tells no secret', async () => {
    site.configure({ 'gateway.serversHostAndPort': [] });
    site.write('join.txt', FAILED);
    const { status, stdout, stderr } = await site.run('doctor', '--config', 'mortise.yaml', 'join.txt');
    expect({ status, stdout }).toEqual({ status: 78, stdout: '' });
    expect(stderr).toMatch(/^mortise\.yaml: one problem\n {2}line \d+: .*serversHostAndPort/);
    for (const secret of SECRETS) expect(stderr).not.toContain(secret);
  });

  test('without a store yet the captures are judged all the same', async () => {
    site.write('join.txt', FAILED);
    const { status, stdout, stderr } = await doctor('--config', 'mortise.yaml', 'join.txt');
    expect(status).toBe(2);
    expect(stdout).toContain('DOC-DB-09');
    expect(stderr).toMatch(/^There is no store [\s\S]*goes on without record/);
    expect(existsSync(join(site.folder, 'mortise.sqlite'))).toBe(false);
  });
});
