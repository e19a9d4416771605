/**
 * Queries that every sign-in asks: their text is built once. Building it costs several times what SQLite needs to answer,
 * and it would be built on the thread that answers requests. Owns where the values of a call go; not what is asked.
 */
import type { Compilable } from 'kysely';
import type { SQLInputValue } from 'node:sqlite';
import type { Prepare } from './prepared-statements.ts';
import type { Statement } from './transaction.ts';

type Values = readonly SQLInputValue[];

/**
 * A statement for the writer. `build` runs once, at the first call, with stand-ins: it may put its values into the query,
 * and must not look at them.
 */
export function keptStatement<V extends Values>(build: (...values: V) => Compilable): (...values: V) => Statement {
  let kept: ((values: Values) => Statement) | undefined;
  return (...values) => {
    kept ??= withPlaces(build as (...values: Values) => Compilable, values.length);
    return kept(values);
  };
}

/** A question to the reading connection, answered at once. `build` as for {@link keptStatement}. */
export function keptQuery<V extends Values, Row>(
  prepare: Prepare,
  build: (...values: V) => Compilable<Row>,
): (...values: V) => readonly Row[] {
  const statement = keptStatement(build);
  return (...values) => {
    const { sql, parameters } = statement(...values);
    return prepare(sql).all(...parameters) as unknown as readonly Row[];
  };
}

/**
 * An insertion of rows. `build` runs once for each number of rows, and puts their columns in the order in which the rows
 * have them: the same in each row.
 */
export function keptInsertion<Row extends object>(
  build: (rows: readonly Row[]) => Compilable,
): (rows: readonly Row[]) => Statement {
  const texts: string[] = [];
  return (rows) => {
    const sql = (texts[rows.length] ??= build(rows).compile().sql);
    return { sql, parameters: rows.flatMap((row) => Object.values(row) as readonly SQLInputValue[]) };
  };
}

/** A value may stand in several places of the text, and constants between them. */
function withPlaces(build: (...values: Values) => Compilable, count: number): (values: Values) => Statement {
  const standIns = Array.from({ length: count }, (_, place) => Symbol(place));
  const { sql, parameters } = build(...(standIns as unknown as Values)).compile();
  const places = parameters.map((parameter) => standIns.indexOf(parameter as symbol));
  const constants = parameters as Values;
  return (values) => ({
    sql,
    parameters: places.map((place, at) => (place === -1 ? constants[at] : values[place]) as SQLInputValue),
  });
}
