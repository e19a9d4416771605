/** Failover with servers of our own: order, return, what is remembered, and that nothing is left running. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import { failOver } from '../../src/directory/failover.ts';
import type { FailoverServer } from '../../src/directory/failover.ts';
import { ServerDown, Unanswered } from '../../src/directory/ldap-errors.ts';
import { Password } from '../../src/directory/password.ts';
import { Refusal } from '../../src/refusal.ts';
import { refusalFrom } from '../refusal-of.ts';

const SEARCH = {
  base: 'DC=x',
  scope: 'sub',
  filter: { type: 'present', attribute: 'cn' },
  attributes: [],
  sizeLimit: 1,
} as const;

interface FakeServer extends FailoverServer {
  state: 'up' | 'down' | 'hangs' | 'refuses' | 'falls-silent';
  searches: number;
  binds: number;
  changes: number;
  probes: number;
  closed: boolean;
  /** Ends every search that hangs. */
  release: () => void;
}

function fakeServer(name: string): FakeServer {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const server: FakeServer = {
    name,
    state: 'up',
    searches: 0,
    binds: 0,
    changes: 0,
    probes: 0,
    closed: false,
    release: () => reject(new ServerDown('it did not answer')),
    search: async (search) => {
      if (search.base === '') server.probes++;
      else server.searches++;
      if (server.state === 'down') throw new ServerDown('nothing listens there');
      if (server.state === 'refuses') throw new Refusal('directory-bind-refused');
      if (server.state === 'hangs') return promise;
      return [{ dn: `CN=${name}`, attributes: new Map() }];
    },
    checkPassword: async () => {
      server.binds++;
      if (server.state === 'down') throw new ServerDown('nothing listens there');
      if (server.state === 'refuses') return { verdict: 'wrong', detail: name };
      if (server.state === 'hangs') return promise;
      return { verdict: 'right', detail: name };
    },
    changePassword: async () => {
      server.changes++;
      if (server.state === 'down') throw new ServerDown('nothing listens there');
      if (server.state === 'falls-silent') throw new Unanswered('it did not answer');
      return { verdict: server.state === 'refuses' ? 'wrong' : 'changed', detail: name };
    },
    load: () => ({ connections: 1, underWay: 0, waiting: 2 }),
    close: () => {
      server.closed = true;
      server.release();
    },
  };
  return server;
}

