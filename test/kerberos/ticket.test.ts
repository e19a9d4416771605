/** Which service, which encryption type, which key: what is decided before a ticket is open, and what the record says. */
import { describe, expect, test } from 'vitest';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import type { AcceptOptions } from '../../src/kerberos/accept.ts';
import { acceptedEncryptionTypes, encryptionTypes } from '../../src/kerberos/encryption-types.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { serviceKeysFromKeytab, serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { stringToKey } from '../../src/kerberos/encryption.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { keytabFile } from './keytab-file.ts';
import { ACCOUNT, accepting, minting, PASSWORD, REALM, refusalOf, service, serviceKeyOctets, SPN } from './support.ts';

function accept(changes: Partial<NegotiateOptions> = {}, options: Partial<AcceptOptions> = {}) {
  const result = acceptSecurityContext(mintNegotiateToken(minting(changes)).token, undefined, accepting(options));
  if (result.kind !== 'accepted') throw new Error('expected to be accepted at once');
  return result;
}

const refuse = (changes: Partial<NegotiateOptions> = {}, options: Partial<AcceptOptions> = {}) =>
  refusalOf(() => accept(changes, options));

const forService = (changes: Partial<NegotiateOptions['service']>): Partial<NegotiateOptions> => ({
  service: { ...minting().service, ...changes },
});

const keytabService = (entries: Parameters<typeof keytabFile>[0]): KerberosService => ({
  gatewayId: 'gateway-1',
  account: ACCOUNT,
  spns: [SPN],
  keySource: 'keytab',
  ...serviceKeysFromKeytab(keytabFile(entries.map((entry) => ({ realm: REALM, key: serviceKeyOctets(18), ...entry })))),
});

describe('the service', () => {
  test('another realm than any of ours', () => {
    expect(refuse(forService({ realm: 'OTHER.EXAMPLE.COM' }))).toEqual({
      code: 'kerberos-realm-unknown',
      facts: { expected: REALM, actual: 'OTHER.EXAMPLE.COM', attribute: 'realm of the ticket' },
    });
  });

  test('realms have case', () => {
    expect(refuse(forService({ realm: REALM.toLowerCase() })).code).toBe('kerberos-realm-unknown');
  });

  test('another service principal', () => {
    expect(refuse(forService({ principal: 'HOST/sso.corp.example.com' }))).toEqual({
      code: 'kerberos-wrong-spn',
      facts: { expected: SPN, actual: 'HOST/sso.corp.example.com' },
    });
  });

  test("the principal in another case is ours, and returned as configured: AD's names have no case", () => {
    expect(accept(forService({ principal: 'http/SSO.Corp.Example.COM' })).client.service).toBe(SPN);
  });

  test('no gateway with Kerberos', () => {
    expect(refuse({}, { services: [] }).code).toBe('kerberos-not-configured');
  });

  test('of several gateways, that of the realm', () => {
    const other: KerberosService = { ...service, gatewayId: 'gateway-2', realm: 'OTHER.EXAMPLE.COM' };
    expect(accept({}, { services: [other, service] }).service.gatewayId).toBe('gateway-1');
  });

  test('two gateways of one realm and principal: the one whose key opens the ticket', () => {
    const stale: KerberosService = {
      ...service,
      gatewayId: 'stale',
      ...serviceKeysFromPassword({ userPrincipalName: ACCOUNT, password: 'an old one' }),
    };
    expect(accept({}, { services: [stale, service] }).service.gatewayId).toBe('gateway-1');
  });
});

describe('encryption types', () => {
  const aes = [17, 18, 19, 20] as const;

  test.each(aes)('a ticket of type %i opens with the password’s key and with that of a keytab', (etype) => {
    const key = serviceKeyOctets(etype);
    const minted = forService({ etype, key });
    expect(accept(minted).client).toMatchObject({ ticketEncryptionType: etype, kvno: undefined });
    const keytab: KerberosService = {
      ...service,
      keySource: 'keytab',
      ...serviceKeysFromKeytab(keytabFile([{ encryptionType: etype, key }])),
    };
    expect(accept(minted, { services: [keytab] }).client).toMatchObject({ ticketEncryptionType: etype, kvno: 3 });
  });

  test.each(aes.flatMap((session) => aes.map((subkey) => [session, subkey])))(
    'a session key of type %i is taken, with a subkey of type %i',
    (sessionKeyEtype, subkeyEtype) => {
      expect(accept({ sessionKeyEtype, subkeyEtype }).client.name).toBe('DESKTOP-01$');
    },
  );

  const refused = encryptionTypes.filter((row) => !row.accepted).map((row) => row.number);

  test.each([...refused, 0, 99, -128])('a ticket of type %i is refused by number, whatever its ciphertext', (type) => {
    const { code, facts } = refuse({ ticketEncryptionType: type });
    expect(code).toBe('kerberos-encryption-type-refused');
    expect(facts.actual).toContain(String(type));
  });

  test('RC4 in the ticket: the record names the service account and the box to tick', () => {
    expect(refuse({ ticketEncryptionType: 23 }).facts).toEqual({
      expected: acceptedEncryptionTypes,
      actual: 'ticket: rc4-hmac (23)',
      attribute: 'msDS-SupportedEncryptionTypes',
      detail: expect.stringMatching(
        /svc-sso@corp\.example\.com lacks AES: tick .*AES 256 bit encryption.* password/,
      ) as string,
    });
  });

  test.each([1, 3, 23, 24, 16])('a session key of type %i: the record names the client', (sessionKeyEtype) => {
    const { code, facts } = refuse({ sessionKeyEtype });
    expect(code).toBe('kerberos-encryption-type-refused');
    expect(facts.actual).toMatch(new RegExp(`^session key: .*\\(${sessionKeyEtype}\\)`));
    expect(facts.detail).toMatch(/DESKTOP-01\$@CORP\.EXAMPLE\.COM lacks AES/);
  });

  test.each([1, 3, 23, 24])('a subkey of type %i: the record names the client', (subkeyEtype) => {
    const { code, facts } = refuse({ subkeyEtype });
    expect(code).toBe('kerberos-encryption-type-refused');
    expect(facts.actual).toMatch(new RegExp(`^subkey: .*\\(${subkeyEtype}\\)`));
    expect(facts.detail).toMatch(/DESKTOP-01\$@CORP\.EXAMPLE\.COM lacks AES/);
  });
});

