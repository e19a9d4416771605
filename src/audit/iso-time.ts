/** A time of a file that somebody may have written to: what is none must not end the report about it. */
export function isoTime(time: Date): string {
  return Number.isNaN(time.getTime()) ? 'no time' : time.toISOString();
}
