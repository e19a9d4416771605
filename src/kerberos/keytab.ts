/**
 * MIT keytab files, format 0x502 (big-endian), as `ktpass`, `ktutil`, `samba-tool domain exportkeytab` and Heimdal write them.
 *
 * The file: 05 02, then entries of a signed length; a negative one is a hole. An entry: number of components, realm,
 * components, name type, timestamp, 8-bit version, key (type, length, octets), and optionally a 32-bit version and flags.
 * Owns: the format. Does not own: reading the file from disk, which keys are taken (keys.ts).
 */
import { ServiceKeyError } from './service-key-error.ts';

export interface KeytabEntry {
  /** Components joined by `/`, without the realm. */
  readonly principal: string;
  readonly realm: string;
  readonly kvno: number;
  /** The entry keeps the low eight bits of the version alone. */
  readonly kvnoIsShort: boolean;
  readonly encryptionType: number;
  readonly key: Uint8Array;
}

const MAX_BYTES = 1024 * 1024;

/** All entries, whatever their encryption type. Throws {@link ServiceKeyError} when the file is not one. */
export function readKeytab(bytes: Uint8Array): readonly KeytabEntry[] {
  if (bytes.length > MAX_BYTES) throw new ServiceKeyError('The keytab is larger than 1 MiB.');
  if (bytes[0] !== 0x05 || bytes[1] !== 0x02) {
    throw new ServiceKeyError('The file is not a keytab of version 0x502 (it must begin with the bytes 05 02).');
  }
  const entries: KeytabEntry[] = [];
  const file = reader(bytes.subarray(2), 'The keytab');
  while (file.left() > 0) {
    const size = file.int32();
    // A deleted entry leaves a hole of that many octets.
    if (size < 0) file.octets(-size);
    else if (size === 0) throw new ServiceKeyError('The keytab has an entry of length 0.');
    else entries.push(readEntry(file.octets(size)));
  }
  return entries;
}

function readEntry(bytes: Uint8Array): KeytabEntry {
  const entry = reader(bytes, 'An entry of the keytab');
  const count = entry.uint16();
  if (count === 0 || count > 8)
    throw new ServiceKeyError('An entry of the keytab has no name, or one of too many parts.');
  const realm = entry.text();
  const principal = Array.from({ length: count }, () => entry.text()).join('/');
  entry.octets(8); // name type and timestamp
  const shortVersion = entry.octets(1)[0] ?? 0;
  const encryptionType = entry.uint16();
  const key = entry.octets(entry.uint16());
  // MIT adds a 32-bit version, Heimdal and Samba flags after it; 0 means that the 8-bit one holds.
  if (![0, 4, 8].includes(entry.left())) throw new ServiceKeyError('An entry of the keytab has octets left over.');
  const longVersion = entry.left() === 0 ? 0 : entry.int32() >>> 0;
  const kvnoIsShort = longVersion === 0;
  return { principal, realm, kvno: kvnoIsShort ? shortVersion : longVersion, kvnoIsShort, encryptionType, key };
}

interface Reader {
  left(): number;
  octets(count: number): Uint8Array;
  uint16(): number;
  int32(): number;
  text(): string;
}

/** A cursor that never goes past the end. */
function reader(bytes: Uint8Array, what: string): Reader {
  let offset = 0;
  const octets = (count: number): Uint8Array => {
    if (count > bytes.length - offset) throw new ServiceKeyError(`${what} is cut short.`);
    offset += count;
    return bytes.subarray(offset - count, offset);
  };
  const view = (count: number): DataView => {
    const part = octets(count);
    return new DataView(part.buffer, part.byteOffset, count);
  };
  const uint16 = (): number => view(2).getUint16(0);
  return {
    left: () => bytes.length - offset,
    octets,
    uint16,
    int32: () => view(4).getInt32(0),
    text() {
      const text = Buffer.from(octets(uint16())).toString('utf8');
      // oxlint-disable-next-line no-control-regex -- control characters are what is refused
      if (text === '' || /[\u0000-\u001f\u007f\ufffd]/.test(text))
        throw new ServiceKeyError(`${what} has a name that cannot be read.`);
      return text;
    },
  };
}
