/** From a pattern's tree to the steps that regex-match.ts takes. */
import type { CharacterSet } from './regex-classes.ts';
import { PatternError } from './regex-cursor.ts';
import { parseRegex } from './regex-syntax.ts';
import type { Assertion, Node } from './regex-tree.ts';

export type Step =
  /** Reads one character, forwards or, within `(?<=…)`, backwards. */
  | { readonly op: 'read'; readonly set: CharacterSet; readonly backwards: boolean }
  /** Tries `first`, and `second` when that fails. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  /** Notes where a group begins; it is the group's only when it ends, so that within it the earlier round counts. */
  | { readonly op: 'open'; readonly group: number }
  | { readonly op: 'close'; readonly group: number; readonly backwards: boolean }
  /** What the group has found, once more. */
  | { readonly op: 'again'; readonly group: number; readonly anyCase: boolean }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  /** Looks for what begins at the next step, and goes on at `after`. */
  | { readonly op: 'look'; readonly negative: boolean; after: number }
  /** Reads what begins at the next step, the first way that fits and no other, and goes on at `after`. */
  | { readonly op: 'atomic'; after: number }
  | { readonly op: 'found' };

export interface Regex {
  readonly steps: readonly Step[];
  /** Capturing groups. */
  readonly groups: number;
  /** Those that back references name. */
  readonly referenced: readonly number[];
  readonly names: ReadonlyMap<string, number>;
}

const MOST_STEPS = 4096;

/**
 * @param whole whether the whole text must match, as with `matches`
 * @returns the program, or what is wrong with the regular expression
 */
export function compileRegex(text: string, whole = false): Regex | string {
  try {
    const { root, groups, names } = parseRegex(text);
    if (sizeOf(root) > MOST_STEPS) return `the regular expression has more than ${MOST_STEPS} steps`;
    const steps: Step[] = [];
    emit(root, steps, false);
    if (whole) steps.push({ op: 'assert', assertion: 'end' });
    steps.push({ op: 'found' });
    const referenced = new Set(steps.flatMap((step) => (step.op === 'again' ? step.group : [])));
    return { steps, groups, referenced: [...referenced], names };
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** How many steps a node makes, roughly; told before they are made. */
function sizeOf(node: Node): number {
  switch (node.type) {
    case 'set':
    case 'assert':
    case 'again':
      return 1;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + sizeOf(part), 0);
    case 'choice':
      return node.options.reduce((sum, option) => sum + sizeOf(option) + 2, 0);
    case 'repeat':
      return (sizeOf(node.node) + 1) * (node.most === Infinity ? node.least + 1 : node.most) + 1;
    default: // 'group', 'look' and 'atomic'
      return sizeOf(node.node) + 2;
  }
}

function emit(node: Node, steps: Step[], backwards: boolean): void {
  switch (node.type) {
    case 'set':
      steps.push({ op: 'read', set: node.set, backwards });
      return;
    case 'assert':
      steps.push({ op: 'assert', assertion: node.assertion });
      return;
    case 'sequence':
      (backwards ? node.parts.toReversed() : node.parts).forEach((part) => emit(part, steps, backwards));
      return;
    case 'choice':
      emitChoice(node.options, steps, backwards);
      return;
    case 'repeat':
      emitRepeat(node, steps, backwards);
      return;
    case 'group':
      steps.push({ op: 'open', group: node.index });
      emit(node.node, steps, backwards);
      steps.push({ op: 'close', group: node.index, backwards });
      return;
    case 'again':
      steps.push({ op: 'again', group: node.group, anyCase: node.anyCase });
      return;
    default:
      emitWithin(node, steps, backwards);
  }
}

function emitChoice(options: readonly Node[], steps: Step[], backwards: boolean): void {
  const exits: { to: number }[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      emit(option, steps, backwards);
      break;
    }
    const split = { op: 'split' as const, first: steps.length + 1, second: 0 };
    const exit = { op: 'jump' as const, to: 0 };
    steps.push(split);
    emit(option, steps, backwards);
    steps.push(exit);
    exits.push(exit);
    split.second = steps.length;
  }
  for (const exit of exits) exit.to = steps.length;
}

function emitRepeat(node: Extract<Node, { type: 'repeat' }>, steps: Step[], backwards: boolean): void {
  const body = (): void => emit(node.node, steps, backwards);
  for (let count = 0; count < node.least; count += 1) body();
  const splits: { first: number; second: number }[] = [];
  const split = (): void => {
    const made = { op: 'split' as const, first: steps.length + 1, second: 0 };
    steps.push(made);
    splits.push(made);
  };
  if (node.most === Infinity) {
    const start = steps.length;
    split();
    body();
    steps.push({ op: 'jump', to: start });
  } else {
    for (let count = node.least; count < node.most; count += 1) {
      split();
      body();
    }
  }
  for (const made of splits) {
    made.second = steps.length;
    if (node.lazy) [made.first, made.second] = [made.second, made.first];
  }
}

/** Steps that are gone through by themselves, to an end of their own. */
function emitWithin(node: Extract<Node, { type: 'look' | 'atomic' }>, steps: Step[], backwards: boolean): void {
  const step =
    node.type === 'look'
      ? { op: 'look' as const, negative: node.negative, after: 0 }
      : { op: 'atomic' as const, after: 0 };
  steps.push(step);
  emit(node.node, steps, node.type === 'look' ? !node.ahead : backwards);
  steps.push({ op: 'found' });
  step.after = steps.length;
}
