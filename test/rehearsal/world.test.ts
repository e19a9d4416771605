/** A world leaves nothing behind: not its folder, not its listeners; also when it cannot be opened. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { World } from '../../src/rehearsal/world.ts';

const silent = (): void => undefined;
const open = (port?: number): Promise<World> => openWorld(SOUND_PLAN, { fallback: 'disabled', port });

/** A temporary folder of the test's own, so that others' rehearsals are not counted. */
let folder: string;
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-world-test-'));
  before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(folder, { recursive: true });
});

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
const closeServer = (server: Server): Promise<unknown> =>
  new Promise((resolve) => {
    server.close(resolve);
  });
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const isFree = async (port: number): Promise<boolean> => {
  const server = await listen(port);
  if (server === undefined) return false;
  await closeServer(server);
  return true;
};

/** A port whose neighbour is free too. */
async function twoFreePorts(): Promise<number> {
  for (;;) {
    const server = await listen(0);
    if (server === undefined) continue;
    const port = portOf(server);
    await closeServer(server);
    if (await isFree(port + 1)) return port;
  }
}

describe('the folder', () => {
  test('is readable by its owner alone, and goes at the end', async () => {
    const world = await open(0);
    const place = dirname(world.configurationFile);
    expect(dirname(place)).toBe(folder);
    expect(statSync(place).mode & 0o077).toBe(0);
    for (const name of ['tls.key', 'master.key', 'service-account.password', 'mortise.yaml'])
      expect(statSync(join(place, name)).mode & 0o077, name).toBe(0);
    await world.close();
    expect(existsSync(place)).toBe(false);
  });

  test('goes at the end of a join that is under way', async () => {
    const world = await open(0);
    const lines: string[] = [];
    const joining = rehearseJoin(world, (line) => lines.push(line)).then(
      () => 'joined or refused',
      (error: Error) => error.message,
    );
    await world.close();
    await joining;
    expect(lines).not.toContain('DsrCmdJoinHelper::Join: AutoEnrollAsComputer completed successfully');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('ports', () => {
  test('two worlds at once have ports of their own, and both join', async () => {
    const worlds = await Promise.all([open(), open()]);
    try {
      const results = await Promise.all(worlds.map((world) => rehearseJoin(world, silent)));
      expect(results.map((result) => result.joinedBy)).toEqual(['federation', 'federation']);
      const origins = worlds.flatMap((world) => [world.configuration.server.publicBaseUrl, world.entra.urls.login]);
      expect(new Set(origins.map((origin) => new URL(origin).port)).size).toBe(4);
    } finally {
      await Promise.all(worlds.map((world) => world.close()));
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a port that is asked for is taken, and the local Entra takes the next', async () => {
    const port = await twoFreePorts();
    const world = await open(port);
    expect(new URL(world.configuration.server.publicBaseUrl).port).toBe(String(port));
    expect(world.entra.port).toBe(port + 1);
    await world.close();
    expect(await isFree(port)).toBe(true);
    expect(await isFree(port + 1)).toBe(true);
  });

  test.each([
    ['Mortise’s', 0],
    ['the local Entra’s', 1],
  ])('%s port is taken: the error says so, and nothing stays open', async (_whose, offset) => {
    const port = await twoFreePorts();
    const taken = await listen(port + offset);
    try {
      await expect(open(port)).rejects.toMatchObject({ code: 'EADDRINUSE', port: port + offset });
      expect(readdirSync(folder)).toEqual([]);
      expect(await isFree(port + 1 - offset)).toBe(true);
    } finally {
      if (taken !== undefined) await closeServer(taken);
    }
  });
});
