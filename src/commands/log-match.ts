/** `mortise log match`: an exported sign-in log of Entra's laid beside the record. */
import { readFileSync } from 'node:fs';
import { matchSignIns } from '../audit/entra-log/match.ts';
import { matchingLines } from '../audit/entra-log/match-text.ts';
import { isOnePageOfSeveral, readEntraLog } from '../audit/entra-log/read.ts';
import type { EntraSignIn } from '../audit/entra-log/sign-in.ts';
import type { StoreReader } from '../store/store.ts';
import { readPublicConfiguration, withNamedStore, withStoreReader } from './open.ts';
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
  const configuration = readPublicConfiguration({ config });
  const { signIns, isOnePage } = readExport(file);
  const scope = {
    domains: configuration.environment.applications.map(({ domainName }) => domainName.toLowerCase()),
    windowMs: window * 60_000,
    isCopy: copy !== undefined,
  };
  const match = (store: StoreReader) => store.atOneMoment(() => matchSignIns(signIns, store.activities, scope));
  const matching = await (copy === undefined ? withStoreReader(configuration, match) : withNamedStore(copy, match));
  console.log(matchingLines(matching).join('\n'));
  if (isOnePage) console.log(ONE_PAGE);
  if (matching.neverIssued.length > 0) return 2;
  return matching.unjudged.length > 0 || isOnePage ? 1 : 0;
}

const ONE_PAGE =
  'The file is one page of several (`@odata.nextLink`): what is on the others was not looked at. Export them too.';

function readExport(file: string): { readonly signIns: readonly EntraSignIn[]; readonly isOnePage: boolean } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new CommandError(`${file} cannot be read (${(error as Error).message}). Check path and permissions.`);
  }
  try {
    return { signIns: readEntraLog(bytes), isOnePage: isOnePageOfSeveral(bytes) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${file} is no sign-in log of Entra: ${error.message}. Export it as JSON or CSV.`);
  }
}
