/**
 * Our filters as ldapts' filters: the same tree, written to the wire by RFC 4511 §4.5.1.
 *
 * ldapts' own classes take text in most of their values; a value is bytes here (objectGUID is not UTF-8), so one class
 * writes all of them.
 */
import { Filter as LdaptsFilter, SearchFilter } from 'ldapts';
import type { BerWriter, SearchFilterValues } from 'ldapts';
import { filterText } from './filter.ts';
import type { ExtensibleOf, Filter, SubstringsOf } from './filter.ts';

const OCTET_STRING = 0x04;

const TAGS = {
  and: SearchFilter.and,
  or: SearchFilter.or,
  not: SearchFilter.not,
  equal: SearchFilter.equalityMatch,
  substrings: SearchFilter.substrings,
  greaterOrEqual: SearchFilter.greaterOrEqual,
  lessOrEqual: SearchFilter.lessOrEqual,
  present: SearchFilter.present,
  approx: SearchFilter.approxMatch,
  extensible: SearchFilter.extensibleMatch,
} as const satisfies Record<Filter['type'], SearchFilterValues>;

class WireFilter extends LdaptsFilter {
  override readonly type: SearchFilterValues;
  readonly filter: Filter;

  constructor(filter: Filter) {
    super();
    this.type = TAGS[filter.type];
    this.filter = filter;
  }

  override writeFilter(writer: BerWriter): void {
    writeContent(this.filter, writer);
  }

  override toString(): string {
    return filterText(this.filter);
  }
}

export function toLdaptsFilter(filter: Filter): LdaptsFilter {
  return new WireFilter(filter);
}

function writeContent(filter: Filter, writer: BerWriter): void {
  switch (filter.type) {
    case 'and':
    case 'or':
      for (const inner of filter.filters) toLdaptsFilter(inner).write(writer);
      return;
    case 'not':
      toLdaptsFilter(filter.filter).write(writer);
      return;
    case 'present':
      // Primitive: the name alone, without a tag of its own.
      for (const byte of Buffer.from(filter.attribute)) writer.writeByte(byte);
      return;
    case 'substrings':
      writeSubstrings(filter, writer);
      return;
    case 'extensible':
      writeExtensible(filter, writer);
      return;
    default:
      writer.writeString(filter.attribute);
      writer.writeBuffer(Buffer.from(filter.value), OCTET_STRING);
  }
}

/** substrings: initial [0], any [1], final [2] */
function writeSubstrings({ attribute, initial, any, final }: SubstringsOf<Uint8Array>, writer: BerWriter): void {
  writer.writeString(attribute);
  writer.startSequence();
  if (initial !== undefined) writer.writeBuffer(Buffer.from(initial), 0x80);
  for (const part of any) writer.writeBuffer(Buffer.from(part), 0x81);
  if (final !== undefined) writer.writeBuffer(Buffer.from(final), 0x82);
  writer.endSequence();
}

/** MatchingRuleAssertion: matchingRule [1], type [2], matchValue [3], dnAttributes [4] DEFAULT FALSE */
function writeExtensible({ rule, attribute, value, dnAttributes }: ExtensibleOf<Uint8Array>, writer: BerWriter): void {
  if (rule !== undefined) writer.writeString(rule, 0x81);
  if (attribute !== undefined) writer.writeString(attribute, 0x82);
  writer.writeBuffer(Buffer.from(value), 0x83);
  if (dnAttributes) writer.writeBoolean(true, 0x84);
}
