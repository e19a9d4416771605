/** One record as text for a person: a line with its consequences below it, or everything about it. At most 120 columns. */
import { refusals } from '../refusal.ts';
import type { Activity } from './activity.ts';
import { column, printable, wrapped } from './terminal-text.ts';

export const LOG_WIDTH = 120;

/** Characters of the id in a table: enough to name a record with `--id`. */
const SHORT_ID = 8;

const WIDTHS = { time: 20, outcome: 7, device: 29, endpoint: 21, address: 15, took: 8, id: SHORT_ID } as const;

export function tableHead(): string {
  return row(['TIME (UTC)', 'OUTCOME', 'DEVICE OR PERSON', 'ENDPOINT', 'FROM', 'TOOK', 'ID']);
}

/** The line of the table; below it what was done, or why it was refused, and what is worth knowing. */
export function tableLines(activity: Activity): readonly string[] {
  const line = row([
    time(activity.recordedAt),
    activity.outcome,
    who(activity),
    activity.endpoint,
    activity.sourceAddress,
    milliseconds(duration(activity)),
    activity.id.slice(0, SHORT_ID),
  ]);
  return [line, ...eventLines(activity), ...refusalLines(activity), ...noteLines(activity)];
}

/** Everything that was recorded. */
export function detailLines(activity: Activity): readonly string[] {
  const { subject, event } = activity;
  return [
    ...field('id', activity.id),
    ...field('time', activity.recordedAt.toISOString()),
    ...field('outcome', activity.outcome),
    ...field('event', event && words(event.kind)),
    ...field('detail', event?.detail),
    ...field('by', event?.by),
    ...field('endpoint', activity.endpoint),
    ...field('from', activity.sourceAddress),
    ...field('application', activity.applicationId),
    ...field('request id', activity.requestId),
    ...field('principal', activity.principal),
    ...field('subject', subject?.kind),
    ...field('name', subject?.name),
    ...field('username', subject?.username),
    ...field('user id', subject?.userId),
    ...field('objectGUID', subject?.objectGUID),
    ...field('objectSid', subject?.objectSid),
    ...field('dn', subject?.dn),
    ...refusalLines(activity),
    ...noteLines(activity),
    ...stepLines(activity),
    ...claimLines(activity),
  ];
}

function row(cells: readonly string[]): string {
  const widths = Object.values(WIDTHS);
  return cells
    .map((cell, index) => column(cell, widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

function field(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const [first = '', ...more] = wrapped(value, ' '.repeat(14), LOG_WIDTH);
  return [name.padEnd(12) + first.slice(12), ...more];
}

function who({ subject, principal }: Activity): string {
  return subject?.name ?? principal ?? subject?.username ?? '-';
}

/** In one line: `second factors reset, by root: 2 factors`. */
function eventLines({ event }: Activity): readonly string[] {
  if (event === undefined) return [];
  const by = event.by === undefined ? '' : `, by ${event.by}`;
  const detail = event.detail === undefined ? '' : `: ${event.detail}`;
  return below(words(event.kind) + by + detail);
}

/** A kind is its own name: one that a newer version wrote reads as well. */
function words(kind: string): string {
  return kind.replaceAll('-', ' ');
}

function refusalLines({ refusal }: Activity): readonly string[] {
  if (refusal === undefined) return [];
  const facts = [
    ['about', refusal.attribute],
    ['expected', refusal.expected],
    ['actual', refusal.actual],
    ['detail', refusal.detail],
  ] as const;
  // A record may be older than this version: its code may have gone.
  const known = refusal.code in refusals ? refusals[refusal.code] : undefined;
  return [
    ...below(known === undefined ? refusal.code : `${refusal.code}: ${known.title}`),
    ...facts.flatMap(([name, value]) => (value === undefined ? [] : below(`${name}: ${value}`))),
    ...(known === undefined ? [] : below(`cure: ${known.cure}`)),
    ...below(`see docs/refusals.md#${refusal.code}`),
  ];
}

function noteLines({ notes }: Activity): readonly string[] {
  return notes.flatMap((note) => below(`note: ${note}`));
}

function below(text: string): readonly string[] {
  return wrapped(text, ' '.repeat(4), LOG_WIDTH);
}

function stepLines({ steps }: Activity): readonly string[] {
  if (steps.length === 0) return [];
  const lines = steps.map((step) => {
    const detail = step.failed === true ? `FAILED ${step.detail ?? ''}` : (step.detail ?? '');
    return `  ${column(step.name, 24)}  ${milliseconds(step.durationMs).padStart(10)}  ${column(detail, 80)}`.trimEnd();
  });
  return ['steps', ...lines];
}

function claimLines({ assertion }: Activity): readonly string[] {
  if (assertion === undefined) return [];
  const lines = assertion.claims.flatMap((claim) => [
    ...wrapped(`${claim.name} = ${claim.value}`, '  ', LOG_WIDTH),
    ...wrapped(`namespace ${claim.namespace}`, '      ', LOG_WIDTH),
    ...wrapped(`from ${claim.source}`, '      ', LOG_WIDTH),
  ]);
  return [
    ...field('assertion', assertion.id),
    ...field('valid until', assertion.notOnOrAfter.toISOString()),
    'claims',
    ...lines,
  ];
}

function duration({ steps }: Activity): number {
  return steps.reduce((sum, step) => sum + step.durationMs, 0);
}

function milliseconds(value: number): string {
  return value < 10_000 ? `${value.toFixed(1)} ms` : `${(value / 1_000).toFixed(0)} s`;
}

function time(date: Date): string {
  return printable(
    date
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z'),
  );
}
