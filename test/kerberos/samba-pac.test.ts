/** The PAC in tickets of a real AD, against what its directory says of the same accounts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COMPUTER_PASSWORD,
  COMPUTERS,
  PERSON_PASSWORD,
  SERVICE_ACCOUNTS,
  SERVICE_PASSWORD,
} from '../../lab/accounts.ts';
import type { Lab } from '../../lab/samba.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { AcceptedClient } from '../../src/kerberos/accepted.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { account, addGroups } from '../e2e/active-directory.ts';
import { converse, gssapiAvailable } from './gssapi-client.ts';

const [HOST] = SERVICE_ACCOUNTS.aes.hosts;

describe.skipIf(!labAvailable || !gssapiAvailable)('a ticket of a real AD', () => {
  let lab: Lab;
  let service: KerberosService;
  beforeAll(async () => {
    lab = await startLab();
    const userPrincipalName = `${SERVICE_ACCOUNTS.aes.name}@${lab.domain}`;
    service = {
      gatewayId: 'samba',
      account: userPrincipalName,
      spns: [`HTTP/${HOST}`],
      keySource: 'password',
      ...serviceKeysFromPassword({ userPrincipalName, password: SERVICE_PASSWORD }),
    };
  });
  afterAll(async () => {
    await lab?.stop();
  });

  async function clientOf(name: string, password: string, options: readonly string[] = []): Promise<AcceptedClient> {
    const { env } = await lab.kinit(name, password, { options });
    const replay = new ReplayCache();
    const { last, verdict } = await converse(HOST, env, () => ({ services: [service], replay, now: new Date() }));
    expect(verdict).toMatch(/^complete/);
    if (last === undefined) throw new Error('not accepted');
    return last.client;
  }

  test('of a computer names the computer’s objectSid', async () => {
    const name = `${COMPUTERS.consistent}$`;
    const { sid, groups } = await clientOf(name, COMPUTER_PASSWORD);
    expect(sid).toBe((await account(lab, name)).objectSid);
    expect(groups).toBeGreaterThan(0);
  });

  test('without a PAC, which a client may ask for, names neither', async () => {
    const client = await clientOf('nora.keller', PERSON_PASSWORD, ['--no-request-pac']);
    expect(client).toMatchObject({ name: 'nora.keller', sid: undefined, groups: undefined });
  });

  test('of a person names the person’s objectSid, and every one of 500 groups', { timeout: 120_000 }, async () => {
    const { dn, objectSid } = await account(lab, 'nora.keller');
    const before = await clientOf('nora.keller', PERSON_PASSWORD);
    await addGroups(lab, 500, dn);
    const after = await clientOf('nora.keller', PERSON_PASSWORD);
    expect([before.sid, after.sid]).toEqual([objectSid, objectSid]);
    expect((after.groups ?? 0) - (before.groups ?? 0)).toBe(500);
  });
});
