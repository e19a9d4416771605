/** `docs/rehearsal.md` with its table of mishaps made from src/rehearsal/mishaps.ts; all else in it is written by hand. */
import { HRESULTS } from '../src/rehearsal/join-codes.ts';
import { MISHAPS } from '../src/rehearsal/mishaps.ts';
import type { Mishap } from '../src/rehearsal/mishaps.ts';
import { SIGN_IN_MISHAPS } from '../src/rehearsal/sign-in-mishaps.ts';

const TABLE = /(<!-- mishaps: made by `npm run docs` -->\n).*?(<!-- end of mishaps -->)/s;

/** @throws when the page has lost the marks between which the table stands */
export function withMishapsTable(page: string): string {
  if (!TABLE.test(page)) throw new Error('docs/rehearsal.md has lost the marks of its table of mishaps');
  return page.replace(TABLE, (_all, before: string, after: string) => `${before}${table()}\n${after}`);
}

function table(): string {
  const rows = Object.entries<Mishap>({ ...MISHAPS, ...SIGN_IN_MISHAPS }).map(
    ([name, { wrong, cure, shows, aadsts }]) => {
      const code = `\`${HRESULTS[shows]}\`${aadsts === undefined ? '' : `, AADSTS${aadsts}`}`;
      return `| \`${name}\` | ${wrong} | ${code} | ${cure} |`;
    },
  );
  return ['', '| name | what is wrong | Windows shows | cure |', '|---|---|---|---|', ...rows, ''].join('\n');
}
