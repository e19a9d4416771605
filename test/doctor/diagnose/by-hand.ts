/** Readings made by hand: each line of a vector is a step or a field, each block of Format-List an event. */
import type { Capture, LoggedEvent, Quote, Reading, StatusCapture } from '../../../src/doctor/capture.ts';

const FIELD = /^\s*([A-Za-z][^:]*?)\s*:\s?(.*)$/;

const quotesOf = (file: string, text: string): readonly Quote[] =>
  text
    .split('\n')
    .map((line, at) => ({ file, line: at + 1, text: line }))
    .filter((quote) => quote.text.trim() !== '');

function statusOf(quotes: readonly Quote[]): StatusCapture {
  const fields = quotes.flatMap((quote) => {
    const match = FIELD.exec(quote.text);
    if (match === null) return [];
    return [{ section: undefined, name: match[1] ?? '', value: (match[2] ?? '').trim(), known: true, quote }];
  });
  return { kind: 'status', fields, omitted: 0 };
}

function joinOf(quotes: readonly Quote[]): Capture {
  const end = quotes.findIndex((quote) => quote.text.startsWith('DSREGCMD_END_STATUS'));
  const lines = end === -1 ? quotes : quotes.slice(0, end + 1);
  const steps = lines.map((quote) => ({ name: 'line', phase: 'auth' as const, values: {}, quote }));
  return { kind: 'join', steps, status: end === -1 ? undefined : statusOf(quotes.slice(end + 1)), omitted: 0 };
}

/** Blocks as `Format-List TimeCreated,Id,Message` prints them. */
function eventsOf(quotes: readonly Quote[], log: LoggedEvent['log']): Capture {
  const events: LoggedEvent[] = [];
  let time: string | undefined;
  let id: number | undefined;
  for (const quote of quotes) {
    const [, name, value = ''] = /^(TimeCreated|Id|Message)\s*: (.*)$/.exec(quote.text) ?? [];
    if (name === 'TimeCreated') time = value;
    if (name === 'Id') id = Number(value);
    if (name === 'Message') events.push({ id, log, time, message: value, quote });
  }
  return { kind: 'events', events, omitted: 0 };
}

export function captureByHand(kind: string, file: string, text: string): Capture {
  const quotes = quotesOf(file, text);
  if (kind === 'join') return joinOf(quotes);
  if (kind === 'status') return statusOf(quotes);
  if (kind === 'udr') return eventsOf(quotes, 'user-device-registration');
  if (kind === 'aad') return eventsOf(quotes, 'aad');
  throw new TypeError(`no such kind: ${kind}`);
}

export const readingOf = (...captures: readonly Capture[]): Reading => ({
  captures,
  unknown: { quotes: [], more: [] },
  inputs: [],
});
