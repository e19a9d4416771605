/** KerberosTime (RFC 4120 §5.2.3): `YYYYMMDDHHMMSSZ`, read strictly and written. */
import { DerError, element, readOnly, tags } from './der.ts';

const DIGIT_0 = 0x30;
const LETTER_Z = 0x5a;

/** No fractions, a time that exists. Throws {@link DerError}. */
export function readKerberosTime(bytes: Uint8Array, what: string): Date {
  const contents = readOnly(bytes, tags.generalizedTime, what);
  const isDigits = contents.subarray(0, -1).every((octet) => octet >= DIGIT_0 && octet <= DIGIT_0 + 9);
  if (contents.length !== 15 || !isDigits || contents[14] !== LETTER_Z)
    throw new DerError(`${what} is not a time in UTC without fractions`);
  const two = (at: number): number => ((contents[at] ?? 0) - DIGIT_0) * 10 + (contents[at + 1] ?? 0) - DIGIT_0;
  const [year, month, day] = [two(0) * 100 + two(2), two(4) - 1, two(6)];
  const [hours, minutes, seconds] = [two(8), two(10), two(12)];
  const time = new Date(0);
  time.setUTCFullYear(year, month, day);
  time.setUTCHours(hours, minutes, seconds);
  // Date carries what is too much over to the next field: 31 April becomes 1 May.
  const isSame = time.getUTCMonth() === month && time.getUTCDate() === day && time.getUTCHours() === hours;
  if (!isSame || minutes > 59 || seconds > 59) throw new DerError(`${what} is a time that does not exist`);
  return time;
}

/** Milliseconds are dropped. */
export function kerberosTime(value: Date): Uint8Array {
  const text = value.toISOString().replace(/\.\d+Z$/, 'Z');
  return element(tags.generalizedTime, Buffer.from(text.replaceAll(/[-:T]/g, ''), 'latin1'));
}
