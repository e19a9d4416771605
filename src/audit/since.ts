/** The times that `mortise log --since` and `--before` take. */

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `30m`, `2h`, `7d` before `now`, or a date and time of ISO 8601 (UTC unless it names an offset). Undefined when it is neither. */
export function parseSince(text: string, now: Date): Date | undefined {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text.trim());
  if (ago !== null) return new Date(now.getTime() - Number(ago[1]) * UNITS[ago[2] as keyof typeof UNITS]);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text.trim(),
  );
  if (iso === null) return undefined;
  const day = iso[1] as string;
  if (!isDay(day)) return undefined;
  const date = new Date(`${day}T${iso[2] ?? '00:00'}${iso[3] ?? 'Z'}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** JavaScript reads 30 February as 2 March. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
