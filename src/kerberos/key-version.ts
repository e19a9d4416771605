/**
 * Which keys may be the one of a ticket, by the key version in its clear part. A key without a version may always.
 *
 * AD numbers an account's passwords in msDS-KeyVersionNumber. A read-only domain controller puts its own number into the
 * upper 16 bits of what it issues ([MS-KILE] 3.1.5.8), so the lower 16 tell the password; and keytabs of an old format keep
 * the low eight bits alone. Nothing protects a ticket's version: it orders the keys, and opening decides.
 * Owns: this comparison. Does not own: where versions are read (keytab.ts, messages.ts).
 */

export interface KeyVersion {
  /** Undefined: a password does not tell it. */
  readonly kvno: number | undefined;
  /** Of a keytab entry that keeps no more than the low eight bits. */
  readonly kvnoIsShort?: boolean;
}

/** The keys that a ticket of this version may be under, those of exactly its version first. */
export function keysOfVersion<Key extends KeyVersion>(
  keys: readonly Key[],
  ticketKvno: number | undefined,
): readonly Key[] {
  if (ticketKvno === undefined) return keys;
  const exact = keys.filter((key) => key.kvno === ticketKvno && key.kvnoIsShort !== true);
  const others = keys.filter((key) => !exact.includes(key) && mayBe(key, ticketKvno));
  return [...exact, ...others];
}

function mayBe({ kvno, kvnoIsShort }: KeyVersion, ticketKvno: number): boolean {
  if (kvno === undefined) return true;
  const kept = kvnoIsShort === true ? 0xff : 0xffff;
  return (kvno & kept) === (ticketKvno & kept);
}
