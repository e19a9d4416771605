/** A regular expression as a tree: what regex-syntax.ts reads and regex-program.ts makes steps of. */
import type { CharacterSet } from './regex-classes.ts';

export type Assertion = 'start' | 'end' | 'lastLine' | 'lineStart' | 'lineEnd' | 'boundary' | 'noBoundary';

export type Node =
  | { readonly type: 'set'; readonly set: CharacterSet }
  | { readonly type: 'assert'; readonly assertion: Assertion }
  | { readonly type: 'sequence'; readonly parts: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | {
      readonly type: 'repeat';
      readonly node: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    }
  | { readonly type: 'group'; readonly node: Node; readonly index: number }
  /** Once left, it is not gone back into: `(?>…)`, `a*+`. */
  | { readonly type: 'atomic'; readonly node: Node }
  /** What a group has found, once more. */
  | { readonly type: 'again'; readonly group: number; readonly anyCase: boolean }
  | { readonly type: 'look'; readonly node: Node; readonly ahead: boolean; readonly negative: boolean };

export interface Pattern {
  readonly root: Node;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}
