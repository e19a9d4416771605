/** Writes keytab files, right and wrong ones, for the tests. */

export interface EntryChanges {
  readonly components?: readonly string[];
  readonly count?: number;
  readonly realm?: string;
  readonly shortVersion?: number;
  /** Undefined: the field is absent. */
  readonly longVersion?: number | undefined;
  readonly flags?: number;
  readonly encryptionType?: number;
  readonly key?: Uint8Array;
  readonly extra?: Uint8Array;
}

const uint = (size: number, value: number): Buffer => {
  const octets = Buffer.alloc(size);
  octets.writeUIntBE(value, 0, size);
  return octets;
};

const counted = (octets: Uint8Array): Buffer => Buffer.concat([uint(2, octets.length), octets]);

export function keytabEntry(changes: EntryChanges = {}): Buffer {
  const components = changes.components ?? ['HTTP', 'sso.corp.example.com'];
  const entry = Buffer.concat([
    uint(2, changes.count ?? components.length),
    counted(Buffer.from(changes.realm ?? 'CORP.EXAMPLE.COM')),
    ...components.map((component) => counted(Buffer.from(component))),
    uint(4, 1),
    uint(4, 1_780_000_000),
    uint(1, changes.shortVersion ?? 3),
    uint(2, changes.encryptionType ?? 18),
    counted(changes.key ?? Buffer.alloc(32, 7)),
    ...(changes.longVersion === undefined ? [] : [uint(4, changes.longVersion)]),
    ...(changes.flags === undefined ? [] : [uint(4, changes.flags)]),
    changes.extra ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([uint(4, entry.length), entry]);
}

export const KEYTAB_VERSION = Buffer.from([0x05, 0x02]);

export const keytabFile = (entries: readonly EntryChanges[]): Buffer =>
  Buffer.concat([KEYTAB_VERSION, ...entries.map(keytabEntry)]);

/** A deleted entry: its length is negative. */
export function keytabHole(size: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(-size);
  return Buffer.concat([length, Buffer.alloc(size, 0xee)]);
}
