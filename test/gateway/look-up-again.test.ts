/** The entry of a known person as it is now: by objectGUID alone, with all that the user type demands beside the name. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Search } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { SAMPLE_PEOPLE } from '../../src/directory/sample-domain.ts';
import { lookUpAgain } from '../../src/gateway/look-up-again.ts';
import type { LookedUp } from '../../src/gateway/look-up.ts';
import type { UserType } from '../../src/model/gateway.ts';
import { Refusal } from '../../src/refusal.ts';
import { refusalFrom } from '../refusal-of.ts';
import { openChangingDirectory } from '../signin/browser/changing-directory.ts';
import type { ChangingDirectory } from '../signin/browser/changing-directory.ts';
import { personUserType } from './user-type-samples.ts';
import type { UserTypeChanges } from './user-type-samples.ts';

const NOW = new Date('2026-03-04T12:00:00Z');
const NORA = 'c84e2b19-3f60-4d95-a7c8-0be5f9261301';
const ACCOUNT = SAMPLE_PEOPLE.usual;

let directory: ChangingDirectory;

beforeEach(() => {
  directory = openChangingDirectory(() => NOW);
});

const again = (changes: UserTypeChanges = {}, objectGUID = NORA): Promise<LookedUp> =>
  lookUpAgain({ userType: personUserType(changes), directory, objectGUID, now: NOW });

const codeFrom = async (work: Promise<unknown>): Promise<string> => (await refusalFrom(work)).code;

describe('who is found', () => {
  test('the person, with what is mapped, what identifies him, and the time of the password', async () => {
    const { entry, correlation, userType } = await again();
    expect(entry.dn).toBe('CN=Nora Keller,OU=Staff,DC=corp,DC=example,DC=test');
    expect(correlation).toMatchObject({ objectGUID: NORA, sAMAccountName: ACCOUNT });
    expect(texts(entry, 'userPrincipalName')).toEqual(['nora.keller@corp.example.test']);
    expect(texts(entry, 'pwdLastSet')).toEqual(['133854048000000000']);
    expect(userType.kind).toBe('person');
  });

  test('as he is now, under whatever name', async () => {
    directory.edit(ACCOUNT, { sAMAccountName: 'nora.meier', userPrincipalName: 'nora.meier@corp.example.test' });
    const { entry, correlation } = await again();
    expect(correlation['sAMAccountName']).toBe('nora.meier');
    expect(texts(entry, 'userPrincipalName')).toEqual(['nora.meier@corp.example.test']);
  });

  test('by one search for one entry', async () => {
    const searches: Search[] = [];
    const search = async (asked: Search) => {
      searches.push(asked);
      return directory.search(asked);
    };
    const userType: UserType = personUserType();
    await lookUpAgain({ userType, directory: { ...directory, search }, objectGUID: NORA, now: NOW });
    expect(searches).toHaveLength(1);
    expect(searches[0]).toMatchObject({ base: userType.searchBaseDn, scope: 'sub', sizeLimit: 1 });
  });

  test('the GUID is a value of 16 bytes, and in any case of its letters', async () => {
    expect((await again({}, NORA.toUpperCase())).correlation['objectGUID']).toBe(NORA);
  });
});

describe('who is not', () => {
  test('somebody whose entry is gone', async () => {
    directory.remove(ACCOUNT);
    expect(await refusalFrom(again())).toMatchObject({
      code: 'directory-entry-missing',
      facts: { attribute: 'objectGUID', actual: NORA },
    });
  });

  test('somebody who was moved out of the user type’s base', async () => {
    expect(await codeFrom(again({ searchBaseDn: 'OU=Services,DC=corp,DC=example,DC=test' }))).toBe(
      'directory-entry-missing',
    );
  });

  test('somebody who left the group that the filter demands, whatever the name', async () => {
    const group = 'CN=M365,OU=Groups,DC=corp,DC=example,DC=test';
    const ldapFilterPattern = `(&(objectClass=user)(memberOf=${group})(sAMAccountName=\${identifier}))`;
    expect(await codeFrom(again({ ldapFilterPattern }))).toBe('directory-entry-missing');
    directory.edit(ACCOUNT, { memberOf: group });
    expect((await again({ ldapFilterPattern })).correlation['objectGUID']).toBe(NORA);
    directory.edit(ACCOUNT, { memberOf: undefined });
    expect(await codeFrom(again({ ldapFilterPattern }))).toBe('directory-entry-missing');
  });

  test.each(['', '*', NORA.slice(1), `${NORA})(objectClass=*`, '00000000-0000-0000-0000-000000000000'])(
    'somebody known by %j',
    async (objectGUID) => {
      expect(await codeFrom(again({}, objectGUID))).toBe('directory-entry-missing');
    },
  );

  test.each([
    ['account-disabled', { userAccountControl: 0x202 }],
    ['account-expired', { accountExpires: '133854048000000000' }],
    ['account-state-unreadable', { userAccountControl: undefined }],
    ['directory-value-malformed', { userAccountControl: 'x' }],
  ] as const)('%s', async (code, attributes) => {
    directory.edit(ACCOUNT, attributes);
    expect(await codeFrom(again())).toBe(code);
  });

  test('anybody, while no domain controller answers', async () => {
    directory.failure = new Refusal('directory-down');
    expect(await codeFrom(again())).toBe('directory-down');
  });
});
