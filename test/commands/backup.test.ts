/** `mortise backup` and `restore`: beside a running `serve`, whole or not at all, and in nobody's place. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyRecord } from '../../src/audit/verify.ts';
import { backupCommand } from '../../src/commands/backup.ts';
import { explain } from '../../src/commands/problem.ts';
import { restoreCommand } from '../../src/commands/restore.ts';
import { migrate, migrations } from '../../src/store/migrations.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { ENV } from '../config/sample.ts';
import { issued } from '../store/sample-activity.ts';
import { sealingOver } from '../store/sample-sealing.ts';
import { device, t0, uuid } from '../store/sample-users.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

let site: Site;
let said: string[];
let path: string;
let copy: string;
let config: string;

beforeEach(async () => {
  site = await openSite();
  [path, copy, config] = ['mortise.sqlite', 'backup.sqlite', 'mortise.yaml'].map((name) => join(site.folder, name)) as [
    string,
    string,
    string,
  ];
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await site.close();
});

/** With something of everything in it; open for writing. */
async function filledStore(): Promise<Store> {
  await site.putSigningKey();
  const store = await openSqliteStore(path);
  await store.users.create(device(1), t0);
  for (let n = 0; n < 20; n += 1) await store.activities.append(issued(uuid(n), '2026-01-01T00:00:00Z'));
  await (await sealingOver(store)).seal();
  return store;
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing failed',
    (error: unknown) => explain(error),
  );
}

const files = (): readonly string[] =>
  readdirSync(site.folder)
    .filter((name) => name.includes('sqlite'))
    .toSorted();

test('a backup beside a writer, restored elsewhere: everything is there, and the restoration is recorded', async () => {
  const store = await filledStore();
  const writing = new AbortController();
  let n = 100;
  const load = (async () => {
    while (!writing.signal.aborted) await store.activities.append(issued(uuid((n += 1)), '2026-01-02T00:00:00Z'));
  })();
  expect(await backupCommand(copy, { config })).toBe(0);
  writing.abort();
  await load;
  const users = await store.users.list();
  const keys = await store.signingKeys.list();
  await store.close();
  expect(said.join('\n')).toMatch(
    /backup\.sqlite holds everything of .*: the record up to number \d+, 1 signing key\./,
  );
  expect(said.join('\n')).toContain('The master key and the configuration are not in it');
  if (process.platform !== 'win32') expect(statSync(copy).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(copy);

  site.configure({ 'server.store.path': 'restored.sqlite' });
  expect(await restoreCommand(copy, { config })).toBe(0);
  expect(readFileSync(copy).equals(bytes), 'the backup stays as it is').toBe(true);
  expect(files().filter((name) => /partial|lock/.test(name) && !name.startsWith('mortise'))).toEqual([]);
  const restored = await openSqliteStoreForReading(join(site.folder, 'restored.sqlite'));
  expect(await restored.users.list()).toEqual(users);
  expect(await restored.signingKeys.list()).toEqual(keys);
  const [newest] = await restored.activities.list({ limit: 1 });
  expect(newest).toMatchObject({
    outcome: 'done',
    event: {
      kind: 'store-restored',
      detail: expect.stringMatching(/^from backup\.sqlite, whose newest record is of 2026-01-0/),
    },
  });
  expect(await verifyRecord(restored)).toMatchObject({ checkpoints: 1, findings: [] });
  expect(await restored.activities.list({ device: 'desktop-02', limit: 10_000 })).not.toEqual([]);
  await restored.close();
});

test('neither takes the place of a file', async () => {
  await (await filledStore()).close();
  await backupCommand(copy, { config });
  expect(await failure(backupCommand(copy, { config }))).toMatch(/backup\.sqlite exists already and is left as it is/);
  expect(await failure(restoreCommand(copy, { config }))).toMatch(/mortise\.sqlite exists already/);
  site.configure({ 'server.store.path': 'gone.sqlite' });
  writeFileSync(join(site.folder, 'gone.sqlite-wal'), 'of a store that was taken away alone');
  expect(await failure(restoreCommand(copy, { config }))).toMatch(/gone\.sqlite-wal exists already/);
  expect(files().filter((name) => name.includes('partial'))).toEqual([]);
});

test('what is damaged, of another program, of a newer Mortise or not there is not restored', async () => {
  await (await filledStore()).close();
  await backupCommand(copy, { config });
  site.configure({ 'server.store.path': 'new.sqlite' });
  const broken = join(site.folder, 'broken.sqlite');
  const attempt = () => failure(restoreCommand(broken, { config }));

  expect(await attempt()).toMatch(/^There is no file .*broken\.sqlite/);
  copyFileSync(copy, broken);
  truncateSync(broken, statSync(copy).size - 8_192);
  expect(await attempt()).toMatch(/damaged|malformed|cannot be used/);
  writeFileSync(broken, 'something else entirely, and long enough to be looked at as a database file of some kind');
  expect(await attempt()).toMatch(/is not a store of Mortise/);
  copyFileSync(copy, broken);
  const db = new DatabaseSync(broken);
  db.prepare('INSERT INTO migration (number, name) VALUES (?, ?)').run(migrations.length + 1, 'later');
  db.close();
  expect(await attempt()).toMatch(/there is no way back/);
  expect(existsSync(join(site.folder, 'new.sqlite'))).toBe(false);
  expect(files().filter((name) => /partial/.test(name))).toEqual([]);
});

test('under another master key nothing is restored; a key that is not there is a warning', async () => {
  await (await filledStore()).close();
  await backupCommand(copy, { config });
  site.configure({ 'server.store.path': 'new.sqlite' });
  vi.stubEnv('MASTER', Buffer.alloc(32, 8).toString('base64'));
  expect(await failure(restoreCommand(copy, { config }))).toMatch(/^master-key-wrong/);
  expect(files().filter((name) => name.startsWith('new'))).toEqual([]);

  vi.stubEnv('MASTER', ENV['MASTER'] ?? '');
  const db = new DatabaseSync(copy);
  db.exec('DELETE FROM signing_key');
  db.close();
  expect(await restoreCommand(copy, { config })).toBe(0);
  expect(said.join('\n')).toContain('Warning: The store holds no signing key for');
});

test('a store of an earlier Mortise is backed up as it is, and brought up to date when it is restored', async () => {
  const db = new DatabaseSync(path);
  migrate(db, path, migrations.slice(0, 3));
  db.close();
  await backupCommand(copy, { config });
  site.configure({ 'server.store.path': 'new.sqlite' });
  expect(await restoreCommand(copy, { config })).toBe(0);
  const restored = await openSqliteStoreForReading(join(site.folder, 'new.sqlite'));
  expect(await restored.activities.list({ limit: 5 })).toHaveLength(1);
  await restored.close();
});
