/** `docs/rehearsal.md` with its tables of mishaps made from src/rehearsal/*mishaps.ts; all else in it is written by hand. */
import { BROWSER_MISHAPS } from '../src/rehearsal/browser-mishaps.ts';
import type { BrowserMishap } from '../src/rehearsal/browser-mishaps.ts';
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
  const ofDevice = Object.entries<Mishap>({ ...MISHAPS, ...SIGN_IN_MISHAPS }).map(([name, row]) =>
    rowOf(name, row, `\`${HRESULTS[row.shows]}\``),
  );
  const ofBrowser = Object.entries<BrowserMishap>(BROWSER_MISHAPS).map(([name, row]) =>
    rowOf(name, row, row.ends === 'no page' ? row.ends : `“${row.ends}”`),
  );
  return [
    '',
    '| name | what is wrong | Windows shows | cure |',
    '|---|---|---|---|',
    ...ofDevice,
    '',
    'In the browser:',
    '',
    '| name | what is wrong | the browser ends at | cure |',
    '|---|---|---|---|',
    ...ofBrowser,
    '',
  ].join('\n');
}

function rowOf(
  name: string,
  { wrong, cure, aadsts }: Pick<Mishap, 'wrong' | 'cure' | 'aadsts'>,
  shows: string,
): string {
  return `| \`${name}\` | ${wrong} | ${shows}${aadsts === undefined ? '' : `, AADSTS${aadsts}`} | ${cure} |`;
}
