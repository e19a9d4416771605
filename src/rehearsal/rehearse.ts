/** One rehearsal from the first line to the last: the device's transcript, then what Windows, Entra and Mortise know of it. */
import type { Activity } from '../audit/activity.ts';
import { refusals } from '../refusal.ts';
import { acceptedRows, claimsTable } from './claims-table.ts';
import { joinDevice } from './device.ts';
import type { JoinResult } from './device.ts';
import type { RefusalRecord } from './entra/request-log.ts';
import { eventsOfJoin } from './events.ts';
import { HRESULTS } from './join-codes.ts';
import type { JoinFailure } from './join-codes.ts';
import type { Mishap } from './mishaps.ts';
import { openTranscript } from './transcript.ts';
import type { World } from './world.ts';

export type Write = (line: string) => void;

export async function rehearseJoin(world: World, write: Write): Promise<JoinResult> {
  write('PS C:\\Windows\\System32> dsregcmd /join /debug');
  return joinDevice(world.device, openTranscript(write));
}

/** What was made to go wrong, by name. */
export interface NamedMishap<Row extends Pick<Mishap, 'wrong' | 'cure'> = Pick<Mishap, 'wrong' | 'cure'>> {
  readonly name: string;
  readonly row: Row;
}

export interface Outcome {
  readonly result: JoinResult;
  readonly mishap: NamedMishap | undefined;
  /** Width of the terminal; undefined where nobody reads along. */
  readonly columns?: number | undefined;
}

/** Under the transcript: the claims, how it ended, and what cures it. */
export async function printOutcome(world: World, { result, mishap, columns }: Outcome, write: Write): Promise<void> {
  const activities = await world.store.activities.list({ limit: 10 });
  const activity = activities.find((candidate) => candidate.requestId === result.requestId);
  const paragraphs = [
    claims(world, result, activity, columns),
    verdict(result),
    explanation(world, result, activity, mishap),
    warnings(result),
  ];
  for (const paragraph of paragraphs.filter((lines) => lines.length > 0)) {
    write('');
    for (const line of paragraph) write(line);
  }
}

/** Those that Entra accepted; those that it refused where it refused the assertion. */
function claims(
  { entra }: World,
  { joinedBy, requestId }: JoinResult,
  activity: Activity | undefined,
  columns: number | undefined,
): readonly string[] {
  const accepted = entra.lastAcceptedClaims(requestId);
  if (accepted !== undefined) {
    const title = joinedBy === 'federation' ? 'Claims that Entra accepted:' : 'Claims that Entra read:';
    return [title, '', ...claimsTable(acceptedRows(accepted, activity), columns)];
  }
  const issued = activity?.assertion?.claims;
  return issued === undefined
    ? []
    : [
        `Claims that Mortise issued, and Entra ${refusalOf(entra, requestId) === undefined ? 'never saw' : 'refused'}:`,
        '',
        ...claimsTable(issued, columns),
      ];
}

function verdict({ domain, joinedBy, deviceId }: JoinResult): readonly string[] {
  if (joinedBy === 'federation') return [`The device ${deviceId} is hybrid joined by federation.`];
  const because =
    domain === 'managed'
      ? 'the domain is managed in Entra, so Windows joins by synchronisation and never asks Mortise.'
      : 'Windows fell back to the synchronised join, which hides the fault below.';
  if (joinedBy === 'synchronisation')
    return [
      `The device ${deviceId} is joined, but NOT by federation: ${because}`,
      ...(domain === 'managed'
        ? []
        : [
            'To see such faults on real devices, set FallbackToSyncJoin (DWORD) to 0 below',
            'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\CDJ.',
          ]),
    ];
  return [domain === 'managed' ? `The device is not joined: ${because}` : 'The device is not joined.'];
}

const LABEL_WIDTH = 13;
export const labelled = (label: string, text: string): string => `${label.padEnd(LABEL_WIDTH)}${text}`;

/** What each party knows about the failure: Windows' code, the check of the local Entra that refused, Mortise's record. */
function explanation(
  { entra }: World,
  result: JoinResult,
  activity: Activity | undefined,
  mishap: NamedMishap | undefined,
): readonly string[] {
  const { failure, fallbackFailure, requestId } = result;
  return [
    ...(failure === undefined ? [] : [...windows('Windows', failure), labelled('Events', eventsOfJoin(result))]),
    ...whatOthersKnow(entra, requestId, activity),
    ...(fallbackFailure === undefined ? [] : windows('Fallback', fallbackFailure)),
    ...mishapAndCure(mishap, activity?.refusal),
  ];
}

const refusalOf = (entra: World['entra'], requestId: string | undefined): RefusalRecord | undefined =>
  entra.requests().findLast((request) => request.correlationId === requestId && request.refusal !== undefined)?.refusal;

/** The local Entra's check that refused, and Mortise's record. */
export function whatOthersKnow(
  entra: World['entra'],
  requestId: string | undefined,
  activity: Activity | undefined,
): readonly string[] {
  const refused = refusalOf(entra, requestId);
  const refusal = activity?.refusal;
  return [
    ...(refused === undefined ? [] : [labelled('Local Entra', `${refused.check}: ${refused.found}`)]),
    ...(refusal === undefined ? [] : recorded(refusal)),
  ];
}

export const mishapAndCure = (
  mishap: NamedMishap | undefined,
  refusal: RecordedRefusal | undefined,
): readonly string[] => [
  ...(mishap === undefined ? [] : [labelled('Mishap', `${mishap.name}: ${mishap.row.wrong}`)]),
  ...cure(mishap, refusal),
];

/** Entra's ids and time stand in the transcript. */
export const windows = (label: string, { hresult, message }: JoinFailure): readonly string[] => [
  labelled(label, `${HRESULTS[hresult]} ${hresult}`),
  labelled('', message.replaceAll('\r\n', ' ').replace(/ Trace ID: .*$/, '')),
];

type RecordedRefusal = NonNullable<Activity['refusal']>;

const recorded = (refusal: RecordedRefusal): readonly string[] => [
  labelled('Mortise', `${refusal.code}: ${refusals[refusal.code].title}`),
  ...(['attribute', 'expected', 'actual', 'detail'] as const).flatMap((name) =>
    // A defect's detail is its stack: the record has the rest.
    refusal[name] === undefined ? [] : [labelled('', `${name}: ${refusal[name].split('\n')[0]}`)],
  ),
];

function cure(mishap: NamedMishap | undefined, refusal: RecordedRefusal | undefined): readonly string[] {
  if (mishap !== undefined) return [labelled('Cure', mishap.row.cure)];
  return refusal === undefined ? [] : [labelled('Cure', refusals[refusal.code].cure)];
}

const warnings = (result: JoinResult): readonly string[] =>
  result.warnings.length === 0
    ? []
    : [
        'Also seen in the MEX document (a device’s join does not need it):',
        ...result.warnings.map((line) => `  ${line}`),
      ];
