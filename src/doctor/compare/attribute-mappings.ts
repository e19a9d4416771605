/**
 * The attribute mappings that a hybrid join needs, row by row, beside those of the configuration when one is given: what is
 * to be verified after AADSTS51004. Namespaces come from mapping/known-claims.ts; the gateway's side is gateway-mappings.ts.
 */
import { knownClaim, SUBJECT } from '../../mapping/known-claims.ts';
import type { Application, ApplicationAttribute } from '../../model/application.ts';
import { NAME_IDENTIFIER_FORMATS } from '../../model/application.ts';
import type { UserType } from '../../model/gateway.ts';
import type { ComparisonRow } from '../finding.ts';
import { compareUserTypes, sourceOf } from './gateway-mappings.ts';

const ANCHOR_EXPRESSION = '#string.uuidAsBase64Guid(user.externalId,null)';

interface RequiredRow {
  readonly name: string;
  readonly for: 'device' | 'person' | 'everyone';
  /** The value for people. */
  readonly value: string;
  readonly judge: (value: string, userTypes: readonly UserType[]) => Judgement;
}

/** Undefined: as it must be. */
type Judgement = { readonly verdict: 'differs' | 'shown'; readonly note: string } | undefined;

const REQUIRED: readonly RequiredRow[] = [
  { name: 'ImmutableID', for: 'everyone', value: ANCHOR_EXPRESSION, judge: judgeAnchor },
  { name: SUBJECT, for: 'everyone', value: ANCHOR_EXPRESSION, judge: judgeAnchor },
  {
    name: 'UPN',
    for: 'person',
    value: 'user.<custom attribute that stores userPrincipalName>',
    judge: (value, types) => judgeAttribute(value, types, 'person', 'userPrincipalName'),
  },
  { name: 'accounttype', for: 'device', value: '"DJ"', judge: judgeAccountType },
  { name: 'onpremobjectguid', for: 'device', value: ANCHOR_EXPRESSION, judge: judgeAnchor },
  {
    name: 'primarysid',
    for: 'device',
    value: 'user.<custom attribute that stores objectSid>',
    judge: (value, types) => judgeAttribute(value, types, 'device', 'objectSid'),
  },
];

/** Of `userTypes`: those whose accounts may sign in to the application; without them the gateway's side is left out. */
export function compareMappings(
  configured: Application | undefined,
  userTypes: readonly UserType[] = [],
): readonly ComparisonRow[] {
  return [
    ...REQUIRED.map((required) => compareRow(required, configured, userTypes)),
    ...(configured === undefined ? [] : compareUserTypes(userTypes)),
  ];
}

/** All formats that Entra takes for it, the default first. */
function formatsOf(name: string): readonly string[] {
  if (name === SUBJECT) return NAME_IDENTIFIER_FORMATS;
  const claim = knownClaim(name);
  return claim === undefined ? [] : [claim.nameFormat, ...claim.alsoAllowed];
}

function compareRow(
  required: RequiredRow,
  configured: Application | undefined,
  userTypes: readonly UserType[],
): ComparisonRow {
  const { name } = required;
  const formats = formatsOf(name);
  const expected = described(formats.join(' or '), required.value, required.for);
  if (configured === undefined) return { name, expected, actual: undefined, verdict: 'shown' };
  const rows = configured.attributes.filter((row) => row.name.toLowerCase() === name.toLowerCase());
  const row = rows.find((candidate) => reaches(candidate, required.for)) ?? rows[0];
  if (row === undefined) {
    return { name, expected, actual: undefined, verdict: 'missing', note: `add a row ${name}; the template has it` };
  }
  const format = name === SUBJECT ? configured.subjectNameIdentifierFormat : (row.nameFormat ?? formats[0] ?? '');
  const actual = described(format, row.value, row.issuedTo);
  const judgements = [
    row.name === name ? undefined : differs(`Entra writes this claim ${name}`),
    formats.includes(format) ? undefined : differs(`set the format ${formats.join(' or ')}`),
    reaches(row, required.for) ? undefined : differs(`issuedTo leaves out ${left(required.for, row.issuedTo)}`),
    required.judge(row.value, userTypes),
  ].filter((judgement) => judgement !== undefined);
  if (judgements.length === 0) return { name, expected, actual, verdict: 'same' };
  const verdict = judgements.some((judgement) => judgement.verdict === 'differs') ? 'differs' : 'shown';
  return { name, expected, actual, verdict, note: judgements.map(({ note }) => note).join('; ') };
}

function described(format: string, value: string, issuedTo: RequiredRow['for']): string {
  const whom = { device: 'devices', person: 'people', everyone: 'everyone' }[issuedTo];
  return `format ${format}; value ${value}; for ${whom}`;
}

const differs = (note: string): NonNullable<Judgement> => ({ verdict: 'differs', note });

function reaches({ issuedTo }: ApplicationAttribute, needed: RequiredRow['for']): boolean {
  return issuedTo === 'everyone' || issuedTo === needed;
}

/** ImmutableID and Subject of people are needed for their sign-in, those of devices for the join. */
function left(needed: RequiredRow['for'], issuedTo: ApplicationAttribute['issuedTo']): string {
  const who = needed === 'everyone' ? (issuedTo === 'device' ? 'person' : 'device') : needed;
  return who === 'device' ? 'devices' : 'people';
}

/** The expression alone: a value that is one `${…}` or a bare expression, without white space; a literal as it stands. */
function expressionOf(value: string): string {
  const text = value.trim();
  const inner = /^\$\{([^{}]*)\}$/.exec(text)?.[1];
  return (inner ?? text).replace(/\s+/g, '');
}

function judgeAnchor(value: string): Judgement {
  const expression = expressionOf(value);
  if (/^#string\.uuidAsBase64Guid\(user\.externalId(?:,null)?\)$/.test(expression)) return undefined;
  const other = /^#string\.uuidAsBase64Guid\(user\.([\w.]+)(?:,[^)]*)?\)$/.exec(expression)?.[1];
  if (other === undefined) return differs(`the value is not ${ANCHOR_EXPRESSION}`);
  return { verdict: 'shown', note: `right only if user.${other} holds the source anchor` };
}

function judgeAccountType(value: string): Judgement {
  const text = expressionOf(value).replace(/^(["'])(.*)\1$/, '$2');
  return text === 'DJ' ? undefined : differs('the value must be DJ, in capitals and without anything else');
}

/** `user.NAME`, with NAME mapped from the right LDAP attribute where the user types tell. */
function judgeAttribute(
  value: string,
  userTypes: readonly UserType[],
  kind: 'device' | 'person',
  ldapAttribute: string,
): Judgement {
  const name = /^user\.([\w.]+)$/.exec(expressionOf(value))?.[1];
  if (name === undefined) return differs(`the value is not the user attribute that stores ${ldapAttribute}`);
  const sources = userTypes.filter((type) => type.kind === kind).map((type) => sourceOf(type, name));
  const wrong = sources.find((source) => source?.toLowerCase() !== ldapAttribute.toLowerCase());
  if (sources.length === 0 || (wrong === undefined && !sources.includes(undefined))) return undefined;
  return differs(
    wrong === undefined
      ? `no row of a ${kind} user type maps ${name}: map it from ${ldapAttribute}`
      : `${name} is mapped from ${wrong}, not from ${ldapAttribute}`,
  );
}
