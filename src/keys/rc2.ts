/**
 * RC2 in CBC mode, decryption only (RFC 2268). OpenSSL 3 hides it in a provider that Node does not load, and certificates
 * in older PKCS#12 files (Windows, `openssl pkcs12 -legacy`) lie under 40 bits of it. It protects nothing; it must only open.
 */

/** PITABLE, RFC 2268 §2: a permutation of the bytes, from the digits of pi. */
// prettier-ignore
const PITABLE = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
  '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
  '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
  '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
  '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
  'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
  '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
  '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
);

const BLOCK_BYTES = 8;
const ROTATIONS = [1, 2, 3, 5] as const;

/**
 * Decrypts and takes PKCS#7 padding off.
 *
 * @param effectiveBits T1 of RFC 2268 §2; 40 or 128 in PKCS#12, where the key is as long.
 * @returns undefined when the padding is wrong, which a wrong key makes likely.
 */
export function decryptRc2Cbc(
  encrypted: Uint8Array,
  key: Uint8Array,
  iv: Uint8Array,
  effectiveBits: number,
): Buffer | undefined {
  if (encrypted.length === 0 || encrypted.length % BLOCK_BYTES !== 0) return undefined;
  const schedule = expandKey(key, effectiveBits);
  const plain = Buffer.alloc(encrypted.length);
  let previous = iv;
  for (let at = 0; at < encrypted.length; at += BLOCK_BYTES) {
    const block = encrypted.subarray(at, at + BLOCK_BYTES);
    decryptBlock(block, schedule).forEach((byte, index) => (plain[at + index] = byte ^ (previous[index] ?? 0)));
    previous = block;
  }
  const padding = plain.at(-1) ?? 0;
  const right = padding >= 1 && padding <= BLOCK_BYTES && plain.subarray(-padding).every((byte) => byte === padding);
  return right ? plain.subarray(0, -padding) : undefined;
}

/** RFC 2268 §2: 64 words from the key. */
export function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const effectiveBytes = Math.ceil(effectiveBits / 8);
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits);
  const bytes = new Uint8Array(128);
  const at = (index: number): number => bytes[index] ?? 0;
  const pi = (value: number): number => PITABLE[value & 0xff] ?? 0;
  bytes.set(key);
  for (let i = key.length; i < 128; i++) bytes[i] = pi(at(i - 1) + at(i - key.length));
  bytes[128 - effectiveBytes] = pi(at(128 - effectiveBytes) & mask);
  for (let i = 127 - effectiveBytes; i >= 0; i--) bytes[i] = pi(at(i + 1) ^ at(i + effectiveBytes));
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
}

/** RFC 2268 §4: five mixing rounds, a mashing round, six, one, five; all backwards. */
export function decryptBlock(block: Uint8Array, schedule: Uint16Array): Uint8Array {
  const r = Uint16Array.from({ length: 4 }, (_, i) => (block[2 * i] ?? 0) | ((block[2 * i + 1] ?? 0) << 8));
  const word = (index: number): number => r[(index + 4) % 4] ?? 0;
  let j = 63;
  for (let round = 15; round >= 0; round--) {
    for (let i = 3; i >= 0; i--, j--) {
      const turn = ROTATIONS[i] ?? 0;
      const rotated = (word(i) >>> turn) | (word(i) << (16 - turn));
      r[i] = rotated - (schedule[j] ?? 0) - (word(i - 1) & word(i - 2)) - (~word(i - 1) & word(i - 3));
    }
    if (round === 11 || round === 5) for (let i = 3; i >= 0; i--) r[i] = word(i) - (schedule[word(i - 1) & 63] ?? 0);
  }
  return Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => (word(i >> 1) >> (8 * (i & 1))) & 0xff);
}
