/** How waiting writes share a transaction, without any database. */
import { expect, test } from 'vitest';
import { groupCommit } from '../../src/store/group-commit.ts';
import type { Job, JobOutcome } from '../../src/store/transaction.ts';

const job = (name: string): Job => [{ sql: name, parameters: [] }];
const names = (jobs: readonly Job[]): readonly string[] => jobs.map(([first]) => first?.sql ?? '');
const done: JobOutcome = { kind: 'committed', changes: [1] };

/** A transaction that ends when the test says so. */
function slowRunner() {
  const batches: (readonly string[])[] = [];
  const ends: ((outcomes: readonly JobOutcome[]) => void)[] = [];
  const run = (jobs: readonly Job[]) => {
    batches.push(names(jobs));
    return new Promise<readonly JobOutcome[]>((resolve) => ends.push(resolve));
  };
  const end = (outcomes: readonly JobOutcome[]): void => ends.shift()?.(outcomes);
  return { batches, run, end };
}

const ticks = () => new Promise((resolve) => setImmediate(resolve));

/** Two wrote at a time, so that the next transaction waits until the test has it gathered. */
async function afterTwoAtATime() {
  const { batches, run, end } = slowRunner();
  const gathers: (() => void)[] = [];
  const group = groupCommit(run, () => new Promise<void>((resolve) => gathers.push(resolve)));
  const both = [group.write(job('a')), group.write(job('b'))];
  await ticks();
  end([done, done]);
  await Promise.all(both);
  return { group, batches, gathers, end };
}

test('writes of one tick are one transaction; those that come while it runs are the next', async () => {
  const { batches, run, end } = slowRunner();
  const group = groupCommit(run);
  const first = [group.write(job('a')), group.write(job('b'))];
  await ticks();
  const later = [group.write(job('c')), group.write(job('d')), group.write(job('e'))];
  await ticks();
  expect(batches).toEqual([['a', 'b']]);
  expect(group.uncommitted()).toBe(5);
  end([done, done]);
  await Promise.all(first);
  await ticks();
  expect(batches).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]);
  expect(group.uncommitted()).toBe(3);
  end([done, done, done]);
  await Promise.all(later);
  await ticks();
  expect(group.uncommitted()).toBe(0);
});

test('nothing resolves before its transaction has ended', async () => {
  const { run, end } = slowRunner();
  const group = groupCommit(run);
  let resolved = false;
  const write = group.write(job('a')).then(() => (resolved = true));
  await ticks();
  expect(resolved).toBe(false);
  end([done]);
  await write;
  expect(resolved).toBe(true);
});

test('each caller gets its own outcome', async () => {
  const group = groupCommit(async () => [
    done,
    { kind: 'conflict', statement: 2 },
    { kind: 'failed', message: 'disk full' },
  ]);
  const [a, b, c] = await Promise.allSettled([group.write(job('a')), group.write(job('b')), group.write(job('c'))]);
  expect(a).toEqual({ status: 'fulfilled', value: done });
  expect(b).toEqual({ status: 'fulfilled', value: { kind: 'conflict', statement: 2 } });
  expect(c).toMatchObject({ status: 'rejected', reason: { message: 'the store cannot be written: disk full' } });
});

test('a runner that fails, fails its callers and nobody after them', async () => {
  let calls = 0;
  const group = groupCommit(async (jobs) => {
    calls += 1;
    if (calls === 1) throw new Error('the thread has ended');
    return jobs.map(() => done);
  });
  const first = await Promise.allSettled([group.write(job('a')), group.write(job('b'))]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await group.write(job('c'))).toEqual(done);
});

test('an answer that is missing is an error, not silence', async () => {
  const group = groupCommit(async () => []);
  await expect(group.write(job('a'))).rejects.toThrow('no answer');
});

test('a great many writes are divided', async () => {
  const sizes: number[] = [];
  const group = groupCommit(async (jobs) => {
    sizes.push(jobs.length);
    return jobs.map(() => done);
  });
  await Promise.all(Array.from({ length: 1_100 }, (_, n) => group.write(job(String(n)))));
  expect(sizes).toEqual([512, 512, 76]);
});

