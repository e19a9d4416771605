/**
 * The keys of a service account, with which its tickets open.
 *
 * AD derives them from the password and a salt: realm in upper case, then the account's name ([MS-KILE] 3.1.1.2). Which
 * name depends on when and how the password was set, so keys are made for each salt that is possible.
 * Owns: salts, ServiceKey. Does not own: the keytab format (keytab.ts), where a password is kept.
 */
import type { ChannelBindingsDemand } from './channel-bindings.ts';
import type { AesType } from './encryption-types.ts';
import { describeEncryptionType, isAesType, isRfc8009 } from './encryption-types.ts';
import type { KeyVersion } from './key-version.ts';
import type { KeytabEntry } from './keytab.ts';
import { readKeytab } from './keytab.ts';
import type { ChecksumKey, EncryptionKey, UsageKeys } from './encryption.ts';
import { checksumKey, encryptionKey, stringToKey, usageKeys } from './encryption.ts';
import { keyUsage } from './rfc3961.ts';
import { ServiceKeyError } from './service-key-error.ts';

/** Its version is that of a keytab's entry. */
export interface ServiceKey extends KeyVersion {
  readonly encryptionType: AesType;
  /** Where it comes from, for the record: `password with salt CORP.EXAMPLE.COMsvc-sso`. Not a secret. */
  readonly source: string;
  /** Of a credential that has been replaced: which one, counted back from 1, and until when it counts. */
  readonly former?: { readonly generation: number; readonly acceptedUntil: Date };
  /** Derived once for key usage 2, the encrypted part of a ticket. */
  readonly ticketKeys: UsageKeys;
  /** Derived once for key usage 17, the signature of the PAC in a ticket. */
  readonly pacKey: ChecksumKey;
}

/** What an account's keys serve. `gatewayId` and `account` are for the caller and for messages. */
export interface KerberosService {
  readonly gatewayId: string;
  readonly realm: string;
  /** User principal name of the service account. */
  readonly account: string;
  /** `HTTP/host`, compared without case as AD does. */
  readonly spns: readonly string[];
  readonly keys: readonly ServiceKey[];
  readonly keySource: 'password' | 'keytab';
  /** `off` when absent. */
  readonly channelBindings?: ChannelBindingsDemand;
}

export interface PasswordCredential {
  /** Case matters: AD's salt holds it as it stood when the password was set. */
  readonly userPrincipalName: string;
  readonly samAccountName?: string | undefined;
  /** Upper-cased; the suffix of the user principal name when absent. */
  readonly realm?: string | undefined;
  readonly password: string;
  /** Told by the KDC (salt-request.ts), beside those that follow from the names. */
  readonly knownSalts?: readonly string[];
}

/**
 * Throws {@link ServiceKeyError} when there is no realm, name or password. Takes some milliseconds (PBKDF2).
 *
 * @param atFirstUse those of RFC 3962 too are derived when a ticket asks for them
 */
export function serviceKeysFromPassword(
  credential: PasswordCredential,
  atFirstUse = false,
): {
  realm: string;
  keys: readonly ServiceKey[];
} {
  const { user, suffix } = splitUserPrincipalName(credential.userPrincipalName);
  const realm = (credential.realm ?? suffix).toUpperCase();
  if (realm === '' || user === '') {
    throw new ServiceKeyError(`"${credential.userPrincipalName}" is not user@domain, and no realm is given.`);
  }
  if (credential.password === '') throw new ServiceKeyError('The password of the service account is empty.');
  const salts = [...possibleSalts(realm, user, credential.samAccountName), ...(credential.knownSalts ?? [])];
  const keys = [...new Set(salts)].flatMap((salt) =>
    ([18, 17, 20, 19] as const).map((type) => {
      const make = (): EncryptionKey => requireKey(type, stringToKey(type, credential.password, salt));
      const source = `password with salt ${salt}`;
      return atFirstUse || isRfc8009(type) ? madeAtFirstUse(type, source, make) : serviceKey(make(), undefined, source);
    }),
  );
  return { realm, keys };
}

