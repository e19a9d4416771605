/** A record that was rewritten, cut or hidden shows, wherever it was done, and nothing else does. */
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sealing } from '../../src/audit/sealing.ts';
import { verificationLines } from '../../src/audit/verify-text.ts';
import { verifyRecord } from '../../src/audit/verify.ts';
import type { Noted } from '../../src/audit/verify.ts';
import { addChainFunctions, GENESIS, linkHash } from '../../src/store/chain.ts';
import { migrate, migrations } from '../../src/store/migrations.ts';
import { storeOver } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { memoryWriter } from '../../src/store/writer.ts';
import { factorsReset, issued } from '../store/sample-activity.ts';
import { sealingOver } from '../store/sample-sealing.ts';
import { uuid } from '../store/sample-users.ts';

let db: DatabaseSync;
let store: Store;
let sealing: Sealing;

beforeEach(async () => {
  db = new DatabaseSync(':memory:');
  migrate(db, 'x');
  await open();
});

async function open(): Promise<void> {
  addChainFunctions(db);
  store = storeOver(db, memoryWriter(db));
  sealing = await sealingOver(store, () => {});
}

/** Records 1, 2, 3 … of January 2026, a day each. */
async function record(from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1)
    await store.activities.append(issued(uuid(n), `2026-01-${String(n).padStart(2, '0')}T00:00:00Z`));
}

const findings = async (noted: Noted = {}) => (await verifyRecord(store, noted)).findings.map(({ text }) => text);

/** Whoever can write the file can make the chain anew, from a record on. */
function chainAnew(from: number): void {
  const rows = db.prepare('SELECT sequence, document, hash FROM activity ORDER BY sequence').all();
  let previous = GENESIS;
  for (const row of rows) {
    const { sequence, document, hash } = row as { sequence: number; document: string; hash: string };
    previous = sequence < from ? hash : linkHash(previous, document);
    db.prepare('UPDATE activity SET hash = ? WHERE sequence = ?').run(previous, sequence);
  }
}

const change = (sequence: number): unknown =>
  db
    .prepare("UPDATE activity SET document = replace(document, '10.0.0.7', '10.9.9.9') WHERE sequence = ?")
    .run(sequence);

