/**
 * The syntax tree of the expression language, its limits, and the one error that parsing throws.
 *
 * The language is PingOne's: Spring's SpEL without anything that reaches the host. A tree is data: it is made by
 * parser.ts, read by evaluate.ts and references.ts, and holds nothing that an expression could change.
 */
import type { LibraryFunction, Value } from './value.ts';

/** Bounds of one expression and of one evaluation. Real mappings stay far below them. */
export const LIMITS = {
  /** Characters of one mapping value, and tokens of one expression in it. */
  sourceLength: 4096,
  tokens: 1000,
  /** Parentheses, lists, arguments and signs within each other. */
  depth: 48,
  /** One step is one node of the tree, or 16 characters made or read by a function. */
  steps: 50_000,
  /** UTF-16 units of a string that an expression makes. */
  textLength: 32_768,
  /** Decimal digits of a number, and digits after its point. */
  digits: 1000,
} as const;

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly type: 'literal'; readonly value: Value }
  /** `#root`, and `#this` outside of selections and projections. */
  | { readonly type: 'root' }
  /** The item that a selection or projection looks at. */
  | { readonly type: 'this' }
  | { readonly type: 'property'; readonly target: Expression; readonly name: string }
  | { readonly type: 'index'; readonly target: Expression; readonly index: Expression }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
  | {
      readonly type: 'select';
      readonly which: 'all' | 'first' | 'last';
      readonly target: Expression;
      readonly condition: Expression;
    }
  | { readonly type: 'project'; readonly target: Expression; readonly item: Expression }
  | { readonly type: 'call'; readonly function: LibraryFunction; readonly arguments: readonly Expression[] }
  | { readonly type: 'not' | 'negate'; readonly operand: Expression }
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly type: 'conditional';
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | { readonly type: 'elvis'; readonly value: Expression; readonly fallback: Expression };

/** A mapping value that cannot be read. `position` counts UTF-16 units from 0; the message says the column, from 1. */
export class ExpressionError extends Error {
  readonly position: number;
  /** What is wrong and what to write instead, without the column. */
  readonly reason: string;

  constructor(reason: string, position: number) {
    super(`column ${position + 1}: ${reason}`);
    this.name = 'ExpressionError';
    this.position = position;
    this.reason = reason;
  }
}
