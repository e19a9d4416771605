/** A store that knows people and a device, and what administering it needs. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { AdministrationDependencies } from '../../src/administration/administer.ts';
import { openSecondFactors } from '../../src/signin/second-factor/second-factors.ts';
import type { SecondFactors } from '../../src/signin/second-factor/second-factors.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { IDS, load, MASTER_KEY } from '../config/sample.ts';

export const NOW = new Date('2026-03-02T10:00:00Z');

export interface KnownUser {
  readonly id: string;
  readonly username: string;
  readonly userTypeId: string;
  readonly userPrincipalName?: string;
  readonly objectGUID: string;
}

export const NORA: KnownUser = {
  id: '11111111-0000-4000-8000-000000000001',
  username: 'nora.keller',
  userPrincipalName: 'Nora.Keller@corp.example.com',
  userTypeId: IDS.cloudUser,
  objectGUID: 'aaaaaaaa-5d7e-4a0b-9f26-000000000001',
};
export const JONAS: KnownUser = {
  id: '11111111-0000-4000-8000-000000000002',
  username: 'jonas.brandt',
  userPrincipalName: 'jonas.brandt@corp.example.com',
  userTypeId: IDS.cloudUser,
  objectGUID: 'aaaaaaaa-5d7e-4a0b-9f26-000000000002',
};
/** His user name is Jonas’s UPN. */
export const NAMESAKE: KnownUser = {
  id: '11111111-0000-4000-8000-000000000003',
  username: 'jonas.brandt@corp.example.com',
  userPrincipalName: 'other@corp.example.com',
  userTypeId: IDS.cloudUser,
  objectGUID: 'aaaaaaaa-5d7e-4a0b-9f26-000000000003',
};
export const DESKTOP: KnownUser = {
  id: '11111111-0000-4000-8000-000000000004',
  username: 'aaaaaaaa-5d7e-4a0b-9f26-000000000004',
  userTypeId: IDS.device,
  objectGUID: 'aaaaaaaa-5d7e-4a0b-9f26-000000000004',
};

export async function knowUsers(store: Store, users: readonly KnownUser[] = [NORA, JONAS, DESKTOP]): Promise<void> {
  for (const { id, username, userPrincipalName, userTypeId, objectGUID } of users) {
    const correlationAttributes = { objectGUID, dn: `CN=${username}`, sAMAccountName: username };
    const user = {
      id,
      username,
      populationId: IDS.people,
      attributes: userPrincipalName === undefined ? {} : { userPrincipalName },
      uniqueAttributes: ['userPrincipalName'],
      link: { gatewayId: IDS.gateway, userTypeId, correlationAttributes },
    };
    await store.users.create(user, NOW);
  }
}

export async function openSession(store: Store, userId: string): Promise<void> {
  await store.sessions.put({
    id: randomUUID(),
    userId,
    gatewayId: IDS.gateway,
    userTypeId: IDS.cloudUser,
    objectGUID: NORA.objectGUID,
    method: 'password',
    authenticatedAt: NOW,
    passwordSet: '1',
    secondFactorAt: undefined,
    persistent: false,
    expiresAt: new Date('2099-01-01T00:00:00Z'),
  });
}

export interface Dependencies extends AdministrationDependencies {
  readonly secondFactors: SecondFactors;
}

export function dependenciesOver(store: Store): Dependencies {
  return {
    users: store.users,
    gateways: load().environment.gateways,
    secondFactors: openSecondFactors({
      store: store.secondFactors,
      masterKey: MASTER_KEY,
      randomBytes,
      randomUUID,
    }),
    storedFactors: store.secondFactors,
    endSessions: (userId) => store.sessions.deleteOfUser(userId),
    activities: store.activities,
    now: () => NOW,
    randomUUID,
  };
}

export const openMemory = (): Promise<Store> => openSqliteStore(':memory:');
