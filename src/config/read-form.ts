/**
 * Reads plain data by a schema, setting by setting, so that one mistake does not hide another: what is wrong becomes
 * a problem and stays undefined, everything else is read.
 *
 * Owns: unknown and missing settings, wrong values, defaults, secrets, relative paths. Does not own: how settings fit
 * together (check-*.ts), templates (expand.ts). zod judges each single value.
 */
import { z } from 'zod';
import { kinds } from '../model/kinds.ts';
import type { Kind } from '../model/kinds.ts';
import { nearest } from '../mapping/expression/nearest.ts';
import type { Findings, Path } from './problem.ts';
import { absolutePath, isReadable, looksLikeReference, resolveSecret } from './secret.ts';
import type { Surroundings } from './secret.ts';

/** A value in which everything that was absent or wrong is undefined. */
export type Lenient<T> = T extends readonly (infer Item)[]
  ? readonly (Lenient<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Lenient<T[Key]> | undefined }
    : T;

export interface Reading {
  readonly findings: Findings;
  readonly surroundings: Surroundings;
  /** Why a setting of PingOne's that is not here is not needed, by its name. */
  readonly elsewhere: Readonly<Record<string, string>>;
}

export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: Path,
  reading: Reading,
): Lenient<z.output<Schema>> | undefined {
  return read(schema, value, path, reading) as Lenient<z.output<Schema>> | undefined;
}

/** The schema below `.optional()`, `.default()` and `.prefault()`, with what they say. */
export function unwrap(schema: z.core.$ZodType): {
  readonly inner: z.core.$ZodType;
  readonly optional: boolean;
  readonly fallback?: unknown;
} {
  if (schema instanceof z.ZodOptional) return { ...unwrap(schema.def.innerType), optional: true };
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { ...unwrap(schema.def.innerType), fallback: schema.def.defaultValue };
  }
  return { inner: schema, optional: false };
}

function read(schema: z.core.$ZodType, value: unknown, path: Path, reading: Reading): unknown {
  const { inner, optional, fallback } = unwrap(schema);
  // A key with nothing behind it is null in YAML: the same as no key.
  const given = value ?? fallback;
  const lost = mayBeComment(inner, value, path);
  if (given === undefined || lost) {
    if (!optional || lost) reportAbsent(inner, value, path, reading);
    return undefined;
  }
  if (inner instanceof z.ZodObject) return readObject(inner, given, path, reading);
  if (inner instanceof z.ZodArray) return readArray(inner, given, path, reading);
  return readLeaf(inner, given, path, reading);
}

/**
 * `value: #string.…` is `value:` and a comment, and so is `accentColour: #0f5c8c`: neither may quietly become the default,
 * nor a template's row.
 */
function mayBeComment(schema: z.core.$ZodType, value: unknown, path: Path): boolean {
  return value === null && (path.at(-1) === 'value' || kinds.get(schema)?.hash === true);
}

function reportAbsent(schema: z.core.$ZodType, value: unknown, path: Path, { findings }: Reading): void {
  const lost = mayBeComment(schema, value, path);
  const comment = lost ? '; quote it if it begins with `#`, which begins a comment' : '';
  findings.problem(path, value === null ? 'has no value' : 'is missing', `Give ${expected(schema)}${comment}`);
}

/** Of one group: whoever has more has another file in hand, and wants no list of them. */
const MOST_UNKNOWN = 20;

function readObject(schema: z.ZodObject, value: unknown, path: Path, reading: Reading): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reading.findings.problem(path, 'is not a group of settings', `Give ${expected(schema)}`);
    return undefined;
  }
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  for (const key of unknown.slice(0, MOST_UNKNOWN)) reportUnknown(key, known, [...path, key], reading);
  if (unknown.length > MOST_UNKNOWN)
    reading.findings.problem(path, `holds ${unknown.length} unknown settings`, `Give ${expected(schema)}`);
  const entries = Object.entries(schema.shape).map(([key, inner]) => [
    key,
    read(inner, ownValue(value, key), [...path, key], reading),
  ]);
  return Object.fromEntries(entries.filter(([, read]) => read !== undefined));
}

