/**
 * A case of hostile input: one file below test/vectors/hostile. Lines of `name: value` say where it goes and what must come
 * of it; behind an empty line stands what is sent. A line that begins with # says what it is about.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Case {
  readonly name: string;
  /** All values of a name, in order. */
  readonly all: (name: string) => readonly string[];
  readonly one: (name: string) => string | undefined;
  /** Undefined where nothing is sent. */
  readonly body: string | undefined;
}

const CASES = join(import.meta.dirname, '../vectors/hostile');

export function casesOf(subject: string): readonly Case[] {
  return readdirSync(join(CASES, subject))
    .sort()
    .map((file) => readCase(file, readFileSync(join(CASES, subject, file), 'utf8')));
}

function readCase(file: string, text: string): Case {
  const border = text.indexOf('\n\n');
  const head = border === -1 ? text : text.slice(0, border);
  const lines = head.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const fields = lines.map((line) => {
    const { name, value } = /^(?<name>[a-z]+): ?(?<value>.*)$/.exec(line)?.groups ?? {};
    if (name === undefined || value === undefined) throw new Error(`${file}: this is no line of a case: ${line}`);
    return { name, value };
  });
  if (!head.startsWith('#')) throw new Error(`${file}: the first line does not say what it is about`);
  const all = (name: string): readonly string[] =>
    fields.filter((field) => field.name === name).map(({ value }) => value);
  const body = border === -1 ? undefined : text.slice(border + 2).replace(/\n$/, '');
  return { name: file.replace(/\.[a-z]+$/, ''), all, one: (name) => all(name)[0], body };
}
