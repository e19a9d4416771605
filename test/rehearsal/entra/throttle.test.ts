/** The throttle: as many as allowed, then five minutes of refusal, per device. */
import { expect, test } from 'vitest';
import { createJoinThrottle } from '../../../src/rehearsal/entra/throttle.ts';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 2, 2) + seconds * 1000);

test('holds the request that is one too many, and for 300 seconds', () => {
  const throttle = createJoinThrottle({ requests: 2, withinMs: 60_000 });
  expect([0, 1, 2].map((second) => throttle.hold('a', at(second)))).toEqual([0, 0, 300]);
  expect(throttle.hold('a', at(301.9))).toBe(300);
  expect(throttle.hold('a', at(302))).toBe(0);
});

test('counts each device for itself, and forgets what is old', () => {
  const throttle = createJoinThrottle({ requests: 1, withinMs: 60_000 });
  expect(throttle.hold('a', at(0))).toBe(0);
  expect(throttle.hold('b', at(1))).toBe(0);
  expect(throttle.hold('a', at(60))).toBe(0);
  expect(throttle.hold('a', at(61))).toBe(300);
});