describe('keys from a password', () => {
  test("any key version is tried, and the ticket's is returned for the record only", () => {
    for (const kvno of [undefined, 1, 7, 4_294_967_295]) {
      const { client, ticketKvno } = accept(forService({ kvno }));
      expect({ kvno: client.kvno, ticketKvno }).toEqual({ kvno: undefined, ticketKvno: kvno });
    }
  });

  test('the password was changed: the record says which salts were tried, and the version of the ticket', () => {
    const { code, facts } = refuse(
      forService({ key: stringToKey(18, 'the next password', `${REALM}svc-sso`), kvno: 4 }),
    );
    expect(code).toBe('kerberos-key-mismatch');
    expect(facts.expected).toContain(`password with salt ${REALM}svc-sso`);
    expect(facts.actual).toBe('aes256-cts-hmac-sha1-96 (18), key version 4 (in the ticket)');
    expect(facts.detail).toContain(ACCOUNT);
    expect(facts.detail).toContain('upper and lower case count');
    expect(JSON.stringify(facts)).not.toContain(PASSWORD);
  });

  test("the salt of the sAMAccountName opens what the UPN's does not", () => {
    const key = stringToKey(18, PASSWORD, `${REALM}SVCSSO1`);
    expect(refuse(forService({ key })).code).toBe('kerberos-key-mismatch');
    const keys = serviceKeysFromPassword({ userPrincipalName: ACCOUNT, samAccountName: 'SVCSSO1', password: PASSWORD });
    expect(accept(forService({ key }), { services: [{ ...service, ...keys }] }).client.name).toBe('DESKTOP-01$');
  });
});

describe('keys from a keytab', () => {
  test("the entry of the ticket's version opens it, and the version is part of what was verified", () => {
    const services = [keytabService([{ longVersion: 2, key: Buffer.alloc(32) }, { longVersion: 3 }])];
    expect(accept(forService({ kvno: 3 }), { services }).client.kvno).toBe(3);
  });

  test('an entry that keeps eight bits is taken for every version that ends in them', () => {
    const services = [keytabService([{ shortVersion: 4 }])];
    for (const kvno of [4, 260, 0x0102_0304]) expect(accept(forService({ kvno }), { services }).client.kvno).toBe(4);
    expect(refuse(forService({ kvno: 261 }), { services }).code).toBe('kerberos-unknown-kvno');
  });

  test('an entry of 32 bits is not: version 260 is another password than version 4', () => {
    const services = [keytabService([{ longVersion: 4 }])];
    expect(refuse(forService({ kvno: 260 }), { services }).code).toBe('kerberos-unknown-kvno');
  });

  test('a read-only domain controller’s number in the upper 16 bits is no other password', () => {
    const services = [keytabService([{ longVersion: 3 }])];
    for (const kvno of [0x7a5c_0003, 0xffff_0003]) {
      expect(accept(forService({ kvno }), { services }).client.kvno).toBe(3);
    }
    expect(refuse(forService({ kvno: 0x7a5c_0004 }), { services }).code).toBe('kerberos-unknown-kvno');
    const fromReadOnly = [keytabService([{ longVersion: 0x7a5c_0003 }])];
    expect(accept(forService({ kvno: 3 }), { services: fromReadOnly }).client.name).toBe('DESKTOP-01$');
  });

  test('a version that the keytab does not hold', () => {
    const services = [keytabService([{ longVersion: 2 }, { longVersion: 3 }])];
    const { code, facts } = refuse(forService({ kvno: 4 }), { services });
    expect(code).toBe('kerberos-unknown-kvno');
    expect(facts.expected).toBe('key version 2, 3 (in the keytab)');
    expect(facts.actual).toBe('key version 4 (in the ticket)');
    expect(facts.detail).toContain(ACCOUNT);
  });

  test('a ticket without a version: every entry is tried', () => {
    const services = [keytabService([{ longVersion: 2, key: Buffer.alloc(32) }, { longVersion: 3 }])];
    expect(accept(forService({ kvno: undefined }), { services }).client.kvno).toBe(3);
  });

  test('the version is there, its key is another', () => {
    const services = [keytabService([{ longVersion: 3, key: Buffer.alloc(32) }])];
    const { code, facts } = refuse(forService({ kvno: 3 }), { services });
    expect(code).toBe('kerberos-key-mismatch');
    expect(facts.expected).toContain('keytab entry HTTP/sso.corp.example.com@CORP.EXAMPLE.COM, version 3');
    expect(facts.detail).toContain('the keytab is another account’s');
  });

  test('the version is there, but not of this encryption type', () => {
    const services = [keytabService([{ longVersion: 3, encryptionType: 17, key: serviceKeyOctets(17) }])];
    const { code, facts } = refuse(forService({ kvno: 3 }), { services });
    expect(code).toBe('kerberos-key-mismatch');
    expect(facts.detail).toContain('holds no key of type aes256-cts-hmac-sha1-96 (18)');
  });
});
