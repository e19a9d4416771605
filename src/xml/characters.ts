/** Which strings XML 1.0 can carry at all. Escaping is markup.ts. */

/** The complement of Char (XML 1.0 §2.2). With the u flag a lone surrogate is a character of its own, and not a Char. */
const NOT_A_CHAR = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** True when every character is a Char of XML 1.0 §2.2; no escape can carry any other. */
export function isXmlText(text: string): boolean {
  return !NOT_A_CHAR.test(text);
}

/** The first character that XML cannot carry, as `U+0001 at 5` (UTF-16 units from 0); undefined when there is none. */
export function firstNonXmlCharacter(text: string): string | undefined {
  const found = NOT_A_CHAR.exec(text);
  if (found === null) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} at ${found.index}`;
}
