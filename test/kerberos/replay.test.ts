import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PresentedAuthenticator, Remembered } from '../../src/kerberos/replay.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { NOW, REALM } from './support.ts';

const MINUTE = 60_000;
const at = (ms: number): Date => new Date(NOW.getTime() + ms);

const presented = (changes: Partial<PresentedAuthenticator> = {}): PresentedAuthenticator => ({
  clientRealm: REALM,
  clientName: 'DESKTOP-01$',
  clientTime: NOW,
  clientMicroseconds: 250_000,
  ciphertext: Buffer.from('one authenticator'),
  ...changes,
});

describe('what is a replay', () => {
  test('the same authenticator, until it expires', () => {
    const cache = new ReplayCache();
    const expires = at(5 * MINUTE);
    expect(cache.checkAndRemember(presented(), expires, NOW)).toBe('new');
    expect(cache.checkAndRemember(presented(), expires, NOW)).toBe('replay');
    expect(cache.checkAndRemember(presented(), expires, at(MINUTE))).toBe('replay');
    expect(cache.checkAndRemember(presented(), expires, expires)).toBe('replay');
  });

  test.each<[string, Partial<PresentedAuthenticator>]>([
    ['client', { clientName: 'DESKTOP-02$' }],
    ['realm of the client', { clientRealm: 'OTHER.EXAMPLE.COM' }],
    ['time', { clientTime: at(1000) }],
    ['microsecond', { clientMicroseconds: 250_001 }],
    ['authenticator', { ciphertext: Buffer.from('another authenticator') }],
  ])('another %s is none', (_, changes) => {
    const cache = new ReplayCache();
    expect(cache.checkAndRemember(presented(), at(5 * MINUTE), NOW)).toBe('new');
    expect(cache.checkAndRemember(presented(changes), at(5 * MINUTE), NOW)).toBe('new');
  });

  test('name and realm do not run into each other', () => {
    const cache = new ReplayCache();
    cache.checkAndRemember(presented({ clientRealm: 'A', clientName: 'BC' }), at(MINUTE), NOW);
    expect(cache.checkAndRemember(presented({ clientRealm: 'AB', clientName: 'C' }), at(MINUTE), NOW)).toBe('new');
  });
});

describe('memory', () => {
  test('what has expired is forgotten within a minute', () => {
    const cache = new ReplayCache();
    for (let i = 0; i < 100; i++) {
      cache.checkAndRemember(presented({ clientMicroseconds: i }), at(5 * MINUTE), NOW);
    }
    expect(cache.size).toBe(100);
    cache.checkAndRemember(presented({ clientTime: at(6 * MINUTE) }), at(11 * MINUTE), at(6 * MINUTE + 1));
    expect(cache.size).toBe(1);
  });

  test('when it is full, new ones are not taken and old ones are not forgotten', () => {
    const cache = new ReplayCache({ maxEntries: 2 });
    const first = presented({ clientMicroseconds: 1 });
    cache.checkAndRemember(first, at(5 * MINUTE), NOW);
    cache.checkAndRemember(presented({ clientMicroseconds: 2 }), at(5 * MINUTE), NOW);
    expect(cache.checkAndRemember(presented({ clientMicroseconds: 3 }), at(5 * MINUTE), NOW)).toBe('full');
    expect(cache.checkAndRemember(first, at(5 * MINUTE), NOW)).toBe('replay');
    expect(cache.size).toBe(2);
    expect(cache.checkAndRemember(presented({ clientMicroseconds: 3 }), at(12 * MINUTE), at(7 * MINUTE))).toBe('new');
  });
});

describe('across a restart', () => {
  test('each new one is told once, and known to the next as it was', () => {
    const told: Remembered[] = [];
    const expires = at(5 * MINUTE);
    const first = new ReplayCache({ onNew: (remembered) => void told.push(remembered) });
    for (const presentation of [presented(), presented(), presented({ clientMicroseconds: 1 })])
      first.checkAndRemember(presentation, expires, NOW);
    expect(told).toHaveLength(2);
    expect(told[0]?.expires).toEqual(expires);
    const next = new ReplayCache({ known: [...told, ...told] });
    expect(next.size).toBe(2);
    expect(next.checkAndRemember(presented(), expires, at(MINUTE))).toBe('replay');
    expect(next.checkAndRemember(presented({ clientMicroseconds: 2 }), expires, at(MINUTE))).toBe('new');
  });

  test('what was known takes part in the bound', () => {
    const known = [{ fingerprint: 'a', expires: at(5 * MINUTE) }];
    const cache = new ReplayCache({ maxEntries: 1, known });
    expect(cache.checkAndRemember(presented(), at(5 * MINUTE), NOW)).toBe('full');
  });
});

test('of any sequence of presentations within their time, each authenticator is new once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(60_000)), { maxLength: 60 }), (presentations) => {
      const cache = new ReplayCache();
      const seen = new Set<number>();
      let now = NOW.getTime();
      for (const [microseconds, elapsed] of presentations) {
        // All expire at the same time, which the steps never reach: 60 steps of up to a twelfth of a minute.
        now += Math.floor(elapsed / 12);
        const result = cache.checkAndRemember(
          presented({ clientMicroseconds: microseconds }),
          at(5 * MINUTE),
          new Date(now),
        );
        expect(result).toBe(seen.has(microseconds) ? 'replay' : 'new');
        seen.add(microseconds);
      }
    }),
    { numRuns: 100 },
  );
});
