/** What `mortise log verify` prints: first whether the record is whole, then what is wrong and where, then what is known. */
import { linkText } from './checkpoint.ts';
import { isoTime } from './iso-time.ts';
import { LOG_WIDTH } from './log-text.ts';
import { wrapped } from './terminal-text.ts';
import type { Verification } from './verify.ts';

/** A rewritten record may break in thousands of places; the first ones say it all. */
const MOST_FINDINGS = 50;

export function verificationLines(verification: Verification): readonly string[] {
  const { findings } = verification;
  const shown = findings.slice(0, MOST_FINDINGS).flatMap(({ text }) => wrapped(text, '  ', LOG_WIDTH));
  const more = findings.length - MOST_FINDINGS;
  return [
    headline(verification),
    ...shown,
    ...(more > 0 ? [`  … and ${more} more.`] : []),
    ...(findings.length > 0 ? wrapped(NEXT_STEP, '', LOG_WIDTH) : []),
    ...scopeLines(verification),
  ];
}

const NEXT_STEP =
  'Keep this file as it is, and compare it with the newest backup that verifies: `mortise log verify --store FILE`.';

function headline({ findings, records }: Verification): string {
  if (findings.length === 0) return `The record is whole: ${counted(records, 'record')}.`;
  return `THE RECORD IS NOT WHAT WAS WRITTEN: ${counted(findings.length, 'finding')} in ${counted(records, 'record')}.`;
}

function scopeLines({ newest, checkpoints, unsigned, unchained, isKeyNoted }: Verification): readonly string[] {
  const head =
    newest === undefined
      ? wrapped(NONE_SIGNED, '', LOG_WIDTH)
      : [
          `${counted(checkpoints, 'checkpoint')}; the newest, number ${newest.number} of ${isoTime(newest.signedAt)}, signs`,
          ...wrapped(`record ${linkText(newest.last)}`, '  ', LOG_WIDTH),
          ...wrapped(`by key ${newest.key}`, '  ', LOG_WIDTH),
          ...(isKeyNoted ? [] : wrapped(NOT_NOTED, '  ', LOG_WIDTH)),
        ];
  const notes = [
    unsigned === 0 ? undefined : `${counted(unsigned, 'record')} behind it: chained, not signed yet.`,
    unchained === 0
      ? undefined
      : `${counted(unchained, 'record')} from before the chain, which began with the upgrade of the store: nothing can be said of them.`,
    newest === undefined || newest.pruned.sequence === 0
      ? undefined
      : `Retention has deleted the records up to ${newest.pruned.sequence}; the chain goes on from there.`,
  ];
  return [...head, ...notes.flatMap((note) => (note === undefined ? [] : wrapped(note, '', LOG_WIDTH)))];
}

const NOT_NOTED = 'which stands in this store itself: `--key FILE` compares it with the one that you noted';

const NONE_SIGNED =
  'No checkpoint has been signed yet: `mortise serve` signs the first within a minute of its first record.';

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
