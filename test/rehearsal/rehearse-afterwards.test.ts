/** What happens to a device after it has joined: each course goes as Windows and Entra have it go, and says so. */
import { expect, test } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose/diagnose.ts';
import { readCaptures } from '../../src/doctor/read/read.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { afterwardsNames, isAfterwards, rehearseAfterwards } from '../../src/rehearsal/rehearse-afterwards.ts';
import type { Afterwards } from '../../src/rehearsal/rehearse-afterwards.ts';
import { rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { World } from '../../src/rehearsal/world.ts';

async function after(what: Afterwards, prepare: (world: World) => World = (world) => world) {
  const world = prepare(await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0 }));
  try {
    const { joined } = await rehearseJoin(world, () => undefined);
    if (joined === undefined) throw new Error('the device did not join');
    const lines: string[] = [];
    const well = await rehearseAfterwards(what, world, joined, (line) => lines.push(line));
    return { well, lines, said: lines.join('\n'), devices: world.entra.registeredDevices() };
  } finally {
    await world.close();
  }
}

/** What a line of `dsregcmd /status` says each time. */
const each = (lines: readonly string[], name: string): readonly string[] =>
  lines.flatMap((line) => new RegExp(`^ *${name} : (.*)$`).exec(line)?.[1] ?? []);

test('leave: Entra has forgotten the device', async () => {
  const { well, said, devices } = await after('leave');
  expect([well, devices]).toEqual([true, []]);
  expect(said).toContain('dsregcmd /leave /debug\nDsrCmdLeaveHelper::Leave: ');
  expect(said).toMatch(/The device [0-9a-f-]{36} has left/);
});

test('rejoin: the same device, once', async () => {
  const { well, lines, devices } = await after('rejoin');
  expect([well, devices.length]).toEqual([true, 1]);
  expect(each(lines, 'AzureAdJoined')).toEqual(['NO', 'YES', 'YES']);
  expect(each(lines, 'AzureAdPrt')).toEqual(['YES']);
});

test('disable: no primary refresh token until it is enabled again, without joining again', async () => {
  const { well, lines, said } = await after('disable');
  expect(well).toBe(true);
  expect(each(lines, 'AzureAdPrt')).toEqual(['NO', 'YES']);
  expect(each(lines, 'DeviceAuthStatus')).toEqual(['FAILED. Device is either disabled or deleted', 'SUCCESS']);
  expect(said).toContain('DBL-PRT-02: the device ');
  expect(said).not.toContain('dsregcmd /join');
});

test('delete: no primary refresh token until it has left and joined again', async () => {
  const { well, lines, said } = await after('delete');
  expect(well).toBe(true);
  expect(each(lines, 'AzureAdPrt')).toEqual(['NO', 'YES']);
  expect(said).toContain('has left by itself: Windows clears its own state whatever Entra says.');
});

test('a course that goes otherwise is no success', async () => {
  const enabledAnyway = (world: World): World => ({
    ...world,
    entra: { ...world.entra, setDeviceEnabled: () => undefined },
  });
  expect((await after('disable', enabledAnyway)).well).toBe(false);
});

test('the doctor names the disabled device in what is printed', async () => {
  const { lines } = await after('disable');
  const until = lines.findIndex((line) => line.includes('enables the device again'));
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${lines.slice(0, until).join('\n')}\n`);
  }
  const { findings } = diagnose(await readCaptures([{ name: 'status.txt', bytes: bytes() }]), {
    at: undefined,
    configuration: undefined,
  });
  expect(findings.filter(({ severity }) => severity === 'error').map(({ id }) => id)).toEqual(['DOC-ST-05']);
});

test('the names are those that --then takes', () => {
  expect(afterwardsNames().every(isAfterwards)).toBe(true);
  expect(isAfterwards('constructor')).toBe(false);
});
