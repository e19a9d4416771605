/** The sample directory passes the suite that the real one passes, and its forest is one that AD could give. */
import { describe, expect, test } from 'vitest';
import { ACCOUNTDISABLE, isComputer, requireUsableAccount } from '../../src/directory/account.ts';
import { texts } from '../../src/directory/entry.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { NORMAL_ACCOUNT, person } from '../../src/directory/sample-accounts.ts';
import { sampleEntry } from '../../src/directory/sample-entry.ts';
import type { SampleAttributes } from '../../src/directory/sample-entry.ts';
import {
  SAMPLE_BASE_DN,
  SAMPLE_COMPUTERS,
  SAMPLE_DOMAIN,
  SAMPLE_PEOPLE,
  SAMPLE_PERSON_PASSWORD,
  SAMPLE_DOMAIN_SID,
  SAMPLE_SERVICE_ACCOUNT,
} from '../../src/directory/sample-domain.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { SERVICE_CONNECTION_POINT_DN, serviceConnectionPoint } from '../../src/directory/sample-scp.ts';
import { directoryConformance } from '../conformance/directory.ts';
import { passwordChangeConformance, passwordConformance } from '../conformance/passwords.ts';
import { refusalOf } from '../refusal-of.ts';

describe('the sample directory', () => {
  directoryConformance(async () => {
    const directory = openSampleDirectory(sampleForest);
    return { directory, close: () => directory.close() };
  });

  describe('with passwords', () => {
    passwordConformance(
      async () => {
        const passwords = new Map(Object.values(SAMPLE_PEOPLE).map((name) => [name, SAMPLE_PERSON_PASSWORD]));
        const directory = openSampleDirectory(sampleForest, { passwords });
        return { directory, close: () => directory.close() };
      },
      {
        ...SAMPLE_PEOPLE,
        password: SAMPLE_PERSON_PASSWORD,
        toLock: SAMPLE_PEOPLE.mailNotUpn,
        toCount: SAMPLE_PEOPLE.otherSuffix,
        threshold: 10,
        fineThreshold: 4,
      },
    );
  });

  describe('with changes of passwords', () => {
    const people = {
      toChange: 'nils.wechsel',
      toChangeToo: 'olga.wandel',
      toGuessByChange: 'theo.sommer',
      toLockByChange: 'nina.riegel',
      mustChangeToo: 'ines.frisch',
      disabledToo: 'erna.ruhe',
      longPassword: 'lola.lang',
    };
    const special: Readonly<Record<string, SampleAttributes>> = {
      [people.mustChangeToo]: { pwdLastSet: '0' },
      [people.disabledToo]: { userAccountControl: NORMAL_ACCOUNT | ACCOUNTDISABLE },
    };
    const entries = Object.values(people).map((name, index) => {
      const [given = '', family = ''] = name.split('.');
      const objectGUID = `c84e2b19-3f60-4d95-a7c8-0be5f92613f${index}`;
      const more = special[name] ?? {};
      return person({ given, family, relativeId: 1901 + index, objectGUID, upnSuffix: SAMPLE_DOMAIN, more });
    });
    passwordChangeConformance(
      async () => {
        const passwords = new Map(Object.values(people).map((name) => [name, SAMPLE_PERSON_PASSWORD]));
        const directory = openSampleDirectory([...sampleForest, ...entries], { passwords });
        return { directory, close: () => directory.close() };
      },
      { ...people, password: SAMPLE_PERSON_PASSWORD, tooShort: 'Kurz-7', threshold: 10 },
    );
  });

  test('a function gives the forest of the moment', async () => {
    let entries: readonly Entry[] = [];
    const directory = openSampleDirectory(() => entries);
    const search = {
      base: 'DC=corp',
      scope: 'sub',
      filter: { type: 'present', attribute: 'cn' },
      attributes: [],
      sizeLimit: 9,
    } as const;
    expect(await directory.search(search)).toEqual([]);
    entries = [sampleEntry('CN=PC,DC=corp', { cn: 'PC' })];
    expect((await directory.search(search)).map((entry) => entry.dn)).toEqual(['CN=PC,DC=corp']);
  });
});

