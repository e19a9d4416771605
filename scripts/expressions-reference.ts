/** `docs/expressions.md` with its tables of functions made from src/mapping/expression/; all else in it is written by hand. */
import { LIBRARIES } from '../src/mapping/expression/libraries.ts';

const TABLES = /(<!-- functions: made by `npm run docs` -->\n).*?(<!-- end of functions -->)/s;

/** @throws when the page has lost the marks between which the tables stand */
export function withFunctionTables(page: string): string {
  if (!TABLES.test(page)) throw new Error('docs/expressions.md has lost the marks of its tables of functions');
  return page.replace(TABLES, (_all, before: string, after: string) => `${before}${tables()}\n${after}`);
}

function tables(): string {
  return [...LIBRARIES]
    .flatMap(([library, functions]) => [
      '',
      `### #${library}`,
      '',
      '| Function | Gives |',
      '|---|---|',
      ...[...functions].map(([name, { parameters, gives }]) => `| \`#${library}.${name}(${parameters})\` | ${gives} |`),
    ])
    .concat('')
    .join('\n');
}
