import { beforeAll, describe, expect, test } from 'vitest';
import { pickSigningKey } from '../../src/keys/pick.ts';
import type { SigningKey } from '../../src/keys/signing-key.ts';
import { Refusal } from '../../src/refusal.ts';
import { NOW, throwAwayKey } from '../saml/arbitrary-assertion.ts';

let keys: readonly SigningKey[];

beforeAll(async () => {
  keys = await Promise.all(['first', 'second'].map((id) => throwAwayKey(id)));
});

function refusalOf(id: string, now: Date): Refusal {
  try {
    pickSigningKey(keys, id, now);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('a key was picked');
}

describe('the key that signs now', () => {
  test('is the one of that id', () => {
    expect(pickSigningKey(keys, 'second', NOW)).toBe(keys[1]);
    expect(pickSigningKey(keys, 'first', NOW)).toBe(keys[0]);
  });

  test('never another one when it is missing', () => {
    expect(refusalOf('third', NOW)).toMatchObject({ code: 'signing-key-unavailable', facts: { expected: 'third' } });
  });

  test('must have a certificate that is valid now, both ends included', () => {
    expect(refusalOf('first', new Date('2026-03-04T05:01:06.999Z')).code).toBe('signing-key-unavailable');
    expect(pickSigningKey(keys, 'first', new Date('2026-03-04T05:01:07.000Z')).id).toBe('first');
    expect(pickSigningKey(keys, 'first', new Date('2036-03-04T05:06:07.000Z')).id).toBe('first');
    expect(refusalOf('first', new Date('2036-03-04T05:06:08.000Z'))).toMatchObject({
      code: 'signing-key-unavailable',
      facts: {
        actual: '2036-03-04T05:06:08.000Z',
        expected: expect.stringContaining('2036-03-04T05:06:07.000Z') as string,
      },
    });
  });
});
