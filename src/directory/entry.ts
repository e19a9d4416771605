/**
 * An entry as the directory gave it, and its attributes as text exactly as PingOne shows them:
 * GUIDs in their canonical form, SIDs as `S-1-5-…`, everything else as UTF-8.
 */
export interface Entry {
  readonly dn: string;
  /** Keyed by lower-case attribute name; raw bytes, as AD stores them. */
  readonly attributes: ReadonlyMap<string, readonly Uint8Array[]>;
}
