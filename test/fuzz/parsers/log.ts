/** What is given to `mortise log`: times, and exports of Entra's sign-in log. */
import { isOnePageOfSeveral, readEntraLog } from '../../../src/audit/entra-log/read.ts';
import { parseSince } from '../../../src/audit/since.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { mustHold, vectorFiles } from '../parser.ts';
import type { Parser } from '../parser.ts';

const NOW = new Date('2026-03-01T08:00:00Z');

export const SINCE: Parser = {
  name: 'log-since',
  seeds: () =>
    ['30m', '2h', '999999w', '2026-03-01', '2026-03-01T08:00:00.123456789+01:00', '2026-02-30', '0s'].map((text) =>
      Buffer.from(text),
    ),
  mutators: [...BYTES, ...textMutators(['-', ':', 'T', 'Z', '+14:00', 'w', '.', '60', '9999', '000000'])],
  refuses: () => false,
  take(input) {
    const date = parseSince(input.toString('utf8'), NOW);
    mustHold(date === undefined || !Number.isNaN(date.getTime()), 'a time that is one');
    return date === undefined ? 'none' : date > NOW ? 'later' : 'earlier';
  },
  longest: 512,
  runs: 15_000,
};

/** Exports of Entra's sign-in log: whatever they hold, a sign-in is one that can be judged. */
export const ENTRA_LOG: Parser = {
  name: 'entra-log',
  seeds: () => vectorFiles('log/entra'),
  mutators: [
    ...BYTES,
    ...textMutators([
      '"',
      '""',
      ',',
      '\r\n',
      '{',
      '[',
      ']',
      '"properties":',
      '"status":',
      'Date (UTC)',
      '\uFEFF',
      '__proto__',
    ]),
  ],
  refuses: (error) => error instanceof SyntaxError,
  take(input) {
    const signIns = readEntraLog(input);
    for (const { at, succeeded, user } of signIns) {
      mustHold(at === undefined || !Number.isNaN(at.getTime()), 'a time that is one');
      mustHold(typeof succeeded === 'boolean' && user !== '', 'whole or absent');
    }
    const kinds = new Set(signIns.map(({ federated, at }) => `${federated}${at === undefined ? '' : ' timed'}`));
    return `${isOnePageOfSeveral(input) ? 'page of ' : ''}${[...kinds].sort().join(', ')}`;
  },
  runs: 3_000,
};
