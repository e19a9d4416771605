/**
 * What every {@link Directory} must do, whoever implements it: run against the sample in memory and against LDAP on a
 * real Active Directory. Both hold the accounts that are named here, with identifiers of their own.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory, Search } from '../../src/directory/directory.ts';
import { texts, values } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { fillFilter } from '../../src/directory/filter.ts';
import type { Filter } from '../../src/directory/filter.ts';
import { parseFilterPattern } from '../../src/directory/filter-pattern.ts';
import { refusalFrom } from '../refusal-of.ts';

export interface OpenedDirectory {
  readonly directory: Directory;
  readonly close: () => Promise<void>;
}

const BASE = 'DC=corp,DC=example,DC=test';
const COMPUTERS = `OU=Workstations,${BASE}`;
const STAFF = `OU=Staff,${BASE}`;
const DESKTOP = `CN=DESKTOP-01,${COMPUTERS}`;

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const ANY: Filter = { type: 'present', attribute: 'objectClass' };
const filled = (pattern: string, identifier: string): Filter => fillFilter(parseFilterPattern(pattern), identifier);
/** A filter's text, without a placeholder. */
const filter = (text: string): Filter => filled(`(&(|(cn=\${identifier})(objectClass=*))${text})`, 'x');

export function directoryConformance(open: () => Promise<OpenedDirectory>): void {
  let opened: OpenedDirectory;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(async () => {
    await opened?.close();
  });

  const search = async (changes: Partial<Search>): Promise<readonly Entry[]> =>
    opened.directory.search({ base: BASE, scope: 'sub', filter: ANY, attributes: [], sizeLimit: 100, ...changes });
  const names = async (changes: Partial<Search>): Promise<readonly string[]> =>
    (await search({ ...changes, attributes: ['sAMAccountName'] }))
      .flatMap((entry) => texts(entry, 'sAMAccountName'))
      .sort();
  const one = async (changes: Partial<Search>): Promise<Entry> => {
    const found = await search(changes);
    expect(found.map((entry) => entry.dn)).toHaveLength(1);
    return found[0] as Entry;
  };

  describe('filters', () => {
    test.each(['DESKTOP-01$', 'desktop-01$', 'DeskTop-01$'])('%s is found, whatever its case', async (identifier) => {
      expect(
        await names({ filter: filled('(&(objectClass=computer)(sAMAccountName=${identifier}))', identifier) }),
      ).toEqual(['DESKTOP-01$']);
    });

    test('names of attributes and classes have no case', async () => {
      expect(
        await names({ filter: filled('(&(OBJECTCLASS=COMPUTER)(samaccountNAME=${identifier}))', 'DESKTOP-01$') }),
      ).toEqual(['DESKTOP-01$']);
    });

    test.each(['*', 'DESKTOP-0*', '*)(objectClass=*', 'DESKTOP-01$)(objectClass=*', ')', '(', '\\2a', '\\', ''])(
      'the identifier %j is a value and finds nobody',
      async (identifier) => {
        expect(
          await search({ filter: filled('(&(objectClass=computer)(sAMAccountName=${identifier}))', identifier) }),
        ).toEqual([]);
      },
    );

    test('objectCategory goes by its short name, and knows a computer from a gMSA', async () => {
      const computers = await names({ base: COMPUTERS, filter: filter('(objectCategory=computer)') });
      expect(computers).toContain('DESKTOP-02$');
      expect(computers).not.toContain('gmsa-web$');
      expect(await names({ base: COMPUTERS, filter: filter('(objectClass=computer)') })).toContain('gmsa-web$');
      expect(await names({ base: STAFF, filter: filter('(objectCategory=person)') })).toContain('nora.keller');
      expect(await names({ base: STAFF, filter: filter('(objectCategory=computer)') })).toEqual([]);
    });

    test('objectCategory goes by its name too', async () => {
      const category = `CN=Computer,CN=Schema,CN=Configuration,${BASE}`;
      expect(
        await names({ base: COMPUTERS, filter: filter(`(&(objectCategory=${category})(sAMAccountName=DESKTOP-01$))`) }),
      ).toEqual(['DESKTOP-01$']);
    });

    test('and, or, not', async () => {
      const either = '(|(sAMAccountName=DESKTOP-01$)(sAMAccountName=DESKTOP-02$)(sAMAccountName=nora.keller))';
      expect(await names({ filter: filter(either) })).toEqual(['DESKTOP-01$', 'DESKTOP-02$', 'nora.keller']);
      expect(await names({ filter: filter(`(&${either}(!(objectClass=computer)))`) })).toEqual(['nora.keller']);
    });

    test('an attribute that is absent equals nothing, and that can be negated', async () => {
      const both = '(|(sAMAccountName=DESKTOP-02$)(sAMAccountName=DESKTOP-03$))';
      expect(await names({ filter: filter(`(&${both}(mS-DS-ConsistencyGuid=*))`) })).toEqual(['DESKTOP-02$']);
      expect(await names({ filter: filter(`(&${both}(!(mS-DS-ConsistencyGuid=*)))`) })).toEqual(['DESKTOP-03$']);
      expect(await names({ filter: filter(`(&${both}(!(mail=nobody@example.test)))`) })).toEqual([
        'DESKTOP-02$',
        'DESKTOP-03$',
      ]);
    });

    test.each([
      ['(userPrincipalName=nora.*)', ['nora.keller']],
      ['(userPrincipalName=*@EXAMPLE.test)', ['luca.rossi']],
      ['(userPrincipalName=luca*ross*@*test)', ['luca.rossi']],
      ['(displayName=*or*kell*)', ['nora.keller']],
      ['(displayName=*kell*or*x)', []],
    ])('substrings: %s', async (text, expected) => {
      expect(await names({ base: STAFF, filter: filter(text) })).toEqual(expected);
    });

    test('integers compare by number, and bits by AD’s rules', async () => {
      const computers = '(objectCategory=computer)(|(sAMAccountName=DESKTOP-01$)(sAMAccountName=DESKTOP-04$))';
      const found = async (text: string): Promise<readonly string[]> =>
        names({ filter: filter(`(&${computers}${text})`) });
      expect(await found('(userAccountControl=4098)')).toEqual(['DESKTOP-04$']);
      expect(await found('(userAccountControl>=4097)')).toEqual(['DESKTOP-04$']);
      expect(await found('(userAccountControl<=4097)')).toEqual(['DESKTOP-01$']);
      expect(await found('(userAccountControl<=999)')).toEqual([]);
      expect(await found('(userAccountControl:1.2.840.113556.1.4.803:=2)')).toEqual(['DESKTOP-04$']);
      expect(await found('(userAccountControl:1.2.840.113556.1.4.804:=6)')).toEqual(['DESKTOP-04$']);
      expect(await found('(userAccountControl:1.2.840.113556.1.4.803:=4098)')).toEqual(['DESKTOP-04$']);
      expect(await found('(!(userAccountControl:1.2.840.113556.1.4.803:=2))')).toEqual(['DESKTOP-01$']);
    });

    test('one of several values is enough', async () => {
      expect(await names({ filter: filter('(servicePrincipalName=http/SSO.localhost)') })).toEqual(['svc-mortise']);
    });

    test('an entry is found again by the bytes of its identifiers, and by the text of its SID', async () => {
      const attributes = ['objectGUID', 'objectSid'];
      const entry = await one({ filter: filter('(sAMAccountName=DESKTOP-02$)'), attributes });
      for (const attribute of attributes) {
        const [value = bytes('')] = values(entry, attribute);
        expect(await names({ filter: { type: 'equal', attribute, value } })).toEqual(['DESKTOP-02$']);
      }
      const value = bytes(texts(entry, 'objectSid')[0] ?? '');
      expect(await names({ filter: { type: 'equal', attribute: 'objectSid', value } })).toEqual(['DESKTOP-02$']);
    });
  });

  describe('entries', () => {
    test('come with what was asked for and no more', async () => {
      const entry = await one({
        filter: filter('(sAMAccountName=DESKTOP-01$)'),
        attributes: ['sAMAccountName', 'dNSHostName', 'mail'],
      });
      expect(entry.dn).toBe(DESKTOP);
      expect([...entry.attributes.keys()].sort()).toEqual(['dnshostname', 'samaccountname']);
      expect(values(entry, 'sAMAccountName').map((value) => Buffer.from(value).toString())).toEqual(['DESKTOP-01$']);
    });

    test.each([[[]], [['dn']]])('nothing is asked for by %j', async (attributes) => {
      const entry = await one({ filter: filter('(sAMAccountName=DESKTOP-01$)'), attributes });
      expect([entry.dn, entry.attributes.size]).toEqual([DESKTOP, 0]);
    });

    test('identifiers are bytes under any spelling, and text as PingOne shows it', async () => {
      const entry = await one({
        filter: filter('(sAMAccountName=DESKTOP-01$)'),
        attributes: ['OBJECTguid', 'objectsid', 'ms-ds-consistencyguid', 'objectClass'],
      });
      expect(values(entry, 'objectGUID').map((value) => value.length)).toEqual([16]);
      expect(texts(entry, 'objectGUID')).toEqual(texts(entry, 'mS-DS-ConsistencyGuid'));
      expect(texts(entry, 'objectSid')[0]).toMatch(/^S-1-5-21-\d+-\d+-\d+-\d+$/);
      expect(texts(entry, 'objectClass')).toEqual(expect.arrayContaining(['user', 'computer']));
    });

    test('the anchor is equal, different or absent', async () => {
      const anchors = await Promise.all(
        ['DESKTOP-01$', 'DESKTOP-02$', 'DESKTOP-03$'].map(async (name) => {
          const entry = await one({
            filter: filled('(sAMAccountName=${identifier})', name),
            attributes: ['objectGUID', 'mS-DS-ConsistencyGuid'],
          });
          const [guid, anchor] = [texts(entry, 'objectGUID')[0], texts(entry, 'mS-DS-ConsistencyGuid')[0]];
          return anchor === undefined ? 'absent' : anchor === guid ? 'equal' : 'different';
        }),
      );
      expect(anchors).toEqual(['equal', 'different', 'absent']);
    });

    test('what AD gives a computer is there', async () => {
      const attributes = [
        'objectCategory',
        'userAccountControl',
        'accountExpires',
        'primaryGroupID',
        'sAMAccountType',
        'servicePrincipalName',
        'distinguishedName',
      ];
      const entry = await one({ filter: filter('(sAMAccountName=DESKTOP-01$)'), attributes });
      expect(texts(entry, 'primaryGroupID')).toEqual(['515']);
      expect(texts(entry, 'userAccountControl')).toEqual(['4096']);
      expect(texts(entry, 'accountExpires')).toEqual(['9223372036854775807']);
      expect(texts(entry, 'sAMAccountType')).toEqual(['805306369']);
      expect(texts(entry, 'objectCategory')).toEqual([`CN=Computer,CN=Schema,CN=Configuration,${BASE}`]);
      expect(texts(entry, 'servicePrincipalName').length).toBeGreaterThanOrEqual(2);
      expect(texts(entry, 'distinguishedName')).toEqual([DESKTOP]);
    });

    test('no more come than the size limit says', async () => {
      expect(await search({ base: COMPUTERS, filter: filter('(objectClass=computer)'), sizeLimit: 2 })).toHaveLength(2);
      expect(await search({ base: COMPUTERS, filter: filter('(objectClass=computer)'), sizeLimit: 1 })).toHaveLength(1);
    });
  });

  describe('base and scope', () => {
    test.each([DESKTOP, DESKTOP.toLowerCase(), DESKTOP.replaceAll(',', ', ')])(
      'a base-scope search reads %s',
      async (base) => {
        const entry = await one({ base, scope: 'base', attributes: ['sAMAccountName'] });
        expect([entry.dn, texts(entry, 'sAMAccountName')]).toEqual([DESKTOP, ['DESKTOP-01$']]);
      },
    );

    test('base scope means the base alone, and the filter holds there too', async () => {
      expect((await search({ base: COMPUTERS, scope: 'base' })).map((entry) => entry.dn)).toEqual([COMPUTERS]);
      expect(await search({ base: COMPUTERS, scope: 'base', filter: filter('(objectClass=computer)') })).toEqual([]);
    });

    test('subtree scope means the base and everything below', async () => {
      const found = (await search({ base: COMPUTERS })).map((entry) => entry.dn);
      expect(found).toContain(COMPUTERS);
      expect(found).toContain(DESKTOP);
      expect(await names({ base: STAFF, filter: filter('(sAMAccountName=DESKTOP-01$)') })).toEqual([]);
    });

    test.each([`OU=Nowhere,${BASE}`, `CN=Nobody,${COMPUTERS}`])(
      'a base that does not exist gives none: %s',
      async (base) => {
        expect(await search({ base })).toEqual([]);
        expect(await search({ base, scope: 'base' })).toEqual([]);
      },
    );

    test.each(['nonsense', 'OU=a,,DC=b'])('a base that is no name is refused: %s', async (base) => {
      const refusal = await refusalFrom(search({ base }));
      expect(refusal.code).toBe('directory-search-refused');
      expect(refusal.facts.actual).toBe(base);
    });
  });

  test('many ask at once, and each gets its own answer', async () => {
    const asked = Array.from({ length: 60 }, (_, index) => `DESKTOP-0${1 + (index % 4)}$`);
    const found = await Promise.all(
      asked.map((name) => names({ filter: filled('(sAMAccountName=${identifier})', name) })),
    );
    expect(found).toEqual(asked.map((name) => [name]));
  });

  test('a closed directory answers no more', async () => {
    const other = await open();
    expect(
      (await other.directory.search({ base: DESKTOP, scope: 'base', filter: ANY, attributes: [], sizeLimit: 1 }))
        .length,
    ).toBe(1);
    await other.directory.close();
    await other.directory.close();
    const after = other.directory.search({ base: DESKTOP, scope: 'base', filter: ANY, attributes: [], sizeLimit: 1 });
    expect((await refusalFrom(after)).code).toBe('directory-down');
    await other.close();
  });
}
