/**
 * What `mortise keys create | import | list | show` do. Owns the steps and the words printed. Does not own the command line,
 * files or the configuration: they are arguments.
 */
import type { Store, StoredSigningKey } from '../store/store.ts';
import { createKeyMaterial } from './create.ts';
import { importKeyMaterial } from './import.ts';
import { KeyError } from './key-error.ts';
import { checkKeyMaterial } from './material.ts';
import type { KeyMaterial } from './material.ts';
import { loadSigningKeys, protectPrivateKey } from './protection.ts';
import { describeKey, describeKeyLines, validity } from './show.ts';

export interface KeyCommandContext {
  readonly signingKeys: Store['signingKeys'];
  /** 32 bytes in base64. */
  readonly masterKey: string;
  readonly now: Date;
  readonly randomUUID: () => string;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Prints one line. */
  readonly print: (line: string) => void;
}

/**
 * Makes a key with a self-signed certificate and stores it.
 *
 * @returns the new key's id.
 * @throws KeyError name-taken, master-key-malformed.
 */
export async function createKey(
  context: KeyCommandContext,
  options: { readonly name: string; readonly validYears?: number },
): Promise<string> {
  await requireFreeName(context, options.name);
  return keep(context, options.name, await createKeyMaterial({ ...options, now: context.now }));
}

/**
 * Stores a key and certificate that exist already.
 *
 * @param options files: the content of a PKCS#12 file, or of one or more PEM files.
 * @returns the new key's id.
 * @throws KeyError for whatever is wrong with files, passphrase, key or certificate; name-taken, master-key-malformed.
 */
export async function importKey(
  context: KeyCommandContext,
  options: { readonly name: string; readonly files: readonly Uint8Array[]; readonly passphrase?: string },
): Promise<string> {
  await requireFreeName(context, options.name);
  return keep(context, options.name, importKeyMaterial(options.files, options.passphrase));
}

/** One line for each key: id, SHA-1 thumbprint, validity, name, and whether the master key opens it. */
export async function listKeys(context: KeyCommandContext): Promise<void> {
  const stored = await inOrder(context);
  if (stored.length === 0) context.print('No signing keys. Make one with `mortise keys create`.');
  for (const record of stored) {
    const key = describeKey(record);
    const trouble = await openingTrouble(record, context.masterKey);
    const state = trouble === undefined ? validity(key, context.now) : `cannot be used: ${trouble}`;
    context.print(`${record.id}  ${key.thumbprintSha1}  ${state}  ${record.name}`);
  }
}

/**
 * Everything public about one key, with the certificate as Entra takes it.
 *
 * @param which id or name.
 * @throws KeyError key-unknown.
 */
export async function showKey(context: KeyCommandContext, which: string): Promise<void> {
  const record = (await inOrder(context)).find(({ id, name }) => id === which || name === which);
  if (record === undefined) throw new KeyError('key-unknown', which);
  for (const line of describeKeyLines(describeKey(record))) context.print(line);
}

async function keep(context: KeyCommandContext, name: string, material: KeyMaterial): Promise<string> {
  const { signingKeys, masterKey, now, print } = context;
  const warnings = checkKeyMaterial(material, now);
  const id = context.randomUUID();
  const record: StoredSigningKey = {
    id,
    name,
    certificate: material.certificate,
    protectedPrivateKey: await protectPrivateKey(material.privateKey, id, masterKey, context.randomBytes),
    createdAt: now,
  };
  await signingKeys.put(record);
  for (const line of describeKeyLines(describeKey(record))) print(line);
  for (const warning of warnings) print(`Warning: ${warning}`);
  print('');
  print(`To sign with it, set idpSigning.key.id of the application to ${id}.`);
  return id;
}

async function requireFreeName({ signingKeys }: KeyCommandContext, name: string): Promise<void> {
  const taken = (await signingKeys.list()).some((key) => key.name === name || key.id === name);
  if (taken) throw new KeyError('name-taken', name);
}

/** Oldest first. */
async function inOrder({ signingKeys }: KeyCommandContext): Promise<readonly StoredSigningKey[]> {
  return [...(await signingKeys.list())].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** The code of what keeps a key from being used; undefined when nothing does. */
async function openingTrouble(record: StoredSigningKey, masterKey: string): Promise<string | undefined> {
  try {
    await loadSigningKeys([record], masterKey);
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return error.code;
    throw error;
  }
}
