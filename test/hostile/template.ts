/**
 * The pieces of a case that are too long, too binary or too fresh to stand in its file:
 *
 *   {{repeat 60000 <a>}}          the text so many times
 *   {{count 5000  a#="#"}}        the same, with its number in place of #
 *   {{hex c0 af}}                 bytes; {{hex-repeat 30000 30 80}} so many times; {{nested 16000 30}} within each other
 *   {{gzip 9000000 <a>}}          repeated, and compressed
 *   {{utf-16 <a/>}}               in UTF-16LE with its byte order mark
 *   {{base64 30 80}}              bytes in base64; {{der-list 5000 0603550403}}, {{der-nested 16000 30}} likewise
 */
import { gzipSync } from 'node:zlib';
import { element } from '../../src/kerberos/der.ts';

type Make = (argument: string) => Buffer;

const bytesIn = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const base64 = (bytes: Uint8Array): Buffer => Buffer.from(Buffer.from(bytes).toString('base64'));

/** `60000 <a>`: a number, one space, and the rest. */
function numbered(argument: string): { readonly count: number; readonly text: string } {
  const { count, text = '' } = /^(?<count>\d+) (?<text>[^]*)$/.exec(argument)?.groups ?? {};
  if (count === undefined) throw new Error(`no number begins “${argument}”`);
  return { count: Number(count), text };
}

function repeated(argument: string): Buffer {
  const { count, text } = numbered(argument);
  return Buffer.from(text.repeat(count));
}

/** A token of SPNEGO (RFC 4178 §4.2.1) that lists a mechanism so many times. */
function listOf(argument: string): Uint8Array {
  const { count, text } = numbered(argument);
  const list = element(0x30, ...Array.from({ length: count }, () => bytesIn(text)));
  const init = element(0xa0, element(0x30, element(0xa0, list)));
  return element(0x60, bytesIn('06062b0601050502'), init);
}

/** Elements of one tag within each other: heads alone, from the inside to the outside. */
function nestedIn(argument: string): Uint8Array {
  const { count, text } = numbered(argument);
  const tag = bytesIn(text);
  const heads: Buffer[] = [];
  let length = 0;
  for (let depth = 0; depth < count; depth++) {
    const octets = length < 0x80 ? [length] : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
    // In the shortest form, as DER wants it.
    const head =
      octets.length === 1 || length > 0xffff ? octets : length > 0xff ? [0x82, ...octets.slice(2)] : [0x81, length];
    heads.push(Buffer.concat([tag, Buffer.from(head)]));
    length += 1 + head.length;
  }
  return Buffer.concat(heads.toReversed());
}

const MAKERS: Readonly<Record<string, Make>> = {
  repeat: repeated,
  count(argument) {
    const { count, text } = numbered(argument);
    return Buffer.from(Array.from({ length: count }, (_, index) => text.replaceAll('#', String(index))).join(''));
  },
  hex: bytesIn,
  'hex-repeat'(argument) {
    const { count, text } = numbered(argument);
    return Buffer.concat(Array.from({ length: count }, () => bytesIn(text)));
  },
  nested: (argument) => Buffer.from(nestedIn(argument)),
  gzip: (argument) => gzipSync(repeated(argument)),
  'utf-16': (argument) => Buffer.from(`\uFEFF${argument}`, 'utf16le'),
  base64: (argument) => base64(bytesIn(argument)),
  'der-list': (argument) => base64(listOf(argument)),
  'der-nested': (argument) => base64(nestedIn(argument)),
};

/** @param own further pieces, by name */
export function expand(text: string, own: Readonly<Record<string, Make>> = {}): Buffer {
  const pieces = text.split(/\{\{(?!\{)(\S+?(?: [^]*?)?)\}\}/);
  return Buffer.concat(
    pieces.map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece);
      const space = piece.indexOf(' ');
      const name = space === -1 ? piece : piece.slice(0, space);
      const make = own[name] ?? MAKERS[name];
      if (make === undefined) throw new Error(`nothing makes {{${name}}}`);
      return make(space === -1 ? '' : piece.slice(space + 1));
    }),
  );
}
