/** Readings made by hand: each line of a vector is a step, a field or an event, as its header `# kind:` says. */
import type { Capture, LoggedEvent, Quote, Reading, StatusCapture } from '../../../src/doctor/capture.ts';

const FIELD = /^\s*([A-Za-z][^:]*?)\s*:\s?(.*)$/;

const quotesOf = (file: string, text: string): readonly Quote[] =>
  text
    .split('\n')
    .map((line, at) => ({ file, line: at + 1, text: line }))
    .filter((quote) => quote.text.trim() !== '' && !quote.text.startsWith('#'));

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

/** A line `305 2026-03-02T08:00:00Z message`, in the log that the header names. */
function eventsOf(quotes: readonly Quote[], log: LoggedEvent['log']): Capture {
  const events = quotes.flatMap((quote): LoggedEvent[] => {
    const match = /^(\d+) (\S+) (.*)$/.exec(quote.text);
    return match === null ? [] : [{ id: Number(match[1]), log, time: match[2] ?? '', message: match[3] ?? '', quote }];
  });
  return { kind: 'events', events, omitted: 0 };
}

export function captureByHand(file: string, text: string): Capture {
  const kind = /^# kind: (\S+)/m.exec(text)?.[1];
  const quotes = quotesOf(file, text);
  if (kind === 'join') return joinOf(quotes);
  if (kind === 'status') return statusOf(quotes);
  if (kind === 'udr') return eventsOf(quotes, 'user-device-registration');
  if (kind === 'aad') return eventsOf(quotes, 'aad');
  throw new TypeError(`${file} names no kind`);
}

export const readingOf = (...captures: readonly Capture[]): Reading => ({
  captures,
  unknown: { quotes: [], more: [] },
  inputs: [],
});
