/**
 * `mortise keys …`: reads files and the environment for keys/commands.ts, which does the work. A new key takes the
 * identifier that the configuration already names, so that `serve` finds it. Looking at keys changes nothing, and goes
 * on beside a running `serve`.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Configuration } from '../config/load.ts';
import { createKey, importKey, listKeys, showKey } from '../keys/commands.ts';
import type { KeyCommandContext, NewKeyName } from '../keys/commands.ts';
import type { StoredSigningKey } from '../store/store.ts';
import { readConfiguration, readPublicConfiguration, withStore, withStoreReader } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export interface NewKeyOptions extends ConfigOption {
  readonly id?: string;
  readonly name?: string;
}

export interface ImportKeyOptions extends NewKeyOptions {
  readonly pkcs12?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly passphraseEnv?: string;
}

export async function createKeyCommand(options: NewKeyOptions): Promise<number> {
  return withKeys(options, async (context, configuration) => {
    const wanted = await wantedName(context, configuration, options);
    sayWhereItIsUsed(configuration, await createKey(context, wanted));
  });
}

export async function importKeyCommand(options: ImportKeyOptions): Promise<number> {
  const files = keyFiles(options).map(readKeyFile);
  const passphrase = passphraseOf(options.passphraseEnv);
  return withKeys(options, async (context, configuration) => {
    const wanted = await wantedName(context, configuration, options);
    const id = await importKey(context, { files, ...wanted, ...(passphrase !== undefined && { passphrase }) });
    sayWhereItIsUsed(configuration, id);
  });
}

export async function listKeysCommand(options: ConfigOption): Promise<number> {
  const configuration = readConfiguration(options);
  const { masterKey } = configuration.server;
  await withStoreReader(configuration, ({ signingKeys }) =>
    listKeys({ signingKeys, masterKey, now: new Date(), print: (line) => console.log(line) }),
  );
  return 0;
}

export async function showKeyCommand(which: string, options: ConfigOption): Promise<number> {
  await withStoreReader(readPublicConfiguration(options), ({ signingKeys }) =>
    showKey({ signingKeys, print: (line) => console.log(line) }, which),
  );
  return 0;
}

async function withKeys(
  options: ConfigOption,
  use: (context: KeyCommandContext, configuration: Configuration) => Promise<void>,
): Promise<number> {
  const configuration = readConfiguration(options);
  const { masterKey } = configuration.server;
  await withStore(configuration, ({ signingKeys }) =>
    use(
      { signingKeys, masterKey, now: new Date(), randomUUID, randomBytes, print: (line) => console.log(line) },
      configuration,
    ),
  );
  return 0;
}

/**
 * The identifier that was asked for, or the first that an application names and no key has; a new one only for a key
 * with a name of its own, so that a command given twice does not make a key that nobody uses.
 */
async function wantedName(
  { signingKeys }: KeyCommandContext,
  { environment }: Configuration,
  { id: asked, name, config }: NewKeyOptions,
): Promise<NewKeyName> {
  const stored = await signingKeys.list();
  const id =
    asked ??
    environment.applications
      .map((application) => application.idpSigning.key.id)
      .find((named) => stored.every((key) => key.id !== named));
  if (id === undefined && name === undefined)
    throw new CommandError(
      `Every application of ${config} has its signing key. For a further one give it a name: --name NAME.`,
    );
  return { name: name ?? freeName(stored), ...(id !== undefined && { id }) };
}

function freeName(stored: readonly StoredSigningKey[]): string {
  const taken = new Set(stored.map((key) => key.name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'Mortise signing' : `Mortise signing ${number}`;
    if (!taken.has(name)) return name;
  }
}

function sayWhereItIsUsed({ environment }: Configuration, id: string): void {
  const users = environment.applications.filter((application) => application.idpSigning.key.id === id);
  console.log('');
  if (users.length === 0)
    console.log(
      `No application signs with it yet: set idpSigning.key.id to ${id}, and register its certificate in Entra.`,
    );
  for (const application of users)
    console.log(`${application.name} (${application.domainName}) signs with it from the next \`mortise serve\` on.`);
}

function keyFiles({ pkcs12, certificate, key }: ImportKeyOptions): readonly string[] {
  if (pkcs12 !== undefined && certificate === undefined && key === undefined) return [pkcs12];
  if (pkcs12 === undefined && certificate !== undefined && key !== undefined) return [certificate, key];
  throw new CommandError('Name either --pkcs12 FILE, or both --certificate FILE and --key FILE.');
}

function readKeyFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'ENOENT'
        ? `There is no file ${path}.`
        : `${path} cannot be read (${message}). Check path and permissions.`,
    );
  }
}

/** From the environment only: an argument would stand in the list of processes. */
function passphraseOf(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const passphrase = process.env[variable];
  if (passphrase === undefined)
    throw new CommandError(
      `The environment has no variable ${variable}. --passphrase-env takes the name of a variable that holds the passphrase.`,
    );
  return passphrase;
}
