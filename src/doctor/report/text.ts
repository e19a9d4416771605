/**
 * The report for a terminal. What a capture holds is shown so that it cannot act on the terminal (audit/terminal-text.ts);
 * commands stand on lines of their own, unbroken, to be copied.
 */
import { printable, wrapped } from '../../audit/terminal-text.ts';
import type { Quote } from '../capture.ts';
import type { ComparisonRow, Finding, FixStep, Severity } from '../finding.ts';
import type { Report } from './report.ts';
import { sourceText, summaryOf } from './report.ts';

export interface TextOptions {
  /** Of the terminal; 100 where there is none. */
  readonly columns: number | undefined;
  readonly colour: boolean;
}

interface Style {
  readonly width: number;
  readonly paint: (text: string, as: Severity | 'dim' | 'bold') => string;
}

const COLOURS = { error: '31;1', warning: '33;1', info: '36', ok: '32', dim: '2', bold: '1' } as const;
const LABEL = 10;
const MAX_QUOTES = 6;
const MAX_QUOTE_LENGTH = 400;
const MAX_UNKNOWN = 20;

/** Ends with a line break. */
export function textReport(report: Report, { columns = 100, colour }: TextOptions): string {
  const style: Style = {
    width: Math.min(Math.max(columns, 60), 120),
    paint: (text, as) => (colour ? `\u001B[${COLOURS[as]}m${text}\u001B[0m` : text),
  };
  const { findings, inputs } = report;
  const lines = [
    ...wrapped(`Mortise doctor: ${summaryOf(findings)}.`, '', style.width).map((line) => style.paint(line, 'bold')),
    ...findings.flatMap((finding) => ['', ...findingLines(finding, style)]),
    ...unknownLines(report, style),
    '',
    ...inputs.flatMap(({ file, lines: count, encoding }) =>
      wrapped(`Read ${file}: ${count} lines, ${encoding}.`, '', style.width),
    ),
    ...(report.redacted
      ? ['Redacted: names, ids and addresses are replaced; read it through before you hand it on.']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

const WORDS: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', info: 'NOTE', ok: 'OK' };

function findingLines(finding: Finding, style: Style): readonly string[] {
  const head = `${WORDS[finding.severity]} ${finding.id}`;
  const [first = '', ...more] = wrapped(`${head}  ${finding.title}`, '', style.width);
  const field = (label: string, text: string): readonly string[] => labelled(label, text, style);
  return [
    style.paint(first, finding.severity),
    ...more.map((line) => style.paint(line, finding.severity)),
    ...quoteLines(finding.seen, style),
    ...(finding.expected === undefined ? [] : field('expected', finding.expected)),
    ...field('cause', finding.cause),
    ...finding.fix.flatMap((step, index) => stepLines(step, index, style)),
    ...(finding.rows === undefined ? [] : tableLines(finding.rows, style)),
    ...recordLines(finding, style),
    ...field('source', sourceText(finding)).map((line) => style.paint(line, 'dim')),
    ...consequenceLines(finding.consequences, style),
  ];
}

function labelled(label: string, text: string, { width }: Style): readonly string[] {
  const indent = ' '.repeat(LABEL + 2);
  const [first = '', ...more] = text.split('\n').flatMap((line) => wrapped(line, indent, width));
  return [`  ${label.padEnd(LABEL)}${first.slice(indent.length)}`, ...more];
}

/** `file:line: text`; a long line of a capture is shortened, the JSON has it whole. */
function quoteLines(quotes: readonly Quote[], style: Style): readonly string[] {
  const shown = quotes.slice(0, MAX_QUOTES).flatMap((quote, index) => {
    return labelled(index === 0 ? 'seen' : '', quoteText(quote), style);
  });
  return quotes.length <= MAX_QUOTES
    ? shown
    : [...shown, ...labelled('', `and ${quotes.length - MAX_QUOTES} lines more (--json has them)`, style)];
}

export function quoteText({ file, line, text }: Quote): string {
  const trimmed = text.trim().replace(/\s{2,}/g, ' ');
  const short = trimmed.length > MAX_QUOTE_LENGTH ? `${trimmed.slice(0, MAX_QUOTE_LENGTH)}…` : trimmed;
  return `${file}:${line}: ${short}`;
}

function stepLines({ text, command, pointedTo }: FixStep, index: number, style: Style): readonly string[] {
  const marked = pointedTo === true ? `${text} ← the evidence points here` : text;
  const lines = labelled(index === 0 ? 'fix' : '', `${index + 1}. ${marked}`, style);
  const indent = ' '.repeat(LABEL + 5);
  const commands = command?.split('\n').map((line) => indent + printable(line)) ?? [];
  return [...(pointedTo === true ? lines.map((line) => style.paint(line, 'bold')) : lines), ...commands];
}

const VERDICTS: Readonly<Record<ComparisonRow['verdict'], readonly [word: string, as: Severity | 'dim']>> = {
  same: ['same', 'ok'],
  differs: ['DIFFERS', 'error'],
  missing: ['MISSING', 'warning'],
  shown: ['', 'dim'],
};

/** Verdict, name and values side by side; the values below the name where the terminal is narrow. */
function tableLines(rows: readonly ComparisonRow[], style: Style): readonly string[] {
  const longest = Math.max(0, ...rows.map(({ name }) => Array.from(printable(name)).length));
  const nameWidth = Math.min(longest, Math.floor(style.width / 3));
  const beside = style.width >= 100;
  const indent = ' '.repeat(beside ? nameWidth + 15 : 13);
  return rows.flatMap((row) => {
    const [word, as] = VERDICTS[row.verdict];
    const values = rowValues(row).flatMap((value) => wrapped(value, indent, style.width));
    const name = printable(row.name).padEnd(nameWidth);
    const head = `  ${style.paint(word.padEnd(9), as)}  ${name}`;
    if (!beside || row.name.length > nameWidth) return [head.trimEnd(), ...values];
    const [first = '', ...more] = values;
    return [`${head}  ${first.slice(indent.length)}`.trimEnd(), ...more];
  });
}

function rowValues({ expected, actual, verdict, note }: ComparisonRow): readonly string[] {
  const remark = note === undefined ? [] : [`(${note})`];
  if (verdict === 'same') return [actual ?? expected ?? '', ...remark];
  if (verdict === 'shown') return [actual ?? (expected === undefined ? '' : `must be: ${expected}`), ...remark];
  return [`is: ${actual ?? 'not there'}`, ...(expected === undefined ? [] : [`must be: ${expected}`]), ...remark];
}

function recordLines({ record = [] }: Finding, style: Style): readonly string[] {
  if (record.length === 0) return [];
  return ['  Mortise’s record of it:', ...record.map((line) => style.paint(`    ${printable(line)}`, 'dim'))];
}

/** Folded: what follows from the fault needs no cure of its own. */
function consequenceLines(consequences: readonly Finding[], style: Style): readonly string[] {
  if (consequences.length === 0) return [];
  const lines = consequences.flatMap((finding) => [
    ...wrapped(`${finding.id}  ${finding.title}`, '    ', style.width),
    ...finding.seen.slice(0, 2).flatMap((quote) => wrapped(quoteText(quote), '      ', style.width)),
    ...(finding.rows === undefined ? [] : tableLines(finding.rows, style)),
  ]);
  return ['  follows from it:', ...lines];
}

function unknownLines({ unknown }: Report, style: Style): readonly string[] {
  const { quotes, more } = unknown;
  if (quotes.length === 0 && more.length === 0) return [];
  const rest = quotes.length - MAX_UNKNOWN;
  return [
    '',
    style.paint('Lines that the doctor does not know:', 'bold'),
    ...quotes.slice(0, MAX_UNKNOWN).flatMap((quote) => wrapped(quoteText(quote), '  ', style.width)),
    ...(rest > 0 ? [`  and ${rest} more (--json has them)`] : []),
    ...more.flatMap(({ file, count, first, last }) =>
      wrapped(`${file}: ${count} more between lines ${first} and ${last}`, '  ', style.width),
    ),
  ];
}
