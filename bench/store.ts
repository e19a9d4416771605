/**
 * How many records a second the store makes durable, and how long the event loop waits for it. Two writers are compared: a
 * thread of its own (what Mortise uses) and the thread that also answers requests.
 *
 *   node bench/store.ts [folder] [microseconds of other work for each request] [--short]
 *
 * A slower disk: strace -f --seccomp-bpf -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_exit=10000 -o /dev/null node bench/store.ts
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import type { Activity } from '../src/audit/activity.ts';
import { readingOver } from '../src/store/node-sqlite.ts';
import { sqliteActivities } from '../src/store/sqlite-activities.ts';
import { openForReading, openForWriting } from '../src/store/sqlite-file.ts';
import { groupCommit } from '../src/store/group-commit.ts';
import { preparedStatements } from '../src/store/prepared-statements.ts';
import { runJobs } from '../src/store/transaction.ts';
import { startFileWriter } from '../src/store/writer.ts';
import type { Writer } from '../src/store/writer.ts';
import { publish } from './harness/rows.ts';

const CALLERS = [1, 16, 64];
const args = process.argv.slice(2);
const MILLISECONDS = args.includes('--short') ? 500 : 2_000;
const parent = args.find((arg) => arg.includes(sep)) ?? tmpdir();
const work = args.find((arg) => /^\d+$/.test(arg)) ?? '400';

/** As a device's sign-in leaves it: about 2.5 KB. */
function record(): Activity {
  const id = randomUUID();
  const name = `DESKTOP-${id.slice(0, 3)}$`;
  return {
    id,
    recordedAt: new Date(),
    outcome: 'issued',
    endpoint: 'windowstransport-13',
    sourceAddress: '10.20.30.40',
    principal: `${name}@CORP.EXAMPLE.TEST`,
    subject: { kind: 'device', name, username: id, objectGUID: id, dn: `CN=${name},OU=Computers,DC=corp,DC=example` },
    steps: ['network', 'request', 'kerberos', 'directory', 'user', 'claims', 'assertion'].map((step) => ({
      name: step,
      durationMs: 1.234,
      detail: 'a few words about it',
    })),
    notes: [],
    assertion: {
      id: `_${id}`,
      notOnOrAfter: new Date(),
      claims: Array.from({ length: 8 }, (_, n) => ({
        name: `claim${n}`,
        namespace: 'http://schemas.microsoft.com/ws/2012/01',
        value: id,
        source: '${user.externalId} ← mS-DS-ConsistencyGuid',
      })),
    },
  };
}

function busy(microseconds: number): void {
  const end = performance.now() + microseconds / 1_000;
  while (performance.now() < end);
}

async function measure(label: string, path: string, writer: Writer): Promise<void> {
  const results: string[] = [];
  const reading = openForReading(path);
  const activities = sqliteActivities(readingOver(preparedStatements(reading)).db, writer);
  for (const callers of CALLERS) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    let appended = 0;
    const caller = async (): Promise<void> => {
      while (performance.now() - start < MILLISECONDS) {
        await new Promise(setImmediate);
        busy(Number(work));
        await activities.append(record());
        appended += 1;
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    const rate = (appended / (performance.now() - start)) * 1_000;
    const worst = delay.max / 1e6;
    console.log(`${label}, ${callers} callers: ${rate.toFixed(0)}/s, event loop held at most ${worst.toFixed(1)} ms`);
    results.push(`${rate.toFixed(0)}/s by ${callers}`);
  }
  publish('store', [
    { what: `records made durable, ${label}, ${work} µs of other work each`, result: results.join(', ') },
  ]);
  await writer.finish();
  reading.close();
}

/** Gathers for one turn of the event loop, then holds it until the disk has answered. */
function sameThreadWriter(db: DatabaseSync): Writer {
  const prepare = preparedStatements(db);
  const group = groupCommit(async (jobs) => {
    await new Promise(setImmediate);
    return runJobs(db, prepare, jobs);
  });
  return {
    write: (job) => group.write(job),
    goAlong: (job) => group.goAlong(job),
    uncommitted: () => group.uncommitted(),
    finish: () => group.idle(),
    close: () => group.idle(),
    failed: new Promise(() => {}),
  };
}

const folder = mkdtempSync(join(parent, 'mortise-bench-'));
try {
  const thread = await startFileWriter(join(folder, 'thread.db'));
  await measure('thread of its own', join(folder, 'thread.db'), thread);
  await thread.close();
  const file = openForWriting(join(folder, 'same.db'));
  await measure('same thread', join(folder, 'same.db'), sameThreadWriter(file.db));
  file.close();
} finally {
  rmSync(folder, { recursive: true });
}