test('idle waits for all, and at once when there is nothing', async () => {
  const { run, end, batches } = slowRunner();
  const group = groupCommit(run);
  await group.idle();
  const write = group.write(job('a'));
  let idle = false;
  const waiting = group.idle().then(() => (idle = true));
  await ticks();
  expect({ idle, batches }).toEqual({ idle: false, batches: [['a']] });
  end([done]);
  await Promise.all([write, waiting]);
});

test('a job that nobody waits for goes along with the next, before it', async () => {
  const { batches, run, end } = slowRunner();
  const group = groupCommit(run);
  const along = group.goAlong(job('a'));
  await ticks();
  expect(batches).toEqual([]);
  const write = group.write(job('b'));
  await ticks();
  expect(batches).toEqual([['a', 'b']]);
  end([done, done]);
  expect(await along).toEqual(done);
  await write;
});

test('a job that nobody waits for is written alone when none follows', async () => {
  const group = groupCommit(async (jobs) => jobs.map(() => done));
  expect(await group.goAlong(job('a'))).toEqual(done);
});

test('whoever waits until all is written waits for what goes along', async () => {
  const { batches, run, end } = slowRunner();
  const group = groupCommit(run);
  void group.goAlong(job('a'));
  const idle = group.idle();
  await ticks();
  expect(batches).toEqual([['a']]);
  end([done]);
  await idle;
});

test('after several at a time the next transaction gathers; after one alone it does not', async () => {
  const { group, batches, gathers, end } = await afterTwoAtATime();
  const first = group.write(job('c'));
  await ticks();
  expect(batches).toEqual([['a', 'b']]);
  const second = group.goAlong(job('d'));
  gathers.shift()?.();
  await ticks();
  expect(batches.at(-1)).toEqual(['c', 'd']);
  end([done, done]);
  await Promise.all([first, second]);
  const alone = group.write(job('e'));
  await ticks();
  expect(gathers).toEqual([]);
  expect(batches.at(-1)).toEqual(['e']);
  end([done]);
  await alone;
});

test('what goes along while a transaction runs is in the next, before what is written after it', async () => {
  const { batches, run, end } = slowRunner();
  const group = groupCommit(run);
  const all = [group.write(job('a'))];
  await ticks();
  all.push(group.goAlong(job('b')), group.write(job('c')), group.goAlong(job('d')));
  end([done]);
  await ticks();
  expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
  end([done, done, done]);
  await Promise.all(all);
});

test('more jobs than one transaction takes stay in their order', async () => {
  const order: string[] = [];
  const group = groupCommit(async (jobs) => (order.push(...names(jobs)), jobs.map(() => done)));
  const wanted = Array.from({ length: 1_200 }, (_, n) => String(n));
  await Promise.all(wanted.map((name, n) => (n % 2 === 0 ? group.goAlong(job(name)) : group.write(job(name)))));
  expect(order).toEqual(wanted);
});

test('what goes along fails with the transaction that it was in, and with nothing else', async () => {
  let calls = 0;
  const group = groupCommit(async (jobs) => {
    calls += 1;
    return jobs.map(() => (calls === 1 ? { kind: 'failed', message: 'disk full' } : done));
  });
  const failed = await Promise.allSettled([group.goAlong(job('a')), group.write(job('b'))]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await Promise.all([group.goAlong(job('c')), group.write(job('d'))])).toEqual([done, done]);
});

test('idle waits for those that are being gathered', async () => {
  const { group, batches, gathers, end } = await afterTwoAtATime();
  const along = group.goAlong(job('c'));
  let idle = false;
  const waiting = group.idle().then(() => (idle = true));
  await ticks();
  expect({ idle, waits: group.uncommitted() }).toEqual({ idle: false, waits: 1 });
  gathers.shift()?.();
  await ticks();
  expect(batches.at(-1)).toEqual(['c']);
  end([done]);
  expect(await along).toEqual(done);
  await waiting;
});
