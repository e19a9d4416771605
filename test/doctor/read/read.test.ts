import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capture, Reading } from '../../../src/doctor/capture.ts';
import { readCaptures } from '../../../src/doctor/read/read.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const readBytes = (bytes: Uint8Array, size = 4096): Promise<Reading> =>
  readCaptures([{ name: 'in.txt', bytes: pieces(bytes, size) }]);
const read = (text: string): Promise<Reading> => readBytes(Buffer.from(text));

const JOIN = `PS C:\\Windows\\System32> dsregcmd /join /debug
DsrCLI: logging initialized.
DsrCmdJoinHelper::Join: ClientRequestId: 11111111-2222-4333-8444-555555555555DsrCmdAccountMgr::IsDomainControllerAvailable: DsGetDcName success { domain:a.example }
preCheckResult: Join
isSystem: YES
TenantInfo::Discover: Join Info { TenantType = Federated; TenantName = a.example }
GetComputerTokenForADRS: Get token for ADRS
AdalLog:  HRESULT: 0x4aa90010
DsrCmdJoinHelper::Join: Federated ADRS join failed with error 0xcaa1000e. Try synchronized join.
Join HTTP status: 200
DSREGCMD_END_STATUS
             AzureAdJoined : YES
                TenantName :
                JoinSrvUrl : https://enterpriseregistration.windows.net/EnrollmentServer/device/
`;
const STATUS = `PS C:\\> dsregcmd /status

+----------------------------------------------------------------------+
| Device State                                                         |
+----------------------------------------------------------------------+

             AzureAdJoined : YES
               Device Name : PC.a.example

+----------------------------------------------------------------------+
| SSO State                                                            |
+----------------------------------------------------------------------+

                AzureAdPrt : NO
`;
const GRAPH = `PS C:\\> Get-MgDomainFederationConfiguration -DomainId "a.example" | Format-List

ActiveSignInUri                       : https://sso.a.example/wsf/sts/
                                        1234
IssuerUri                             : https://sso.a.example/applications/1234
SigningCertificate                    : MIIDATCCAemgAwIBAgIG
IE1lIFVwMB4XDTI1
VWWRoNz4BuWa0M04tMj5
PromptLoginBehavior                   :
`;
const EVENTS = `PS C:\\> Get-WinEvent -LogName x | Format-List

TimeCreated : 11/24/2026 8:00:00 AM
Id          : 305
Message     : Automatic registration failed at authentication phase.
              Exit code: Unknown HResult Error code: 0xcaa9002b

TimeCreated : 11/24/2026 8:00:05 AM
Id          : 306
Message     : Automatic registration Succeeded.
`;

const only = <K extends Capture['kind']>(reading: Reading, kind: K): Extract<Capture, { kind: K }> => {
  const found = reading.captures.filter((capture) => capture.kind === kind);
  expect(found.length, `captures of kind ${kind}`).toBe(1);
  return found[0] as Extract<Capture, { kind: K }>;
};

