/** One rehearsal from the first line to the last: the device's transcript, then what Entra and Mortise know about it. */
import type { Activity } from '../audit/activity.ts';
import { refusals } from '../refusal.ts';
import { claimsTable } from './claims-table.ts';
import { joinDevice } from './device.ts';
import type { JoinResult } from './device.ts';
import { HRESULTS } from './join-codes.ts';
import { MISHAPS } from './mishaps.ts';
import type { MishapName } from './mishaps.ts';
import { openTranscript } from './transcript.ts';
import type { World } from './world.ts';

export type Write = (line: string) => void;

export async function rehearseJoin(world: World, write: Write): Promise<JoinResult> {
  write('PS C:\\Windows\\System32> dsregcmd /join /debug');
  return joinDevice(world.device, openTranscript(write));
}

/** Under the transcript: the accepted claims, or why it failed and what cures it. */
export async function printOutcome(
  world: World,
  result: JoinResult,
  mishap: MishapName | undefined,
  write: Write,
): Promise<void> {
  const [activity] = await world.store.activities.list({ limit: 1 });
  const accepted = world.entra.lastAcceptedClaims(result.requestId);
  write('');
  if (accepted !== undefined) {
    write(result.joinedBy === 'federation' ? 'Claims that Entra accepted:' : 'Claims that Entra read:');
    write('');
    const nameIdentifier = {
      name: 'NameIdentifier',
      namespace: accepted.nameIdentifier.format,
      value: accepted.nameIdentifier.value,
    };
    for (const line of claimsTable([nameIdentifier, ...accepted.claims], activity)) write(line);
    write('');
  }
  for (const line of verdict(result)) write(line);
  for (const line of explanation(world, result, activity)) write(line);
  if (mishap !== undefined) {
    write('');
    write(`Mishap ${mishap}: ${MISHAPS[mishap].wrong}`);
    write(`Cure: ${MISHAPS[mishap].cure}`);
  }
  if (result.warnings.length > 0) write('');
  for (const warning of result.warnings) write(`Warning: ${warning}`);
}

function verdict(result: JoinResult): readonly string[] {
  if (result.joinedBy === 'federation') return [`The device ${result.deviceId} is hybrid joined by federation.`];
  if (result.joinedBy === 'synchronisation') {
    return [
      `The device ${result.deviceId} is joined, but NOT by federation: Windows fell back to the synchronised join, and the fault below stays hidden.`,
      'To see such faults on real devices, set FallbackToSyncJoin (DWORD) to 0 below HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\CDJ.',
    ];
  }
  return ['The device is not joined.'];
}

/** What each party knows about the failure: Windows' code, the check of the local Entra that refused, Mortise's record. */
function explanation(
  { entra }: World,
  { failure, requestId }: JoinResult,
  activity: Activity | undefined,
): readonly string[] {
  if (failure === undefined) return [];
  const lines = ['', `${HRESULTS[failure.hresult]} ${failure.hresult}`, `  ${failure.message.replaceAll('\r\n', ' ')}`];
  const refused = entra
    .requests()
    .find((request) => request.correlationId === requestId && request.refusal !== undefined)?.refusal;
  if (refused !== undefined) lines.push(`The local Entra's check: ${refused.check}: ${refused.found}`);
  const refusal = activity?.refusal;
  if (refusal === undefined) return lines;
  const facts = (['attribute', 'expected', 'actual', 'detail'] as const).flatMap((name) =>
    refusal[name] === undefined ? [] : [`  ${name}: ${refusal[name]}`],
  );
  return [...lines, `Mortise's record: ${refusal.code}: ${refusals[refusal.code].title}`, ...facts];
}

export function printReachable(world: World, write: Write): void {
  const { configuration, configurationFile, caFile, entra } = world;
  write('');
  write('Still running (Ctrl+C ends it). Reachable from this machine:');
  write('');
  for (const [what, where] of [
    ['MEX, WS-Trust 1.3 and 2005', world.urls.metadataExchange13Uri],
    ['MEX, WS-Trust 2005', world.urls.metadataExchangeUri],
    ['WS-Trust 1.3, Kerberos', world.urls.windowsTransport13],
    ['Health', `${configuration.server.publicBaseUrl}/health`],
    [
      'Local Entra: realm',
      `${entra.urls.login}/common/UserRealm/user@${configuration.environment.applications[0]?.domainName}?api-version=1.0`,
    ],
    [
      'Local Entra: discovery',
      `${entra.urls.drs}/${configuration.environment.applications[0]?.domainName}/Discover?api-version=1.7`,
    ],
  ] as const) {
    write(`  ${what.padEnd(28)}${where}`);
  }
  write('');
  write(`  TLS authority (throw-away)  ${caFile}`);
  write(`  Configuration               ${configurationFile}`);
  write(`  The record                  node bin/mortise.js log --config ${configurationFile}`);
  write(`  PowerShell for Entra        node bin/mortise.js entra cmdlets --config ${configurationFile}`);
}
