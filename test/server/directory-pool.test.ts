/** Which directories a change of the configuration keeps, opens and closes, and when. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import { openDirectoryPool } from '../../src/server/directory-pool.ts';
import { load } from '../config/sample.ts';

const GATEWAY = load().environment.gateways[0] as Gateway;
const RETIRE_MS = 1_000;

let opened: string[];
let closed: string[];
const open = (gateway: Gateway): Directory => {
  const name = `${gateway.name}/${opened.length}`;
  opened.push(name);
  const never = async (): Promise<never> => Promise.reject(new Error(name));
  return { search: never, checkPassword: never, changePassword: never, close: async () => void closed.push(name) };
};

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  closed = [];
});
afterEach(() => vi.useRealTimers());

test('one whose connection stays is kept, whatever else of the gateway changes', async () => {
  const pool = openDirectoryPool(open, RETIRE_MS);
  const first = pool.prepare('ca');
  const directory = first.open(GATEWAY);
  first.commit();
  const second = pool.prepare('ca');
  expect(second.open({ ...GATEWAY, name: 'other', userTypes: [] })).toBe(directory);
  second.commit();
  vi.advanceTimersByTime(10 * RETIRE_MS);
  expect([opened, closed]).toEqual([['corp/0'], []]);
  await pool.close();
  expect(closed).toEqual(['corp/0']);
});

test.each([
  ['servers', { serversHostAndPort: ['dc2.corp.example.com:636'] }, 'ca'],
  ['bind password', { bindPassword: 'new' }, 'ca'],
  ['security', { connectionSecurity: 'StartTLS' as const }, 'ca'],
  ['CA', {}, 'another'],
])('another %s opens anew; the former is closed when what began before has ended', async (_, change, ca) => {
  const pool = openDirectoryPool(open, RETIRE_MS);
  const first = pool.prepare('ca');
  first.open(GATEWAY);
  first.commit();
  const second = pool.prepare(ca);
  second.open({ ...GATEWAY, ...change });
  expect(closed).toEqual([]);
  second.commit();
  vi.advanceTimersByTime(RETIRE_MS - 1);
  expect(closed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect([opened, closed]).toEqual([['corp/0', 'corp/1'], ['corp/0']]);
  await pool.close();
  expect(closed).toEqual(['corp/0', 'corp/1']);
});

test('what is abandoned closes its own alone', async () => {
  const pool = openDirectoryPool(open, RETIRE_MS);
  const first = pool.prepare(undefined);
  first.open(GATEWAY);
  first.commit();
  const second = pool.prepare(undefined);
  second.open(GATEWAY);
  second.open({ ...GATEWAY, id: 'b', name: 'new' });
  await second.abandon();
  expect(closed).toEqual(['new/1']);
  await pool.close();
  expect(closed).toEqual(['new/1', 'corp/0']);
});

test('the end closes those that wait for theirs, once', async () => {
  const pool = openDirectoryPool(open, RETIRE_MS);
  const first = pool.prepare(undefined);
  first.open(GATEWAY);
  first.commit();
  pool.prepare(undefined).commit();
  await pool.close();
  vi.advanceTimersByTime(10 * RETIRE_MS);
  expect(closed).toEqual(['corp/0']);
});
