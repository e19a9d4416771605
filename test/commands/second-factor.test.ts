/** `mortise second-factor …` as processes: while nobody else has the store open, and while a serve takes orders. */
import { mkdirSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { generateSync } from 'otplib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAdministration } from '../../src/administration/listener.ts';
import type { Activity } from '../../src/audit/activity.ts';
import { openSqliteStore, openSqliteStoreForReading } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { dependenciesOver, JONAS, knowUsers, NAMESAKE, NORA, NOW, openSession } from '../administration/people.ts';
import { ENV } from '../config/sample.ts';
import { openSite, SECRETS } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
let path: string;
beforeEach(async () => {
  site = await openSite();
  path = join(site.folder, 'mortise.sqlite');
});
afterEach(() => site.close());

const secondFactor = (command: string, person: string, config = 'mortise.yaml'): Promise<Ended> =>
  site.run('second-factor', command, person, '--config', config);

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openSqliteStore(path);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** The store in the hands of a process that takes orders, this one. */
async function whileServing<T>(use: (store: Store) => Promise<T>): Promise<T> {
  return withStore(async (store) => {
    const administration = await startAdministration(path, {
      ...dependenciesOver(store),
      log: pino({ enabled: false }),
    });
    try {
      return await use(store);
    } finally {
      await administration.close();
    }
  });
}

async function records(): Promise<readonly Activity[]> {
  const store = await openSqliteStoreForReading(path);
  const found = await store.activities.list({ limit: 10 });
  await store.close();
  return found;
}

/** Two apps, recovery codes and two sessions. */
async function addFactors(store: Store, userId: string): Promise<void> {
  const { secondFactors } = dependenciesOver(store);
  for (const [number, name] of [
    [0, 'Phone'],
    [1, 'Tablet \u001b[31m'],
  ] as const) {
    const secret = Buffer.alloc(20, number);
    const now = new Date(NOW.getTime() + number * 60_000);
    await secondFactors.addTotp(userId, secret, generateSync({ secret, epoch: now.getTime() / 1_000 }), name, now);
  }
  await secondFactors.makeRecoveryCodes(userId);
  await openSession(store, userId);
  await openSession(store, userId);
}

function done({ status, stdout, stderr }: Ended): string {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const secret of SECRETS) expect(stdout).not.toContain(secret);
  return stdout;
}

function refused({ status, stdout, stderr }: Ended): string {
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at |ENOENT/m);
  return stderr;
}

const CODE = /^ {2}([0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5})$/m;

describe('code', () => {
  test('while serve is stopped: printed once, recorded with who made it, and it lets the person in', async () => {
    await withStore(knowUsers);
    const before = Date.now();
    const said = done(await secondFactor('code', 'NORA.KELLER'));
    const code = CODE.exec(said)?.[1] ?? '';
    expect(said).toMatch(
      /^One-time code for nora\.keller, to set up a second factor from anywhere:\n\n {2}\S+\n\nIt is shown this once, works once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC, /,
    );
    expect(said).not.toContain('already');

    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      outcome: 'done',
      event: { kind: 'enrolment-code-made', by: userInfo().username },
      endpoint: 'command-line',
      subject: { kind: 'person', userId: NORA.id, username: 'nora.keller' },
    });
    expect(JSON.stringify(record)).not.toContain(code.slice(0, 5));
    const until = /until (.*)$/.exec(record?.event?.detail ?? '')?.[1] ?? '';
    expect(Date.parse(until) - before).toBeGreaterThanOrEqual(24 * 3_600_000);
    await withStore(async (store) => dependenciesOver(store).secondFactors.useEnrolmentCode(NORA.id, code, new Date()));
    expect(done(await site.run('log', '--config', 'mortise.yaml'))).toContain('enrolment code made');
  });

  test('while serve runs: asked of it, at once and twice at a time', async () => {
    await withStore(knowUsers);
    await whileServing(async (store) => {
      const [first, second] = await Promise.all([secondFactor('code', NORA.id), secondFactor('code', 'jonas.brandt')]);
      const { secondFactors } = dependenciesOver(store);
      await secondFactors.useEnrolmentCode(NORA.id, CODE.exec(done(first))?.[1] ?? '', NOW);
      await secondFactors.useEnrolmentCode(JONAS.id, CODE.exec(done(second))?.[1] ?? '', NOW);
    });
    expect((await records()).map(({ event }) => event?.kind)).toEqual(['enrolment-code-made', 'enrolment-code-made']);
  });

  test('twice at a time while serve is stopped: one waits for the other', async () => {
    await withStore(knowUsers);
    const both = await Promise.all([secondFactor('code', NORA.id), secondFactor('code', JONAS.id)]);
    for (const one of both) expect(done(one)).toMatch(CODE);
    expect(await records()).toHaveLength(2);
  });

  test('for somebody who has second factors says when it is of use', async () => {
    await withStore(async (store) => {
      await knowUsers(store);
      await addFactors(store, NORA.id);
    });
    expect(done(await secondFactor('code', 'nora.keller'))).toContain(
      'There are 2 second factors already: the code is of no use beside them.\nIf they are lost: mortise second-factor reset nora.keller --config mortise.yaml, and then make another code.\n',
    );
  });

  test('the record names whoever became another account to make it', async () => {
    await withStore(knowUsers);
    const asAnna = { ...ENV, SUDO_USER: 'anna' };
    const command = ['second-factor', 'code', NORA.id, '--config', 'mortise.yaml'];
    done(await site.runWith(asAnna, ...command));
    expect((await records())[0]?.event?.by).toBe(`anna as ${userInfo().username}`);
  });
});