describe('a record that is as it was written', () => {
  test('is whole: empty, unsigned, signed, and signed again', async () => {
    expect(await verifyRecord(store)).toMatchObject({ records: 0, checkpoints: 0, findings: [] });
    await record(1, 1);
    expect(await verifyRecord(store)).toMatchObject({ records: 1, unsigned: 1, findings: [] });
    await record(2, 3);
    expect((await sealing.seal())?.last.sequence).toBe(3);
    expect(await sealing.seal(), 'there is nothing new').toBeUndefined();
    await record(4, 5);
    await sealing.seal();
    await record(6, 6);
    expect(await verifyRecord(store)).toMatchObject({ records: 6, unsigned: 1, checkpoints: 2, findings: [] });
    expect(verificationLines(await verifyRecord(store)).join('\n')).toMatch(
      /^The record is whole: 6 records\.\n2 checkpoints; the newest, number 2 of 2026-05-01T00:00:00\.000Z, signs\n {2}record 5:[0-9a-f]{64}\n {2}by key [0-9a-f]{64}\n {2}which stands in this store itself: .*\n1 record behind it: chained, not signed yet\.$/,
    );
  });

  test('stays so across retention, checkpoint by checkpoint', async () => {
    await record(1, 4);
    await sealing.seal();
    await record(5, 9);
    await sealing.seal();
    expect(await sealing.prune(new Date('2026-01-06T00:00:00Z'))).toBe(5);
    expect(await verifyRecord(store)).toMatchObject({ records: 4, checkpoints: 2, findings: [] });
    await record(10, 11);
    const again = await sealingOver(store);
    await again.seal();
    expect(await again.prune(new Date('2026-01-09T00:00:00Z'))).toBe(3);
    expect(await verifyRecord(store)).toMatchObject({ records: 3, findings: [] });
  });

  test('retention takes nothing before its time, though clocks went wrong', async () => {
    const times = ['2026-01-01', '2026-01-05', '1970-01-01', '2026-01-02', '2026-01-06'];
    for (const [n, at] of times.entries()) await store.activities.append(issued(uuid(n), `${at}T00:00:00Z`));
    expect(await sealing.prune(new Date('2026-01-04T00:00:00Z'))).toBe(1);
    expect(await sealing.prune(new Date('2026-01-06T00:00:00Z'))).toBe(3);
    expect(await verifyRecord(store)).toMatchObject({ records: 1, findings: [] });
  });

  test('begins with the upgrade, and says so of what was there before', async () => {
    db = new DatabaseSync(':memory:');
    migrate(db, 'x', migrations.slice(0, 3));
    for (const n of [1, 2, 5]) {
      const old = issued(uuid(n), '2026-01-01T00:00:00Z');
      const add = 'INSERT INTO activity (sequence, id, recorded_at, outcome, document) VALUES (?, ?, ?, ?, ?)';
      db.prepare(add).run(n, old.id, old.recordedAt.getTime(), old.outcome, JSON.stringify(old));
      for (const key of ['desktop-02', 'desktop-02$', 'desktop-02$@corp.example.test'])
        db.prepare('INSERT INTO activity_key VALUES (?, ?, ?)').run(key, old.recordedAt.getTime(), n);
    }
    migrate(db, 'x');
    await open();
    expect(await verifyRecord(store)).toMatchObject({ records: 3, unchained: 3, unsigned: 0, findings: [] });
    await record(6, 7);
    await sealing.seal();
    const verified = await verifyRecord(store);
    expect(verified).toMatchObject({ records: 5, unchained: 3, unsigned: 0, findings: [] });
    expect(verificationLines(verified).join(' ')).toContain(
      '3 records from before the chain, which began with the upgrade',
    );
    db.exec('UPDATE activity SET hash = NULL WHERE sequence = 6');
    expect(await findings()).toEqual([
      expect.stringMatching(/^Record 6 .* was put in: it has no hash\.$/),
      expect.stringMatching(/^Record 7 .* has been changed, or record 6 before it/),
    ]);
    db.exec('DELETE FROM activity WHERE sequence = 6');
    expect(await findings()).toEqual([expect.stringMatching(/^Record 6 is missing, between/)]);
    expect(await sealing.prune(new Date('2026-01-02T00:00:00Z'))).toBe(3);
  });
});