describe('the sample forest', () => {
  const named = (name: string): Entry => {
    const found = sampleForest.filter((entry) => texts(entry, 'sAMAccountName')[0] === name);
    expect(found, name).toHaveLength(1);
    return found[0] as Entry;
  };

  test.each(['objectGUID', 'objectSid', 'sAMAccountName', 'dn', 'servicePrincipalName'])(
    'no two entries share %s',
    (attribute) => {
      const all = sampleForest.flatMap((entry) => texts(entry, attribute)).map((value) => value.toLowerCase());
      expect(all.length).toBeGreaterThan(2);
      expect(new Set(all).size).toBe(all.length);
    },
  );

  test('every account is of the domain and usable, but for those that are disabled', () => {
    for (const entry of sampleForest.filter((candidate) => texts(candidate, 'sAMAccountName').length > 0)) {
      expect(texts(entry, 'objectSid')[0], entry.dn).toMatch(new RegExp(`^${SAMPLE_DOMAIN_SID}-\\d+$`));
      const check = (): void => requireUsableAccount(entry, new Date('2026-01-01T00:00:00Z'));
      const disabled: readonly unknown[] = [SAMPLE_COMPUTERS.disabled, SAMPLE_PEOPLE.disabled];
      if (disabled.includes(texts(entry, 'sAMAccountName')[0])) expect(refusalOf(check).code).toBe('account-disabled');
      else expect(check, entry.dn).not.toThrow();
    }
  });

  test('computers are computers, and the gMSA is none though its class says so', () => {
    for (const name of Object.values(SAMPLE_COMPUTERS)) expect(isComputer(named(name)), name).toBe(true);
    expect(texts(named('gmsa-web$'), 'objectClass')).toContain('computer');
    expect(isComputer(named('gmsa-web$'))).toBe(false);
  });

  test('one person’s UPN suffix is not the realm', () => {
    expect(texts(named('luca.rossi'), 'userPrincipalName')).toEqual(['luca.rossi@example.test']);
  });

  test('the service account holds the SPNs and has AES alone', () => {
    const account = named(SAMPLE_SERVICE_ACCOUNT.sAMAccountName);
    expect(texts(account, 'servicePrincipalName')).toEqual([...SAMPLE_SERVICE_ACCOUNT.servicePrincipalNames]);
    expect(texts(account, 'msDS-SupportedEncryptionTypes')).toEqual(['24']);
  });

  test('every entry lies below the domain, within a parent that exists or is AD’s own', () => {
    const dns = new Set(sampleForest.map((entry) => entry.dn));
    const ownOfAd = /^CN=(?:Partitions,CN=Configuration|Password Settings Container,CN=System),/;
    for (const { dn } of sampleForest.filter((entry) => entry.dn !== SAMPLE_BASE_DN && entry.dn !== '')) {
      const parent = dn.slice(dn.indexOf(',') + 1);
      if (!ownOfAd.test(parent)) expect(dns.has(parent), dn).toBe(true);
    }
  });

  test('the service connection point is read where Windows reads it', async () => {
    const directory = openSampleDirectory([
      ...sampleForest,
      ...serviceConnectionPoint('example.test', '3c7d3b0a-51c8-4a5f-9e0e-7a2d7f6f2b11'),
    ]);
    const [scp] = await directory.search({
      base: SERVICE_CONNECTION_POINT_DN,
      scope: 'base',
      filter: { type: 'present', attribute: 'objectClass' },
      attributes: ['keywords'],
      sizeLimit: 1,
    });
    expect(SERVICE_CONNECTION_POINT_DN).toMatch(
      /^CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,CN=Configuration,DC=/,
    );
    expect(scp && texts(scp, 'keywords')).toEqual([
      'azureADName:example.test',
      'azureADId:3c7d3b0a-51c8-4a5f-9e0e-7a2d7f6f2b11',
    ]);
  });
});
