/** What `mortise log` prints, compared with files under test/vectors/log. */
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { printActivities } from '../../src/audit/log.ts';
import type { LogOptions } from '../../src/audit/log.ts';
import { LOG_WIDTH } from '../../src/audit/log-text.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { factorsReset, wholeActivity } from '../store/sample-activity.ts';

/** A file to compare with; after a wanted change `vitest run test/audit -u` writes it anew. */
const vector = (name: string): string => join(import.meta.dirname, '../vectors/log', name);

const joined: Activity = {
  ...wholeActivity,
  id: '91b3f0aa-5a5a-4b4b-8c8c-0d0d0d0d0d0d',
  recordedAt: new Date('2026-03-02T08:20:00.000Z'),
  outcome: 'issued',
  endpoint: 'windowstransport-2005',
  sourceAddress: '2001:db8:85a3::8a2e:370:7334',
  steps: [
    { name: 'kerberos', durationMs: 0.812, detail: 'AES256, kvno 3' },
    { name: 'directory', durationMs: 3.4, detail: 'dc1.corp.example.test:636' },
  ],
  notes: ['the old link of user 0a0b0c0d was retired: objectGUID changed', 'a user was created'],
};
delete (joined as { refusal?: unknown }).refusal;

const early: Activity = {
  id: '0badcafe-0000-4000-8000-000000000001',
  recordedAt: new Date('2026-03-02T08:00:00.000Z'),
  outcome: 'refused',
  endpoint: 'windowstransport-13',
  sourceAddress: '10.20.30.41',
  principal: 'a-very-long-computer-name-indeed$@SUBSIDIARY.CORP.EXAMPLE.TEST',
  steps: [{ name: 'kerberos', durationMs: 12_345 }],
  notes: [],
  refusal: {
    code: 'kerberos-clock-skew',
    expected: 'a time within 300 s of 2026-03-02T08:00:00Z, the clock of this computer',
    actual:
      '2026-03-02T07:50:00Z, the clock of the client, which is 600 s behind and shows what happens when a line grows long',
  },
};

const opened: Activity = {
  ...early,
  id: '5e551013-0000-4000-8000-000000000001',
  recordedAt: new Date('2026-03-02T08:31:00.000Z'),
  outcome: 'done',
  event: { kind: 'session-opened', detail: 'password' },
  endpoint: 'wsfed',
  principal: 'nora@CORP.EXAMPLE.TEST',
};
delete (opened as { refusal?: unknown }).refusal;

let store: Store;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
});
afterEach(() => store.close());

async function printed(options: LogOptions): Promise<string> {
  let text = '';
  await printActivities(store, options, { write: (part) => (text += part) });
  return text;
}

describe('for people', () => {
  beforeEach(async () => {
    for (const activity of [early, wholeActivity, joined]) await store.activities.append(activity);
  });

  test('a table, newest first; a refusal says what was expected and where to read on', async () => {
    await expect(await printed({})).toMatchFileSnapshot(vector('table.txt'));
  });

  test('filters, and says when the limit may hide more', async () => {
    await expect(await printed({ device: 'DESKTOP-01', outcome: 'issued', limit: 1 })).toMatchFileSnapshot(
      vector('table-at-limit.txt'),
    );
  });

  test('what was done, in words below its line', async () => {
    for (const activity of [factorsReset, opened]) await store.activities.append(activity);
    await expect(await printed({ outcome: 'done' })).toMatchFileSnapshot(vector('table-done.txt'));
  });

  test('one record of what was done in full: the event, its detail, and who did it', async () => {
    await store.activities.append(factorsReset);
    await expect(await printed({ id: 'd0e5f7a1' })).toMatchFileSnapshot(vector('done-in-full.txt'));
  });

  test('one refused record in full', async () => {
    await expect(await printed({ id: '6f1c2a54' })).toMatchFileSnapshot(vector('refused-in-full.txt'));
  });

  test('one issued record in full: claims with their sources', async () => {
    await expect(await printed({ id: joined.id })).toMatchFileSnapshot(vector('issued-in-full.txt'));
  });

  test('an id that begins several records lists them', async () => {
    await store.activities.append({ ...joined, id: '91b3f0aa-0000-4000-8000-000000000000' });
    expect((await printed({ id: '91b3f0aa' })).split('\n').filter((line) => line.includes('91b3f0aa'))).toHaveLength(2);
  });

  test('nothing found', async () => {
    expect(await printed({ device: 'DESKTOP-99' })).toBe(
      'No record matches. A device is named by its name, principal, objectGUID or dn, a person by user name or UPN too: whole. A refusal of a ticket that did not open names nobody: look without --device and --person.\n',
    );
  });

  test('nothing can be found: a code that is none, an end before the beginning', async () => {
    expect(await printed({ refusal: 'acount-disabled\u001b[2J' })).toBe(
      'No record matches, and this Mortise refuses nothing as acount-disabled\\u{1b}[2J: docs/refusals.md lists the codes.\n',
    );
    const [since, until] = [new Date('2026-03-02T09:00:00Z'), new Date('2026-03-02T08:00:00Z')];
    expect(await printed({ since, until })).toMatch(/--until is not after --since/);
  });
});

