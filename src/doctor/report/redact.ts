/**
 * `--redact`: a report that can be handed around. The same value gets the same stand-in throughout one report, so that lines
 * can still be compared. Codes of errors, times and Microsoft's own hosts stay: without them nobody can help.
 */
import { mapReport } from './map-text.ts';
import type { Name } from './redact-names.ts';
import { namesInText } from './redact-names.ts';
import type { ValueKind } from './redact-patterns.ts';
import { PATTERNS } from './redact-patterns.ts';
import type { Report } from './report.ts';

/** `names`: of the captures and records that the report was made from. */
export function redact(report: Report, names: readonly Name[]): Report {
  const standIns = createStandIns();
  const replaceNames = nameReplacement([...names, ...seenIn(report)], standIns);
  const replace = (text: string): string => {
    const withoutForms = PATTERNS.reduce(
      (rest, { kind, pattern, keep }) =>
        rest.replace(pattern, (found) => (keep?.(found) === true ? found : standIns(kind, found))),
      text,
    );
    return replaceNames(withoutForms);
  };
  return { ...mapReport(report, replace), redacted: true };
}

/** Names in quotes, tables and records that no field announced. */
function seenIn(report: Report): readonly Name[] {
  const names: Name[] = [];
  mapReport(report, (text, origin) => {
    if (origin === 'seen') names.push(...namesInText(text));
    return text;
  });
  for (const { rows = [] } of report.findings.flatMap((finding) => [finding, ...finding.consequences])) {
    for (const { actual = '' } of rows) names.push(...namesInText(actual));
  }
  return names;
}

type StandIns = (kind: ValueKind, value: string) => string;

function createStandIns(): StandIns {
  const known = new Map<string, string>();
  const counts = new Map<ValueKind, number>();
  return (kind, value) => {
    const key = value.toLowerCase();
    const before = known.get(key);
    if (before !== undefined) return before;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const standIn = `<${kind}-${count}>`;
    known.set(key, standIn);
    return standIn;
  };
}

/** Words of the formats themselves: a device that is called so cannot be told from them. */
const NEVER =
  /^(?:<.*|https?|true|false|join|auth|fed|sync|system|windows|microsoft|organizations|common|dj|device|user|status|error|http|upn|domain|federated|managed|users|computers|admin|mortise)$/i;

/** One pattern of all names, the longest first, not inside a longer word. */
function nameReplacement(names: readonly Name[], standIns: StandIns): (text: string) => string {
  const kinds = new Map<string, Name['kind']>();
  for (const { kind, value } of names) {
    const key = value.toLowerCase();
    if (value.length > 1 && !NEVER.test(value) && !kinds.has(key)) kinds.set(key, kind);
  }
  if (kinds.size === 0) return (text) => text;
  const alternatives = [...kinds.keys()]
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}<])(?:${alternatives.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
  return (text) => text.replace(pattern, (found) => standIns(kinds.get(found.toLowerCase()) ?? 'domain', found));
}
