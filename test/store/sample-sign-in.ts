/** A browser session and second factors for the tests. */
import type { StoredFactor, StoredSession } from '../../src/store/store.ts';
import { GATEWAY, PEOPLE, t0, t1, uuid } from './sample-users.ts';

/** Every field differs from every other, and from those of {@link otherSession}. */
export function session(id: string, userId: string, change: Partial<StoredSession> = {}): StoredSession {
  return {
    id,
    userId,
    gatewayId: GATEWAY,
    userTypeId: PEOPLE,
    objectGUID: uuid(101),
    method: 'password',
    authenticatedAt: t0,
    passwordSet: '133497504000000000',
    secondFactorAt: undefined,
    persistent: false,
    expiresAt: t1,
    ...change,
  };
}

/** Replaces every field of {@link session}. */
export const otherSession: Omit<StoredSession, 'id' | 'userId'> = {
  gatewayId: uuid(301),
  userTypeId: uuid(302),
  objectGUID: uuid(303),
  method: 'kerberos',
  authenticatedAt: new Date('2026-01-01T00:00:00.001Z'),
  passwordSet: '',
  secondFactorAt: new Date('2026-01-01T00:00:30.002Z'),
  persistent: true,
  expiresAt: new Date('2026-01-31T00:00:00.003Z'),
};

export function factor(id: string, userId: string, change: Partial<StoredFactor> = {}): StoredFactor {
  return {
    id,
    userId,
    kind: 'totp',
    name: 'Telefon von Änne',
    protectedSecret: Uint8Array.of(1, 0, 255),
    counter: 57_000_000,
    createdAt: t0,
    lastUsedAt: undefined,
    ...change,
  };
}
