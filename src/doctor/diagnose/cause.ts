/**
 * The cause among the codes of one attempt: the first AADSTS code, else the first code that neither informs nor wraps. What
 * stands beside it follows from it. Does not own: what a code means (tables/codes.ts).
 */
import type { Quote } from '../capture.ts';
import type { ComparisonRow, Finding } from '../finding.ts';
import {
  aadstsCode,
  aadstsFix,
  adalSymbol,
  joinCode,
  normalCode,
  roleOf,
  ruleOfAadsts,
  ruleOfCode,
  serverError,
} from '../tables/codes.ts';
import { kerberosSteps } from '../tables/kerberos.ts';
import { rule } from '../tables/rules.ts';
import { found, folded } from './found.ts';

export interface SeenCode {
  readonly kind: 'aadsts' | 'hresult';
  readonly code: string;
  readonly quote: Quote;
}

const CODE = /AADSTS(\d{4,8})|\b0x([0-9a-f]{4,8})\b|\berror_codes"?:\[(\d{4,8})/gi;

/** In the order of the text. */
export function codesIn(quotes: readonly Quote[]): readonly SeenCode[] {
  return quotes.flatMap((quote) =>
    [...quote.text.matchAll(CODE)].map((match): SeenCode => {
      const aadsts = match[1] ?? match[3];
      return aadsts === undefined
        ? { kind: 'hresult', code: normalCode(`0x${match[2] ?? ''}`), quote }
        : { kind: 'aadsts', code: aadsts, quote };
    }),
  );
}

/** Codes that name something to cure: never an informational one, never a wrapper. */
export const causesAmong = (codes: readonly SeenCode[]): readonly SeenCode[] =>
  codes.filter((seen) => seen.kind === 'aadsts' || roleOf(seen.code) === 'cause');

export function firstCause(codes: readonly SeenCode[]): SeenCode | undefined {
  const causes = causesAmong(codes);
  const refusals = causes.filter((seen) => seen.kind === 'aadsts');
  return refusals.find((seen) => aadstsCode(seen.code) !== undefined) ?? refusals[0] ?? causes[0];
}

export interface Circumstances {
  readonly phase?: string;
  /** All that stands around, for what a code alone does not tell. */
  readonly text: string;
  readonly mappings: () => readonly ComparisonRow[];
}

/** The finding of one code, with all quotes of its attempt that show it. */
export function codeFinding(seen: SeenCode, quotes: readonly Quote[], around: Circumstances): Finding {
  const shown = [seen.quote, ...quotes.filter((quote) => quote.text.toLowerCase().includes(seen.code))];
  return seen.kind === 'aadsts' ? aadstsFinding(seen, shown, around) : hresultFinding(seen, shown, around);
}

function aadstsFinding(seen: SeenCode, quotes: readonly Quote[], around: Circumstances): Finding {
  const id = ruleOfAadsts(seen.code);
  const row = aadstsCode(seen.code);
  if (id === 'DOC-DB-09') return found(id, quotes, { rows: around.mappings(), ...titled(id, seen) });
  if (id !== undefined) return found(id, quotes, { ...(row && { note: row.meaning }), ...titled(id, seen) });
  if (row === undefined) return unknownCode(`AADSTS${seen.code}`, quotes);
  return {
    id: `DOC-AADSTS-${seen.code}`,
    severity: 'error',
    title: `Entra answered AADSTS${seen.code}${row.name === undefined ? '' : ` (${row.name})`}`,
    seen: found('DOC-CODE-01', quotes).seen,
    cause: row.meaning,
    fix: [
      { text: aadstsFix(row.group) },
      { text: 'Show what Mortise issued.', command: 'mortise log --config mortise.yaml' },
    ],
    source: 'Microsoft Learn, Microsoft Entra authentication and authorization error codes',
    confidence: row.confidence,
    consequences: [],
  };
}

