/** Back references of a regular expression: `\\1`, `\\k<name>`. */
import { matchAt, PatternError, type PatternCursor } from './regex-cursor.ts';
import type { Node } from './regex-tree.ts';

/** What was read of the groups so far. */
export interface Groups {
  groups: number;
  readonly names: Map<string, number>;
  /** The highest group that a back reference names. */
  highest: number;
  /** Whether this is within `(?<=…)` or `(?<!…)`. */
  behind: boolean;
}

/** A name stands behind its group, as in Java; a number may stand before it, or within. */
export function readBackReference(reader: PatternCursor & Groups, anyCase: boolean): Node {
  const [all = '', digits, name = ''] = matchAt(/\\(?:([1-9][0-9]*)|k<([A-Za-z][A-Za-z0-9]*)>)/y, reader) ?? [];
  if (all === '') throw new PatternError('a back reference to a name is written \\k<name>');
  if (reader.behind) throw new PatternError(`${all} cannot stand in (?<=…) or (?<!…)`);
  const number = digits === undefined ? '' : numberOf(digits, reader.groups);
  const group = digits === undefined ? reader.names.get(name) : Number(number);
  if (group === undefined) throw new PatternError(`there is no group for ${all}`);
  reader.position += digits === undefined ? all.length : 1 + number.length;
  reader.highest = Math.max(reader.highest, group);
  return { type: 'again', group, anyCase };
}

/** Further digits belong to it as long as so many groups have begun. */
function numberOf(digits: string, groups: number): string {
  let length = 1;
  while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) length += 1;
  return digits.slice(0, length);
}