/**
 * A key that is derived when the first ticket of its type comes: RFC 8009 asks for eight times as many rounds as RFC 3962,
 * which would delay every start for types that a domain may never issue.
 */
function madeAtFirstUse(encryptionType: AesType, source: string, make: () => EncryptionKey): ServiceKey {
  let made: ServiceKey | undefined;
  const key = (): ServiceKey => (made ??= serviceKey(make(), undefined, source));
  return {
    encryptionType,
    kvno: undefined,
    source,
    get ticketKeys() {
      return key().ticketKeys;
    },
    get pacKey() {
      return key().pacKey;
    },
  };
}

function splitUserPrincipalName(name: string): { user: string; suffix: string } {
  const at = name.lastIndexOf('@');
  return at < 0 ? { user: name, suffix: '' } : { user: name.slice(0, at), suffix: name.slice(at + 1) };
}

/**
 * The user part of the UPN, the sAMAccountName where it differs, and for a computer or gMSA (its name ends in `$`) the
 * salt of a host: `host`, the name in lower case without `$`, the domain in lower case.
 */
function possibleSalts(realm: string, user: string, samAccountName: string | undefined): readonly string[] {
  const names = [user, ...(samAccountName === undefined || samAccountName === '' ? [] : [samAccountName])];
  const hosts = names
    .filter((name) => name.endsWith('$'))
    .map((name) => `host${name.slice(0, -1).toLowerCase()}.${realm.toLowerCase()}`);
  return [...new Set([...names, ...hosts])].map((name) => realm + name);
}

export interface ServiceKeytab {
  readonly realm: string;
  readonly keys: readonly ServiceKey[];
  /** `principal@REALM` of the entries that are used, each once. */
  readonly principals: readonly string[];
}

/** The AES keys of a keytab of one realm. Throws {@link ServiceKeyError} for anything that is not that. */
export function serviceKeysFromKeytab(bytes: Uint8Array): ServiceKeytab {
  const entries = readKeytab(bytes);
  const aes = entries.flatMap((entry) => {
    const { encryptionType } = entry;
    return isAesType(encryptionType) ? [{ ...entry, encryptionType }] : [];
  });
  const [first] = aes;
  if (first === undefined) throw new ServiceKeyError(noAesKey(entries));
  const realms = [...new Set(aes.map((entry) => entry.realm))];
  if (realms.length > 1) {
    throw new ServiceKeyError(
      `The keytab holds keys of several realms (${realms.join(', ')}): make one for each gateway.`,
    );
  }
  const keys = aes.map(({ encryptionType, key, kvno, kvnoIsShort, principal, realm }) => ({
    ...serviceKey(requireKey(encryptionType, key), kvno, `keytab entry ${principal}@${realm}, version ${kvno}`),
    kvnoIsShort,
  }));
  return {
    realm: first.realm,
    keys,
    principals: [...new Set(aes.map((entry) => `${entry.principal}@${entry.realm}`))],
  };
}

function noAesKey(entries: readonly KeytabEntry[]): string {
  const held = [...new Set(entries.map((entry) => describeEncryptionType(entry.encryptionType)))];
  const holds = held.length === 0 ? 'no key at all' : `only ${held.join(', ')}`;
  return `The keytab holds ${holds}; tickets need AES. Tick the AES boxes of the account, set its password, and export with \`ktpass /crypto All\`.`;
}

const serviceKey = (key: EncryptionKey, kvno: number | undefined, source: string): ServiceKey => ({
  encryptionType: key.encryptionType,
  kvno,
  source,
  ticketKeys: usageKeys(key, keyUsage.ticket),
  pacKey: checksumKey(key, keyUsage.pacSignature),
});

/** For octets of which the length is known to be right; a keytab's may be anything. */
function requireKey(type: AesType, octets: Uint8Array): EncryptionKey {
  const key = encryptionKey(type, octets);
  if (key === undefined)
    throw new ServiceKeyError(`A key of ${octets.length} bytes is not of encryption type ${type}.`);
  return key;
}
