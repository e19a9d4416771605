/** A service account that was renamed after its password was set: its salt is its KDC's to tell. */
import { describe, expect, test } from 'vitest';
import { SERVICE_ACCOUNTS, SERVICE_PASSWORD } from '../../lab/accounts.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import { withKdcSalts } from '../../src/server/kdc-salts.ts';
import { account } from '../e2e/active-directory.ts';

function ground(domain: string, servers: readonly string[], askKdcForSalt: boolean) {
  const userPrincipalName = `svc-renamed@${domain}`;
  const service: KerberosService = {
    gatewayId: 'one',
    account: userPrincipalName,
    spns: [],
    keySource: 'password',
    ...serviceKeysFromPassword({ userPrincipalName, password: SERVICE_PASSWORD }),
  };
  const kerberos = {
    serviceAccountUserPrincipalName: userPrincipalName,
    serviceAccountPassword: SERVICE_PASSWORD,
    additionalServicePrincipalNames: [],
    minutesToRetainPreviousCredentials: 610,
    askKdcForSalt,
  };
  const gateway = { id: 'one', name: 'one', serversHostAndPort: servers, kerberos } as unknown as Gateway;
  const warned: string[] = [];
  const log = { warn: (_: unknown, text?: string) => void warned.push(text ?? '') };
  const sources = async (): Promise<readonly string[]> => {
    const services = await withKdcSalts([gateway], new Map([['one', service]]), { now: new Date(), log });
    return [...new Set(services.get('one')?.keys.map(({ source }) => source))];
  };
  return { sources, warned };
}

test('without an answer the salts of the names stay, and the log says so', async () => {
  const { sources, warned } = ground('corp.example.test', ['127.255.255.254:636', '[::1]:636'], true);
  expect(await sources()).toEqual(['password with salt CORP.EXAMPLE.TESTsvc-renamed']);
  expect(warned).toHaveLength(1);
});

test('without the setting nobody is asked', async () => {
  const { sources, warned } = ground('corp.example.test', ['127.255.255.254:636'], false);
  expect(await sources()).toEqual(['password with salt CORP.EXAMPLE.TESTsvc-renamed']);
  expect(warned).toEqual([]);
});

describe.skipIf(!labAvailable)('a controller', () => {
  test(
    'that answers adds the salt of the former name; one that is down beside it is no matter',
    { timeout: 120_000 },
    async () => {
      const lab = await startLab();
      try {
        const { name } = SERVICE_ACCOUNTS.aes;
        const { dn } = await account(lab, name);
        await lab.modify(dn, { sAMAccountName: 'svc-renamed', userPrincipalName: `svc-renamed@${lab.domain}` });
        const { sources, warned } = ground(lab.domain, ['127.255.255.254:636', `${lab.address}:636`], true);
        expect(await sources()).toEqual([
          `password with salt ${lab.realm}svc-renamed`,
          `password with salt ${lab.realm}${name}`,
        ]);
        expect(warned).toEqual([]);
      } finally {
        await lab.stop();
      }
    },
  );
});
