/**
 * The exported file as sign-ins: a JSON array, Graph's page with `value`, one JSON document a line (as diagnostic settings
 * write them, with the sign-in below `properties`), or CSV. In UTF-8, or UTF-16 with its mark.
 */
import { readCsv } from './read-csv.ts';
import { entraSignIn, fieldName, TIMES } from './sign-in.ts';
import type { EntraSignIn, Fields } from './sign-in.ts';

/** @throws SyntaxError in words for the administrator */
export function readEntraLog(bytes: Uint8Array): readonly EntraSignIn[] {
  const text = decode(bytes).trim();
  if (text === '') throw new SyntaxError('it is empty');
  return /^[[{]/.test(text) ? readJson(text) : readTable(text);
}

/** Graph hands out a thousand sign-ins at most, and where the next ones are. @throws SyntaxError as above */
export function isOnePageOfSeveral(bytes: Uint8Array): boolean {
  return /"@odata\.nextLink"\s*:/i.test(decode(bytes));
}

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError('it is neither UTF-8 nor UTF-16');
  }
}

function readJson(text: string): readonly EntraSignIn[] {
  const documents = wholeJson(text) ?? text.split('\n').flatMap((line, index) => lineJson(line, index + 1));
  return documents.map((document, index) => {
    if (typeof document !== 'object' || document === null || Array.isArray(document))
      throw new SyntaxError(`entry ${index + 1} is no sign-in`);
    const fields = fieldsOf(document);
    // Another log of Entra's, or Graph's answer to a question that it refused: it must not pass as a log without findings.
    if (!TIMES.some((name) => fields.has(name)))
      throw new SyntaxError(`entry ${index + 1} is no sign-in: it has no \`createdDateTime\``);
    return entraSignIn(fields);
  });
}

function wholeJson(text: string): readonly unknown[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(document)) return document;
  const inside = entriesOf(document).find(
    ([name, value]) => ['value', 'records'].includes(name) && Array.isArray(value),
  );
  return inside === undefined ? [document] : (inside[1] as readonly unknown[]);
}

function lineJson(line: string, number: number): readonly unknown[] {
  if (line.trim() === '') return [];
  try {
    return [JSON.parse(line)];
  } catch {
    throw new SyntaxError(`line ${number} is not JSON`);
  }
}

type Gathered = Map<string, unknown[]>;

function add(fields: Gathered, name: string, value: unknown): void {
  const known = fields.get(name);
  if (known === undefined) fields.set(name, [value]);
  else known.push(value);
}

/** The groups `status`, `deviceDetail` and `properties` are part of the whole; the steps of an authentication are one field. */
function fieldsOf(document: object): Fields {
  const fields: Gathered = new Map();
  addFields(fields, document);
  // Those of now: diagnostic settings know no properties of properties.
  const groups = fields.get('properties')?.slice() ?? [];
  for (const value of groups) addFields(fields, objectOf(value));
  return fields;
}

function addFields(fields: Gathered, document: object): void {
  for (const [key, value] of entriesOf(document)) {
    const name = fieldName(key);
    if (name === 'status' || name === 'devicedetail') {
      if (typeof value === 'string') add(fields, name, value);
      for (const [inner, each] of entriesOf(objectOf(value))) add(fields, name + fieldName(inner), each);
    } else if (name === 'authenticationdetails')
      for (const step of stepsOf(value)) add(fields, 'authenticationmethods', step);
    else add(fields, name, value);
  }
}

/** Method and detail of each step that succeeded; Log Analytics writes the list as a text. */
function stepsOf(value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? (wholeJson(value) ?? []) : value;
  if (!Array.isArray(list)) return [];
  return list.flatMap((step: unknown) => {
    const fields = new Map(entriesOf(objectOf(step)).map(([key, each]) => [fieldName(key), each]));
    if (fields.get('succeeded') === false) return [];
    return [fields.get('authenticationmethod'), fields.get('authenticationmethoddetail')].filter(
      (text) => typeof text === 'string',
    );
  });
}

function readTable(text: string): readonly EntraSignIn[] {
  const [head, ...rows] = readCsv(text);
  const names = (head ?? []).map(fieldName);
  if (!names.some((name) => TIMES.includes(name)))
    throw new SyntaxError('it is neither JSON nor a CSV file with a column `Date (UTC)` or `createdDateTime`');
  return rows.map((row) => {
    const fields: Gathered = new Map();
    for (const [index, name] of names.entries()) add(fields, name, row[index] ?? '');
    return entraSignIn(fields);
  });
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(objectOf(value));
