/** What comes in the place of a match: text, `$1` and `${name}` for groups, `\` before a character that is itself. */
import type { Regex } from './regex-program.ts';

/** Texts, and numbers of groups. */
export type Replacement = readonly (string | number)[];

const REFERENCE = /\$(?:([0-9])|\{([A-Za-z][A-Za-z0-9]*)\})/y;

/** The parts, or what is wrong with it. */
export function parseReplacement(text: string, { groups, names }: Regex): Replacement | string {
  const parts: (string | number)[] = [];
  for (let position = 0; position < text.length;) {
    const character = text[position] ?? '';
    if (character === '\\') {
      if (position + 1 === text.length) return 'the replacement ends with a `\\`; the character is written \\\\';
      parts.push(text[position + 1] ?? '');
      position += 2;
    } else if (character === '$') {
      REFERENCE.lastIndex = position;
      const found = REFERENCE.exec(text);
      if (found === null)
        return 'a `$` in the replacement begins a group as $1 or ${name}; the character is written \\$';
      const [all, digit, name = ''] = found;
      const named = digit === undefined ? names.get(name) : Number(digit);
      if (named === undefined || named > groups) return `the regular expression has no group for ${all}`;
      position += all.length;
      const { group, end } =
        digit === undefined ? { group: named, end: position } : further(text, position, named, groups);
      parts.push(group);
      position = end;
    } else {
      const end = nextSpecial(text, position);
      parts.push(text.slice(position, end));
      position = end;
    }
  }
  return parts;
}

/** `$12` is group 12 where there is one, else group 1 and a 2. */
function further(
  text: string,
  start: number,
  first: number,
  groups: number,
): { readonly group: number; readonly end: number } {
  let [group, end] = [first, start];
  for (;;) {
    const digit = text[end] ?? '';
    const longer = group * 10 + Number(digit);
    if (!/^[0-9]$/.test(digit) || longer > groups) return { group, end };
    [group, end] = [longer, end + 1];
  }
}

function nextSpecial(text: string, from: number): number {
  for (let position = from; position < text.length; position += 1) {
    if (text[position] === '$' || text[position] === '\\') return position;
  }
  return text.length;
}
