/** Time zones: names of the IANA database, `UTC`, and offsets. What the names mean comes with Node.js (ICU). */
import { DAY, parseOffset, SECOND, type Moment } from './date-time.ts';

/** How many seconds a zone's clocks are ahead of UTC at a moment. */
export type ZoneClock = (at: number) => number;

const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
const FIXED = /^(?:UTC|GMT|UT)?([+-][0-9:]{1,9})$/;

/** Null when there is no such zone. */
export function zoneClock(zone: string): ZoneClock | null {
  const fixed = ['Z', 'UTC', 'GMT', 'UT'].includes(zone) ? 0 : fixedOffset(zone);
  if (fixed !== undefined) return fixed === null ? null : () => fixed;
  if (!NAME.test(zone)) return null;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    return (at) => {
      const shown = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
      return shown === 'GMT' ? 0 : (parseOffset(shown.slice(3)) ?? 0);
    };
  } catch {
    return null; // RangeError: no such zone
  }
}

/** `+02:00`, `UTC+02:00`, `GMT+2`; undefined for what is no offset, null for one that cannot be. */
function fixedOffset(zone: string): number | null | undefined {
  const shown = FIXED.exec(zone)?.[1];
  return shown === undefined ? undefined : parseOffset(shown.length === 2 ? `${shown}:00` : shown);
}

/**
 * The moment at which the clocks show this time. A time that they show twice is the first of the two; one that they
 * leap over is as much later as they leap.
 *
 * @param local milliseconds as if the clocks were UTC's
 */
export function momentAt(clock: ZoneClock, local: number): Moment {
  const [before, after] = [clock(local - DAY), clock(local + DAY)];
  const first = Math.max(before, after);
  const offset = [first, Math.min(before, after)].find((ahead) => clock(local - ahead * SECOND) === ahead) ?? before;
  const at = local - offset * SECOND;
  return { at, offset: clock(at) };
}
