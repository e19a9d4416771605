/**
 * The value of a syntax tree for given data. Total: it gives a value or, over budget, the refusal `expression-failed`.
 *
 * What has no sense (a missing attribute, 'a' * 2, 1 / 0, a condition that is no boolean) is null, and so is what is
 * computed from it; only `+` with a string writes null out, as PingOne does.
 */
import { listOf } from './arguments.ts';
import type { Budget } from './budget.ts';
import { add, decimalText, divide, type Decimal, multiply, negate, power, remainder } from './decimal.ts';
import type { BinaryOperator, Expression } from './syntax.ts';
import { equals, isList, isNumber, isProperties, order, type Properties, textOf, type Value } from './value.ts';

export interface Scope {
  /** The object that `#root` is: `user`, and nothing else today. */
  readonly root: Properties;
  /** The item that a selection or projection looks at. */
  readonly self?: Value;
  readonly budget: Budget;
  /** The time of the request, which `#datetime.now()` is. */
  readonly now: Date | undefined;
}

type Operator = (left: Value, right: Value, budget: Budget) => Value;

export function evaluate(expression: Expression, scope: Scope): Value {
  scope.budget.spend(1);
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'root':
      return scope.root;
    case 'this':
      return scope.self ?? null;
    case 'property':
      return property(evaluate(expression.target, scope), expression.name);
    case 'index':
      return element(evaluate(expression.target, scope), evaluate(expression.index, scope));
    case 'list':
      return expression.items.map((item) => evaluate(item, scope));
    case 'call':
      return expression.function.call(
        expression.arguments.map((argument) => evaluate(argument, scope)),
        scope.budget,
        scope.now,
      );
    case 'map':
      return mapOf(expression.entries, scope);
    case 'select':
      return select(expression, scope);
    case 'project':
      return (
        listOf(evaluate(expression.target, scope), scope.budget)?.map((self) =>
          evaluate(expression.item, { ...scope, self }),
        ) ?? null
      );
    case 'not': {
      const value = evaluate(expression.operand, scope);
      return typeof value === 'boolean' ? !value : null;
    }
    case 'negate': {
      const value = evaluate(expression.operand, scope);
      return isNumber(value) ? negate(value) : null;
    }
    case 'and':
    case 'or':
      return logical(expression, scope);
    case 'binary':
      return OPERATORS[expression.operator](
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
        scope.budget,
      );
    case 'conditional': {
      const condition = evaluate(expression.condition, scope);
      if (typeof condition !== 'boolean') return null;
      return evaluate(condition ? expression.whenTrue : expression.whenFalse, scope);
    }
    // 'elvis'. SpEL: an empty string is as good as none.
    default: {
      const value = evaluate(expression.value, scope);
      return value === null || value === '' ? evaluate(expression.fallback, scope) : value;
    }
  }
}

/** Own entries of a map only; `constructor` and `__proto__` are names like others. */
function property(target: Value, name: string): Value {
  return isProperties(target) ? (target.get(name) ?? null) : null;
}

function element(target: Value, index: Value): Value {
  if (typeof index === 'string') return property(target, index);
  if (isProperties(target)) return isNumber(index) ? property(target, decimalText(index)) : null;
  if (!isList(target) || !isNumber(index) || index.scale !== 0) return null;
  return index.digits >= 0n && index.digits < BigInt(target.length) ? (target[Number(index.digits)] ?? null) : null;
}

/** Keys are texts, as in JSON; an entry whose key is null, a list or a map is left out. */
function mapOf(entries: Extract<Expression, { type: 'map' }>['entries'], scope: Scope): Properties {
  const made = new Map<string, Value>();
  for (const { key, value } of entries) {
    const name = textOf(evaluate(key, scope));
    const held = evaluate(value, scope);
    if (name !== null) made.set(name, held);
  }
  return made;
}

/** Items for which the condition is true; what is not true or false is not true. */
function select({ which, target, condition }: Extract<Expression, { type: 'select' }>, scope: Scope): Value {
  const items = listOf(evaluate(target, scope), scope.budget);
  if (items === null) return null;
  const holds = (self: Value): boolean => evaluate(condition, { ...scope, self }) === true;
  if (which === 'all') return items.filter(holds);
  return (which === 'first' ? items.find(holds) : items.findLast(holds)) ?? null;
}

/** The right side is looked at only when the left side does not decide. */
function logical(expression: Extract<Expression, { type: 'and' | 'or' }>, scope: Scope): Value {
  const left = evaluate(expression.left, scope);
  if (typeof left !== 'boolean') return null;
  if (left === (expression.type === 'or')) return left;
  const right = evaluate(expression.right, scope);
  return typeof right === 'boolean' ? right : null;
}

const arithmetic =
  (operate: (left: Decimal, right: Decimal) => Decimal | null): Operator =>
  (left, right, budget) => {
    if (!isNumber(left) || !isNumber(right)) return null;
    const made = operate(left, right);
    return made === null ? null : budget.number(made);
  };

const comparison =
  (holds: (order: -1 | 0 | 1) => boolean): Operator =>
  (left, right) => {
    const found = order(left, right);
    return found === undefined ? null : holds(found);
  };

const sum = arithmetic(add);

/** Concatenates when one side is a string; `'a' + null` is `anull`. */
function plus(left: Value, right: Value, budget: Budget): Value {
  if (typeof left !== 'string' && typeof right !== 'string') return sum(left, right, budget);
  const [before, after] = [left === null ? 'null' : textOf(left), right === null ? 'null' : textOf(right)];
  return before === null || after === null ? null : budget.text(before + after);
}

function raise(left: Value, right: Value, budget: Budget): Value {
  if (!isNumber(left) || !isNumber(right)) return null;
  const made = power(left, right);
  if (made === undefined) return budget.refuse('The power has too many digits.');
  return made === null ? null : budget.number(made);
}

const OPERATORS: Readonly<Record<BinaryOperator, Operator>> = {
  '+': plus,
  '-': arithmetic((left, right) => add(left, negate(right))),
  '*': arithmetic(multiply),
  '/': arithmetic(divide),
  '%': arithmetic(remainder),
  '^': raise,
  '==': equals,
  '!=': (left, right, budget) => !equals(left, right, budget),
  '<': comparison((found) => found < 0),
  '<=': comparison((found) => found <= 0),
  '>': comparison((found) => found > 0),
  '>=': comparison((found) => found >= 0),
};