/** The rule names one code in its title; another of the same family must not be called by it. */
function titled(id: string, seen: SeenCode): { title?: string } {
  const { title } = rule(id);
  return /AADSTS\d+/.test(title) ? { title: title.replace(/AADSTS\d+/, `AADSTS${seen.code}`) } : {};
}

function hresultFinding(seen: SeenCode, quotes: readonly Quote[], around: Circumstances): Finding {
  const server = serverError(around.text);
  if (/^0x801c000[26]$|^0x801c03f2$/.test(seen.code) && server !== undefined)
    return serverFinding(server, seen, quotes);
  const id = ruleOfCode(seen.code);
  const row = joinCode(seen.code, around.phase);
  const note = row === undefined ? {} : { note: `${seen.code}: ${row.meaning}` };
  if (id === 'DOC-DB-17') return found(id, quotes, { ...note, fix: kerberosSteps(`${seen.code} ${around.text}`) });
  if (id !== undefined) return found(id, quotes, note);
  if (row === undefined) return decoded(seen.code, quotes);
  return {
    id: `DOC-HR-${seen.code}`,
    severity: 'error',
    title: `Windows reports ${row.symbol ?? seen.code}`,
    seen: found('DOC-CODE-01', quotes).seen,
    cause: `${seen.code}: ${row.meaning}`,
    fix: row.fix === undefined ? [] : [{ text: row.fix }],
    source: 'Microsoft Learn, Troubleshoot Microsoft Entra hybrid joined devices',
    confidence: row.confidence,
    consequences: [],
  };
}

function serverFinding(
  server: NonNullable<ReturnType<typeof serverError>>,
  seen: SeenCode,
  quotes: readonly Quote[],
): Finding {
  if (server.rule === 'DOC-PR-07' || server.rule === 'DOC-PR-08') return found(server.rule, quotes);
  return found('DOC-DB-24', quotes, {
    severity: server.severity,
    cause: `${server.code} (${seen.code}): ${server.meaning}`,
    fix: [{ text: server.fix }],
  });
}

/** Of a code without a row: what its number alone tells. */
function decoded(code: string, quotes: readonly Quote[]): Finding {
  const symbol = adalSymbol(code);
  if (symbol === undefined) return unknownCode(code, quotes);
  const status = /^0xcaa30([0-9a-f]{3})$/.exec(code)?.[1];
  const net = /^0xcaa8([0-9a-f]{4})$/.exec(code)?.[1];
  const told =
    status === undefined
      ? net === undefined
        ? 'an error of the sign-in library'
        : `WinINet error ${Number.parseInt(net, 16)}`
      : `HTTP status ${Number.parseInt(status, 16)}`;
  return found('DOC-CODE-01', quotes, {
    id: `DOC-HR-${code}`,
    severity: 'error',
    title: `Windows reports ${symbol}`,
    cause: `${code} is ${told}.`,
    confidence: 'observed',
  });
}

const unknownCode = (code: string, quotes: readonly Quote[]): Finding =>
  found('DOC-CODE-01', quotes, { title: `${code} is not in the tables` });

/**
 * The cause with what follows from it: wrappers and further codes of the attempt (DOC-DB-18), those of `outer` lines too,
 * which report the failure and never its cause. Undefined when no code names a cause.
 */
export function causeFinding(
  quotes: readonly Quote[],
  around: Circumstances,
  outer: readonly Quote[] = [],
): Finding | undefined {
  const codes = codesIn(quotes);
  const cause = firstCause(codes);
  if (cause === undefined) return undefined;
  const finding = codeFinding(
    cause,
    quotes.filter((quote) => quote !== cause.quote),
    around,
  );
  const others = [...codes, ...codesIn(outer)]
    .filter((seen) => seen.code !== cause.code && (seen.kind === 'aadsts' || roleOf(seen.code) !== 'informational'))
    .map((seen) => seen.quote);
  return folded([finding, ...(others.length === 0 ? [] : [found('DOC-DB-18', others)])])[0];
}
