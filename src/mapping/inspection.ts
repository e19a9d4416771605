/**
 * What is wrong, or probably wrong, with an application's attribute rows; for the validation of the configuration.
 *
 * An `error` would break every token or one kind of token; a `warning` is legal but almost surely not meant.
 */
import type { ApplicationAttribute } from '../model/application.ts';
import { firstNonXmlCharacter } from '../xml/characters.ts';
import { explainLibrary, LIBRARIES } from './expression/libraries.ts';
import { ExpressionError } from './expression/syntax.ts';
import { isIssuedTo, type Kind, knownClaim, SUBJECT } from './known-claims.ts';
import { type MappingValue, parseValue } from './mapping-value.ts';

export interface RowProblem {
  /** Index of the row in `attributes`; undefined when the problem is one of the whole table. */
  readonly row: number | undefined;
  readonly field: 'name' | 'value' | 'nameFormat' | 'issuedTo' | undefined;
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to write instead; an unreadable expression with its column. */
  readonly message: string;
}

type Finding = Omit<RowProblem, 'row'>;

const KINDS: readonly Kind[] = ['device', 'person'];

/**
 * @param known names of the attributes that users can have; when given, expressions that read others are warned about
 * @returns problems in the order of the rows, then those of the whole table
 */
export function inspectAttributes(
  rows: readonly ApplicationAttribute[],
  known?: ReadonlySet<string>,
): readonly RowProblem[] {
  const ofRows = rows.flatMap((row, index) =>
    [...inspectValue(row, known), ...inspectClaim(row), ...inspectRepetition(rows, index)].map((finding) => ({
      row: index,
      ...finding,
    })),
  );
  const ofTable = KINDS.filter((kind) => !rows.some((row) => row.name === SUBJECT && isIssuedTo(row, kind))).map(
    (kind): RowProblem => ({
      row: undefined,
      field: undefined,
      severity: 'error',
      message: `no row \`${SUBJECT}\` is issued to a ${kind}; every token needs one`,
    }),
  );
  return [...ofRows, ...ofTable];
}

function inspectValue(row: ApplicationAttribute, known: ReadonlySet<string> | undefined): readonly Finding[] {
  const finding = (severity: Finding['severity'], message: string): Finding => ({ field: 'value', severity, message });
  try {
    const value = parseValue(row.value);
    const suspicious = explainSuspicious(row.value);
    const literal = value.parts.filter((part) => typeof part === 'string').join('');
    const character = firstNonXmlCharacter(literal);
    return [
      ...(character === undefined
        ? []
        : [finding('error', `XML cannot carry the character ${character} of this text`)]),
      ...(suspicious === undefined ? [] : [finding('warning', suspicious)]),
      ...value.attributes
        .filter((name) => known !== undefined && !known.has(name))
        .map((name) =>
          finding(
            'warning',
            `no user has an attribute \`${name}\`: it is neither mapped by a user type nor a custom attribute`,
          ),
        ),
    ];
  } catch (error) {
    if (error instanceof ExpressionError) return [finding('error', error.message)];
    throw error;
  }
}

function inspectClaim(row: ApplicationAttribute): readonly Finding[] {
  if (row.name === SUBJECT) {
    if (row.nameFormat === undefined) return [];
    return [
      {
        field: 'nameFormat',
        severity: 'error',
        message: `\`${SUBJECT}\` takes its format from subjectNameIdentifierFormat; leave nameFormat out`,
      },
    ];
  }
  const claim = knownClaim(row.name);
  if (claim === undefined) {
    if (row.nameFormat !== undefined) return [];
    return [
      {
        field: 'nameFormat',
        severity: 'error',
        message: `Entra knows no claim \`${row.name}\` by itself; give its nameFormat, the claim’s URI without the last part`,
      },
    ];
  }
  const findings: Finding[] = [];
  if (claim.name !== row.name)
    findings.push({ field: 'name', severity: 'warning', message: `Entra writes this claim \`${claim.name}\`` });
  const allowed = [claim.nameFormat, ...claim.alsoAllowed];
  if (row.nameFormat !== undefined && !allowed.includes(row.nameFormat)) {
    findings.push({
      field: 'nameFormat',
      severity: 'warning',
      message: `Entra takes \`${claim.name}\` with the nameFormat ${allowed.join(' or ')} only`,
    });
  }
  if (claim.only !== undefined && row.issuedTo !== claim.only) {
    const severity = row.issuedTo === 'everyone' ? 'warning' : 'error';
    findings.push({
      field: 'issuedTo',
      severity,
      message: `\`${claim.name}\` is never issued to anybody but a ${claim.only}; write \`issuedTo: ${claim.only}\``,
    });
  }
  return findings;
}

