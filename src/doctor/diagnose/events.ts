/**
 * Events of User Device Registration and AAD as attempts: 305 then 306 is a fallback, 304 after 305 a consequence, 307 with
 * 0x801c001d mostly noise. Does not own: what a code means.
 */
import type { EventCapture, LoggedEvent, Quote } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { causeFinding } from './cause.ts';
import type { Context } from './circumstances.ts';
import { correlation, folded, found, withConsequences } from './found.ts';

/** The whole message as one line: the code may stand in any of its lines. */
const whole = (event: LoggedEvent): Quote => ({ ...event.quote, text: event.message.replace(/\s+/g, ' ') });

export function judgeEvents(capture: EventCapture, context: Context): readonly Finding[] {
  const findings = attempts(inOrder(capture.events)).flatMap((events) => [
    ...judgeAttempt(events, context),
    ...events.flatMap((event) => judgeEvent(event, context)),
  ]);
  const last = capture.events.map((event) => Date.parse(event.time ?? '')).filter((time) => !Number.isNaN(time));
  const at = last.length === 0 ? undefined : new Date(last.reduce((a, b) => Math.max(a, b)));
  const belongs = correlation(capture.events.map(whole), [], at);
  return belongs === undefined ? findings : findings.map((finding) => ({ ...finding, correlation: belongs }));
}

/** Event Viewer and Get-WinEvent show the newest first. */
function inOrder(events: readonly LoggedEvent[]): readonly LoggedEvent[] {
  const times = events.map((event) => Date.parse(event.time ?? ''));
  const first = times[0] ?? Number.NaN;
  const last = times.at(-1) ?? Number.NaN;
  return first > last ? events.toReversed() : events;
}

/** An attempt ends with 304, 306 or 307, and a new one starts with the pre-check (331) or a second 305. */
function attempts(events: readonly LoggedEvent[]): readonly (readonly LoggedEvent[])[] {
  const all: LoggedEvent[][] = [[]];
  for (const event of events) {
    const current = all.at(-1) ?? [];
    const again = event.id === 331 || (event.id === 305 && current.some(({ id }) => id === 305));
    if (again && current.length > 0) all.push([event]);
    else current.push(event);
    if (event.id === 304 || event.id === 306 || event.id === 307) all.push([]);
  }
  return all;
}

function judgeAttempt(events: readonly LoggedEvent[], context: Context): readonly Finding[] {
  const of = (id: number): readonly Quote[] => events.filter((event) => event.id === id).map(whole);
  const [auth, failed, done, noPoint] = [of(305), of(304), of(306), of(307)];
  const authEnd = auth.length === 0 ? [] : [found('DOC-EV-01', auth)];
  const joinEnd = failed.length === 0 ? [] : [found('DOC-EV-04', failed)];
  if (auth.length > 0) {
    const chain = folded([...codeOf(auth, 'auth', context), ...authEnd, ...joinEnd]);
    return done.length === 0 ? chain : [found('DOC-EV-02', [...auth, ...done]), ...chain];
  }
  if (failed.length > 0) return joinFailure(failed, [...of(204), ...of(220)], joinEnd, context);
  if (done.length > 0) return [found('DOC-EV-13', done)];
  return noPoint.length === 0 ? [] : lookUp(noPoint, of(201), context);
}

function codeOf(quotes: readonly Quote[], phase: string, context: Context): readonly Finding[] {
  const text = quotes.map((quote) => quote.text).join('\n');
  const cause = causeFinding(quotes, { phase, text, mappings: context.mappings });
  return cause === undefined ? [] : [cause];
}

function joinFailure(
  failed: readonly Quote[],
  details: readonly Quote[],
  end: readonly Finding[],
  context: Context,
): readonly Finding[] {
  const cause = codeOf([...details, ...failed], 'join', context);
  const sync = failed.filter((quote) => /Registration type:\s*"?sync/i.test(quote.text));
  return folded([...(sync.length === 0 ? [] : [found('DOC-PR-05', sync)]), ...cause, ...end]);
}

function lookUp(noPoint: readonly Quote[], discovery: readonly Quote[], context: Context): readonly Finding[] {
  const noise = noPoint.every((quote) => /0x801c001d|-2145648611/i.test(quote.text)) && discovery.length === 0;
  return noise ? [found('DOC-EV-03', noPoint)] : codeOf([...discovery, ...noPoint], 'discover', context);
}

/** Those that speak for themselves; the ones of an attempt are above. */
function judgeEvent(event: LoggedEvent, context: Context): readonly Finding[] {
  const quote = whole(event);
  const { id, message } = event;
  if (id === 330) return [found('DOC-EV-05', [quote])];
  if (id === 333 || id === 334 || (id === 331 && /isDcAvailable: ?NO|isSystem: ?NO/i.test(message)))
    return [found('DOC-EV-06', [quote])];
  if (id === 344 || id === 345) return [found('DOC-EV-07', [quote])];
  if (id === 360 && /AAD credentials: *No\b/i.test(message)) return [found('DOC-EV-08', [quote])];
  if (id === 1088) return [folding('DOC-EV-09', quote, context)];
  if ((id === 1144 || id === 1086) && /0xc000005f/i.test(message)) return [found('DOC-EV-10', [quote])];
  if (id === 1086) return [found('DOC-EV-10', [quote])];
  if (id === 1089) return [found('DOC-EV-11', [quote])];
  if (id === 1084) return [folding('DOC-EV-12', quote, context)];
  return id === 1081 || id === 1098 ? codeOf([quote], 'prt', context) : [];
}

const folding = (rule: string, quote: Quote, context: Context): Finding =>
  withConsequences(found(rule, [quote]), codeOf([quote], 'prt', context));
