/** The sample directory with a hand on it: accounts change while it runs, it goes down and comes back, and it counts. */
import type { ChangedPassword, CheckedPassword, Directory } from '../../../src/directory/directory.ts';
import { texts } from '../../../src/directory/entry.ts';
import type { Entry } from '../../../src/directory/entry.ts';
import { SAMPLE_PEOPLE, SAMPLE_PERSON_PASSWORD } from '../../../src/directory/sample-domain.ts';
import { sampleEntry } from '../../../src/directory/sample-entry.ts';
import type { SampleAttributes } from '../../../src/directory/sample-entry.ts';
import { sampleForest } from '../../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../../src/directory/sample.ts';
import type { Refusal } from '../../../src/refusal.ts';

export interface ChangingDirectory extends Directory {
  /** Sets attributes of an account, as an administrator does; `undefined` takes one away. */
  edit(account: string, attributes: SampleAttributes): void;
  remove(account: string): void;
  /** What it says instead of an answer, to searches, and to binds. */
  failure: Refusal | undefined;
  /** What it says to a bind, or to a change of password, where it is not to judge itself. */
  checkAnswer: CheckedPassword | undefined;
  changeAnswer: ChangedPassword | undefined;
  /** Runs before the answer to each question. */
  beforeAnswer: ((question: 'search' | 'bind' | 'change') => Promise<void>) | undefined;
  /** How often it was asked. */
  readonly asked: { searches: number; binds: number; changes: number };
}

export function openChangingDirectory(now: () => Date = () => new Date()): ChangingDirectory {
  let entries: readonly Entry[] = sampleForest;
  const passwords = new Map(Object.values(SAMPLE_PEOPLE).map((name) => [name, SAMPLE_PERSON_PASSWORD]));
  const sample = openSampleDirectory(() => entries, { passwords, now });
  const directory: ChangingDirectory = {
    failure: undefined,
    checkAnswer: undefined,
    changeAnswer: undefined,
    beforeAnswer: undefined,
    asked: { searches: 0, binds: 0, changes: 0 },
    edit(account, attributes) {
      entries = entries.map((entry) => (isAccount(entry, account) ? edited(entry, attributes) : entry));
    },
    remove(account) {
      entries = entries.filter((entry) => !isAccount(entry, account));
    },
    async search(search) {
      directory.asked.searches += 1;
      await directory.beforeAnswer?.('search');
      if (directory.failure !== undefined) throw directory.failure;
      return sample.search(search);
    },
    async checkPassword(check) {
      directory.asked.binds += 1;
      await directory.beforeAnswer?.('bind');
      if (directory.failure !== undefined) throw directory.failure;
      return directory.checkAnswer ?? sample.checkPassword(check);
    },
    async changePassword(change) {
      directory.asked.changes += 1;
      await directory.beforeAnswer?.('change');
      return directory.changeAnswer ?? sample.changePassword(change);
    },
    close: async () => undefined,
  };
  return directory;
}

const isAccount = (entry: Entry, account: string): boolean => texts(entry, 'sAMAccountName')[0] === account;

function edited(entry: Entry, given: SampleAttributes): Entry {
  const attributes = new Map(entry.attributes);
  for (const name of Object.keys(given)) attributes.delete(name.toLowerCase());
  const { attributes: set } = sampleEntry(entry.dn, given);
  return { dn: entry.dn, attributes: new Map([...attributes, ...set]) };
}
