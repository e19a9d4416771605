/** What domain controllers answer, and what is asked of them: framing, filters, identifiers, times. */
import { ServerDown } from '../../../src/directory/ldap-errors.ts';
import { ldapFraming } from '../../../src/directory/ldap-framing.ts';
import { fileTimeOf, fileTimeToDate, intervalToMs } from '../../../src/directory/filetime.ts';
import { fillFilter, filterText } from '../../../src/directory/filter.ts';
import type { FilterPattern } from '../../../src/directory/filter.ts';
import { FilterSyntaxError, parseFilterPattern } from '../../../src/directory/filter-pattern.ts';
import { guidToBytes, guidToText } from '../../../src/directory/guid.ts';
import { sidToBytes, sidToText } from '../../../src/directory/sid.ts';
import { element, integer } from '../../../src/kerberos/der.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { TLV } from '../mutate-tlv.ts';
import { mustHold } from '../parser.ts';
import type { Parser } from '../parser.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const text = (value: string): Uint8Array => element(0x04, Buffer.from(value));
const result = (tag: number): Uint8Array => element(tag, element(0x0a, Buffer.of(0)), text(''), text(''));
const attributes = element(0x30, element(0x30, text('cn'), element(0x31, text('A'), text('B'))));

/** Bind, entry, reference, search done, modify, StartTLS (RFC 4511 §4). */
const ANSWERS = [
  result(0x61),
  element(0x64, text('CN=A,DC=corp'), attributes),
  element(0x73, text('ldap://other/')),
  result(0x65),
  result(0x67),
  result(0x78),
].map((operation) => element(0x30, integer(2), operation));

export const LDAP_FRAMING: Parser = {
  name: 'ldap-framing',
  seeds: () => [...ANSWERS, Buffer.concat(ANSWERS)],
  mutators: [...BYTES, ...TLV, ...TLV],
  refuses: (error) => error instanceof ServerDown,
  take(input) {
    const whole = cutAtOnce(input);
    const { cut } = ldapFraming();
    const pieces: Buffer[] = [];
    for (let at = 0; at < input.length; at += 7) pieces.push(...cut(input.subarray(at, at + 7)));
    mustHold(Buffer.concat(pieces).equals(Buffer.concat(whole)), 'the same messages, in whatever pieces they come');
    for (const message of whole) mustHold(cutAtOnce(message).length === 1, 'what passes, passes again');
    return whole
      .map((message) => message[9])
      .slice(0, 3)
      .join(' ');
  },
  longest: 8_192,
  runs: 4_000,
};

const cutAtOnce = (bytes: Uint8Array): readonly Buffer[] => ldapFraming().cut(bytes);

const FILTER_WORDS = [
  '(',
  ')',
  '&',
  '|',
  '!',
  '*',
  '=',
  '>=',
  '<=',
  '~=',
  ':=',
  ':dn',
  '\\2a',
  '\\',
  '${identifier}',
  '${',
  'cn',
  ';binary',
  ':1.2.840.113556.1.4.803',
  '(cn=a)',
  '(&',
  '(!',
];

export const FILTER_PATTERN: Parser = {
  name: 'filter-pattern',
  seeds: () =>
    [
      '(sAMAccountName=${identifier})',
      '(&(objectClass=user)(|(sAMAccountName=${identifier})(userPrincipalName=*${identifier}*)))',
      '(!(userAccountControl:1.2.840.113556.1.4.803:=2)(cn=${identifier}))',
      '(cn:dn:2.4.6:=a\\2ab${identifier})',
      '(a>=${identifier})',
    ].map((text) => Buffer.from(text)),
  mutators: [...BYTES, ...textMutators(FILTER_WORDS), ...textMutators(FILTER_WORDS)],
  refuses: (error) => error instanceof FilterSyntaxError,
  take(input) {
    const pattern = parseFilterPattern(input.toString('utf8'));
    const name = ')(|(objectClass=*)\\2a*\0';
    const shape = shapeOf(filterText(fillFilter(pattern, 'x')));
    mustHold(shapeOf(filterText(fillFilter(pattern, name))) === shape, 'no name opens or closes a parenthesis');
    const again = parseFilterPattern(filterText(fillFilter(pattern, '${identifier}')));
    // A value that spells the placeholder out by escapes reads as one when it is written.
    const spelt =
      JSON.stringify(fillFilter(pattern, '')).includes('36,123') ||
      /\\24|\\7b|\$/i.test(input.toString('latin1').replaceAll('${identifier}', ''));
    mustHold(spelt || plain(again) === plain(pattern), 'what is written is read as it was');
    return pattern.type;
  },
  longest: 4_096,
  runs: 5_000,
};

const shapeOf = (text: string): string => text.replaceAll(/[^()*]/g, '');
const plain = (pattern: FilterPattern): string =>
  JSON.stringify(pattern, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );

export const IDENTIFIERS: Parser = {
  name: 'sid-guid-filetime',
  seeds: () => [
    hex('010500000000000515000000a065cf7e784b9b5fe77c8770091c0100'),
    Buffer.from('S-1-5-21-2127521184-1604012920-1887927527-72713'),
    Buffer.from('S-1-0x1FFFFFFFFFFF-1'),
    Buffer.from('6d1d3a52-7d0e-4b5c-9a43-1f0f7d2c4e11'),
    hex('00112233445566778899aabbccddeeff'),
    hex('0080d5d7b19ddd01'),
  ],
  mutators: [...BYTES, ...textMutators(['S-1-5-21', '-', '0x', '4294967295', '4294967296', '0', '{', '}'])],
  refuses: () => false,
  take(input) {
    const text = input.toString('latin1');
    const [sid, sidBytes, guid, guidBytes] = [sidToText(input), sidToBytes(text), guidToText(input), guidToBytes(text)];
    if (sid !== undefined) mustHold(input.equals(Buffer.from(sidToBytes(sid) ?? [])), 'a SID is written as it was');
    if (sidBytes !== undefined)
      mustHold(sidToText(sidBytes)?.toLowerCase() === text.toLowerCase(), 'one text of each SID');
    if (guid !== undefined) mustHold(input.equals(Buffer.from(guidToBytes(guid) ?? [])), 'a GUID is written as it was');
    if (guidBytes !== undefined) mustHold(guidToText(guidBytes) === text.toLowerCase(), 'one text of each GUID');
    const ticks = input.length < 8 ? 0n : input.readBigInt64LE();
    const date = fileTimeToDate(ticks);
    mustHold(Number.isNaN(date.getTime()) || fileTimeOf(date) <= ticks + 10_000n, 'a time of the same millisecond');
    mustHold(intervalToMs(ticks) >= 0, 'no interval below nothing');
    return [sid && 'sid', sidBytes && 'sid text', guid && 'guid', guidBytes && 'guid text'].join(' ');
  },
  longest: 256,
  runs: 15_000,
};
