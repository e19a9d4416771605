/** What happens to a device after it has joined: it leaves, joins again, is disabled or deleted in Entra. Owns the order and the words. */
import { isAccepted, leaveDevice } from './device-login.ts';
import { labelled, rehearseJoin } from './rehearse.ts';
import type { Write } from './rehearse.ts';
import { rehearseSignIn } from './rehearse-sign-in.ts';
import { deviceIdOf } from './status-block.ts';
import type { JoinedDevice } from './status-block.ts';
import { openTranscript } from './transcript.ts';
import type { World } from './world.ts';

type Course = (world: World, joined: JoinedDevice, write: Write) => Promise<boolean>;

/** By the name that `--then` takes; each says whether all went as it goes with Windows and Entra. */
const COURSES = { leave, rejoin, disable, delete: deleteAndRejoin } as const satisfies Record<string, Course>;

export type Afterwards = keyof typeof COURSES;

export const afterwardsNames = (): readonly string[] => Object.keys(COURSES);

export const isAfterwards = (name: string): name is Afterwards => Object.hasOwn(COURSES, name);

export async function rehearseAfterwards(
  what: Afterwards,
  world: World,
  joined: JoinedDevice,
  write: Write,
): Promise<boolean> {
  return COURSES[what](world, joined, write);
}

async function leave(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  write('');
  write('PS C:\\Windows\\System32> dsregcmd /leave /debug');
  const { refused } = await leaveDevice(world.device, joined, openTranscript(write));
  write('');
  const id = deviceIdOf(joined.registered);
  if (refused === undefined) write(`The device ${id} has left: Entra has forgotten it.`);
  else {
    write(`The device ${id} has left by itself: Windows clears its own state whatever Entra says.`);
    write(labelled('Entra', refused));
  }
  return !world.entra.devices().some(({ deviceId }) => deviceId === id);
}

async function rejoin(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  const left = await leave(world, joined, write);
  write('');
  const again = await rehearseJoin(world, write);
  if (!left || again.joinedBy !== 'federation' || again.joined === undefined) return false;
  write('');
  write(`The device ${again.deviceId ?? ''} is joined again, under the same id and with another certificate.`);
  return signsIn(world, again.joined, write);
}

async function disable(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  const id = deviceIdOf(joined.registered);
  const set = (enabled: boolean): void => {
    world.entra.setDeviceEnabled(id, enabled);
    write('');
    write(`In the Entra admin center somebody ${enabled ? 'enables the device again' : `disables the device ${id}`}.`);
  };
  set(false);
  const refused = await isRefused(world, joined, write);
  set(true);
  return (await signsIn(world, joined, write)) && refused;
}

async function deleteAndRejoin(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  const id = deviceIdOf(joined.registered);
  world.entra.deleteDevice(id);
  write('');
  write(`In the Entra admin center somebody deletes the device ${id}. The device does not notice by itself.`);
  const refused = await isRefused(world, joined, write);
  return (await rejoin(world, joined, write)) && refused;
}

async function signsIn(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  const { failure } = await rehearseSignIn(world, joined, undefined, write);
  return failure === undefined && isAccepted(world.device, joined);
}

async function isRefused(world: World, joined: JoinedDevice, write: Write): Promise<boolean> {
  const { failure } = await rehearseSignIn(world, joined, undefined, write);
  return failure !== undefined && !(await isAccepted(world.device, joined));
}
