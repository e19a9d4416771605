/** Makes a finding of a rule and what was seen. Does not own: the rules (tables/), when one applies (its neighbours). */
import type { Quote } from '../capture.ts';
import type { Correlation, Finding } from '../finding.ts';
import { rule } from '../tables/rules.ts';

/** What a finding of a rule may say otherwise than the rule. */
export type Details = Partial<Omit<Finding, 'seen'>> & { readonly note?: string };

/** Quotes beyond these add nothing for a person. */
const MOST_QUOTES = 12;
/** As of any quote (capture.ts): messages of events may be longer. */
const LONGEST = 2000;

/** `note` is added to the cause. */
export function found(id: string, seen: readonly Quote[], details: Details = {}): Finding {
  const { id: stable, input: _, ...told } = rule(id);
  const { note, ...others } = details;
  return {
    id: stable,
    ...told,
    ...(note !== undefined && { cause: `${told.cause} ${note}` }),
    seen: distinct(seen)
      .slice(0, MOST_QUOTES)
      .map((quote) => (quote.text.length > LONGEST ? { ...quote, text: quote.text.slice(0, LONGEST) } : quote)),
    consequences: [],
    ...others,
  };
}

function distinct(quotes: readonly Quote[]): readonly Quote[] {
  const lines = new Set<string>();
  return quotes.filter((quote) => {
    const key = `${quote.file}\n${quote.line}`;
    return lines.has(key) ? false : lines.add(key);
  });
}

export function withConsequences(finding: Finding, consequences: readonly Finding[]): Finding {
  return consequences.length === 0 ? finding : { ...finding, consequences: [...finding.consequences, ...consequences] };
}

/** The first is the cause of all others. A cause that is only a warning by itself is none when an error follows from it. */
export function folded(findings: readonly Finding[]): readonly Finding[] {
  const [cause, ...rest] = findings;
  return cause === undefined ? [] : [withConsequences(raised(cause, rest), rest)];
}

function raised(cause: Finding, rest: readonly Finding[]): Finding {
  const worse = cause.severity === 'warning' && rest.some(({ severity }) => severity === 'error');
  return worse ? { ...cause, severity: 'error' } : cause;
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;
const REQUEST = new RegExp(
  `(?:ClientRequestId|AdalCorrelationId|correlation[ _]?id"?(?: \\(request\\))?|Request Id|Join request ID|Activity Id)\\s*:\\s*"?(${UUID.source})`,
  'gi',
);

/** Undefined when nothing could match a record. */
export function correlation(quotes: readonly Quote[], devices: readonly string[], at?: Date): Correlation | undefined {
  const requestIds = [
    ...new Set(
      quotes.flatMap((quote) => [...quote.text.matchAll(REQUEST)].map((match) => (match[1] ?? '').toLowerCase())),
    ),
  ];
  if (requestIds.length === 0 && devices.length === 0 && at === undefined) return undefined;
  return { requestIds, devices: [...new Set(devices)], ...(at !== undefined && { at }) };
}
