/**
 * Holds a device off that asks too often: the service answers "throttled … 300 seconds" (documented), the number of
 * requests that lead there is not known and is a setting here. Does not own: the answer (device-join.ts).
 */

export interface ThrottleSettings {
  /** As many within `withinMs` are allowed; the next one is held off. */
  readonly requests: number;
  readonly withinMs: number;
}

const HOLD_SECONDS = 300;

export interface JoinThrottle {
  /** Counts a request; 0, or the seconds for which the device is held off. */
  hold(deviceId: string, now: Date): number;
}

export function createJoinThrottle({ requests, withinMs }: ThrottleSettings): JoinThrottle {
  const recent = new Map<string, number[]>();
  const heldUntil = new Map<string, number>();
  return {
    hold: (deviceId, now) => {
      const at = now.getTime();
      if (at < (heldUntil.get(deviceId) ?? 0)) return HOLD_SECONDS;
      const times = [...(recent.get(deviceId) ?? []).filter((time) => time > at - withinMs), at];
      recent.set(deviceId, times);
      if (times.length <= requests) return 0;
      heldUntil.set(deviceId, at + HOLD_SECONDS * 1000);
      recent.delete(deviceId);
      return HOLD_SECONDS;
    },
  };
}
