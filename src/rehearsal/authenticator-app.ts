/** The authenticator app on a person's phone: codes by RFC 6238, with node's HMAC, so that Mortise's are checked by other code. */
import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param uri `otpauth://totp/…`, which the QR code says too */
export function totpCode(uri: string, now: Date): string {
  const { searchParams } = new URL(uri);
  const digits = Number(searchParams.get('digits') ?? 6);
  const period = Number(searchParams.get('period') ?? 30);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / 1000 / period)));
  const key = fromBase32(searchParams.get('secret') ?? '');
  const mac = createHmac(searchParams.get('algorithm') ?? 'SHA1', key)
    .update(counter)
    .digest();
  // RFC 4226 §5.3: the last four bits say where in the MAC the code is.
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 0x0f) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** RFC 4648 §6, without padding. */
function fromBase32(text: string): Buffer {
  const fives = Array.from(text.toUpperCase().replaceAll('=', ''), (letter) => BASE32.indexOf(letter));
  const bits = fives.map((five) => five.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}
