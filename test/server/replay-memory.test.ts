/** Whoever repeats a ticket's token after a restart is refused as before it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReplayMemory } from '../../src/server/replay-memory.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { presentedAuthenticator } from '../kerberos/support.ts';
import { expectChallenge } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground, RunningMortise } from './mortise.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

async function ask(mortise: RunningMortise, authorization: string) {
  const client = openClient(mortise);
  try {
    return await client.ask(authorization);
  } finally {
    client.close();
  }
}

test('a token that was taken is a replay after a restart too; a new one is none', async () => {
  const used = negotiate(ground.mint());
  const first = await ground.start();
  expect((await ask(first, used)).status).toBe(200);
  await first.close();
  const second = await ground.start();
  expectChallenge(await ask(second, used), 'kerberos-replay');
  expect((await ask(second, negotiate(ground.mint()))).status).toBe(200);
});

describe('what the store keeps', () => {
  const silent = { error: () => undefined };
  const T0 = new Date('2026-06-01T08:00:00Z');
  const at = (minutes: number): Date => new Date(T0.getTime() + minutes * 60_000);

  test('is only what may still be presented', async () => {
    const store = await openSqliteStore(':memory:');
    const memory = await openReplayMemory(store.authenticators, T0, silent);
    for (const minute of [0, 1, 2, 3, 9])
      memory.checkAndRemember(presentedAuthenticator(minute), at(minute + 5), at(minute));
    await store.activities.last();
    await store.authenticators.prune(new Date(0));
    expect((await store.authenticators.list(new Date(0))).map(({ expires }) => expires)).toEqual([at(14)]);
    expect((await openReplayMemory(store.authenticators, at(9), silent)).size).toBe(1);
    expect((await openReplayMemory(store.authenticators, at(15), silent)).size).toBe(0);
    await store.close();
  });

  test('a store that cannot be written is told of, and the replay is refused all the same', async () => {
    const store = await openSqliteStore(':memory:');
    const errors: string[] = [];
    const memory = await openReplayMemory(
      { ...store.authenticators, remember: async () => Promise.reject(new Error('the disk is full')) },
      T0,
      { error: (_: unknown, text?: string) => void errors.push(text ?? '') },
    );
    expect(memory.checkAndRemember(presentedAuthenticator(1), at(5), T0)).toBe('new');
    expect(memory.checkAndRemember(presentedAuthenticator(1), at(5), T0)).toBe('replay');
    await store.close();
    expect(errors).toEqual(['an authenticator could not be stored: it is remembered until a restart']);
  });

  test('what could not be forgotten is told as that, without what a library hung on its error', async () => {
    const store = await openSqliteStore(':memory:');
    const errors: string[] = [];
    const error = Object.assign(new Error('the disk is full'), { row: 'a fingerprint' });
    const memory = await openReplayMemory({ ...store.authenticators, prune: async () => Promise.reject(error) }, T0, {
      error: (about: unknown, text?: string) => void errors.push(`${text}: ${JSON.stringify(about)}`),
    });
    memory.checkAndRemember(presentedAuthenticator(1), at(7), at(2));
    await store.close();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^authenticators whose time is over could not be forgotten.*the disk is full/);
    expect(errors[0]).not.toContain('fingerprint');
  });
});
