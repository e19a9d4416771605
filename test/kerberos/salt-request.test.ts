/** The salt of an account, as a real KDC tells it: also of one that was renamed after its password was set. */
import { describe, expect, test } from 'vitest';
import { SERVICE_ACCOUNTS } from '../../lab/accounts.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import { askKdc } from '../../src/directory/kdc.ts';
import * as der from '../../src/kerberos/der.ts';
import { readSalts, writeSaltRequest } from '../../src/kerberos/salt-request.ts';
import { account } from '../e2e/active-directory.ts';
import { entry, krbError, paData } from './kdc-answer.ts';
import { NOW } from './support.ts';

describe('the answer', () => {
  const info = paData(19, der.sequence(entry(18, 'CORPsvc'), entry(17, 'CORPsvc'), entry(23, 'RC4'), entry(18)));

  test('names the salts of AES keys, each once', () => {
    expect(readSalts(krbError(25, [paData(2, Buffer.alloc(0)), info]))).toEqual(['CORPsvc']);
  });

  test('of another error, or without salts, names none', () => {
    expect(readSalts(krbError(6, [info]))).toEqual([]);
    expect(readSalts(krbError(25, []))).toEqual([]);
  });

  test('cut short anywhere is an error and nothing else', () => {
    const whole = krbError(25, [info]);
    for (let length = 0; length < whole.length; length += 1)
      expect(() => readSalts(whole.subarray(0, length))).toThrow(der.DerError);
  });
});

describe.skipIf(!labAvailable)('a real KDC', () => {
  test('tells the salt of the name that the account had when its password was set', { timeout: 120_000 }, async () => {
    const lab = await startLab();
    try {
      const { name } = SERVICE_ACCOUNTS.aes;
      const ask = async (userPrincipalName: string): Promise<readonly string[]> => {
        const till = new Date(NOW.getTime() + 10 * 365 * 86_400_000);
        const request = writeSaltRequest(userPrincipalName, lab.realm, till, 1);
        return readSalts(await askKdc(lab.address, request, 5_000));
      };
      expect(await ask(`${name}@${lab.domain}`)).toEqual([`${lab.realm}${name}`]);
      const { dn } = await account(lab, name);
      await lab.modify(dn, { sAMAccountName: 'svc-renamed', userPrincipalName: `svc-renamed@${lab.domain}` });
      expect(await ask(`svc-renamed@${lab.domain}`)).toEqual([`${lab.realm}${name}`]);
      expect(await ask(`nobody@${lab.domain}`)).toEqual([]);
    } finally {
      await lab.stop();
    }
  });
});
