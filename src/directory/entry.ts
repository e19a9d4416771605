/**
 * An entry as the directory gave it, and its attributes as text exactly as PingOne shows them:
 * GUIDs in their canonical form, SIDs as `S-1-5-…`, everything else as UTF-8.
 *
 * Attribute names are compared without regard to case (RFC 4512 §2.5). `dn` is no attribute of AD; it stands for the
 * entry's own name here as it does in PingOne's mappings.
 */
import { Refusal } from '../refusal.ts';
import { guidToText } from './guid.ts';
import { sidToText } from './sid.ts';

export interface Entry {
  readonly dn: string;
  /** Keyed by lower-case attribute name; raw bytes, as AD stores them. */
  readonly attributes: ReadonlyMap<string, readonly Uint8Array[]>;
}

interface TextForm {
  readonly expected: string;
  readonly toText: (bytes: Uint8Array) => string | undefined;
}

const GUID: TextForm = { expected: 'the 16 bytes of a GUID', toText: guidToText };
const SID: TextForm = { expected: 'a security identifier', toText: sidToText };
const UTF8: TextForm = { expected: 'UTF-8 text', toText: utf8ToText };

const TEXT_FORMS: ReadonlyMap<string, TextForm> = new Map([
  ['objectguid', GUID],
  ['ms-ds-consistencyguid', GUID],
  ['objectsid', SID],
]);

/** ignoreBOM: a value is taken as it is, down to its first character. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8ToText(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The attribute's values as bytes, in the directory's order; none when the entry lacks it or it may not be read. */
export function values(entry: Entry, name: string): readonly Uint8Array[] {
  const key = name.toLowerCase();
  return key === 'dn' ? [Buffer.from(entry.dn)] : (entry.attributes.get(key) ?? []);
}

/**
 * The attribute's values as text, in the directory's order; none when the entry lacks it.
 *
 * A value without a text form is refused and never bent into one: an mS-DS-ConsistencyGuid of another length than
 * 16 bytes would become an anchor that Entra does not know, and half of a name would be another name.
 *
 * @throws Refusal directory-value-malformed
 */
export function texts(entry: Entry, name: string): readonly string[] {
  const form = TEXT_FORMS.get(name.toLowerCase()) ?? UTF8;
  return values(entry, name).map((value) => {
    const text = form.toText(value);
    if (text !== undefined) return text;
    throw new Refusal('directory-value-malformed', {
      attribute: name,
      expected: form.expected,
      actual: `${value.length} bytes`,
      detail: entry.dn,
    });
  });
}
