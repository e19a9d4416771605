/**
 * Cuts the bytes of an LDAP server into messages (RFC 4511 §4.1.1, §5.1) and lets only those pass that have the shape of
 * an answer to what we ask. ldapts reads what it gets without end where a length or a tag is wrong, calls itself once for
 * each message of a chunk, and keeps what follows the answer to StartTLS; whoever can write into a connection could stop
 * the process. Owns: framing and shapes. Does not own: what an answer says (ldapts).
 */
import { ServerDown } from './ldap-errors.ts';

/** Far above an entry with every value of a large group; AD itself sends no more than 1,500 values at a time. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const ENUMERATED = 0x0a;
const SEQUENCE = 0x30;
const SET = 0x31;

/** Tags of the answers to bind, search, modify and StartTLS (RFC 4511 §4.2.2, §4.5.2, §4.6, §4.12). */
const OPERATIONS = {
  bind: 0x61,
  entry: 0x64,
  searchDone: 0x65,
  modify: 0x67,
  reference: 0x73,
  extended: 0x78,
} as const;

export interface LdapFraming {
  /** Messages that the chunk completes, each in a piece of its own. @throws ServerDown when it is no LDAP message */
  readonly cut: (chunk: Uint8Array) => readonly Buffer[];
  /** Whether a message has begun and not ended. */
  readonly isWithinMessage: () => boolean;
}

export function ldapFraming(): LdapFraming {
  let parts: Uint8Array[] = [];
  let held = 0;
  let wanted = 0;
  return {
    isWithinMessage: () => held > 0,
    cut(chunk) {
      parts.push(chunk);
      held += chunk.length;
      if (held < wanted) return [];
      let rest = Buffer.concat(parts);
      const messages: Buffer[] = [];
      for (;;) {
        const first = readHeader(rest, 0);
        if (first !== undefined && (first.tag !== SEQUENCE || first.end > MAX_MESSAGE_BYTES)) throw notLdap();
        wanted = first?.end ?? rest.length + 1;
        if (rest.length < wanted) break;
        messages.push(checked(rest.subarray(first?.start, wanted)));
        rest = rest.subarray(wanted);
      }
      parts = rest.length === 0 ? [] : [rest];
      held = rest.length;
      return messages;
    },
  };
}

const notLdap = (): ServerDown => new ServerDown('it sent what is no LDAP message');

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** RFC 4511 §5.1: definite lengths, tags of one byte. Undefined when the header is not complete yet. */
function readHeader(bytes: Uint8Array, offset: number): Header | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, start: offset + 2, end: offset + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4) throw notLdap();
  const start = offset + 2 + octets;
  if (bytes.length < start) return undefined;
  const length = bytes.subarray(offset + 2, start).reduce((sum, octet) => sum * 256 + octet, 0);
  return { tag, start, end: start + length };
}

interface Element {
  readonly tag: number;
  readonly contents: Buffer;
  readonly encoded: Buffer;
}

/** The elements that fill `contents` exactly. */
function elements(contents: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let offset = 0; offset < contents.length;) {
    const header = readHeader(contents, offset);
    if (header === undefined || header.end > contents.length) throw notLdap();
    const { tag, start, end } = header;
    found.push({ tag, contents: contents.subarray(start, end), encoded: contents.subarray(offset, end) });
    offset = end;
  }
  return found;
}

/** LDAPMessage, written again without controls: nobody here asks for any (RFC 4511 §4.1.11). */
function checked(message: Buffer): Buffer {
  const [id, operation, ...controls] = elements(message);
  if (id?.tag !== INTEGER || operation === undefined || controls.length > 1) throw notLdap();
  if (id.contents.length < 1 || id.contents.length > 4 || !isAnswer(operation)) throw notLdap();
  const length = Buffer.alloc(5, 0x84);
  length.writeUInt32BE(id.encoded.length + operation.encoded.length, 1);
  return Buffer.concat([Buffer.of(SEQUENCE), length, id.encoded, operation.encoded]);
}

function isAnswer({ tag, contents }: Element): boolean {
  switch (tag) {
    case OPERATIONS.entry:
      return isEntry(elements(contents));
    case OPERATIONS.reference:
      return elements(contents).every(isOctets);
    case OPERATIONS.bind:
    case OPERATIONS.searchDone:
    case OPERATIONS.modify:
    case OPERATIONS.extended:
      return isResult(elements(contents));
    default:
      return false;
  }
}

const isOctets = (element: Element | undefined): boolean => element?.tag === OCTET_STRING;

/** LDAPResult (§4.1.9): resultCode, matchedDN, diagnosticMessage; what follows is read by tag. */
const isResult = ([code, matched, message]: readonly Element[]): boolean =>
  code?.tag === ENUMERATED &&
  code.contents.length > 0 &&
  code.contents.length <= 4 &&
  isOctets(matched) &&
  isOctets(message);

/** SearchResultEntry (§4.5.2): a name, and a list of attributes, each a name with a set of values. */
function isEntry([name, list, ...more]: readonly Element[]): boolean {
  if (!isOctets(name) || list?.tag !== SEQUENCE || more.length > 0) return false;
  return elements(list.contents).every((attribute) => {
    const [type, values, ...others] = attribute.tag === SEQUENCE ? elements(attribute.contents) : [];
    return isOctets(type) && values?.tag === SET && others.length === 0 && elements(values.contents).every(isOctets);
  });
}
