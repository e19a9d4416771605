/** FILETIME: units of 100 ns since 1601-01-01 UTC ([MS-DTYP] §2.3.3), the time of AD's large integers. */

/** 1601-01-01 to 1970-01-01. */
const UNIX_EPOCH = 116_444_736_000_000_000n;
const TICKS_PER_MS = 10_000n;

export const fileTimeToDate = (ticks: bigint): Date => new Date(Number((ticks - UNIX_EPOCH) / TICKS_PER_MS));

export const fileTimeOf = (date: Date): bigint => BigInt(date.getTime()) * TICKS_PER_MS + UNIX_EPOCH;

/** A negative interval, as AD stores windows and durations, in milliseconds. */
export const intervalToMs = (ticks: bigint): number => Number((ticks < 0n ? -ticks : ticks) / TICKS_PER_MS);
