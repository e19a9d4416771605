/** Which user attributes an expression reads, as far as its text tells; for the record and the configuration's checks. */
import type { Expression } from './syntax.ts';

/** Names as the user has them, nested ones with dots (`name.given`), without repetition, in the order of the text. */
export function attributesOf(expression: Expression): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Expression): void => {
    const path = pathOf(node);
    if (path === undefined) childrenOf(node).forEach(visit);
    else if (path[0] === 'user' && path.length > 1) found.add(path.slice(1).join('.'));
  };
  visit(expression);
  return [...found];
}

/** The names from the root to this node, when all of them are written out. */
function pathOf(node: Expression): readonly string[] | undefined {
  if (node.type === 'root') return [];
  if (node.type !== 'property') return undefined;
  const target = pathOf(node.target);
  return target === undefined ? undefined : [...target, node.name];
}

function childrenOf(node: Expression): readonly Expression[] {
  switch (node.type) {
    case 'literal':
    case 'root':
    case 'this':
      return [];
    case 'property':
      return [node.target];
    case 'index':
      return [node.target, node.index];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'select':
      return [node.target, node.condition];
    case 'project':
      return [node.target, node.item];
    case 'call':
      return node.arguments;
    case 'not':
    case 'negate':
      return [node.operand];
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right];
    case 'conditional':
      return [node.condition, node.whenTrue, node.whenFalse];
    default: // 'elvis'
      return [node.value, node.fallback];
  }
}
