/** Why a store cannot be opened: an administrator's matter at start, never a client's, hence not a Refusal. */

export type StoreErrorCode =
  /** Another process writes to this store. */
  | 'in-use'
  /** A later version of Mortise has migrated it. */
  | 'newer'
  /** For reading only: an earlier version of Mortise wrote it and nobody has migrated it. */
  | 'older'
  /** There is no such file (reading), or no such folder (writing). */
  | 'missing'
  /** The file is something else. */
  | 'not-a-store'
  /** A copy would take the place of another file. */
  | 'exists'
  /** SQLite's own check has found that it is not whole. */
  | 'damaged'
  /** Permissions, a full disk, a file system that SQLite cannot use. */
  | 'unusable';

/** The message says which file, why, and what to do next. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
