/** Users for the tests of the store, as many as are wanted, and the times at which things happen to them. */
import type { NewUser } from '../../src/store/store.ts';

export const GATEWAY = '11111111-1111-4111-8111-111111111111';
export const DEVICES = '22222222-2222-4222-8222-222222222222';
export const PEOPLE = '33333333-3333-4333-8333-333333333333';
export const t0 = new Date('2026-01-01T00:00:00.000Z');
export const t1 = new Date('2026-01-02T00:00:00.000Z');
export const t2 = new Date('2026-01-03T00:00:00.000Z');

export const uuid = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export function device(n: number, change: Partial<NewUser> = {}): NewUser {
  return {
    id: uuid(n),
    populationId: uuid(900),
    username: uuid(500 + n),
    attributes: { externalId: `id-${n}`, isDevice: true, 'name.given': 'Ä' },
    link: {
      gatewayId: GATEWAY,
      userTypeId: DEVICES,
      correlationAttributes: {
        objectGUID: uuid(100 + n),
        objectSid: `S-1-5-21-1-2-3-${n}`,
        dn: `CN=PC${n},DC=corp`,
        sAMAccountName: `PC${n}$`,
      },
    },
    uniqueAttributes: [],
    ...change,
  };
}
