/** A service account that was renamed after its password was set: its salt is its KDC's to tell. */
import { describe, expect, test } from 'vitest';
import { SERVICE_ACCOUNTS } from '../../lab/accounts.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import { askForSalts, asksForSalt } from '../../src/server/kdc-salts.ts';
import { account } from '../e2e/active-directory.ts';

function ground(domain: string, serversHostAndPort: string[]) {
  const warned: string[] = [];
  const log = { warn: (_: unknown, text?: string) => void warned.push(text ?? '') };
  const service = { account: `svc-renamed@${domain}`, realm: domain.toUpperCase() };
  const gateway = { name: 'one', serversHostAndPort };
  return { warned, salts: () => askForSalts(gateway, service, { now: new Date(), log }) };
}

test('without an answer there is none, and the log says so once', async () => {
  const { salts, warned } = ground('corp.example.test', ['127.255.255.254:636', '[::1]:636']);
  expect(await salts()).toBeUndefined();
  expect(warned).toEqual(['no controller tells the salt of the service account: its names must do']);
});

test.each([
  ['a password and the setting', { askKdcForSalt: true, serviceAccountPassword: 'one' }, true],
  ['a password', { serviceAccountPassword: 'one' }, false],
  ['a keytab, whose keys no salt changes', { askKdcForSalt: true, keytabFile: 'mortise.keytab' }, false],
])('with %s a controller is asked: %o is %s', (_, kerberos, asks) => {
  expect(asksForSalt({ kerberos } as unknown as Gateway)).toBe(asks);
});

describe.skipIf(!labAvailable)('a controller', () => {
  test(
    'that answers tells the salt of the former name; one that is down beside it is no matter',
    { timeout: 120_000 },
    async () => {
      const lab = await startLab();
      try {
        const { name } = SERVICE_ACCOUNTS.aes;
        const { dn } = await account(lab, name);
        await lab.modify(dn, { sAMAccountName: 'svc-renamed', userPrincipalName: `svc-renamed@${lab.domain}` });
        const { salts, warned } = ground(lab.domain, ['127.255.255.254:636', `${lab.address}:636`]);
        expect(await salts()).toEqual([`${lab.realm}${name}`]);
        expect(warned).toEqual([]);
      } finally {
        await lab.stop();
      }
    },
  );
});