test('an empty record says so', async () => {
  expect(await printed({})).toBe(
    'Nothing is recorded yet: no computer has come with a ticket (the 401 that asks for one is not recorded). On one, as SYSTEM: `klist get HTTP/<host of publicBaseUrl>`.\n',
  );
});

test('an event that this version does not know is printed in its own words', async () => {
  const kind = 'passkey-renamed' as 'session-opened';
  await store.activities.append({ ...opened, event: { kind } });
  expect(await printed({})).toContain('\n    passkey renamed\n');
});

test('a code that this version does not know is printed as it is', async () => {
  const code = 'refusal-of-another-version' as 'internal-error';
  await store.activities.append({ ...early, refusal: { code } });
  expect(await printed({})).toContain('\n    refusal-of-another-version\n');
});

test('whatever a client sent, no line is wider than a terminal and none is forged', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (principal, sourceAddress, requestId, actual) => {
      const activity: Activity = {
        ...wholeActivity,
        principal,
        sourceAddress,
        requestId,
        endpoint: requestId,
        subject: { kind: 'device', name: principal, dn: actual },
        steps: [{ name: actual, durationMs: 1e9, detail: principal }],
        notes: [requestId],
        event: { kind: requestId as 'session-opened', detail: actual, by: principal },
        refusal: { code: 'attribute-missing', actual, attribute: principal },
      };
      const source = { activities: { list: async () => [activity] } };
      for (const options of [{}, { id: 'x' }]) {
        let out = '';
        await printActivities(source, options, { write: (part) => (out += part) });
        const lines = out.slice(0, -1).split('\n');
        expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(LOG_WIDTH);
        expect(lines.filter((line) => /[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
});

describe('for machines', () => {
  test('one JSON document a line, every field, newest first', async () => {
    for (const activity of [early, wholeActivity]) await store.activities.append(activity);
    const text = await printed({ json: true });
    const documents = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents).toEqual(
      [wholeActivity, early].map((activity) => JSON.parse(JSON.stringify(activity)) as unknown),
    );
    expect(documents[0]?.['recordedAt']).toBe('2026-03-02T08:15:30.123Z');
    await expect(text).toMatchFileSnapshot(vector('records.jsonl'));
  });

  test('one record by its id too', async () => {
    await store.activities.append(wholeActivity);
    expect(JSON.parse(await printed({ json: true, id: wholeActivity.id }))).toMatchObject({ id: wholeActivity.id });
  });

  test('nothing found is no line at all', async () => {
    expect(await printed({ json: true })).toBe('');
  });
});

test('says how many records were printed', async () => {
  await store.activities.append(wholeActivity);
  await store.activities.append(early);
  const silent = { write: () => true };
  expect(await printActivities(store, {}, silent)).toBe(2);
  expect(await printActivities(store, { limit: 1 }, silent)).toBe(1);
  expect(await printActivities(store, { outcome: 'issued' }, silent)).toBe(0);
});
