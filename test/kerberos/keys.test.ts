import { describe, expect, test } from 'vitest';
import { encryptionTypes } from '../../src/kerberos/encryption-types.ts';
import { serviceKeysFromKeytab, serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { ServiceKeyError } from '../../src/kerberos/service-key-error.ts';
import { keytabFile } from './keytab-file.ts';
import { vectorBytes } from './support.ts';

const salts = (keys: readonly { source: string }[]): string[] => [
  ...new Set(keys.map((key) => key.source.replace('password with salt ', ''))),
];

describe('from user principal name and password', () => {
  test('realm in upper case from the suffix, salt with the name as it is', () => {
    const { realm, keys } = serviceKeysFromPassword({ userPrincipalName: 'Svc-SSO@corp.example.com', password: 'x' });
    expect(realm).toBe('CORP.EXAMPLE.COM');
    expect(salts(keys)).toEqual(['CORP.EXAMPLE.COMSvc-SSO']);
    expect(keys.map((key) => [key.encryptionType, key.kvno])).toEqual([
      [18, undefined],
      [17, undefined],
      [20, undefined],
      [19, undefined],
    ]);
  });

  test('a suffix other than the realm: the realm is given', () => {
    const { realm, keys } = serviceKeysFromPassword({
      userPrincipalName: 'svc-sso@example.com',
      realm: 'corp.example.com',
      password: 'x',
    });
    expect(realm).toBe('CORP.EXAMPLE.COM');
    expect(salts(keys)).toEqual(['CORP.EXAMPLE.COMsvc-sso']);
  });

  test('the sAMAccountName makes a second salt where it differs, be it in case only', () => {
    const from = (samAccountName: string): string[] =>
      salts(
        serviceKeysFromPassword({ userPrincipalName: 'svc-sso@corp.example.com', samAccountName, password: 'x' }).keys,
      );
    expect(from('svc-sso')).toEqual(['CORP.EXAMPLE.COMsvc-sso']);
    expect(from('SVC-SSO')).toEqual(['CORP.EXAMPLE.COMsvc-sso', 'CORP.EXAMPLE.COMSVC-SSO']);
    expect(from('sso1')).toEqual(['CORP.EXAMPLE.COMsvc-sso', 'CORP.EXAMPLE.COMsso1']);
  });

  test('a computer account or gMSA has the salt of a host', () => {
    const { keys } = serviceKeysFromPassword({
      userPrincipalName: 'gmsa-sso@corp.example.com',
      samAccountName: 'GMSA-SSO$',
      password: 'x',
    });
    expect(salts(keys)).toContain('CORP.EXAMPLE.COMhostgmsa-sso.corp.example.com');
  });

  test('an @ within the name belongs to the name', () => {
    const { keys } = serviceKeysFromPassword({ userPrincipalName: 'a@b@corp.example.com', password: 'x' });
    expect(salts(keys)).toEqual(['CORP.EXAMPLE.COMa@b']);
  });

  test.each([
    ['no suffix and no realm', { userPrincipalName: 'svc-sso', password: 'x' }],
    ['no name', { userPrincipalName: '@corp.example.com', password: 'x' }],
    ['an empty password', { userPrincipalName: 'svc-sso@corp.example.com', password: '' }],
  ])('%s is refused', (_, credential) => {
    expect(() => serviceKeysFromPassword(credential)).toThrow(ServiceKeyError);
  });
});

describe('from a keytab', () => {
  test('one that samba-tool exported by account: the AES keys, not the RC4 one', () => {
    const { realm, keys, principals } = serviceKeysFromKeytab(vectorBytes('samba-ad-svc-sso.keytab'));
    expect(realm).toBe('CORP.EXAMPLE.TEST');
    expect(principals).toEqual(['svc-sso@CORP.EXAMPLE.TEST']);
    expect(keys.map((key) => [key.encryptionType, key.kvno])).toEqual([
      [18, 1],
      [17, 1],
    ]);
  });

  test('the keys are those of the password', () => {
    const fromFile = serviceKeysFromKeytab(vectorBytes('samba-ad-svc-sso-spn.keytab')).keys;
    const fromPassword = serviceKeysFromPassword({
      userPrincipalName: 'svc-sso@corp.example.test',
      password: 'Svc-Sso-Passw0rd-1',
    }).keys;
    const derived = (keys: typeof fromFile): string[] =>
      keys.map((key) => key.ticketKeys.encryption.export().toString('hex'));
    expect(derived(fromFile)).toEqual(derived(fromPassword.filter((key) => key.encryptionType <= 18)));
  });

  test('one with RC4 alone is refused, and told what to do', () => {
    const file = keytabFile([{ encryptionType: 23, key: Buffer.alloc(16) }]);
    expect(() => serviceKeysFromKeytab(file)).toThrow(/only rc4-hmac \(23\).*AES boxes.*ktpass/);
  });

  test('an empty one is refused', () => {
    expect(() => serviceKeysFromKeytab(keytabFile([]))).toThrow('no key at all');
  });

  test('one of two realms is refused', () => {
    const file = keytabFile([{ realm: 'A.EXAMPLE.COM' }, { realm: 'B.EXAMPLE.COM' }]);
    expect(() => serviceKeysFromKeytab(file)).toThrow('A.EXAMPLE.COM, B.EXAMPLE.COM');
  });

  test('a key of the wrong length is refused, and not shown', () => {
    const file = keytabFile([{ encryptionType: 18, key: Buffer.from('secretsecretsecr') }]);
    expect(() => serviceKeysFromKeytab(file)).toThrow('A key of 16 bytes is not of encryption type 18.');
  });

  test('every type that is not AES is left out', () => {
    const others = encryptionTypes
      .filter((row) => !row.accepted)
      .map((row) => ({ encryptionType: row.number, key: Buffer.alloc(8) }));
    expect(serviceKeysFromKeytab(keytabFile([...others, {}])).keys).toHaveLength(1);
  });
});
