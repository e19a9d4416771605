/**
 * The entry of a person who is known already, as it is now: by objectGUID, below the user type's base, and still with
 * everything that the user type's filter demands beside the name.
 */
import { requireUsableAccount } from '../directory/account.ts';
import type { Directory } from '../directory/directory.ts';
import type { Filter } from '../directory/filter.ts';
import { guidToBytes } from '../directory/guid.ts';
import type { UserType } from '../model/gateway.ts';
import { Refusal } from '../refusal.ts';
import { whateverTheName } from './find-person.ts';
import { correlationOf } from './look-up.ts';
import type { LookedUp } from './look-up.ts';
import { compileUserType } from './user-types.ts';

export interface KnownPerson {
  readonly userType: UserType;
  readonly directory: Directory;
  readonly objectGUID: string;
  readonly now: Date;
}

interface Compiled {
  readonly demanded: Filter;
  readonly attributes: readonly string[];
}

const compiled = new WeakMap<UserType, Compiled>();

function compile(userType: UserType): Compiled {
  const known = compiled.get(userType);
  if (known !== undefined) return known;
  const { pattern, ldapAttributes } = compileUserType(userType);
  const made = { demanded: whateverTheName(pattern), attributes: [...ldapAttributes, 'pwdLastSet'] };
  compiled.set(userType, made);
  return made;
}

/**
 * @throws Refusal directory-entry-missing, account-disabled, account-expired, account-state-unreadable, and those of the
 *   directory
 */
export async function lookUpAgain({ userType, directory, objectGUID, now }: KnownPerson): Promise<LookedUp> {
  const value = guidToBytes(objectGUID);
  if (value === undefined) throw new Refusal('directory-entry-missing', { actual: objectGUID });
  const { demanded, attributes } = compile(userType);
  const [entry] = await directory.search({
    base: userType.searchBaseDn,
    scope: 'sub',
    filter: { type: 'and', filters: [{ type: 'equal', attribute: 'objectGUID', value }, demanded] },
    attributes,
    sizeLimit: 1,
  });
  if (entry === undefined) {
    const detail = `user type ${userType.name}: below ${userType.searchBaseDn}, with what its filter demands`;
    throw new Refusal('directory-entry-missing', { attribute: 'objectGUID', actual: objectGUID, detail });
  }
  requireUsableAccount(entry, now);
  return { entry, userType, correlation: correlationOf({ entry, userType }) };
}
