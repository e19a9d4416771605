import { expect, test } from 'vitest';
import type { Activity, ActivityQuery } from '../../../src/audit/activity.ts';
import type { Correlation, Finding } from '../../../src/doctor/finding.ts';
import { SEARCHED, withRecord } from '../../../src/doctor/record/match.ts';

const AT = new Date('2026-11-24T08:00:00Z');
const minutesAfter = (minutes: number): Date => new Date(AT.getTime() + minutes * 60_000);

const activity = (id: string, change: Partial<Activity>): Activity => ({
  id: `${id}00000-0000-4000-8000-000000000000`,
  recordedAt: AT,
  outcome: 'refused',
  endpoint: 'windowstransport-13',
  sourceAddress: '10.1.2.3',
  steps: [],
  notes: [],
  refusal: { code: 'account-disabled' },
  ...change,
});

const RECORD: readonly Activity[] = [
  activity('aaa', { requestId: 'urn:uuid:AAAA1111-2222-4333-8444-555566667777', recordedAt: minutesAfter(500) }),
  activity('bbb', { subject: { kind: 'device', name: 'PC-9' }, principal: 'PC-9$@CORP.EXAMPLE.TEST' }),
  activity('ccc', { subject: { kind: 'device', name: 'PC-9' }, recordedAt: minutesAfter(-60) }),
  activity('ddd', { recordedAt: minutesAfter(0.5) }),
  activity('eee', { recordedAt: minutesAfter(0.5), outcome: 'issued' }),
  activity('fff', { recordedAt: minutesAfter(5) }),
];

const asked: ActivityQuery[] = [];
const activities = {
  list: async (query: ActivityQuery): Promise<readonly Activity[]> => {
    asked.push(query);
    return RECORD.filter(
      ({ subject }) => query.device === undefined || subject?.name?.toLowerCase() === query.device.toLowerCase(),
    );
  },
};

const finding = (correlation: Correlation | undefined, consequences: readonly Finding[] = []): Finding => ({
  id: 'DOC-X-01',
  severity: 'error',
  title: 't',
  seen: [],
  cause: 'c',
  fix: [],
  source: 's',
  confidence: 'observed',
  consequences,
  ...(correlation === undefined ? {} : { correlation }),
});

async function shownIds(correlation: Correlation): Promise<readonly string[]> {
  const { diagnosis } = await withRecord({ findings: [finding(correlation)] }, activities);
  return (diagnosis.findings[0]?.record ?? []).flatMap((line) => /\b([a-f]{3})00000$/.exec(line)?.[1] ?? []);
}

test.each([
  [
    'a request id, however it is written',
    { requestIds: ['aaaa1111-2222-4333-8444-555566667777'], devices: [] },
    ['aaa'],
  ],
  ['a device by its full name and time', { requestIds: [], devices: ['pc-9.corp.example.test'], at: AT }, ['bbb']],
  ['a device without a time', { requestIds: [], devices: ['PC-9'] }, ['bbb', 'ccc']],
  [
    'the request id before the device',
    { requestIds: ['AAAA1111-2222-4333-8444-555566667777'], devices: ['PC-9'], at: AT },
    ['aaa'],
  ],
  [
    'a time alone: what was refused in that minute',
    { requestIds: [], devices: [], at: minutesAfter(0.5) },
    ['bbb', 'ddd'],
  ],
  ['nothing that matches', { requestIds: ['0'], devices: ['PC-1'] }, []],
] as const)('%s', async (_, correlation, expected) => {
  expect(await shownIds(correlation)).toEqual(expected);
});

test('the lines are those of mortise log, under consequences too, and their names are told', async () => {
  const correlation = { requestIds: [], devices: ['PC-9'], at: AT };
  const { diagnosis, names } = await withRecord({ findings: [finding(undefined, [finding(correlation)])] }, activities);
  const [first] = diagnosis.findings;
  expect(first).not.toHaveProperty('record');
  expect(first?.consequences[0]?.record?.join('\n')).toMatch(
    /^2026-11-24 08:00:00Z {2}refused {2}PC-9 [\s\S]*account-disabled: [\s\S]*cure: /,
  );
  expect(names).toContainEqual({ kind: 'device', value: 'PC-9' });
  expect(names).toContainEqual({ kind: 'domain', value: 'CORP.EXAMPLE.TEST' });
});

test('the record is read once and in bounded part, and not at all when nothing asks', async () => {
  asked.length = 0;
  await withRecord({ findings: [finding(undefined)] }, activities);
  expect(asked).toEqual([]);
  const byId = finding({ requestIds: ['x'], devices: [] });
  await withRecord({ findings: [byId, byId, finding({ requestIds: [], devices: [], at: AT })] }, activities);
  expect(asked).toEqual([{ limit: SEARCHED }]);
});