describe('failOver', () => {
  let first: FakeServer;
  let second: FakeServer;
  let log: { message: string; server: unknown }[];
  let directory: Directory;
  const record = (facts: object, message: string): void =>
    void log.push({ message, server: Reflect.get(facts, 'server') });

  beforeEach(() => {
    vi.useFakeTimers();
    [first, second, log] = [fakeServer('dc1'), fakeServer('dc2'), []];
    directory = failOver([first, second], { retryMs: 1_000, maxRetryMs: 8_000, log: { info: record, warn: record } });
  });
  afterEach(async () => {
    await directory.close();
    expect(vi.getTimerCount(), 'timers left running').toBe(0);
    vi.useRealTimers();
  });

  const answeredBy = async (): Promise<string | undefined> => (await directory.search(SEARCH))[0]?.dn;

  test('the first in order answers', async () => {
    expect([await answeredBy(), await answeredBy()]).toEqual(['CN=dc1', 'CN=dc1']);
    expect(second.searches).toBe(0);
  });

  test('says of each server whether it is up, what it answered and how it failed', async () => {
    await answeredBy();
    first.state = 'refuses';
    await expect(answeredBy()).rejects.toThrow(Refusal);
    first.state = 'down';
    await answeredBy();
    const [one, two] = directory.controllers?.() ?? [];
    const none = { 'directory-down': 0, 'directory-bind-refused': 0, 'directory-search-refused': 0 };
    const load = { connections: 1, underWay: 0, waiting: 2 };
    const failures = { ...none, 'directory-down': 1, 'directory-bind-refused': 1 };
    expect(one).toEqual({ server: 'dc1', up: false, answered: 1, failures, ...load });
    expect(two).toEqual({ server: 'dc2', up: true, answered: 1, failures: none, ...load });
    first.state = 'up';
    await vi.advanceTimersByTimeAsync(1_000);
    expect(directory.controllers?.()[0]).toMatchObject({ up: true, failures });
  });

  test('a dead one is asked once, then no more until it answers in the background', async () => {
    first.state = 'down';
    for (let index = 0; index < 5; index++) expect(await answeredBy()).toBe('CN=dc2');
    expect(first.searches).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.probes, await answeredBy()]).toEqual([1, 'CN=dc2']);
    first.state = 'up';
    await vi.advanceTimersByTimeAsync(2_000);
    expect([first.probes, await answeredBy()]).toEqual([2, 'CN=dc1']);
    expect(log).toEqual([
      { message: 'a domain controller does not answer; the next one is asked', server: 'dc1' },
      { message: 'the domain controller answers again', server: 'dc1' },
    ]);
  });

  test('questions in the background become rarer, up to a limit', async () => {
    first.state = 'down';
    await answeredBy();
    const at: number[] = [];
    for (let second = 1; second <= 40; second++) {
      const before = first.probes;
      await vi.advanceTimersByTimeAsync(1_000);
      if (first.probes > before) at.push(second);
    }
    expect(at).toEqual([1, 3, 7, 15, 23, 31, 39]);
  });

  test('callers in the moment of the outage wait together, later ones not at all', async () => {
    first.state = 'hangs';
    const waiting = Array.from({ length: 10 }, answeredBy);
    await vi.advanceTimersByTimeAsync(0);
    first.release();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['CN=dc2']));
    expect(log).toHaveLength(1);
    const asked = first.searches;
    expect(await answeredBy()).toBe('CN=dc2');
    expect(first.searches).toBe(asked);
  });

  test('all down: each is named with its reason, and nobody is asked again by callers', async () => {
    first.state = second.state = 'down';
    for (let index = 0; index < 3; index++) {
      const refusal = await refusalFrom(directory.search(SEARCH));
      expect([refusal.code, refusal.facts.detail]).toEqual([
        'directory-down',
        'dc1: nothing listens there; dc2: nothing listens there',
      ]);
    }
    expect([first.searches, second.searches]).toEqual([1, 1]);
    second.state = 'up';
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answeredBy()).toBe('CN=dc2');
  });

  test('a refusal is an answer: not down, and the next one is not asked', async () => {
    first.state = 'refuses';
    expect((await refusalFrom(directory.search(SEARCH))).code).toBe('directory-bind-refused');
    expect([second.searches, log]).toEqual([0, []]);
    first.state = 'up';
    expect(await answeredBy()).toBe('CN=dc1');
  });

  test('a server that answers a background question with a refusal is back', async () => {
    first.state = 'down';
    await answeredBy();
    first.state = 'refuses';
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await refusalFrom(directory.search(SEARCH))).code).toBe('directory-bind-refused');
  });

  test('a defect is passed on as it is', async () => {
    const broken: FailoverServer = { ...first, search: async () => Promise.reject(new TypeError('defect')) };
    await expect(
      failOver([broken], { retryMs: 1, maxRetryMs: 1, log: { info: record, warn: record } }).search(SEARCH),
    ).rejects.toThrow(TypeError);
  });

  test('close ends what hangs, in the foreground and in the background', async () => {
    first.state = 'down';
    await answeredBy();
    first.state = second.state = 'hangs';
    const pending = refusalFrom(directory.search(SEARCH));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(first.probes).toBe(1);
    await directory.close();
    expect((await pending).facts.detail).toBe('the directory was closed');
    expect([first.closed, second.closed]).toEqual([true, true]);
    expect((await refusalFrom(directory.search(SEARCH))).code).toBe('directory-down');
  });
});