describe('show', () => {
  test('lists them, without changing anything, while serve runs and while it does not', async () => {
    await withStore(async (store) => {
      await knowUsers(store);
      await addFactors(store, NORA.id);
    });
    const stopped = done(await secondFactor('show', 'nora.keller@corp.example.com'));
    expect(stopped).toBe(
      [
        `nora.keller (${NORA.id}) has 2 second factors and 10 recovery codes:`,
        '  Phone: authenticator app, set up 2026-03-02 10:00 UTC, last used 2026-03-02 10:00 UTC',
        '  Tablet [31m: authenticator app, set up 2026-03-02 10:01 UTC, last used 2026-03-02 10:01 UTC',
        'Lost? They are all taken away by: mortise second-factor reset nora.keller --config mortise.yaml',
        '',
      ].join('\n'),
    );
    const running = await whileServing(() => secondFactor('show', NORA.objectGUID));
    expect(done(running)).toBe(stopped);
    expect(await records()).toEqual([]);
  });

  test('of somebody who has none says how the first is set up', async () => {
    await withStore(knowUsers);
    expect(done(await secondFactor('show', 'jonas.brandt'))).toBe(
      [
        `jonas.brandt (${JONAS.id}) has no second factor.`,
        'It is set up in the browser, when a sign-in asks for one: from a network of `signIn.corporateNetworks`,',
        'or elsewhere with the code of: mortise second-factor code jonas.brandt --config mortise.yaml',
        '',
      ].join('\n'),
    );
  });
});

describe('reset', () => {
  test('takes all away and ends the sessions, while serve is stopped', async () => {
    await withStore(async (store) => {
      await knowUsers(store);
      await addFactors(store, NORA.id);
    });
    expect(done(await secondFactor('reset', 'nora.keller'))).toBe(
      [
        'nora.keller has no second factor any more: 2 second factors and the recovery codes are gone.',
        '2 sessions were ended: the next sign-in starts with the password.',
        'A new second factor is set up from a network of `signIn.corporateNetworks`,',
        'or elsewhere with the code of: mortise second-factor code nora.keller --config mortise.yaml',
        '',
      ].join('\n'),
    );
    expect((await records())[0]?.event).toMatchObject({
      kind: 'second-factors-reset',
      detail: '2 second factors, 2 sessions',
      by: userInfo().username,
    });
    expect(done(await secondFactor('reset', 'nora.keller'))).toMatch(
      /^nora\.keller had no second factor; .*\n0 sessions /,
    );
  });

  test('is done by a serve that runs, in its memory too', async () => {
    await withStore(knowUsers);
    await whileServing(async (store) => {
      await addFactors(store, NORA.id);
      expect(done(await secondFactor('reset', 'nora.keller'))).toContain('2 sessions were ended');
      expect(await store.secondFactors.list(NORA.id)).toEqual([]);
    });
  });
});

describe('is refused', () => {
  const commands = ['show', 'code', 'reset'] as const;

  test.each(commands)('%s: somebody who has not signed in yet, with the next step', async (command) => {
    await withStore(knowUsers);
    expect(refused(await secondFactor(command, 'nobody'))).toBe(
      'Nobody by the name of “nobody” has signed in yet. A person is known from the first sign-in on, by user name, UPN, objectGUID or id: let the person sign in once with the password, then give the command again.\n',
    );
    expect(await records()).toEqual([]);
  });

  test.each(commands)('%s: a name of two people, who are named', async (command) => {
    await withStore((store) => knowUsers(store, [JONAS, NAMESAKE]));
    expect(refused(await secondFactor(command, 'jonas.brandt@corp.example.com'))).toBe(
      `“jonas.brandt@corp.example.com” may be any of these. Name the one by the id:\n  ${JONAS.id}  jonas.brandt\n  ${NAMESAKE.id}  jonas.brandt@corp.example.com\n`,
    );
  });

  test('where there is no store, and none is made', async () => {
    expect(refused(await secondFactor('code', 'nora.keller'))).toMatch(
      /^There is no store at .*: nobody has signed in yet/,
    );
    expect(refused(await secondFactor('show', 'nora.keller'))).toMatch(/^There is no store at /);
    expect(refused(await secondFactor('reset', 'nora.keller'))).toMatch(/^There is no store at /);
  });

  test('while another process has the store that takes no orders', async () => {
    await withStore(async (store) => {
      await knowUsers(store);
      expect(refused(await secondFactor('code', 'nora.keller'))).toBe(
        `Another process writes to ${path} and takes no orders at ${path}.sock: another command, or a serve that could not listen there, as its log says. Try again; else stop it first.\n`,
      );
    });
  });

  test('while serve runs whose store has too long a path for a socket; not while it is stopped', async () => {
    const folder = join(site.folder, 'x'.repeat(100));
    mkdirSync(folder);
    path = join(folder, 'mortise.sqlite');
    site.configure({ 'server.store': { path } });
    await whileServing(async (store) => {
      await knowUsers(store);
      expect(refused(await secondFactor('reset', 'nora.keller'))).toMatch(
        /^The running serve takes no orders: .* is too long a path for a socket beside it\. Stop serve, give the command, and start it again; or choose a shorter server\.store\.path\.\n$/,
      );
    });
    expect(done(await secondFactor('reset', 'nora.keller'))).toContain('had no second factor');
    rmSync(folder, { recursive: true });
  });

  test('with a master key that is another’s: what it protects is not shown', async () => {
    await withStore(async (store) => {
      await knowUsers(store);
      await addFactors(store, NORA.id);
    });
    const other = { ...ENV, MASTER: Buffer.alloc(32, 9).toString('base64') };
    const show = ['second-factor', 'show', NORA.id, '--config', 'mortise.yaml'];
    expect(refused(await site.runWith(other, ...show))).toMatch(/^master-key-wrong: /);
  });
});
