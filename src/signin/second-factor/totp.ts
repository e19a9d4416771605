/**
 * Time-based one-time codes (RFC 6238) as every authenticator app makes them: SHA-1, six digits, steps of 30 seconds.
 * Pure. Owns codes, and a secret's text and address. Does not own which code was used before (second-factors.ts).
 */
import { timingSafeEqual } from 'node:crypto';
import { generateSync, generateURI, ScureBase32Plugin } from 'otplib';

/** RFC 4226 §4 R6 recommends 160 bits. */
const SECRET_BYTES = 20;
const STEP_MS = 30_000;
/** The phone's clock, and the time that typing takes (RFC 6238 §5.2). */
const TOLERATED_STEPS = [-1, 0, 1] as const;

const base32 = new ScureBase32Plugin();

export function makeTotpSecret(randomBytes: (size: number) => Uint8Array): Uint8Array {
  return Uint8Array.from(randomBytes(SECRET_BYTES));
}

/** As people type it into an app: base32 (RFC 4648 §6) without padding. */
export function totpText(secret: Uint8Array): string {
  return base32.encode(secret);
}

/** What the QR code says. A colon parts issuer and account in it, so neither may hold one. */
export function totpUri({
  issuer,
  account,
  secret,
}: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}): string {
  return generateURI({
    issuer: issuer.replaceAll(':', ' '),
    label: account.replaceAll(':', ' '),
    secret: totpText(secret),
  });
}

/**
 * @param code as typed: people put a space in the middle
 * @returns the time step whose code it is; of two steps with the same code the later, so that it is not taken again then
 */
export function matchTotp(secret: Uint8Array, code: string, now: Date): number | undefined {
  const typed = code.replaceAll(/[\s-]/g, '');
  if (!/^[0-9]{6}$/.test(typed)) return undefined;
  const present = Math.floor(now.getTime() / STEP_MS);
  // All are compared, whichever it is: time tells nothing.
  return TOLERATED_STEPS.map((distance) => present + distance)
    .filter((step) => step >= 0)
    .filter((step) => timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(typed)))
    .at(-1);
}

function totpCode(secret: Uint8Array, step: number): string {
  return generateSync({ strategy: 'hotp', algorithm: 'sha1', digits: 6, secret, counter: step });
}