describe('a password', () => {
  const CHECK = { dn: 'CN=Nora,DC=x', password: new Password('secret') };
  const log = { info: () => undefined, warn: () => undefined };
  const open = (servers: readonly FakeServer[]): Directory =>
    failOver(servers, { retryMs: 60_000, maxRetryMs: 60_000, log });

  test('is checked by the first server alone, whatever that says', async () => {
    const servers = [fakeServer('dc1'), fakeServer('dc2')];
    servers[0]!.state = 'refuses';
    expect(await open(servers).checkPassword(CHECK)).toEqual({ verdict: 'wrong', detail: 'dc1' });
    expect(servers.map(({ binds }) => binds)).toEqual([1, 0]);
  });

  test('goes to the next server when the first does not answer', async () => {
    const servers = [fakeServer('dc1'), fakeServer('dc2')];
    servers[0]!.state = 'down';
    const directory = open(servers);
    expect(await directory.checkPassword(CHECK)).toEqual({ verdict: 'right', detail: 'dc2' });
    await directory.close();
  });

  test('goes to two servers at most: each may have counted it', async () => {
    const servers = [fakeServer('dc1'), fakeServer('dc2'), fakeServer('dc3')];
    servers[0]!.state = servers[1]!.state = 'down';
    const directory = open(servers);
    await expect(directory.checkPassword(CHECK)).rejects.toThrow('directory-down');
    expect(servers.map(({ binds }) => binds)).toEqual([1, 1, 0]);
    await directory.close();
  });
});

describe('a change of password', () => {
  const CHANGE = { dn: 'CN=Nora,DC=x', oldPassword: new Password('secret'), newPassword: new Password('secret-too') };
  const open = (servers: readonly FakeServer[]): Directory => {
    const log = { info: () => undefined, warn: () => undefined };
    const directory = failOver(servers, { retryMs: 60_000, maxRetryMs: 60_000, log });
    onTestFinished(async () => directory.close());
    return directory;
  };
  const serversBut = (...states: readonly FakeServer['state'][]): FakeServer[] =>
    ['dc1', 'dc2', 'dc3', 'dc4'].map((name, index) =>
      Object.assign(fakeServer(name), { state: states[index] ?? 'up' }),
    );
  const changes = (servers: readonly FakeServer[]): readonly number[] => servers.map((server) => server.changes);

  test('is made by the first server alone, whatever that says', async () => {
    const servers = serversBut('refuses');
    expect(await open(servers).changePassword(CHANGE)).toEqual({ verdict: 'wrong', detail: 'dc1' });
    expect(changes(servers)).toEqual([1, 0, 0, 0]);
  });

  test('goes on to the first server that takes it: the others were not sent it', async () => {
    const servers = serversBut('down', 'down', 'down');
    expect(await open(servers).changePassword(CHANGE)).toEqual({ verdict: 'changed', detail: 'dc4' });
    expect(changes(servers)).toEqual([1, 1, 1, 1]);
  });

  test('that was sent and not answered goes to no other server, and the silent one is left alone afterwards', async () => {
    const servers = serversBut('falls-silent');
    const directory = open(servers);
    const refusal = await refusalFrom(directory.changePassword(CHANGE));
    expect([refusal.code, refusal.facts.detail]).toEqual(['directory-down', 'dc1: it did not answer']);
    expect(changes(servers)).toEqual([1, 0, 0, 0]);
    expect(await directory.changePassword(CHANGE)).toEqual({ verdict: 'changed', detail: 'dc2' });
    expect(changes(servers)).toEqual([1, 1, 0, 0]);
  });

  test('is refused when all are down', async () => {
    const servers = serversBut('down', 'down', 'down', 'down');
    expect((await refusalFrom(open(servers).changePassword(CHANGE))).code).toBe('directory-down');
  });
});