describe('each kind', () => {
  test('a join, its values and the status at its end', async () => {
    const reading = await read(JOIN);
    const { steps, status } = only(reading, 'join');
    expect(reading.unknown.quotes).toEqual([]);
    expect(steps.map(({ name }) => name)).toEqual([
      'start',
      'client-request-id',
      'pre-check-value',
      'pre-check-value',
      'tenant-info',
      'token',
      'adal',
      'fallback',
      'join-response',
      'end',
    ]);
    expect(steps[1]).toMatchObject({
      values: { requestId: '11111111-2222-4333-8444-555555555555' },
      quote: { file: 'in.txt', line: 3 },
    });
    expect(steps[3]?.values).toEqual({ name: 'isSystem', value: 'YES' });
    expect(status?.fields.map(({ name, value }) => [name, value])).toEqual([
      ['AzureAdJoined', 'YES'],
      ['TenantName', ''],
      ['JoinSrvUrl', 'https://enterpriseregistration.windows.net/EnrollmentServer/device/'],
    ]);
  });

  test('a status, with the boxes its fields stand in', async () => {
    const { fields } = only(await read(STATUS), 'status');
    expect(fields.map(({ section, name, value }) => [section, name, value])).toEqual([
      ['Device State', 'AzureAdJoined', 'YES'],
      ['Device State', 'Device Name', 'PC.a.example'],
      ['SSO State', 'AzureAdPrt', 'NO'],
    ]);
  });

  test('federation settings: wrapped values are joined', async () => {
    const { domain, properties } = only(await read(GRAPH), 'federation');
    expect(domain).toBe('a.example');
    expect(properties.map(({ name, value }) => [name, value])).toEqual([
      ['ActiveSignInUri', 'https://sso.a.example/wsf/sts/1234'],
      ['IssuerUri', 'https://sso.a.example/applications/1234'],
      ['SigningCertificate', 'MIIDATCCAemgAwIBAgIGIE1lIFVwMB4XDTI1VWWRoNz4BuWa0M04tMj5'],
      ['PromptLoginBehavior', ''],
    ]);
  });

  test('events, with the lines of their messages', async () => {
    const { events } = only(await read(EVENTS), 'events');
    expect(events.map(({ id, log, time, message }) => [id, log, time, message])).toEqual([
      [
        305,
        'user-device-registration',
        '11/24/2026 8:00:00 AM',
        'Automatic registration failed at authentication phase.\nExit code: Unknown HResult Error code: 0xcaa9002b',
      ],
      [306, 'user-device-registration', '11/24/2026 8:00:05 AM', 'Automatic registration Succeeded.'],
    ]);
  });
});

const ALL = `${JOIN}${STATUS}${GRAPH}${EVENTS}`;

test.each([1, 2, 3, 7, 100_000])('all in one, in pieces of %i bytes, in every encoding and line end', async (size) => {
  const expected = (await read(ALL)).captures;
  expect(expected.map(({ kind }) => kind)).toEqual(['join', 'status', 'federation', 'events']);
  const windows = ALL.replaceAll('\n', '\r\n');
  const swapped = Buffer.from(`\uFEFF${windows}`, 'utf16le').swap16();
  for (const bytes of [
    Buffer.from(ALL),
    Buffer.from(windows),
    Buffer.from(`\uFEFF${windows}`),
    Buffer.from(`\uFEFF${windows}`, 'utf16le'),
    swapped,
  ])
    expect((await readBytes(bytes, size)).captures).toEqual(expected);
});

test('without prompts the kinds are told by their first lines', async () => {
  const text = ALL.split('\n')
    .filter((line) => !line.startsWith('PS '))
    .join('\n');
  expect((await read(text)).captures.map(({ kind }) => kind)).toEqual(['join', 'status', 'federation', 'events']);
});

test('what nobody knows is shown, the first lines whole and the others by number', async () => {
  const lines = Array.from({ length: 1800 }, (_, index) => `noise number ${index}`);
  const { unknown, captures } = await read(lines.join('\n'));
  expect(captures).toEqual([]);
  expect(unknown.quotes.length).toBe(1000);
  expect(unknown.quotes[0]).toEqual({ file: 'in.txt', line: 1, text: 'noise number 0' });
  expect(unknown.more).toEqual([{ file: 'in.txt', count: 800, first: 1001, last: 1800 }]);
});

test('a line of a join that a terminal broke is put together', async () => {
  const long = `AdalLog: Token response is not successfull. Status:400 ResponseText:{"error":"invalid_grant"} ; HRESULT: 0x0`;
  const { captures, unknown } = await read(`DsrCLI: start\n${long.slice(0, 80)}\n${long.slice(80)}\nisSystem: YES\n`);
  expect(unknown.quotes).toEqual([]);
  expect(captures[0]?.kind === 'join' && captures[0].steps[1]?.quote.text).toBe(long);
});

