/**
 * Writing entries by hand: readable attributes in, an {@link Entry} with AD's bytes out.
 * For the sample forest, for the rehearsal's mishaps and for tests.
 */
import type { Entry } from './entry.ts';
import { guidToBytes } from './guid.ts';

/** Anything that an attribute may hold: text and numbers are written as AD writes them. */
type Value = string | number | Uint8Array;

export interface SampleAttributes {
  readonly [name: string]: Value | readonly Value[] | undefined;
}

/** An entry from attributes in readable form; undefined ones are left out. */
export function sampleEntry(dn: string, attributes: SampleAttributes): Entry {
  const all: SampleAttributes = { ...attributes, distinguishedName: dn };
  return {
    dn,
    attributes: new Map(
      Object.entries(all).flatMap(([name, given]) =>
        given === undefined ? [] : [[name.toLowerCase(), [given].flat().map(toBytes)] as const],
      ),
    ),
  };
}

function toBytes(value: Value): Uint8Array {
  return value instanceof Uint8Array ? value : Uint8Array.from(Buffer.from(`${value}`));
}

/** The bytes of a GUID that is written in text. */
export function guid(text: string): Uint8Array {
  const bytes = guidToBytes(text);
  if (bytes === undefined) throw new TypeError(`${text} is not a GUID`);
  return bytes;
}