function ownValue(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function reportUnknown(key: string, known: readonly string[], path: Path, { findings, elsewhere }: Reading): void {
  const because = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
  const meant = nearest(key, known);
  const guess = meant === undefined ? `Known here: ${known.join(', ')}` : `Did you mean \`${meant}\`?`;
  findings.problem(path, 'is no known setting', because ?? guess);
}

function readArray(schema: z.ZodArray, value: unknown, path: Path, reading: Reading): unknown {
  if (!Array.isArray(value)) {
    reading.findings.problem(path, 'is not a list', `Give ${expected(schema)}`);
    return undefined;
  }
  if (value.length === 0 && !schema.safeParse([]).success) {
    reading.findings.problem(path, 'is an empty list', `Give ${expected(schema)}`);
  }
  return value.map((item, index) => read(schema.def.element, item, [...path, index], reading));
}

function readLeaf(schema: z.core.$ZodType, value: unknown, path: Path, reading: Reading): unknown {
  const kind = kinds.get(schema);
  if (kind?.secret) return readSecret(schema, kind, value, path, reading);
  if (typeof value === 'string' && looksLikeReference(value)) {
    reading.findings.problem(
      path,
      'names a variable or a file',
      `Write ${expected(schema)} itself: only secrets are kept elsewhere`,
    );
    return undefined;
  }
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) {
    reportWrong(schema, value, path, reading);
    return undefined;
  }
  return kind?.file === undefined ? parsed.data : readPath(kind, String(parsed.data), path, reading);
}

function readSecret(schema: z.core.$ZodType, kind: Kind, value: unknown, path: Path, reading: Reading): unknown {
  const resolved = resolveSecret(value, reading.surroundings);
  if ('problem' in resolved) {
    const { message, fix, outside } = resolved.problem;
    reading.findings[outside ? 'outside' : 'problem'](path, message, fix);
    return undefined;
  }
  const parsed = z.safeParse(schema, resolved.value);
  if (parsed.success) return parsed.data;
  reading.findings.outside(path, `does not lead to ${kind.form}`, `Store ${kind.example ?? kind.form} there`);
  return undefined;
}

function readPath(kind: Kind, value: string, path: Path, { findings, surroundings }: Reading): unknown {
  const absolute = absolutePath(value, surroundings.directory);
  if (kind.file === 'read' && !isReadable(absolute, surroundings)) {
    findings.outside(path, `names the file ${absolute}, which cannot be read`, 'Check path and permissions');
    return undefined;
  }
  return absolute;
}

function reportWrong(schema: z.core.$ZodType, value: unknown, path: Path, { findings }: Reading): void {
  const choices = literals(schema);
  // `1.3` is a number in YAML.
  if (typeof value === 'number' && choices.includes(String(value))) {
    findings.problem(path, `is the number ${shown(value)}, not text`, `Write it in quotes: "${value}"`);
    return;
  }
  const meant = typeof value === 'string' ? nearest(value, choices) : undefined;
  const fix = meant === undefined ? `Give ${expected(schema)}` : `Did you mean \`${meant}\`?`;
  findings.problem(path, `is ${shown(value)}, not ${form(schema)}`, fix);
}

/** What the file holds, short enough for a line. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of settings';
  if (typeof value !== 'string') return `\`${JSON.stringify(value)}\``;
  if (value.trim() === '') return 'empty';
  return `\`${value.length > 60 ? `${value.slice(0, 60)}…` : value}\``;
}

function expected(schema: z.core.$ZodType): string {
  const example = kinds.get(schema)?.example;
  return example === undefined ? form(schema) : `${form(schema)}, for example ${example}`;
}

/** What a right value looks like; stands in problems and in the reference. */
export function form(schema: z.core.$ZodType): string {
  const { inner } = unwrap(schema);
  const known = kinds.get(inner);
  if (known !== undefined) return known.form;
  if (inner instanceof z.ZodObject) return `the settings ${Object.keys(inner.shape).join(', ')}`;
  if (inner instanceof z.ZodArray) return `a list of ${plural(inner.def.element)}`;
  if (inner instanceof z.ZodBoolean) return 'true or false';
  if (inner instanceof z.ZodNumber) return `a whole number from ${inner.minValue} to ${inner.maxValue}`;
  const choices = literals(inner);
  return choices.length === 0 ? 'text' : choices.map((choice) => `\`${choice}\``).join(' or ');
}

function plural(element: z.core.$ZodType): string {
  const { inner } = unwrap(element);
  return inner instanceof z.ZodObject
    ? `groups of settings (${Object.keys(inner.shape).join(', ')})`
    : `values, each ${form(inner)}`;
}

function literals(schema: z.core.$ZodType): readonly string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => literals(option));
  return [];
}
