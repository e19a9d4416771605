/**
 * Finds out where the values of an HTML template stand: in text, in a quoted attribute, in an address, within a tag.
 * Templates are constants of the source; what is wrong with one is a defect of the page, told at its first use.
 *
 * Owns: reading the literals. Does not own: escaping (html.ts).
 */

/** `tag`: between attributes, where only the attributes of html.ts may stand. */
export type Place = 'text' | 'attribute' | 'address' | 'tag';

/** Elements whose content is no text with references: nothing may be written into them. */
const RAW = new Set(['script', 'style', 'iframe', 'xmp', 'noembed', 'noframes', 'plaintext', 'textarea', 'template']);

const ADDRESS_ATTRIBUTES = new Set(['href', 'src', 'action', 'formaction']);

export interface Template {
  /** One more than there are places; without the indentation of the source. */
  readonly literals: readonly string[];
  readonly places: readonly Place[];
}

const known = new WeakMap<TemplateStringsArray, Template>();

/** @throws Error when a value stands where none may, or the template ends within a tag */
export function readTemplate(literals: TemplateStringsArray): Template {
  let template = known.get(literals);
  if (template === undefined) {
    const written = literals.map((literal) => literal.replace(/\n\s+/g, '\n'));
    known.set(literals, (template = { literals: written, places: findPlaces(literals) }));
  }
  return template;
}

interface Reader {
  /** The tag so far, without what its attributes' values are: `<a href=""`; empty outside of tags. */
  tag: string;
  inQuotes: boolean;
  /** The element of {@link RAW} that is open. */
  raw: string | undefined;
}

function findPlaces(literals: TemplateStringsArray): readonly Place[] {
  const reader: Reader = { tag: '', inQuotes: false, raw: undefined };
  const places = literals.slice(0, -1).map((literal) => {
    for (const character of literal) step(reader, character);
    return placeAt(reader, literal);
  });
  for (const character of literals.at(-1) ?? '') step(reader, character);
  if (reader.tag !== '') throw new Error(`a template ends within a tag: ${reader.tag}`);
  return places;
}

function step(reader: Reader, character: string): void {
  if (reader.inQuotes) {
    if (character === '"') close(reader);
  } else if (reader.tag === '') {
    if (character === '<') reader.tag = '<';
  } else if (character === '>') {
    endTag(reader);
  } else {
    if (character === '"' ? !reader.tag.endsWith('=') : reader.tag.endsWith('=') || /['<`]/.test(character)) {
      throw new Error(`an attribute is written name="value": ${reader.tag}${character}`);
    }
    reader.tag += character;
    reader.inQuotes = character === '"';
  }
}

function close(reader: Reader): void {
  reader.inQuotes = false;
  reader.tag += '"';
}

function endTag(reader: Reader): void {
  const [, end, name] = /^<(\/?)([a-z0-9]*)/i.exec(reader.tag) ?? [];
  const element = name?.toLowerCase() ?? '';
  if (end === '/' && reader.raw === element) reader.raw = undefined;
  else if (end === '' && RAW.has(element)) reader.raw ??= element;
  reader.tag = '';
}

function placeAt(reader: Reader, literal: string): Place {
  const where = literal.slice(-40);
  if (reader.raw !== undefined) throw new Error(`a value stands in <${reader.raw}>: ${where}`);
  if (reader.tag === '') return 'text';
  const attribute = /\s([a-z][a-z-]*)="$/.exec(reader.tag)?.[1];
  if (reader.inQuotes) return quotedPlace(attribute, literal);
  // After the element's name or a whole attribute; attributes bring the space before them.
  if (/^<[a-z][a-z0-9]*(?:\s+[a-z][a-z-]*="")*\s*$/.test(reader.tag)) return 'tag';
  throw new Error(`a value stands where a name would: ${where}`);
}

function quotedPlace(attribute: string | undefined, literal: string): Place {
  if (attribute === undefined || attribute.startsWith('on') || attribute === 'style') {
    throw new Error(`no attribute of a page takes a value: ${literal.slice(-40)}`);
  }
  // Only a value that begins the attribute decides what the address is.
  return ADDRESS_ATTRIBUTES.has(attribute) ? addressPlace(attribute, literal) : 'attribute';
}

function addressPlace(attribute: string, literal: string): Place {
  if (literal.endsWith(`${attribute}="`)) return 'address';
  throw new Error(`an address is one value: ${literal.slice(-40)}`);
}
