/**
 * How AD matches: distinguished names and filters against entries in memory.
 *
 * Text is compared without regard to case, integers by number, identifiers by their bytes (a SID also by its text),
 * objectCategory also by its short name ([MS-ADTS] §3.1.1.3.1.3.4). A comparison with an attribute that the entry
 * lacks is false, and its negation true, as AD and Samba have it.
 */
import { values } from './entry.ts';
import type { Entry } from './entry.ts';
import type { ExtensibleOf, Filter, SubstringsOf } from './filter.ts';
import { sidToBytes } from './sid.ts';

const BINARY: ReadonlySet<string> = new Set(['objectguid', 'ms-ds-consistencyguid', 'objectsid']);

const DISTINGUISHED_NAMES: ReadonlySet<string> = new Set(['distinguishedname', 'objectcategory', 'memberof', 'member']);

/** Short names whose class is called otherwise in the schema. */
const CATEGORY_NAMES: ReadonlyMap<string, string> = new Map([
  ['user', 'person'],
  ['organizationalunit', 'organizational-unit'],
  ['msds-groupmanagedserviceaccount', 'ms-ds-group-managed-service-account'],
]);

/** [MS-ADTS] §3.1.1.3.4.4 */
const BIT_AND = '1.2.840.113556.1.4.803';
const BIT_OR = '1.2.840.113556.1.4.804';

const INTEGER = /^-?\d{1,19}$/;

const RDN = /^\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=/;

/**
 * A value in the forms in which it is compared. Kept by the value's own bytes: a forest is searched again and again, and
 * nobody changes the bytes of an entry.
 */
interface Forms {
  readonly text: string;
  readonly folded: string;
  readonly integer: bigint | undefined;
}

const forms = new WeakMap<Uint8Array, Forms>();

function formsOf(value: Uint8Array): Forms {
  const known = forms.get(value);
  if (known !== undefined) return known;
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString();
  const made: Forms = {
    text,
    folded: text.normalize('NFC').toLowerCase(),
    integer: INTEGER.test(text) ? BigInt(text) : undefined,
  };
  forms.set(value, made);
  return made;
}

const textOf = (value: Uint8Array): string => formsOf(value).text;
/** In which two spellings of one text are equal. */
export const foldedText = (value: Uint8Array): string => formsOf(value).folded;
export const isInteger = (value: Uint8Array): boolean => formsOf(value).integer !== undefined;

const dnOf = (value: Uint8Array): string | undefined => normalDn(textOf(value));

/** Names that were read: those of a forest and its bases come again with each search. */
const kept = new Map<string, readonly string[] | undefined>();
const MOST_KEPT = 20_000;

/** The names from the entry up to the root, each in a form in which two spellings are equal; undefined for other text. */
function rdnsOf(dn: string): readonly string[] | undefined {
  if (kept.has(dn)) return kept.get(dn);
  if (kept.size >= MOST_KEPT) kept.clear();
  const rdns = readRdns(dn);
  kept.set(dn, rdns);
  return rdns;
}

function readRdns(dn: string): readonly string[] | undefined {
  // A backslash takes the character after it along (RFC 4514 §2.4), so it cannot be the last.
  if (!/^(?:[^\\]|\\.)*$/s.test(dn)) return undefined;
  // Each name with the comma before it, so that an empty one is seen.
  const rdns = (`,${dn}`.match(/,(?:[^,\\]|\\.)*/gs) ?? []).map((part) => part.slice(1));
  if (!rdns.every((rdn) => RDN.test(rdn))) return undefined;
  return rdns.map((rdn) =>
    rdn
      .trim()
      .replace(/\s*=\s*/, '=')
      .toLowerCase(),
  );
}

/** The form in which two spellings of one name are equal; undefined when the text is no distinguished name. */
export function normalDn(dn: string): string | undefined {
  return rdnsOf(dn)?.join(',');
}

export function isWithin(dn: string, base: string, scope: 'base' | 'sub'): boolean {
  const name = rdnsOf(dn);
  const root = rdnsOf(base);
  if (name === undefined || root === undefined) return false;
  const above = name.length - root.length;
  return (scope === 'sub' ? above >= 0 : above === 0) && root.every((rdn, index) => rdn === name[above + index]);
}

