/**
 * The `value` of an application attribute: the API's form, and the console's bare form beside it.
 *
 * In this order: (1) a text that begins with `#`, the name of a library (or `root`, `this`) and `.` or `[` is one bare
 * expression; (2) a text with `${` is a template: expressions in `${…}`, everything else literal; (3) a text that is
 * one quoted literal and nothing else (`"DJ"`) means its content; (4) every other text is literal, as it stands.
 * The white space around (1) does not count. A literal `${` is written `${'${'}`.
 */
import type { Budget } from './expression/budget.ts';
import { evaluate } from './expression/evaluate.ts';
import { LIBRARIES } from './expression/libraries.ts';
import { quotedLiteral } from './expression/lexer.ts';
import { parseExpression } from './expression/parser.ts';
import type { Span } from './expression/cursor.ts';
import { attributesOf } from './expression/references.ts';
import { type Expression, ExpressionError, LIMITS } from './expression/syntax.ts';
import { isList, type Properties, textOf } from './expression/value.ts';

export interface MappingValue {
  /** As the administrator wrote it, with a mark in the place of keys: for the record and for refusals. */
  readonly text: string;
  readonly form: 'bare' | 'template' | 'literal';
  /** Literal texts and expressions, to be joined. */
  readonly parts: readonly (string | Expression)[];
  /** User attributes that it reads: `externalId`, `name.given`. */
  readonly attributes: readonly string[];
}

const BARE = new RegExp(`^[ \\t]*#(?:${[...LIBRARIES.keys(), 'root', 'this'].join('|')})[.[]`);

/** @throws ExpressionError whose position counts in `text` */
export function parseValue(text: string): MappingValue {
  if (text.length > LIMITS.sourceLength) {
    throw new ExpressionError(`the value has more than ${LIMITS.sourceLength} characters`, LIMITS.sourceLength);
  }
  if (BARE.test(text)) {
    const { expression, secrets } = parseExpression(text);
    return made(withoutSecrets(text, secrets), 'bare', [expression]);
  }
  if (text.includes('${')) {
    const { parts, secrets } = parseTemplate(text);
    return made(withoutSecrets(text, secrets), 'template', parts);
  }
  return made(text, 'literal', [quotedLiteral(text) ?? text]);
}

function made(text: string, form: MappingValue['form'], parts: MappingValue['parts']): MappingValue {
  const attributes = new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : attributesOf(part))));
  return { text, form, parts, attributes: [...attributes] };
}

/** `#crypto.hmacHexDigest(user.x, ‹key›, 'HmacSHA256')`. One secret may stand within another; the outer one comes last. */
function withoutSecrets(text: string, secrets: readonly Span[]): string {
  let shown = text;
  let from = text.length;
  for (const { start, end } of secrets.toReversed()) {
    if (end <= from) {
      shown = `${shown.slice(0, start)}‹key›${shown.slice(end)}`;
      from = start;
    }
  }
  return shown;
}

function parseTemplate(text: string): { readonly parts: MappingValue['parts']; readonly secrets: readonly Span[] } {
  const parts: (string | Expression)[] = [];
  const secrets: Span[] = [];
  let position = 0;
  for (;;) {
    const open = text.indexOf('${', position);
    const literal = text.slice(position, open === -1 ? undefined : open);
    if (literal !== '') parts.push(literal);
    if (open === -1) return { parts, secrets };
    const parsed = parseExpression(text, open + 2, 'template');
    parts.push(parsed.expression);
    secrets.push(...parsed.secrets);
    position = parsed.end + 1;
  }
}

/**
 * The values for one user: none, one, or several when a lone expression gives a list. null and '' are no value, and a
 * template with a part that is null has none itself: half a value never becomes a claim (`?: ''` says that it may).
 *
 * @param user attributes as {@link propertiesOf} makes them
 * @param now what `#datetime.now()` gives
 * @throws Refusal `expression-failed`
 */
export function evaluateValue(value: MappingValue, user: Properties, budget: Budget, now?: Date): readonly string[] {
  const scope = { root: new Map([['user', user]]), budget, now };
  const [only] = value.parts;
  if (value.parts.length === 1 && only !== undefined && typeof only !== 'string') {
    const result = evaluate(only, scope);
    const texts = (isList(result) ? result : [result]).map(textOf);
    return texts.filter((text) => text !== null && text !== '').map((text) => budget.text(text ?? ''));
  }
  let joined = '';
  for (const part of value.parts) {
    const text = typeof part === 'string' ? part : textOf(evaluate(part, scope));
    if (text === null) return [];
    joined = budget.text(joined + text);
  }
  return joined === '' ? [] : [joined];
}

/** A user's flat attributes as the object `user`: `name.given` is `given` within `name`. */
export function propertiesOf(attributes: Readonly<Record<string, string | boolean>>): Properties {
  const top = new Map<string, string | boolean | Properties>();
  for (const [name, value] of Object.entries(attributes)) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    let object = top;
    for (const step of path) {
      const inner = object.get(step);
      const next = inner instanceof Map ? inner : new Map<string, string | boolean | Properties>();
      object.set(step, next);
      object = next;
    }
    // An attribute that has parts is an object; a plain value of the same name gives way.
    if (!(object.get(last) instanceof Map)) object.set(last, value);
  }
  return top;
}
