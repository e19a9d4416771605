/** Where the reading of a regular expression is. */

/** What is wrong with a regular expression. */
export class PatternError extends Error {}

export interface PatternCursor {
  readonly text: string;
  position: number;
}

export const peek = ({ text, position }: PatternCursor): string => text[position] ?? '';

/** Goes past a text, if it stands here. */
export function take(cursor: PatternCursor, wanted: string): boolean {
  const found = cursor.text.startsWith(wanted, cursor.position);
  if (found) cursor.position += wanted.length;
  return found;
}

/** What a sticky expression finds here; the cursor stays. */
export function matchAt(pattern: RegExp, cursor: PatternCursor): RegExpExecArray | null {
  pattern.lastIndex = cursor.position;
  return pattern.exec(cursor.text);
}