export function matches(entry: Entry, filter: Filter): boolean {
  switch (filter.type) {
    case 'and':
      return filter.filters.every((inner) => matches(entry, inner));
    case 'or':
      return filter.filters.some((inner) => matches(entry, inner));
    case 'not':
      return !matches(entry, filter.filter);
    case 'present':
      return attributeValues(entry, filter.attribute).length > 0;
    case 'substrings':
      return attributeValues(entry, filter.attribute).some((value) => containsParts(value, filter));
    case 'extensible':
      return matchesRule(entry, filter);
    case 'greaterOrEqual':
      return attributeValues(entry, filter.attribute).some((value) => compare(value, filter.value) >= 0);
    case 'lessOrEqual':
      return attributeValues(entry, filter.attribute).some((value) => compare(value, filter.value) <= 0);
    default:
      // AD answers an approximate match like an equality.
      return attributeValues(entry, filter.attribute).some((value) => equal(filter.attribute, value, filter.value));
  }
}

/** `dn` is Mortise's word, no attribute: a filter does not find it. */
function attributeValues(entry: Entry, attribute: string): readonly Uint8Array[] {
  return attribute.toLowerCase() === 'dn' ? [] : values(entry, attribute);
}

function equal(attribute: string, stored: Uint8Array, asked: Uint8Array): boolean {
  const name = attribute.toLowerCase();
  if (BINARY.has(name)) {
    const bytes = (name === 'objectsid' ? sidToBytes(textOf(asked)) : undefined) ?? asked;
    return Buffer.compare(stored, bytes) === 0;
  }
  if (DISTINGUISHED_NAMES.has(name)) return dnOf(stored) === askedDn(name, asked, textOf(stored));
  const [left, right] = [formsOf(stored), formsOf(asked)];
  return left.folded === right.folded || (left.integer !== undefined && left.integer === right.integer);
}

/** A short name of objectCategory stands for the class's entry in the schema. */
function askedDn(name: string, asked: Uint8Array, stored: string): string | undefined {
  const text = foldedText(asked);
  if (name !== 'objectcategory' || text.includes('=')) return dnOf(asked);
  const category = CATEGORY_NAMES.get(text) ?? text;
  return normalDn(stored.replace(/^CN=[^,]+/i, () => `cn=${category}`));
}

function compare(stored: Uint8Array, asked: Uint8Array): number {
  const [left, right] = [formsOf(stored), formsOf(asked)];
  if (left.integer !== undefined && right.integer !== undefined)
    return Number(left.integer > right.integer) - Number(left.integer < right.integer);
  return Number(left.folded > right.folded) - Number(left.folded < right.folded);
}

/** RFC 4511 §4.5.1.7.2: the parts in their order, none over another. */
function containsParts(stored: Uint8Array, { initial, any, final }: SubstringsOf<Uint8Array>): boolean {
  const text = foldedText(stored);
  const start = initial === undefined ? '' : foldedText(initial);
  const end = final === undefined ? '' : foldedText(final);
  if (text.length < start.length + end.length || !text.startsWith(start) || !text.endsWith(end)) return false;
  const middle = text.slice(start.length, text.length - end.length);
  let offset = 0;
  for (const part of any.map(foldedText)) {
    const found = middle.indexOf(part, offset);
    if (found === -1) return false;
    offset = found + part.length;
  }
  return true;
}

/** A rule that is not known matches nothing. */
function matchesRule(entry: Entry, { attribute, rule, value }: ExtensibleOf<Uint8Array>): boolean {
  if (attribute === undefined) return false;
  const stored = attributeValues(entry, attribute);
  if (rule === undefined) return stored.some((candidate) => equal(attribute, candidate, value));
  const { integer: mask } = formsOf(value);
  if ((rule !== BIT_AND && rule !== BIT_OR) || mask === undefined) return false;
  return stored.some((candidate) => {
    const { integer } = formsOf(candidate);
    if (integer === undefined) return false;
    const common = integer & mask;
    return rule === BIT_AND ? common === mask : common !== 0n;
  });
}
