/** What a regular expression can ask of a place in a text; lines end as in Java. */
import { lineBreak, word } from './regex-classes.ts';
import type { Assertion } from './regex-tree.ts';

const isWordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && word(text.charCodeAt(at));
const isBreakAt = (text: string, at: number): boolean => at < text.length && lineBreak(text.charCodeAt(at));
const isWithinCrLf = (text: string, at: number): boolean => text[at - 1] === '\r' && text[at] === '\n';

/** Whether each holds at a position. */
export const ASSERTIONS: Readonly<Record<Assertion, (text: string, at: number) => boolean>> = {
  start: (_, at) => at === 0,
  end: (text, at) => at === text.length,
  // The end, or before the line break that is the end.
  lastLine: (text, at) =>
    at === text.length ||
    (isBreakAt(text, at) &&
      !isWithinCrLf(text, at) &&
      (at === text.length - 1 || (at === text.length - 2 && isWithinCrLf(text, at + 1)))),
  // Not at the end of the text, as in Java.
  lineStart: (text, at) => at === 0 || (at < text.length && isBreakAt(text, at - 1) && !isWithinCrLf(text, at)),
  lineEnd: (text, at) => at === text.length || (isBreakAt(text, at) && !isWithinCrLf(text, at)),
  boundary: (text, at) => isWordAt(text, at - 1) !== isWordAt(text, at),
  noBoundary: (text, at) => isWordAt(text, at - 1) === isWordAt(text, at),
};
