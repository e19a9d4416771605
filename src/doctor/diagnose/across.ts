/**
 * What several captures say together: one finding for one fault, consequences of a fault that another capture shows, and two
 * tenants or two device objects in one set of captures.
 */
import type { Quote, Reading } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { found, withConsequences } from './found.ts';
import { fieldOf } from './status-fields.ts';

export function acrossCaptures(findings: readonly Finding[], reading: Reading): readonly Finding[] {
  return foldAll(mergeSame([...findings, ...contradictions(reading)]));
}

/** The same rule twice needs one cure: the quotes are put together. */
function mergeSame(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    // Of federation settings each capture has a table of its own.
    const key = finding.id.startsWith('DOC-GR-') ? `${finding.id} ${merged.size}` : finding.id;
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? finding : merge(earlier, finding));
  }
  return [...merged.values()];
}

function merge(one: Finding, other: Finding): Finding {
  const known = new Set(one.consequences.map(({ id }) => id));
  const seen = [...one.seen, ...other.seen].slice(0, 12);
  const more = other.consequences.filter(({ id }) => !known.has(id));
  const requestIds = [...new Set([...(one.correlation?.requestIds ?? []), ...(other.correlation?.requestIds ?? [])])];
  const devices = [...new Set([...(one.correlation?.devices ?? []), ...(other.correlation?.devices ?? [])])];
  const at = one.correlation?.at ?? other.correlation?.at;
  const correlated = one.correlation ?? other.correlation;
  return withConsequences(
    {
      ...one,
      seen,
      ...(correlated !== undefined && { correlation: { requestIds, devices, ...(at !== undefined && { at }) } }),
    },
    more,
  );
}

/** Which findings follow from which, when both were found: the first rule that is there takes them. */
const FOLLOWS: readonly { readonly causes: RegExp; readonly consequences: RegExp }[] = [
  { causes: /^DOC-DB-15$/, consequences: /^DOC-(?:EV-02|PR-05|PR-06)$/ },
  // Disabled or deleted, a device gets no primary refresh token, and Entra says no more than that it fails.
  { causes: /^DOC-ST-05$/, consequences: /^DOC-(?:AADSTS-(?:50155|135011|700003)|ST-06)$/ },
  { causes: /^DOC-EV-02$/, consequences: /^DOC-(?:PR-05|PR-06)$/ },
  {
    causes: /^DOC-(?:DB-(?!15|16|18|19|20|23)|AADSTS|HR|PR-0[1-4]|PR-09|EV-06)/,
    consequences: /^DOC-(?:ST-02|DB-19|EV-01|EV-04|PR-04|PR-05|PR-10)$/,
  },
  // Discovery's code for Windows, and the service's own for the same.
  { causes: /^DOC-HR-0x801c003a$/, consequences: /^DOC-AADSTS-90002$/ },
  { causes: /^DOC-ST-(?:01|02|14)$/, consequences: /^DOC-(?:ST-06|EV-08|EV-11)$/ },
  { causes: /^DOC-ST-06$/, consequences: /^DOC-EV-08$/ },
  { causes: /^DOC-EV-09$/, consequences: /^DOC-ST-06$/ },
];

function foldAll(findings: readonly Finding[]): readonly Finding[] {
  return FOLLOWS.reduce<readonly Finding[]>((all, row) => {
    const cause = all.find((finding) => row.causes.test(finding.id));
    if (cause === undefined) return all;
    const follow = all.filter((finding) => finding !== cause && row.consequences.test(finding.id));
    return all
      .filter((finding) => !follow.includes(finding))
      .map((finding) => (finding === cause ? withConsequences(cause, follow) : finding));
  }, findings);
}

interface Said {
  readonly value: string;
  readonly quote: Quote;
}

function contradictions(reading: Reading): readonly Finding[] {
  const tenants = said(reading, 'TenantId', /\bTenan[dt]ID = ([^;\s]+)/i);
  const asked = said(reading, undefined, /device object by the given id \(([^)]+)\)/i);
  const devices = said(reading, 'DeviceId', undefined);
  const wanted = asked[0];
  const other = wanted === undefined ? [] : devices.filter(({ value }) => value !== wanted.value);
  return [
    ...(new Set(tenants.map(({ value }) => value)).size > 1 ? [found('DOC-ST-10', oneOfEach(tenants))] : []),
    ...(wanted === undefined || other.length === 0 ? [] : [found('DOC-ST-11', oneOfEach([wanted, ...other]))]),
  ];
}

const oneOfEach = (all: readonly Said[]): readonly Quote[] =>
  [...new Map(all.toReversed().map((one) => [one.value, one.quote])).values()].toReversed();

function said(reading: Reading, field: string | undefined, pattern: RegExp | undefined): readonly Said[] {
  return reading.captures.flatMap((capture) => {
    const status = capture.kind === 'status' ? capture : capture.kind === 'join' ? capture.status : undefined;
    const printed = field === undefined ? undefined : fieldOf(status, field);
    const lines = [
      ...(capture.kind === 'join' ? capture.steps.map((step) => step.quote) : []),
      ...(capture.kind === 'events'
        ? capture.events.map((event) => ({ ...event.quote, text: event.message.slice(0, 2000) }))
        : []),
      ...(status?.fields ?? []).filter((one) => one.name === 'Server Message').map((one) => one.quote),
    ];
    const matched = lines.flatMap((quote) => {
      const value = pattern?.exec(quote.text)?.[1];
      return value === undefined ? [] : [{ value: value.toLowerCase(), quote }];
    });
    return [
      ...(printed === undefined ? [] : [{ value: printed.value.toLowerCase(), quote: printed.quote }]),
      ...matched,
    ];
  });
}
