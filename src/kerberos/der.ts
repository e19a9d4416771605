/**
 * Distinguished Encoding Rules (X.690 §10) as far as Kerberos and SPNEGO need them: a strict reader and a writer.
 *
 * The reader takes exactly one encoding of each value: definite, minimal lengths, minimal integers, nothing left over, no
 * field twice or out of order. It copies nothing: contents are views into the input.
 * Owns: bytes. Does not own: what a field means (messages.ts, spnego.ts). Throws only {@link DerError}.
 */

/** The input is not DER of the expected shape. Callers turn it into the refusal of their layer. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export interface Element {
  /** The identifier octet: class, constructed bit and number. Numbers above 30 do not occur in Kerberos. */
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Identifier, length and contents. */
  readonly encoded: Uint8Array;
}

export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  generalString: 0x1b,
  sequence: 0x30,
} as const;

/** `[APPLICATION n]`, constructed. */
export const application = (number: number): number => 0x60 | number;
/** `[n]`, constructed: EXPLICIT tagging, as the Kerberos module and RFC 4178 use it. */
export const context = (number: number): number => 0xa0 | number;

// --- reading -----------------------------------------------------------------------------------------------------

/** Reads the element at `offset`; what follows it is the caller's. */
export function readElementAt(bytes: Uint8Array, offset: number, what: string): Element {
  const { tag, start, end } = readHeader(bytes, offset, what);
  return { tag, contents: bytes.subarray(start, end), encoded: bytes.subarray(offset, end) };
}

/** Where the contents of the element at `offset` begin and end. */
function readHeader(bytes: Uint8Array, offset: number, what: string): { tag: number; start: number; end: number } {
  const tag = bytes[offset];
  if (tag === undefined) throw new DerError(`${what} is missing`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`${what} has a tag of more than one byte`);
  const { length, start } = readLength(bytes, offset + 1, what);
  if (length > bytes.length - start) throw new DerError(`${what} is cut short`);
  return { tag, start, end: start + length };
}

/** X.690 §10.1: definite form, in the fewest octets. */
function readLength(bytes: Uint8Array, offset: number, what: string): { length: number; start: number } {
  const first = bytes[offset];
  if (first === undefined) throw new DerError(`${what} is cut short`);
  if (first < 0x80) return { length: first, start: offset + 1 };
  const octets = first & 0x7f;
  // Three octets reach 16 MiB; a header field ends at 64 KiB.
  if (octets === 0 || octets > 3) throw new DerError(`${what} has an indefinite or an oversized length`);
  let length = 0;
  for (let i = 1; i <= octets; i++) {
    const octet = bytes[offset + i];
    if (octet === undefined) throw new DerError(`${what} is cut short`);
    length = length * 256 + octet;
  }
  if (length < 0x80 || (octets > 1 && length < 256 ** (octets - 1))) {
    throw new DerError(`${what} has a length that is not minimal`);
  }
  return { length, start: offset + 1 + octets };
}

/** The contents of the one element that fills `bytes`, which must have `tag`. */
export function readOnly(bytes: Uint8Array, tag: number, what: string): Uint8Array {
  const element = readHeader(bytes, 0, what);
  if (element.tag !== tag) {
    throw new DerError(`${what} has tag ${hexByte(element.tag)} instead of ${hexByte(tag)}`);
  }
  if (element.end !== bytes.length) {
    throw new DerError(`${what} is followed by ${bytes.length - element.end} bytes too many`);
  }
  return bytes.subarray(element.start);
}

/** All elements of a SEQUENCE OF; more than `limit` is refused before it costs anything. */
export function readElements(contents: Uint8Array, what: string, limit: number): Element[] {
  const elements: Element[] = [];
  for (let offset = 0; offset < contents.length;) {
    if (elements.length === limit) throw new DerError(`${what} has more than ${limit} elements`);
    const element = readElementAt(contents, offset, what);
    elements.push(element);
    offset += element.encoded.length;
  }
  return elements;
}

/** The fields of a SEQUENCE whose members are all tagged `[n] EXPLICIT`: each gives the encoding inside the tag. */
export interface Fields {
  required(number: number, name: string): Uint8Array;
  optional(number: number): Uint8Array | undefined;
}

/**
 * Reads a SEQUENCE of `[n] EXPLICIT` members in ascending order, each at most once. A number above `last` is an error,
 * unless the type is `extensible` (an ellipsis in the module): then it is passed over.
 */
export function readFields(bytes: Uint8Array, what: string, last: number, extensible = false): Fields {
  const contents = readOnly(bytes, tags.sequence, what);
  const byNumber = new Map<number, Uint8Array>();
  for (let offset = 0, previous = -1; offset < contents.length;) {
    const { tag, start, end } = readHeader(contents, offset, what);
    const number = tag & 0x1f;
    if (tag !== context(number)) throw new DerError(`${what} has a member that is not tagged`);
    if (number <= previous) throw new DerError(`${what} has member [${number}] twice or out of order`);
    if (number > last && !extensible) throw new DerError(`${what} has an unknown member [${number}]`);
    byNumber.set(number, contents.subarray(start, end));
    previous = number;
    offset = end;
  }
  return {
    required(number, name) {
      const field = byNumber.get(number);
      if (field === undefined) throw new DerError(`${what} has no ${name}`);
      return field;
    },
    optional: (number) => byNumber.get(number),
  };
}

/** The range of Int32 (RFC 4120 §5.2.4). */
export const INT32 = [-0x80000000, 0x7fffffff] as const;

