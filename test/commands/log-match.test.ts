/** `mortise log match`: its exit status, and files that are none. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { matchLog } from '../../src/commands/log-match.ts';
import { explain } from '../../src/commands/problem.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { issued } from '../store/sample-activity.ts';
import { uuid } from '../store/sample-users.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

let site: Site;
let said: string[];
beforeEach(async () => {
  site = await openSite();
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  const store = await openSqliteStore(join(site.folder, 'mortise.sqlite'));
  await store.activities.append(issued(uuid(1), '2026-03-01T00:00:00Z'));
  const subject = { kind: 'person', username: 'nora@corp.example.com' } as const;
  await store.activities.append({ ...issued(uuid(2), '2026-03-02T08:16:00Z'), subject });
  await store.close();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await site.close();
});

const match = (content: string, window = 10): Promise<number> => {
  site.write('sign-ins', content);
  return matchLog(join(site.folder, 'sign-ins'), { config: join(site.folder, 'mortise.yaml'), window });
};

const signIn = (user: string, facts: object = {}): object => ({
  createdDateTime: '2026-03-02T08:15:30Z',
  userPrincipalName: user,
  incomingTokenType: 'saml11',
  status: { errorCode: 0 },
  ...facts,
});
const NORA = 'nora@corp.example.com';

test('0 when Mortise issued each token, 2 when it never did, 1 when some cannot be judged', async () => {
  expect(await match(JSON.stringify([signIn(NORA)]))).toBe(0);
  expect(said.at(-1)).toContain('Mortise issued the token of 1.');
  const unclear = signIn('forged@corp.example.com', { incomingTokenType: 'none' });
  expect(await match(JSON.stringify([signIn(NORA), unclear]))).toBe(1);
  expect(await match(JSON.stringify([signIn('forged@corp.example.com'), unclear]))).toBe(2);
  expect(said.at(-1)).toMatch(/^NEVER ISSUED BY MORTISE: 1\n {2}2026-03-02T08:15:30\.000Z forged@corp\.example\.com/);
  const late = signIn(NORA, { createdDateTime: '2026-03-02T08:30:00Z' });
  expect([await match(JSON.stringify([late])), await match(JSON.stringify([late]), 20)]).toEqual([2, 0]);
});

test('one page of several is judged, and is not taken for the whole', async () => {
  const page = {
    value: [signIn(NORA)],
    '@odata.nextLink': 'https://graph.microsoft.com/beta/auditLogs/signIns?$skiptoken=1',
  };
  expect(await match(JSON.stringify(page))).toBe(1);
  expect(said.at(-1)).toMatch(/^The file is one page of several/);
});

test('a file that is none is explained', async () => {
  const failure = (work: Promise<number>) => work.catch((error: unknown) => explain(error));
  expect(await failure(match('Name,Value\n'))).toMatch(/sign-ins is no sign-in log of Entra: it is neither JSON nor/);
  const config = join(site.folder, 'mortise.yaml');
  expect(await failure(matchLog(join(site.folder, 'none'), { config, window: 10 }))).toMatch(/none cannot be read/);
});
