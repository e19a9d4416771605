/**
 * Writes XML with a tagged template: `` xml`<a b="${value}">${value}${xml`<c></c>`}</a>` ``. Values are escaped as their
 * place demands, nested fragments are kept, and the escapes are those of Canonical XML 1.0 §2.3; a template that writes
 * attributes in canonical order, start-end tag pairs and no superfluous declarations is therefore canonical as written.
 *
 * Owns: escaping. Does not own: canonical order, which is the author's of each template, nor reading (parse.ts).
 */
import { firstNonXmlCharacter } from './characters.ts';

const markup = Symbol('markup');

/** A piece of XML that came from a template. No JSON or other input can look like one. */
export interface Xml {
  readonly [markup]: string;
}

export type XmlValue = string | Xml | readonly Xml[];

type Place = 'text' | 'attribute';

/** Templates are constants of the source: where their values stand is found out once for each. */
const placesOf = new WeakMap<TemplateStringsArray, readonly Place[]>();

/**
 * The template tag. A string is escaped for its place; fragments are allowed as text only.
 *
 * @throws Error (a defect of the caller) when a string is no XML text, or a value stands where a name or an unquoted
 *   attribute value would.
 */
export function xml(literals: TemplateStringsArray, ...values: readonly XmlValue[]): Xml {
  let places = placesOf.get(literals);
  if (places === undefined) placesOf.set(literals, (places = findPlaces(literals)));
  let written = literals[0] ?? '';
  for (let index = 0; index < values.length; index++) {
    written += writeValue(values[index] ?? '', places[index]) + (literals[index + 1] ?? '');
  }
  return { [markup]: written };
}

/** XML that something else wrote and vouches for: a signed assertion, whose bytes must stay as they are. */
export function verbatim(written: string): Xml {
  return { [markup]: written };
}

export function toText(fragment: Xml): string {
  return fragment[markup];
}

/** Nearly every value: printable ASCII, of which nothing is escaped anywhere. */
const PLAIN = /^[ !#-%'-;=?-~]*$/;

function writeValue(value: XmlValue, place: Place | undefined): string {
  if (typeof value === 'string') {
    if (PLAIN.test(value)) return value;
    const wrong = firstNonXmlCharacter(value);
    if (wrong !== undefined) throw new Error(`XML cannot carry ${wrong}; check with isXmlText before writing`);
    return place === 'attribute' ? escapeAttribute(value) : escapeText(value);
  }
  if (place === 'attribute') throw new Error('a fragment cannot be an attribute value');
  return markup in value ? value[markup] : value.map(toText).join('');
}

const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Canonical XML 1.0 §2.3, text nodes. */
function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => TEXT_ESCAPES[character] ?? character);
}

/** Canonical XML 1.0 §2.3, attribute nodes: `>` stays, white space other than a space does not. */
function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, (character) => ATTRIBUTE_ESCAPES[character] ?? character);
}

/** Follows the literals' quotes and brackets to find where each value stands. */
function findPlaces(literals: TemplateStringsArray): readonly Place[] {
  let inTag = false;
  let inQuotes = false;
  return literals.slice(0, -1).map((literal) => {
    for (const character of literal) {
      if (inQuotes) inQuotes = character !== '"';
      else if (inTag) {
        inQuotes = character === '"';
        inTag = character !== '>';
      } else inTag = character === '<';
    }
    if (inTag && !inQuotes) throw new Error(`a value stands where a name would: ${literal.slice(-40)}`);
    return inQuotes ? 'attribute' : 'text';
  });
}
