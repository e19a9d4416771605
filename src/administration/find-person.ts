/**
 * The person whom an administrator means: by user name, UPN or another value that is unique, by objectGUID, or by id.
 * Devices are users too, and are nobody here. Owns what a name may be; looks in the store alone, not in AD.
 */
import type { Gateway } from '../model/gateway.ts';
import type { User } from '../model/user.ts';
import type { Store } from '../store/store.ts';
import type { NotOne } from './orders.ts';

export interface PeopleDependencies {
  readonly users: Pick<Store['users'], 'find' | 'findByCorrelation' | 'findByUniqueValue'>;
  readonly gateways: readonly Gateway[];
}

export type FoundPerson = { readonly kind: 'one'; readonly user: User } | NotOne;

const GUID = /^\{?(?<guid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

export async function findPerson(name: string, { users, gateways }: PeopleDependencies): Promise<FoundPerson> {
  const wanted = name.trim();
  const guid = GUID.exec(wanted)?.groups?.['guid']?.toLowerCase();
  const types = personTypes(gateways);
  const found = [
    ...(await users.findByUniqueValue(wanted)),
    ...(guid === undefined ? [] : [await users.find(guid)].filter((user) => user !== undefined)),
    ...(guid === undefined ? [] : await byObjectGuid(guid, types, users)),
  ];
  // One that was retired has nothing left that could be administered.
  const people = [...new Map(found.map((user) => [user.id, user])).values()].filter(({ link }) =>
    types.some(({ gatewayId, userTypeId }) => link?.gatewayId === gatewayId && link.userTypeId === userTypeId),
  );
  const [user, ...others] = people;
  if (user === undefined) return { kind: 'nobody' };
  if (others.length === 0) return { kind: 'one', user };
  return { kind: 'several', people: people.map(({ id, username }) => ({ id, username })) };
}

interface PersonType {
  readonly gatewayId: string;
  readonly userTypeId: string;
}

function personTypes(gateways: readonly Gateway[]): readonly PersonType[] {
  return gateways.flatMap((gateway) =>
    gateway.userTypes
      .filter(({ kind }) => kind === 'person')
      .map(({ id }) => ({ gatewayId: gateway.id, userTypeId: id })),
  );
}

async function byObjectGuid(
  guid: string,
  types: readonly PersonType[],
  users: PeopleDependencies['users'],
): Promise<readonly User[]> {
  const found = await Promise.all(
    types.map(({ gatewayId, userTypeId }) => users.findByCorrelation(gatewayId, userTypeId, 'objectGUID', guid)),
  );
  return found.flat();
}
