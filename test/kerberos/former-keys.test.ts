/** Tickets from before a change of the password: taken while the former keys count, and not a moment longer. */
import { describe, expect, test } from 'vitest';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { stringToKey } from '../../src/kerberos/encryption.ts';
import { withFormerKeys } from '../../src/kerberos/former-keys.ts';
import type { FormerKeys } from '../../src/kerberos/former-keys.ts';
import { serviceKeysFromKeytab, serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { keytabFile } from './keytab-file.ts';
import { ACCOUNT, accepting, minting, NOW, REALM, refusalOf, service } from './support.ts';

const later = (ms: number): Date => new Date(NOW.getTime() + ms);

const former = (password: string, acceptedUntil = later(60_000)): FormerKeys => ({
  ...serviceKeysFromPassword({ userPrincipalName: ACCOUNT, password }, true),
  acceptedUntil,
});

function accept(password: string, services: readonly KerberosService[], now = NOW, kvno: number | undefined = 3) {
  const key = stringToKey(18, password, `${REALM}svc-sso`);
  const { token } = mintNegotiateToken(minting({ service: { ...minting().service, key, kvno }, now }));
  const result = acceptSecurityContext(token, undefined, accepting({ services, now }));
  if (result.kind !== 'accepted') throw new Error('expected to be accepted at once');
  return result.client;
}

describe('a ticket under a former key', () => {
  const services = [withFormerKeys(service, [former('the last one'), former('the one before')])];

  test('is taken, and it is known which one opened it', () => {
    expect(accept('the last one', services).formerKey).toBe(1);
    expect(accept('the one before', services).formerKey).toBe(2);
    expect(accept('a test password, not a secret', services).formerKey).toBeUndefined();
  });

  test('is refused from the moment that its time is over', () => {
    const until = later(60_000);
    const own = [withFormerKeys(service, [former('the last one', until)])];
    expect(accept('the last one', own, later(59_999)).formerKey).toBe(1);
    expect(refusalOf(() => accept('the last one', own, until)).code).toBe('kerberos-key-mismatch');
  });

  test('of another realm opens nothing here', () => {
    const elsewhere = { ...former('the last one'), realm: 'OTHER.EXAMPLE.COM' };
    const own = [withFormerKeys(service, [elsewhere])];
    expect(refusalOf(() => accept('the last one', own)).code).toBe('kerberos-key-mismatch');
  });

  test('is taken also where a keytab has come in place of the password', () => {
    const keytab = keytabFile([{ realm: REALM, longVersion: 4, key: Buffer.alloc(32, 1) }]);
    const present: KerberosService = { ...service, keySource: 'keytab', ...serviceKeysFromKeytab(keytab) };
    const own = [withFormerKeys(present, [former('the last one')])];
    expect(accept('the last one', own).formerKey).toBe(1);
    // Nothing but the keytab counts later, and its versions are told again.
    const { code, facts } = refusalOf(() => accept('the last one', own, later(60_000)));
    expect(code).toBe('kerberos-unknown-kvno');
    expect(facts.expected).toBe('key version 4 (in the keytab)');
  });

  test('of a former keytab is found by its version', () => {
    const key = stringToKey(18, 'the last one', `${REALM}svc-sso`);
    const keytab = serviceKeysFromKeytab(keytabFile([{ realm: REALM, longVersion: 3, key }]));
    const own = [withFormerKeys(service, [{ ...keytab, acceptedUntil: later(60_000) }])];
    expect(accept('the last one', own)).toMatchObject({ formerKey: 1, kvno: 3 });
  });

  test('that none opens: the refusal tells which were tried, and no password', () => {
    const { facts } = refusalOf(() => accept('never set', services));
    expect(facts.expected).toContain(`former credential 2 (password with salt ${REALM}svc-sso)`);
    expect(JSON.stringify(facts)).not.toMatch(/the last one|the one before/);
  });
});