test('every truncation, and garbled bytes, are read without an exception', async () => {
  const bytes = Buffer.from(ALL);
  for (let length = 0; length < bytes.length; length += 13) {
    expect((await readBytes(bytes.subarray(0, length))).inputs.length).toBe(1);
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }), async (at, noise) => {
      const garbled = Buffer.from(bytes);
      garbled.set(noise.subarray(0, bytes.length - at), at);
      expect((await readBytes(garbled)).inputs[0]?.lines).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
      expect((await readBytes(noise, 5)).captures.length).toBeLessThan(300);
    }),
    { numRuns: 100 },
  );
});

test('a hundred megabytes are read in bounded memory: endless lines, endless captures, endless fields', async () => {
  const chunk = Buffer.from(`${'x'.repeat(65_000)}${ALL.repeat(20)}AzureAdJoined : YES\n`.slice(0, 100_000));
  async function* flood(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 1_000; at += 1) yield chunk;
  }
  const before = process.memoryUsage().heapUsed;
  const { captures, unknown } = await readCaptures([{ name: 'flood', bytes: flood() }]);
  expect(captures.length).toBeLessThanOrEqual(500);
  expect(unknown.quotes.length).toBeLessThanOrEqual(1000);
  // What is too much is counted.
  expect(unknown.more[0]?.count).toBeGreaterThan(100_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
}, 60_000);

describe('as people copy it', () => {
  test('quoted in a mail, coloured by a terminal, with spaces that do not break', async () => {
    const dressed = STATUS.split('\n').map((line, index) => {
      if (index === 0) return line;
      return `> \u001b[32m${line.replaceAll(' ', '\u00a0')}\u001b[0m`;
    });
    const { fields } = only(await read(dressed.join('\n')), 'status');
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['AzureAdJoined', 'YES'],
      ['Device Name', 'PC.a.example'],
      ['AzureAdPrt', 'NO'],
    ]);
  });

  test('by an older build: no spaces before the colon, and two of them', async () => {
    const { fields } = only(
      await read('AzureAdJoined: YES\nDeviceId: x\nKeySignTest: : MUST Run elevated to test.\n'),
      'status',
    );
    expect(fields.map(({ name, value, known }) => [name, value, known])).toEqual([
      ['AzureAdJoined', 'YES', true],
      ['DeviceId', 'x', true],
      ['KeySignTest', 'MUST Run elevated to test.', true],
    ]);
  });

  test('a field of a later build is kept, and marked', async () => {
    const { fields } = only(await read(`${STATUS}             SomethingNew : 7\n`), 'status');
    expect(fields.at(-1)).toMatchObject({ name: 'SomethingNew', value: '7', known: false });
  });

  test('a part of a status, from any of its boxes', async () => {
    const part = STATUS.slice(STATUS.indexOf('| SSO State'));
    expect(only(await read(part), 'status').fields.map(({ section, name }) => [section, name])).toEqual([
      ['SSO State', 'AzureAdPrt'],
    ]);
  });

  test.each([80, 120])('broken at %i columns a value is whole', async (width) => {
    const url = `https://login.microsoftonline.com/${'a'.repeat(100)}/oauth2/token`;
    const line = `            AccessTokenUrl : ${url}`;
    const broken = line.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    const { fields } = only(await read(`AzureAdJoined : YES\n${broken.join('\n')}\n     TenantId : x\n`), 'status');
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['AzureAdJoined', 'YES'],
      ['AccessTokenUrl', url],
      ['TenantId', 'x'],
    ]);
  });

  test('an event as Event Viewer copies it', async () => {
    const text = `Log Name:      Microsoft-Windows-User Device Registration/Admin
Source:        Microsoft-Windows-User Device Registration
Date:          3/2/2026 8:00:02 AM
Event ID:      304
Task Category: None
Level:         Error
Keywords:
User:          SYSTEM
Computer:      PC.a.example
Description:
Automatic registration failed at join phase.
Exit code: Unknown HResult Error code: 0x801c03f2
`;
    const { events } = only(await read(text), 'events');
    expect(events).toMatchObject([
      {
        id: 304,
        log: 'user-device-registration',
        time: '3/2/2026 8:00:02 AM',
        message: 'Automatic registration failed at join phase.\nExit code: Unknown HResult Error code: 0x801c03f2',
      },
    ]);
  });

  test('a table of Get-WinEvent, and messages alone', async () => {
    const rows = `PS C:\\> Get-WinEvent -LogName x
3/2/2026 8:00:02 AM   306 Information      Automatic registration Succeeded.
`;
    expect(only(await read(rows), 'events').events).toMatchObject([{ id: 306, time: '3/2/2026 8:00:02 AM' }]);
    const alone = 'Automatic registration Succeeded.\n';
    expect(only(await read(alone), 'events').events).toMatchObject([{ id: 306, time: undefined }]);
  });
});

