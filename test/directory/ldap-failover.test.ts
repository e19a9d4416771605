/** Which domain controller is asked when one does not answer. */
import { describe, expect, test } from 'vitest';
import { labAvailable } from '../../lab/samba.ts';
import { refusalFrom } from '../refusal-of.ts';
import { DEAD_PORT, find, ldapLab } from './ldap-lab.ts';

describe.skipIf(!labAvailable)('failover between domain controllers', () => {
  const { lab, openWith, relayTo } = ldapLab();

  const timing = { timeoutMs: 400, retryMs: 50, maxRetryMs: 100 };

  test('of each server it is known whether it answers, and what is under way', async () => {
    const dead = `${lab().address}:${DEAD_PORT}`;
    const [alive = ''] = lab().gateway.serversHostAndPort;
    const directory = openWith({ serversHostAndPort: [dead, alive] });
    await find(directory);
    const asked = find(directory);
    const [one, two] = directory.controllers?.() ?? [];
    expect(one).toMatchObject({ server: dead, up: false, connections: 0, failures: { 'directory-down': 1 } });
    expect(two).toMatchObject({ server: alive, up: true, answered: 1, connections: 1, underWay: 1, waiting: 0 });
    await asked;
    expect(directory.controllers?.()[1]).toMatchObject({ answered: 2, underWay: 0 });
  });

  test('a port where nothing listens costs nothing', async () => {
    const directory = openWith({ serversHostAndPort: [`127.0.0.1:${DEAD_PORT}`, `${lab().address}:636`] }, timing);
    expect(await find(directory)).toEqual(['DESKTOP-01$']);
  });

  test('a server that hangs costs one timeout in all, for many callers and for later ones', async () => {
    const relay = await relayTo(636);
    relay.mode = 'silent';
    const directory = openWith(
      { serversHostAndPort: [`localhost:${relay.port}`, `${lab().address}:636`] },
      { ...timing, timeoutMs: 1_000 },
    );
    const started = performance.now();
    const found = await Promise.all(Array.from({ length: 20 }, async () => find(directory)));
    expect(found).toEqual(found.map(() => ['DESKTOP-01$']));
    expect(performance.now() - started).toBeLessThan(1_900);
    const later = performance.now();
    for (let index = 0; index < 10; index++) expect(await find(directory)).toEqual(['DESKTOP-01$']);
    expect(performance.now() - later).toBeLessThan(900);
  });

  test('a server that begins to hang with a connection open costs one timeout, too', async () => {
    const relay = await relayTo(636);
    const directory = openWith(
      { serversHostAndPort: [`localhost:${relay.port}`, `${lab().address}:636`] },
      { ...timing, timeoutMs: 1_000 },
    );
    await find(directory);
    relay.mode = 'silent';
    const started = performance.now();
    await Promise.all(Array.from({ length: 10 }, async () => expect(await find(directory)).toEqual(['DESKTOP-01$'])));
    expect(performance.now() - started).toBeLessThan(1_900);
  });

  test('the first is used again as soon as it answers', async () => {
    const relay = await relayTo(636);
    relay.mode = 'closed';
    const log: string[] = [];
    const directory = openWith(
      { serversHostAndPort: [`localhost:${relay.port}`, `${lab().address}:636`] },
      {
        ...timing,
        timeoutMs: 2_000,
        log: { info: (_, message) => log.push(message), warn: (_, message) => log.push(message) },
      },
    );
    expect(await find(directory)).toEqual(['DESKTOP-01$']);
    relay.mode = 'forward';
    await expect
      .poll(() => log, { timeout: 5_000 })
      .toEqual(['a domain controller does not answer; the next one is asked', 'the domain controller answers again']);
    const before = relay.connections();
    relay.drop();
    expect(await find(directory)).toEqual(['DESKTOP-01$']);
    expect(relay.connections()).toBeGreaterThan(before);
  });

  test('when none answers the refusal names each with its reason, at once from the second time on', async () => {
    const relay = await relayTo(636);
    relay.mode = 'silent';
    const directory = openWith(
      { serversHostAndPort: [`127.0.0.1:${DEAD_PORT}`, `localhost:${relay.port}`] },
      { ...timing, retryMs: 10_000 },
    );
    const refusal = await refusalFrom(find(directory));
    expect(refusal.code).toBe('directory-down');
    expect(refusal.facts.detail).toMatch(
      new RegExp(
        `^127\\.0\\.0\\.1:${DEAD_PORT}: nothing listens there \\(ECONNREFUSED\\); localhost:${relay.port}: it did not .*(?:in time|within 400 ms)$`,
      ),
    );
    const started = performance.now();
    expect((await refusalFrom(find(directory))).facts.detail).toBe(refusal.facts.detail);
    expect(performance.now() - started).toBeLessThan(100);
  });

  test('a refused search is an answer: the next server is not asked', async () => {
    const relay = await relayTo(636);
    const directory = openWith({ serversHostAndPort: [`${lab().address}:636`, `localhost:${relay.port}`] });
    const search = {
      base: 'nonsense',
      scope: 'sub',
      filter: { type: 'present', attribute: 'cn' },
      attributes: [],
      sizeLimit: 1,
    } as const;
    expect((await refusalFrom(directory.search(search))).code).toBe('directory-search-refused');
    expect(relay.connections()).toBe(0);
  });

  test('closing ends what is under way', async () => {
    const relay = await relayTo(636);
    relay.mode = 'silent';
    const directory = openWith({ serversHostAndPort: [`localhost:${relay.port}`] }, { timeoutMs: 60_000 });
    const pending = refusalFrom(find(directory));
    await expect.poll(() => relay.connections()).toBe(1);
    await directory.close();
    expect((await pending).code).toBe('directory-down');
  });
});
