/** Whether the device certificate and the primary refresh token are within their times, at the capture's own clock. */
import type { StatusCapture } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { found } from './found.ts';
import { fieldOf, quotesOf, type StatusContext } from './status-fields.ts';

const HOUR = 3_600_000;
const TIME = /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,7})?(?: ?UTC|Z)?/g;

/** Times stand in UTC, whether or not they say so. Invalid ones are left out. */
export function timesIn(text: string): readonly Date[] {
  return [...text.matchAll(TIME)]
    .map(
      (match) =>
        new Date(
          `${match[0]
            .replace(/ ?UTC|Z/, '')
            .replace(' ', 'T')
            .replace(/(\.\d{3})\d+/, '$1')}Z`,
        ),
    )
    .filter((date) => !Number.isNaN(date.getTime()));
}

const timeOf = (capture: StatusCapture, name: string): Date | undefined =>
  timesIn(fieldOf(capture, name)?.value ?? '')[0];

/** `earliest`: the capture was taken then or later, so that only what is over by then is sure. */
interface Clock {
  readonly time: Date;
  readonly exact: boolean;
}

/** `--at` or the join's own time, else Client Time, else the latest attempt that is printed. */
function clockOf(capture: StatusCapture, context: StatusContext): Clock | undefined {
  const exact = context.clock ?? timeOf(capture, 'Client Time');
  if (exact !== undefined) return { time: exact, exact: true };
  const attempts = ['Previous Prt Attempt', 'Previous Registration'].flatMap((name) => timeOf(capture, name) ?? []);
  const latest = attempts.toSorted((a, b) => b.getTime() - a.getTime())[0];
  return latest === undefined ? undefined : { time: latest, exact: false };
}

const AGED = ['DeviceCertificateValidity', 'AzureAdPrtUpdateTime', 'AzureAdPrtExpiryTime'] as const;

export function judgeAges(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const clock = clockOf(capture, context);
  const aged = quotesOf(capture, ...AGED);
  const findings = clock === undefined ? [] : [...certificateAge(capture, clock), ...tokenAge(capture, clock)];
  const unjudged = aged.length > 0 && clock?.exact !== true;
  return unjudged ? [...findings, found('DOC-ST-16', aged)] : findings;
}

function certificateAge(capture: StatusCapture, clock: Clock): readonly Finding[] {
  const [from, to] = timesIn(fieldOf(capture, 'DeviceCertificateValidity')?.value ?? '');
  if (from === undefined || to === undefined) return [];
  const tooEarly = clock.exact && clock.time < from;
  if (!tooEarly && clock.time <= to) return [];
  const note = `Judged at ${clock.time.toISOString()}.`;
  return [found('DOC-ST-09', quotesOf(capture, 'DeviceCertificateValidity', 'Client Time'), { note })];
}

function tokenAge(capture: StatusCapture, clock: Clock): readonly Finding[] {
  const note = `Judged at ${clock.time.toISOString()}.`;
  const expiry = timeOf(capture, 'AzureAdPrtExpiryTime');
  if (expiry !== undefined && clock.time > expiry)
    return [found('DOC-ST-17', quotesOf(capture, 'AzureAdPrtExpiryTime', 'AzureAdPrtUpdateTime'), { note })];
  const update = timeOf(capture, 'AzureAdPrtUpdateTime');
  if (update === undefined || clock.time.getTime() - update.getTime() <= 4 * HOUR) return [];
  return [found('DOC-ST-07', quotesOf(capture, 'AzureAdPrtUpdateTime'), { note })];
}
