/**
 * YAML into plain data, strictly: one document, no duplicate keys, no anchors, no tags, nothing unknown.
 *
 * Error texts are our own by the parser's codes: the parser quotes the source, and a source line may hold a secret.
 */
import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode, YAMLMap } from 'yaml';
import type { Path } from './problem.ts';

/** A configuration is a few hundred lines; a larger file is a mistake, and the parser may take its time over it. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 64;

export interface YamlText {
  readonly value: unknown;
  readonly lineOf: (path: Path) => number | undefined;
}

export interface YamlProblem {
  readonly message: string;
  readonly fix: string;
  readonly line: number;
}

const INDENTATION = 'Indent with spaces, the same number for everything on one level';
const QUOTE = 'Put the value in single quotes';

const WORDS: Partial<Record<ErrorCode, { readonly message: string; readonly fix: string }>> = {
  BAD_INDENT: { message: 'is indented wrongly', fix: INDENTATION },
  TAB_AS_INDENT: { message: 'is indented with a tab', fix: INDENTATION },
  BAD_SCALAR_START: { message: 'holds a value that begins with a character with a meaning of its own', fix: QUOTE },
  BLOCK_AS_IMPLICIT_KEY: { message: 'holds a second `: ` in one line', fix: QUOTE },
  MULTILINE_IMPLICIT_KEY: { message: 'holds a key that does not end in its line', fix: 'Write `key: value`' },
  MISSING_CHAR: { message: 'lacks a closing quotation mark, bracket or comma', fix: 'Close it' },
  BAD_DQ_ESCAPE: { message: 'holds an unknown escape in double quotes', fix: 'Use single quotes, or `\\\\`' },
  BAD_ALIAS: { message: 'holds an alias', fix: 'Write the value out, or quote it if it begins with `*`' },
  TAG_RESOLVE_FAILED: { message: 'holds a tag', fix: 'Leave it out, or quote the value if it begins with `!`' },
  MULTIPLE_DOCS: { message: 'begins a second document', fix: 'Keep one document in the file' },
  UNEXPECTED_TOKEN: { message: 'holds something that does not belong there', fix: QUOTE },
};

const NOT_YAML = { message: 'is not YAML', fix: 'Compare it with config.example.yaml' };

export function readYaml(text: string): YamlText | { readonly problems: readonly YamlProblem[] } {
  if (text.length > MAX_CHARACTERS) return { problems: [{ ...NOT_YAML, message: 'is larger than 256 KiB', line: 1 }] };
  if (flowDepth(text) > MAX_DEPTH) return { problems: [{ ...NOT_YAML, message: 'is nested too deeply', line: 1 }] };
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === undefined) return { problems: [{ ...NOT_YAML, message: 'is nested too deeply', line: 1 }] };
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    ...(WORDS[code] ?? NOT_YAML),
    line: lines.linePos(pos[0]).line,
  }));
  if (problems.length === 0) problems.push(...indirections(document, lines));
  if (problems.length > 0) return { problems };
  return { value: document.toJS({ maxAliasCount: 0 }), lineOf: (path) => lineOf(document, lines, path) };
}

/** Undefined where the parser calls itself until the stack is full: `a: b: c:` without end nests as well. */
function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    // Its own search for repeated keys compares each with every other (checkKeys).
    return parseDocument(text, { lineCounter, prettyErrors: false, strict: true, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Upper bound of the nesting in `[` and `{`, counted before the parser recurses. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/**
 * Anchors, aliases and explicit tags: nothing in a configuration needs them, and aliases can be piled up to fill the memory.
 * Nor keys that are lists or repeat one.
 */
function indirections(document: Document, lines: LineCounter): YamlProblem[] {
  const found: YamlProblem[] = [];
  const report = (range: readonly number[] | null | undefined, message: string, fix = 'Write the value out'): void =>
    void found.push({ message, fix, line: lines.linePos(range?.[0] ?? 0).line });
  visit(document, {
    Alias: (_, node) => report(node.range, 'holds an alias'),
    Value: (_, node, path) => {
      if (node.anchor !== undefined) report(node.range, 'holds an anchor');
      if (node.tag !== undefined) report(node.range, 'holds a tag');
      if (isMap(node)) checkKeys(node, report);
      // A pair and its value are two steps.
      if (path.length <= 2 * MAX_DEPTH) return undefined;
      report(node.range, 'is nested too deeply', NOT_YAML.fix);
      return visit.BREAK;
    },
  });
  return found;
}

type Report = (range: readonly number[] | null | undefined, message: string, fix: string) => void;

/** As JavaScript has them: there `1` and `'1'` are one key. */
function checkKeys({ items }: YAMLMap, report: Report): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    if (isCollection(key)) report(key.range, 'holds a key that is a list or a map', 'Write `key: value`');
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) report(key.range, 'repeats a key', 'Keep one of the two');
    seen.add(name);
  }
}

/** Line of the deepest part of the path that is there: a missing setting is shown at what should hold it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const step of path) {
    if (!isCollection(node)) break;
    const item: unknown = node.items.find((candidate, index) =>
      isMap(node) ? isPair(candidate) && isScalar(candidate.key) && candidate.key.value === step : index === step,
    );
    if (item === undefined) break;
    offset = offsetOf(isPair(item) ? item.key : item) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function offsetOf(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) ? node.range?.[0] : undefined;
}
