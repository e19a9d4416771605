/**
 * What `mortise keys create | import | list | show` do. Owns the steps and the words printed. Does not own the command line,
 * files or the configuration: they are arguments.
 */
import type { Store, StoredSigningKey, StoreReader } from '../store/store.ts';
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

/** What is enough to look at keys. */
export interface KeyReaderContext extends Pick<KeyCommandContext, 'masterKey' | 'now' | 'print'> {
  readonly signingKeys: StoreReader['signingKeys'];
}

/** What the new key is called. */
export interface NewKeyName {
  readonly name: string;
  /** UUID, in lower case; a random one when absent. */
  readonly id?: string;
}

/**
 * Makes a key with a self-signed certificate and stores it.
 *
 * @returns the new key's id.
 * @throws KeyError name-taken, master-key-malformed.
 */
export async function createKey(
  context: KeyCommandContext,
  options: NewKeyName & { readonly validYears?: number },
): Promise<string> {
  await requireFree(context, options);
  const { name, validYears } = options;
  const material = await createKeyMaterial({ name, now: context.now, ...(validYears !== undefined && { validYears }) });
  return keep(context, options, material);
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
  options: NewKeyName & { readonly files: readonly Uint8Array[]; readonly passphrase?: string },
): Promise<string> {
  await requireFree(context, options);
  return keep(context, options, importKeyMaterial(options.files, options.passphrase));
}

/** One line for each key: id, SHA-1 thumbprint, validity, name, and whether the master key opens it. */
export async function listKeys(context: KeyReaderContext): Promise<void> {
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
 * @param which id (its case does not matter) or name.
 * @throws KeyError key-unknown.
 */
export async function showKey(context: Pick<KeyReaderContext, 'signingKeys' | 'print'>, which: string): Promise<void> {
  const record = (await inOrder(context)).find(({ id, name }) => id === which.toLowerCase() || name === which);
  if (record === undefined) throw new KeyError('key-unknown', which);
  for (const line of describeKeyLines(describeKey(record))) context.print(line);
}

async function keep(context: KeyCommandContext, wanted: NewKeyName, material: KeyMaterial): Promise<string> {
  const { signingKeys, masterKey, now, print } = context;
  const warnings = checkKeyMaterial(material, now);
  const { name, id = context.randomUUID() } = wanted;
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
  return id;
}

/** A key is never replaced: a domain may be federated with it. */
async function requireFree({ signingKeys }: KeyCommandContext, { name, id }: NewKeyName): Promise<void> {
  const stored = await signingKeys.list();
  if (stored.some((key) => key.name === name || key.id === name)) throw new KeyError('name-taken', name);
  if (id !== undefined && stored.some((key) => key.id === id)) throw new KeyError('name-taken', id);
}

/** Oldest first. */
async function inOrder({ signingKeys }: Pick<KeyReaderContext, 'signingKeys'>): Promise<readonly StoredSigningKey[]> {
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
