/** An authenticator app, written from RFC 4226 §5.3 and RFC 6238 with none of the code that it is to convince. */
import { createHmac } from 'node:crypto';

const STEP_MS = 30_000;

/** The six digits that the app shows at a time. */
export function codeShown(secret: Uint8Array, at: Date): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / STEP_MS)));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** One that is right at no time around. */
export function codeNotShown(secret: Uint8Array, at: Date): string {
  const around = [-2, -1, 0, 1, 2].map((steps) => codeShown(secret, new Date(at.getTime() + steps * STEP_MS)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !around.includes(code)) ?? '';
}

/** RFC 4648 §6, as people type it off the page. */
export function secretFrom(base32: string): Uint8Array {
  const bits = Array.from(base32.replaceAll(/\s/g, ''), (character) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'),
  ).join('');
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}