describe('a record that was changed behind Mortise', () => {
  beforeEach(async () => {
    await record(1, 5);
    await sealing.seal();
    await record(6, 8);
    await sealing.seal();
    await record(9, 9);
    expect(await findings()).toEqual([]);
  });

  test('one record', async () => {
    change(4);
    expect(await findings()).toEqual([
      'Record 4 (00000000, 2026-01-04T00:00:00.000Z) has been changed, or record 3 before it: its hash does not fit.',
    ]);
    const lines = verificationLines(await verifyRecord(store));
    expect(lines[0]).toBe('THE RECORD IS NOT WHAT WAS WRITTEN: 1 finding in 9 records.');
  });

  test('one record and its hash', async () => {
    change(4);
    const { document } = db.prepare('SELECT document FROM activity WHERE sequence = 4').get() as { document: string };
    const third = (await store.activities.link(3))?.hash ?? GENESIS;
    db.prepare('UPDATE activity SET hash = ? WHERE sequence = 4').run(linkHash(third, document));
    expect(await findings()).toEqual([
      expect.stringMatching(/^Record 5 .* has been changed, or record 4 before it: its hash does not fit\.$/),
    ]);
  });

  test('one record and every hash behind it: the checkpoints tell', async () => {
    change(4);
    chainAnew(4);
    expect(await findings()).toEqual([
      'The history up to record 5, 2026-01-05T00:00:00.000Z, has been rewritten: it is not what checkpoint 1 of 2026-05-01T00:00:00.000Z says.',
      'The history up to record 8, 2026-01-08T00:00:00.000Z, has been rewritten: it is not what checkpoint 2 of 2026-05-01T00:00:00.000Z says.',
    ]);
  });

  test('what is not signed yet cannot be told from what was written, unless it was noted elsewhere', async () => {
    const link = await store.activities.last();
    change(9);
    chainAnew(9);
    expect(await findings()).toEqual([]);
    expect(await findings({ link: link as NonNullable<typeof link> })).toEqual([
      expect.stringMatching(/^The history up to record 9, .* it is not what the link that was noted down says\.$/),
    ]);
  });

  test('the beginning is cut off', async () => {
    db.exec('DELETE FROM activity WHERE sequence <= 5');
    expect(await findings()).toEqual([
      'Records 1 to 5 are missing, before 2026-01-06T00:00:00.000Z: the beginning has been cut off.',
    ]);
  });

  test('the middle is cut out, and the rest chained anew', async () => {
    db.exec('DELETE FROM activity WHERE sequence = 7');
    expect(await findings()).toEqual([
      'Record 7 is missing, between 2026-01-06T00:00:00.000Z and 2026-01-08T00:00:00.000Z.',
    ]);
    db.exec('PRAGMA foreign_keys = OFF; UPDATE activity SET sequence = sequence - 1 WHERE sequence > 7');
    chainAnew(7);
    expect(await findings()).toEqual([
      expect.stringMatching(/^Record 7 .*names/),
      expect.stringMatching(/rewritten.*checkpoint 2/),
    ]);
  });

  test('the end is cut off; what comes later does not take its place', async () => {
    db.exec('DELETE FROM activity WHERE sequence >= 7');
    expect(await findings()).toEqual([
      'The end has been cut off: records 7 to 8 are missing, by checkpoint 2 of 2026-05-01T00:00:00.000Z.',
    ]);
    await record(10, 10);
    expect(await findings()).toEqual([
      'Records 7 to 8 are missing, between 2026-01-06T00:00:00.000Z and 2026-01-10T00:00:00.000Z.',
    ]);
  });

  test('everything is deleted', async () => {
    db.exec('DELETE FROM activity');
    expect(await findings()).toEqual([expect.stringContaining('records 1 to 8 are missing')]);
  });

  test('a column or a name by which a record is found', async () => {
    db.exec("UPDATE activity SET outcome = 'done', recorded_at = 7 WHERE sequence = 2");
    db.exec("DELETE FROM activity_key WHERE activity = 3 AND key = 'desktop-02'");
    expect(await findings()).toEqual([
      expect.stringMatching(/^Record 2 .* would not be found by its time, its outcome, its names: /),
      expect.stringMatching(/^Record 3 .* would not be found by its names: /),
    ]);
  });

  test('a record is put in: behind the end, and where retention has deleted', async () => {
    await sealing.prune(new Date('2026-01-04T00:00:00Z'));
    expect(await findings()).toEqual([]);
    const put = 'INSERT INTO activity (sequence, id, recorded_at, outcome, document) VALUES (?, ?, 0, ?, ?)';
    const { id, outcome, ...rest } = issued('put-in', '1970-01-01T00:00:00Z', '');
    db.prepare(put).run(2, id, outcome, JSON.stringify({ id, outcome, ...rest }));
    db.prepare(put).run(10, 'other', outcome, JSON.stringify({ ...rest, outcome, id: 'other' }));
    expect(await findings()).toEqual([
      expect.stringMatching(/^Record 2 .* was put in: what was kept up to record 3 had been deleted/),
      expect.stringMatching(/^Record 10 .* was put in: it has no hash\.$/),
    ]);
  });

  test('checkpoints are taken out, so that nothing tells what was rewritten', async () => {
    db.exec('DELETE FROM checkpoint WHERE number = 1');
    expect(await findings()).toEqual(['Checkpoints are missing before number 2.']);
    db.exec('DELETE FROM checkpoint');
    const [key] = await store.checkpoints.keys();
    const publicKey = key?.publicKey ?? new Uint8Array();
    const unsigned =
      'The records from 1 on are not signed, though 11520 minutes lie between them and `serve` signs every minute: checkpoints have been taken out.';
    expect(await findings({ publicKey })).toEqual([unsigned]);
    db.exec('DELETE FROM record_key');
    expect(await findings({ publicKey })).toEqual([
      'Nothing is signed, and the key that was given is none of this store’s.',
      unsigned,
    ]);
    db.exec('DELETE FROM activity');
    expect(await findings({ publicKey })).toHaveLength(1);
  });

  test('the newest checkpoint is taken out, and what it signed is rewritten', async () => {
    db.exec('DELETE FROM checkpoint WHERE number = 2');
    change(7);
    chainAnew(7);
    expect(await findings()).toEqual([expect.stringMatching(/^The records from 6 on are not signed, though 4320 min/)]);
  });

  test('orders of the command line are recorded without serve: nobody signs them for days', async () => {
    await sealing.seal();
    for (const at of ['2026-02-01', '2026-02-03'])
      await store.activities.append({ ...factorsReset, id: at, recordedAt: new Date(at) });
    expect(await verifyRecord(store)).toMatchObject({ unsigned: 2, findings: [] });
  });

  test('a time that is none does not end the report', async () => {
    db.exec('UPDATE checkpoint SET signed_at = 9000000000000000 WHERE number = 2');
    const verified = await verifyRecord(store);
    expect(verified.findings.map(({ text }) => text)).toEqual([
      'Checkpoint 2 of no time has been changed: its signature does not fit.',
    ]);
    expect(verificationLines(verified).join('\n')).toContain('number 2 of no time, signs');
  });

  test('a checkpoint is changed, taken out, or signed by somebody else', async () => {
    db.exec('UPDATE checkpoint SET pruned_through = 5 WHERE number = 2');
    expect(await findings()).toContainEqual(
      'Checkpoint 2 of 2026-05-01T00:00:00.000Z has been changed: its signature does not fit.',
    );
    db.exec('UPDATE checkpoint SET pruned_through = 0 WHERE number = 2');
    expect(await findings()).toEqual([]);
    await sealing.seal();
    db.exec('DELETE FROM checkpoint WHERE number = 2');
    expect(await findings()).toEqual(['Checkpoints are missing between number 1 and 3.']);

    const [key] = await store.checkpoints.keys();
    const publicKey = key?.publicKey ?? new Uint8Array();
    db.exec('DELETE FROM record_key; DELETE FROM checkpoint');
    await (await sealingOver(store)).seal();
    expect(await findings(), 'whole in itself').toEqual([]);
    const said = async (noted: Noted) => verificationLines(await verifyRecord(store, noted)).join('\n');
    expect(await said({})).toContain('which stands in this store itself: `--key FILE` compares');
    expect(await said({ publicKey })).not.toContain('stands in this store itself');
    expect(await findings({ publicKey })).toEqual([
      'Checkpoint 1 of 2026-05-01T00:00:00.000Z is signed with another key than the one given.',
    ]);
  });
});

test('whoever signed is told when it is not there any more', async () => {
  const told: number[] = [];
  await record(1, 2);
  const watching = await sealingOver(store, ({ sequence }) => told.push(sequence));
  await watching.seal();
  await watching.seal();
  expect(told).toEqual([]);
  change(2);
  chainAnew(2);
  await watching.seal();
  db.exec('DELETE FROM activity WHERE sequence = 2');
  await watching.seal();
  expect(told).toEqual([2, 2]);
});

test('another master key makes another key, and both are known', async () => {
  await record(1, 1);
  await sealing.seal();
  await record(2, 2);
  const other = await sealingOver(store, undefined, Buffer.alloc(32, 9).toString('base64'));
  await other.seal();
  expect((await store.checkpoints.keys()).length).toBe(2);
  expect(await findings()).toEqual([]);
});