/** INTEGER or ENUMERATED in the fewest octets, between `min` and `max` inclusive. */
export function readInteger(
  bytes: Uint8Array,
  what: string,
  min: number,
  max: number,
  tag: number = tags.integer,
): number {
  const contents = readOnly(bytes, tag, what);
  const [first, second] = contents;
  if (first === undefined) throw new DerError(`${what} is empty`);
  const redundant = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (redundant || contents.length > 6) throw new DerError(`${what} is not minimal or too large`);
  let value = first >= 0x80 ? first - 256 : first;
  for (const octet of contents.subarray(1)) value = value * 256 + octet;
  if (value < min || value > max) throw new DerError(`${what} is ${value}, which is out of range`);
  return value;
}

export const readOctetString = (bytes: Uint8Array, what: string): Uint8Array => readOnly(bytes, tags.octetString, what);

/** KerberosFlags (RFC 4120 §5.2.8): a BIT STRING of at least 32 bits, of which the first 32 are returned, bit 0 highest. */
export function readFlags(bytes: Uint8Array, what: string): number {
  const contents = readOnly(bytes, tags.bitString, what);
  if (contents.length < 5 || contents.length > 9 || contents[0] !== 0) {
    throw new DerError(`${what} is not a bit string of at least 32 bits`);
  }
  return new DataView(contents.buffer, contents.byteOffset).getUint32(1);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** AD's longest name is a userPrincipalName of 1,024 characters. */
const MAX_STRING_OCTETS = 3_072;

/** KerberosString (RFC 4120 §5.2.1). The RFC restricts it to ASCII; AD writes UTF-8. Control characters are refused. */
export function readKerberosString(bytes: Uint8Array, what: string): string {
  const contents = readOnly(bytes, tags.generalString, what);
  if (contents.length > MAX_STRING_OCTETS) throw new DerError(`${what} has ${contents.length} octets`);
  if (contents.some(isControl)) {
    throw new DerError(`${what} has a control character`);
  }
  try {
    return utf8.decode(contents);
  } catch {
    throw new DerError(`${what} is not UTF-8`);
  }
}

/** Of C0, or the second octet of one of C1 (U+0080 to U+009F), which a terminal obeys as well. */
const isControl = (octet: number, index: number, octets: Uint8Array): boolean =>
  octet < 0x20 || octet === 0x7f || (octet >= 0x80 && octet < 0xa0 && octets[index - 1] === 0xc2);

/** An OBJECT IDENTIFIER in dotted form. */
export function readObjectIdentifier(bytes: Uint8Array, what: string): string {
  const contents = readOnly(bytes, tags.objectIdentifier, what);
  if (contents.length === 0 || contents.length > 32) throw new DerError(`${what} is empty or too long`);
  const arcs: number[] = [];
  let arc = 0;
  let begins = true;
  for (const octet of contents) {
    if (begins && octet === 0x80) throw new DerError(`${what} is not minimal`);
    arc = arc * 128 + (octet & 0x7f);
    if (arc > 0xffffffff) throw new DerError(`${what} has too large an arc`);
    begins = octet < 0x80;
    if (!begins) continue;
    arcs.push(...(arcs.length === 0 ? splitFirstArc(arc) : [arc]));
    arc = 0;
  }
  if (!begins) throw new DerError(`${what} is cut short`);
  return arcs.join('.');
}

/** X.690 §8.19.4: the first two arcs travel as one number. */
function splitFirstArc(arc: number): [number, number] {
  if (arc >= 80) return [2, arc - 80];
  return arc >= 40 ? [1, arc - 40] : [0, arc];
}

const hexByte = (octet: number): string => `0x${octet.toString(16).padStart(2, '0')}`;

// --- writing -----------------------------------------------------------------------------------------------------

/** One element: the identifier octet, the shortest length, and `parts` one after the other. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag]), lengthOctets(length), ...parts]);
}

function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest & 0xff);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

/** SEQUENCE; members that are absent are left out. */
export const sequence = (...members: readonly (Uint8Array | undefined)[]): Uint8Array =>
  element(tags.sequence, ...members.filter((member) => member !== undefined));

/** `[number] EXPLICIT`; nothing when there is no value. */
export function explicit(number: number, value: Uint8Array): Uint8Array;
export function explicit(number: number, value: Uint8Array | undefined): Uint8Array | undefined;
export function explicit(number: number, value: Uint8Array | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : element(context(number), value);
}

/** INTEGER (or ENUMERATED) of up to 53 bits, in the fewest octets. */
export function integer(value: number, tag: number = tags.integer): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  } while (!(rest === 0 && (octets[0] ?? 0) < 0x80) && !(rest === -1 && (octets[0] ?? 0) >= 0x80));
  return element(tag, Buffer.from(octets));
}

export const octetString = (value: Uint8Array): Uint8Array => element(tags.octetString, value);

/** KerberosFlags of 32 bits. */
export function flags(value: number): Uint8Array {
  const octets = Buffer.alloc(5);
  octets.writeUInt32BE(value >>> 0, 1);
  return element(tags.bitString, octets);
}

export const kerberosString = (value: string): Uint8Array => element(tags.generalString, Buffer.from(value, 'utf8'));

/** Those that Mortise writes are few, and only those are written. */
const objectIdentifiers = new Map<string, Uint8Array>();

export function objectIdentifier(dotted: string): Uint8Array {
  const known = objectIdentifiers.get(dotted);
  if (known !== undefined) return known;
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const written = element(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
  objectIdentifiers.set(dotted, written);
  return written;
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128));
  return octets;
}
