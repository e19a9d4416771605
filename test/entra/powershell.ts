/**
 * A strict little reader of PowerShell, for the few forms that the script uses: no PowerShell is there to run it.
 *
 * Tells strings, variables, parameters, words and signs apart as the language does, refuses everything else, and
 * checks that brackets pair up.
 */
export interface Token {
  readonly kind: 'string' | 'expandable' | 'variable' | 'splat' | 'parameter' | 'word' | 'sign' | 'line';
  readonly text: string;
}

/** Of [PowerShell language specification] §2.3.5.2: U+2018 to U+201B are apostrophes too. */
const SINGLE = "['\u2018-\u201B]";

const FORMS: readonly { readonly kind: Token['kind'] | 'space'; readonly form: RegExp }[] = [
  { kind: 'space', form: /[ \t]+|#[^\n]*/y },
  { kind: 'line', form: /\n/y },
  { kind: 'string', form: new RegExp(`${SINGLE}(?:[^'\u2018-\u201B]|${SINGLE}${SINGLE})*${SINGLE}(?!${SINGLE})`, 'y') },
  { kind: 'expandable', form: /"(?:[^"`\u201C-\u201E]|`.)*"/y },
  { kind: 'variable', form: /\$[A-Za-z]\w*(?:\.\$?[A-Za-z]\w*)*/y },
  { kind: 'splat', form: /@[A-Za-z]\w*/y },
  { kind: 'parameter', form: /-[A-Za-z]\w*/y },
  { kind: 'word', form: /[A-Za-z][\w.]*(?:-[A-Za-z]\w*)?/y },
  { kind: 'sign', form: /@\{|[{}()[\]=|,.]/y },
];

const PAIRS: Readonly<Record<string, string>> = { '}': '{', ')': '(', ']': '[' };

export function tokenize(script: string): readonly Token[] {
  const tokens: Token[] = [];
  const open: string[] = [];
  for (let position = 0; position < script.length;) {
    const found = FORMS.map(({ kind, form }) => {
      form.lastIndex = position;
      return { kind, text: form.exec(script)?.[0] };
    }).find(({ text }) => text !== undefined);
    if (found?.text === undefined) throw new Error(`not PowerShell: ${script.slice(position, position + 30)}`);
    position += found.text.length;
    if (found.kind === 'space') continue;
    if (found.text === '@{' || found.text === '{' || found.text === '(' || found.text === '[')
      open.push(found.text.slice(-1));
    if (PAIRS[found.text] !== undefined && open.pop() !== PAIRS[found.text]) throw new Error('a bracket is not paired');
    tokens.push({ kind: found.kind, text: found.text });
  }
  if (open.length > 0) throw new Error('a bracket is not closed');
  return tokens;
}

/** What a single-quoted string means. */
export function stringValue(token: Token): string {
  return token.text.slice(1, -1).replace(/(['\u2018-\u201B])['\u2018-\u201B]/g, '$1');
}

/** `@{ Name = 'value' }`, entry by entry. */
export function hashtable(tokens: readonly Token[]): Readonly<Record<string, string>> {
  const start = tokens.findIndex(({ text }) => text === '@{') + 1;
  const end = tokens.findIndex(({ text }, index) => index > start && text === '}');
  const lines: Token[][] = [[]];
  for (const token of tokens.slice(start, end)) {
    if (token.kind === 'line') lines.push([]);
    else lines.at(-1)?.push(token);
  }
  const entries = lines
    .filter((line) => line.length > 0)
    .map(([name, sign, value, ...rest]) => {
      if (name?.kind !== 'word' || sign?.text !== '=' || value?.kind !== 'string' || rest.length > 0) {
        throw new Error(`no entry of a hashtable: ${name?.text}`);
      }
      return [name.text, stringValue(value)] as const;
    });
  return Object.fromEntries(entries);
}

export interface Command {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly splats: readonly string[];
}

/** Every cmdlet with the parameters that are written at it. */
export function commands(tokens: readonly Token[]): readonly Command[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'word' || !/^[A-Z][a-z]+-/.test(token.text)) return [];
    const rest = tokens.slice(index + 1);
    const end = rest.findIndex(({ kind, text }) => kind === 'line' || text === '|' || text === ')');
    const own = rest.slice(0, end === -1 ? undefined : end);
    return [
      {
        name: token.text,
        parameters: own.filter(({ kind }) => kind === 'parameter').map(({ text }) => text),
        splats: own.filter(({ kind }) => kind === 'splat').map(({ text }) => text),
      },
    ];
  });
}