/** Names are unique for each kind of user, as they are in PingOne. */
function inspectRepetition(rows: readonly ApplicationAttribute[], index: number): readonly Finding[] {
  const row = rows[index];
  const earlier = rows
    .slice(0, index)
    .findIndex(
      (other) => other.name === row?.name && KINDS.some((kind) => isIssuedTo(other, kind) && isIssuedTo(row, kind)),
    );
  if (row === undefined || earlier === -1) return [];
  return [
    { field: 'name', severity: 'error', message: `\`${row.name}\` is row ${earlier + 1} already, for the same users` },
  ];
}

/** A value as a message may show it: without the key of a digest. */
const shown = (text: string): string => (/hmac/i.test(text) ? '…' : text.trim());

const SUSPICIONS: readonly { readonly pattern: RegExp; readonly explain: (text: string) => string }[] = [
  {
    pattern: /^\s*user\s*[.[]/,
    explain: (text) => `this is literal text, the same for every user; to read the attribute, write \${${shown(text)}}`,
  },
  {
    pattern: /^\s*#[A-Za-z][A-Za-z0-9]*\s*[.([]/,
    explain: (text) =>
      `this is literal text, because there is no such library; ${explainLibrary(/#([A-Za-z0-9]+)/.exec(text)?.[1] ?? '')}`,
  },
  {
    pattern: new RegExp(`^\\s*(?:${[...LIBRARIES.keys()].join('|')})\\.[A-Za-z]+\\(`),
    explain: (text) => `this is literal text; the name of a library begins with #: \${#${shown(text)}}`,
  },
  {
    pattern: /^\s*["'].*\s[-+?=]|\s\+\s*["']/,
    explain: (text) =>
      `this is literal text, quotation marks included; an expression stands in \${…}: \${${shown(text)}}`,
  },
  {
    pattern: /^["']|["']$/,
    explain: () =>
      'the quotation mark is a part of the value; a quoted literal begins and ends with the same mark, and nothing stands around it',
  },
  {
    pattern: /\$\(|\{\{|%\{|\$user\b|(?<!\$)\{\s*(?:user|#)/,
    explain: () => 'this is literal text; an expression stands in ${…}',
  },
  { pattern: /^null$/i, explain: () => 'this is the text “null”; leave the row out if it has no value' },
  {
    pattern: /^\s*$/,
    explain: () =>
      'the value is empty, so the row is never issued; YAML takes an unquoted # for a comment: put quotation marks around the whole value',
  },
  { pattern: /^\s|\s$/, explain: () => 'the value begins or ends with white space, which becomes a part of the claim' },
];

/**
 * Why a value that can be read is probably not what was meant: an expression that stands there as literal text,
 * quotation marks that YAML took away or left. Undefined for values beyond suspicion and for unreadable ones.
 */
export function explainSuspicious(text: string): string | undefined {
  try {
    const { form, parts } = parseValue(text);
    if (form === 'bare') return undefined;
    if (form === 'template') return suspiciousTemplate(parts);
    if (parts[0] !== text) return undefined;
    return SUSPICIONS.find(({ pattern }) => pattern.test(text))?.explain(text);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function suspiciousTemplate(parts: MappingValue['parts']): string | undefined {
  const [first, last] = [parts[0], parts.at(-1)].map((part) => (typeof part === 'string' ? part : ''));
  if (/^["']/.test(first ?? '') && /["']$/.test(last ?? '')) {
    return 'the quotation marks around ${…} become a part of the value; leave them out';
  }
  if (/^\s/.test(first ?? '') || /\s$/.test(last ?? '')) {
    return 'white space around ${…} becomes a part of the value; in YAML, `>-` or `|-` drop the last line break';
  }
  return undefined;
}
