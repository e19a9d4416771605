/** The person's sign-in of a rehearsal, after the join: its steps, `dsregcmd /status`, and why it failed if it did. */
import { SAMPLE_NETBIOS_NAME } from '../directory/sample-domain.ts';
import { isAccepted } from './device-login.ts';
import { deviceStatus } from './device-status.ts';
import { eventsOfSignIn } from './events.ts';
import { HRESULTS } from './join-codes.ts';
import { labelled, mishapAndCure, whatOthersKnow, windows } from './rehearse.ts';
import type { NamedMishap, Write } from './rehearse.ts';
import { signIn } from './sign-in.ts';
import type { SignInResult } from './sign-in.ts';
import { deviceIdOf } from './status-block.ts';
import type { JoinedDevice } from './status-block.ts';
import type { World } from './world.ts';

export async function rehearseSignIn(
  world: World,
  joined: JoinedDevice,
  mishap: NamedMishap | undefined,
  write: Write,
): Promise<SignInResult> {
  const { device, person } = world;
  world.betweenJoinAndSignIn(deviceIdOf(joined.registered));
  const result = await signIn(device, person, joined);
  write('');
  write(`${person.userPrincipalName} signs in at ${device.computer.displayName}:`);
  for (const step of result.steps) write(`  ${step}`);
  write('');
  write('PS C:\\Windows\\System32> dsregcmd /status');
  for (const line of deviceStatus(statusOf(world, joined, result, await isAccepted(device, joined)))) write(line);
  write('');
  for (const line of await ending(world, result, mishap)) write(line);
  return result;
}

const statusOf = ({ device }: World, joined: JoinedDevice, result: SignInResult, accepted: boolean) => ({
  joined,
  accepted,
  signIn: result,
  domainName: SAMPLE_NETBIOS_NAME,
  deviceName: `${device.computer.displayName}.${device.computer.domain}`,
  authority: `${device.login}/${joined.tenantId}`,
  now: device.now(),
});

async function ending(
  { store, entra }: World,
  { person, failure, requestId }: SignInResult,
  mishap: NamedMishap | undefined,
): Promise<readonly string[]> {
  if (failure === undefined) return [`${person.userPrincipalName} has a primary refresh token (AzureAdPrt : YES).`];
  const activities = await store.activities.list({ limit: 10 });
  const activity = activities.find((candidate) => candidate.requestId === requestId);
  return [
    `${person.userPrincipalName} has no primary refresh token (AzureAdPrt : NO): no single sign-on to Microsoft 365.`,
    '',
    ...windows('Windows', failure.cause),
    labelled('', `dsregcmd /status shows ${HRESULTS[failure.status]} ${failure.status}`),
    labelled('Events', eventsOfSignIn(failure.cause)),
    ...whatOthersKnow(entra, requestId, activity),
    ...mishapAndCure(mishap, activity?.refusal),
  ];
}
