/**
 * `mortise keys …`: reads files and the environment for keys/commands.ts, which does the work. A new key takes the
 * identifier that the configuration already names, so that `serve` finds it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Configuration } from '../config/load.ts';
import { createKey, importKey, listKeys, showKey } from '../keys/commands.ts';
import type { KeyCommandContext } from '../keys/commands.ts';
import { readConfiguration, withStore } from './open.ts';
import type { ConfigOption } from './open.ts';
import { CommandError } from './problem.ts';

export interface NewKeyOptions extends ConfigOption {
  readonly id?: string;
  readonly name: string;
}

export interface ImportKeyOptions extends NewKeyOptions {
  readonly pkcs12?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly passphraseEnv?: string;
}

export async function createKeyCommand(options: NewKeyOptions): Promise<number> {
  return withKeys(options, async (context, configuration) => {
    const wanted = await wantedId(context, configuration, options.id);
    sayWhereItIsUsed(configuration, await createKey(context, { name: options.name, ...wanted }));
  });
}

export async function importKeyCommand(options: ImportKeyOptions): Promise<number> {
  const files = keyFiles(options).map((path) => readFileSync(path));
  const passphrase = passphraseOf(options.passphraseEnv);
  return withKeys(options, async (context, configuration) => {
    const wanted = await wantedId(context, configuration, options.id);
    const id = await importKey(context, {
      name: options.name,
      files,
      ...wanted,
      ...(passphrase !== undefined && { passphrase }),
    });
    sayWhereItIsUsed(configuration, id);
  });
}

export async function listKeysCommand(options: ConfigOption): Promise<number> {
  return withKeys(options, listKeys);
}

export async function showKeyCommand(which: string, options: ConfigOption): Promise<number> {
  return withKeys(options, (context) => showKey(context, which));
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

/** The identifier that was asked for, or the first that an application names and no key has; else a new one. */
async function wantedId(
  { signingKeys }: KeyCommandContext,
  { environment }: Configuration,
  asked: string | undefined,
): Promise<{ id?: string }> {
  if (asked !== undefined) return { id: asked.toLowerCase() };
  const stored = new Set((await signingKeys.list()).map((key) => key.id));
  const id = environment.applications
    .map((application) => application.idpSigning.key.id)
    .find((named) => !stored.has(named));
  return id === undefined ? {} : { id };
}

function sayWhereItIsUsed({ environment }: Configuration, id: string): void {
  const users = environment.applications.filter((application) => application.idpSigning.key.id === id);
  console.log('');
  if (users.length === 0)
    console.log(
      `No application signs with it yet: set idpSigning.key.id to ${id}, and register its certificate in Entra.`,
    );
  for (const application of users)
    console.log(
      `${application.name} (${application.domainName}) signs with it. A running \`serve\` takes it up when it is started anew.`,
    );
}

function keyFiles({ pkcs12, certificate, key }: ImportKeyOptions): readonly string[] {
  if (pkcs12 !== undefined && certificate === undefined && key === undefined) return [pkcs12];
  if (pkcs12 === undefined && certificate !== undefined && key !== undefined) return [certificate, key];
  throw new CommandError('Name either --pkcs12 FILE, or both --certificate FILE and --key FILE.');
}

/** From the environment only: an argument would stand in the list of processes. */
function passphraseOf(variable: string | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const passphrase = process.env[variable];
  if (passphrase === undefined) throw new CommandError(`The environment has no variable ${variable}.`);
  return passphrase;
}
