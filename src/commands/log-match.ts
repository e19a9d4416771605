/** `mortise log match`: an exported sign-in log of Entra's laid beside the record. */
import { readFileSync } from 'node:fs';
import { matchSignIns } from '../audit/entra-log/match.ts';
import { matchingLines } from '../audit/entra-log/match-text.ts';
import { readEntraLog } from '../audit/entra-log/read.ts';
import type { EntraSignIn } from '../audit/entra-log/sign-in.ts';
import { openSqliteStoreForReading } from '../store/sqlite.ts';
import { readPublicConfiguration } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export interface MatchOptions extends ConfigOption {
  /** A copy of the store, in place of the one that the configuration names. */
  readonly store?: string;
  /** In minutes. */
  readonly window: number;
}

/** Exit status: 0 all issued by Mortise, 2 some never, 1 some cannot be judged, or nothing could be read. */
export async function matchLog(file: string, { config, store: copy, window }: MatchOptions): Promise<number> {
  const { server, environment } = readPublicConfiguration({ config });
  const signIns = readExport(file);
  const scope = {
    domains: environment.applications.map(({ domainName }) => domainName.toLowerCase()),
    windowMs: window * 60_000,
    isCopy: copy !== undefined,
  };
  const store = await openSqliteStoreForReading(copy ?? server.store.path);
  try {
    const matching = await store.atOneMoment(() => matchSignIns(signIns, store.activities, scope));
    console.log(matchingLines(matching).join('\n'));
    if (matching.neverIssued.length > 0) return 2;
    return matching.unjudged.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

function readExport(file: string): readonly EntraSignIn[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CommandError(`${file} cannot be read (${(error as Error).message}). Check path and permissions.`);
  }
  try {
    return readEntraLog(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${file} is no sign-in log of Entra: ${error.message}. Export it as JSON or CSV.`);
  }
}