describe('several attempts to join', () => {
  test.each(['', 'PS C:\\> dsregcmd /join /debug\n'])('in one log, with %j between them', async (between) => {
    const log = JOIN.split('\n').slice(1).join('\n');
    const { captures, unknown } = await read(`${log}${between}${log}`);
    expect(
      captures.map((capture) => capture.kind === 'join' && [capture.steps.length, capture.status?.fields.length]),
    ).toEqual([
      [10, 3],
      [10, 3],
    ]);
    expect(unknown.quotes).toEqual([]);
  });

  test('cut off before its end, the first is one all the same', async () => {
    const log = JOIN.split('\n').slice(1);
    const { captures } = await read([...log.slice(0, 6), ...log].join('\n'));
    expect(captures.map((capture) => capture.kind === 'join' && capture.steps.length)).toEqual([6, 10]);
  });
});

test.each(['    ', '\t'])('indented by %j, everything is read as without', async (indent) => {
  const told = (reading: Reading): unknown =>
    reading.captures.map((capture) => {
      if (capture.kind === 'join')
        return [
          capture.steps.map(({ name, values }) => [name, values]),
          capture.status?.fields.map(({ value }) => value),
        ];
      if (capture.kind === 'status') return capture.fields.map(({ name, value }) => [name, value]);
      return capture.kind === 'federation' && capture.properties.map(({ name, value }) => [name, value]);
    });
  for (const text of [JOIN, STATUS, GRAPH]) {
    const indented = text.split('\n').map((line) => indent + line);
    expect(told(await read(indented.join('\n')))).toEqual(told(await read(text)));
  }
});

test('lines that a mail quotes are never taken for prompts', async () => {
  const quoted = GRAPH.split('\n').map((line, index) => (index === 0 ? line : `> ${line}`));
  const { properties } = only(await read(quoted.join('\n')), 'federation');
  expect(properties.find(({ name }) => name === 'SigningCertificate')?.value).toBe(
    'MIIDATCCAemgAwIBAgIGIE1lIFVwMB4XDTI1VWWRoNz4BuWa0M04tMj5',
  );
  const row = '> 3/2/2026 8:00:02 AM   306 Information      Automatic registration Succeeded.';
  expect(only(await read(`PS C:\\> Get-WinEvent\n${row}\n`), 'events').events).toHaveLength(1);
});

test('many long captures together are bounded, and what is beyond is counted', async () => {
  const attempt = Buffer.from(`PS C:\\> dsregcmd /join\n${'isSystem: YES\n'.repeat(20_000)}`);
  async function* flood(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < 140; at += 1) yield attempt;
  }
  const { captures, unknown } = await readCaptures([{ name: 'flood', bytes: flood() }]);
  const steps = captures.reduce((sum, capture) => sum + (capture.kind === 'join' ? capture.steps.length : 0), 0);
  expect(steps).toBeLessThan(2_600_000);
  expect(steps + unknown.quotes.length + (unknown.more[0]?.count ?? 0)).toBe(140 * 20_000);
}, 60_000);
