/** `mortise check`: everything that `serve` would find out before it listens, with every problem at once; nothing is changed. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Configuration } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { requireSigningKeys } from '../server/signing-keys.ts';
import { StoreError } from '../store/store-error.ts';
import { readConfigurationToServe, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export async function checkConfiguration(options: ConfigOption): Promise<number> {
  const configuration = readConfigurationToServe(options);
  const { environment, warnings } = configuration;
  for (const warning of warnings) console.log(`Warning: ${problemText(warning)}`);
  const notYet = await checkStore(configuration);
  if (notYet !== undefined) console.log(`Warning: ${notYet}`);
  const domains = environment.applications.map((application) => application.domainName);
  const gateways = environment.gateways.map((gateway) => gateway.name);
  console.log(`${options.config} is sound: it serves ${domains.join(', ')} by ${gateways.join(', ')}.`);
  return 0;
}

/** What is still to be done before `serve`; a store that it could not work with is an error. */
async function checkStore(configuration: Configuration): Promise<string | undefined> {
  const { path } = configuration.server.store;
  if (!existsSync(path)) {
    if (!existsSync(dirname(path)))
      throw new CommandError(
        `server.store.path: the folder ${dirname(path)} does not exist. Create it for the account that runs Mortise.`,
      );
    return `there is no store at ${path} yet. \`mortise keys create\` makes it, with the signing key that \`serve\` needs.`;
  }
  try {
    await withStoreReader(configuration, async ({ signingKeys }) =>
      requireSigningKeys(configuration, await signingKeys.list()),
    );
    return undefined;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'older') return error.message;
    throw error;
  }
}
