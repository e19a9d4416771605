/**
 * YAML into plain data, strictly: one document, no duplicate keys, no anchors, no tags, nothing unknown.
 *
 * Error texts are our own by the parser's codes: the parser quotes the source, and a source line may hold a secret.
 */
import { isCollection, isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode } from 'yaml';
import type { Path } from './problem.ts';

/** A configuration is a few hundred lines; a larger file is a mistake. */
const MAX_CHARACTERS = 1024 * 1024;
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
  DUPLICATE_KEY: { message: 'repeats a key', fix: 'Keep one of the two' },
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
  if (text.length > MAX_CHARACTERS) return { problems: [{ ...NOT_YAML, message: 'is larger than 1 MiB', line: 1 }] };
  if (flowDepth(text) > MAX_DEPTH) return { problems: [{ ...NOT_YAML, message: 'is nested too deeply', line: 1 }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true });
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    ...(WORDS[code] ?? NOT_YAML),
    line: lines.linePos(pos[0]).line,
  }));
  if (problems.length === 0) problems.push(...indirections(document, lines));
  if (problems.length > 0) return { problems };
  return { value: document.toJS({ maxAliasCount: 0 }), lineOf: (path) => lineOf(document, lines, path) };
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

/** Anchors, aliases and explicit tags: nothing in a configuration needs them, and aliases can be piled up to fill the memory. */
function indirections(document: Document, lines: LineCounter): YamlProblem[] {
  const found: YamlProblem[] = [];
  const report = (range: readonly number[] | null | undefined, message: string): void =>
    void found.push({ message, fix: 'Write the value out', line: lines.linePos(range?.[0] ?? 0).line });
  visit(document, {
    Alias: (_, node) => report(node.range, 'holds an alias'),
    Value: (_, node) => {
      if (node.anchor !== undefined) report(node.range, 'holds an anchor');
      if (node.tag !== undefined) report(node.range, 'holds a tag');
    },
  });
  return found;
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
