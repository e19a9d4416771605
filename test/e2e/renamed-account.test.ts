/**
 * The service account is renamed in a real AD. Its keys keep the salt of the name that it had when its password was set, and
 * get that of its present name when it is set anew: Mortise has the names of the configuration, and may ask the KDC.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS, SERVICE_PASSWORD } from '../../lab/accounts.ts';
import { labAvailable } from '../../lab/samba.ts';
import { addServiceAccount, setPassword } from './active-directory.ts';
import { ask } from './curl.ts';
import { expectIssued, expectRefused, stepOf } from './expectations.ts';
import type { Mortise } from './mortise.ts';
import { EXTRA_HOSTS, openSite } from './site.ts';
import type { Site } from './site.ts';

const TOLD = 'the service account has another salt now: a controller tells it';

describe.skipIf(!labAvailable)('a service account that is renamed', () => {
  let site: Site;
  let dn: string;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });
  beforeEach(async () => {
    dn = await addServiceAccount(site.lab, 'svc-before', { password: SERVICE_PASSWORD, host: EXTRA_HOSTS.renamed });
    onTestFinished(() => site.lab.remove(dn));
  });

  const settings = { serviceAccount: 'svc-before', host: EXTRA_HOSTS.renamed };
  const computer = async () => (await site.lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD)).env;
  const rename = async (name: string, userPrincipalName = `${name}@${site.lab.domain}`): Promise<void> =>
    site.lab.modify(dn, { sAMAccountName: name, userPrincipalName });
  const timesTold = (mortise: Mortise): number => mortise.log().split(TOLD).length - 1;

  test('both names, and the configuration has the new ones: opens with the salt that the KDC tells', async () => {
    await rename('svc-after');
    const env = await computer();
    const named = { ...settings, serviceAccount: 'svc-after' };
    const withoutAsking = await site.mortise(named);
    const { refusal } = await expectRefused(withoutAsking, await ask(withoutAsking, { env }), 'kerberos-key-mismatch');
    expect(refusal.expected).toBe(`one of: password with salt ${site.lab.realm}svc-after`);
    const mortise = await site.mortise({ ...named, askKdcForSalt: true });
    const record = await expectIssued(mortise, await ask(mortise, { env }));
    expect(stepOf(record, 'kerberos')).toContain('key from password');
    expect(timesTold(mortise)).toBe(0);
  });

  // Samba makes the salt of the user principal name. The KDC finds the account by the former one too, as AD does: it is
  // the account's name with the domain.
  test('its UPN alone, then its password is set anew: a ticket that opens with nothing has the KDC asked', async () => {
    const mortise = await site.mortise({ ...settings, askKdcForSalt: true });
    const before = await computer();
    await expectIssued(mortise, await ask(mortise, { env: before }));
    await rename('svc-before', `svc-after@${site.lab.domain}`);
    await expectIssued(mortise, await ask(mortise, { env: await computer() }));
    expect(timesTold(mortise)).toBe(0);

    // The same password: only the salt is another one now.
    await setPassword(site.lab, dn, SERVICE_PASSWORD);
    const after = await computer();
    await expectIssued(mortise, await ask(mortise, { env: after }));
    await expectIssued(mortise, await ask(mortise, { env: before }));
    expect(timesTold(mortise)).toBe(1);
    expect(mortise.log()).toContain(`"salts":["${site.lab.realm}svc-after"]`);

    const withoutAsking = await site.mortise(settings);
    await expectRefused(withoutAsking, await ask(withoutAsking, { env: after }), 'kerberos-key-mismatch');
  });

  test('then it gets another password: tickets of before are taken under the salt that the KDC tells no more', async () => {
    await rename('svc-after');
    const old = await computer();
    const mortise = await site.mortise({ ...settings, serviceAccount: 'svc-after', askKdcForSalt: true });
    await expectIssued(mortise, await ask(mortise, { env: old }));

    const next = { serviceAccount: 'svc-after', askKdcForSalt: true, servicePassword: 'The-Second-Password' };
    await mortise.reload(next);
    await setPassword(site.lab, dn, 'The-Second-Password');
    const fresh = await computer();
    await expectIssued(mortise, await ask(mortise, { env: fresh }));
    // The KDC tells the new salt alone from now on.
    await mortise.reload(next);
    const record = await expectIssued(mortise, await ask(mortise, { env: old }));
    expect(stepOf(record, 'kerberos')).toContain('key from former credential 1');
    expect(stepOf(await expectIssued(mortise, await ask(mortise, { env: fresh })), 'kerberos')).toContain(
      'key from password',
    );
  });

  test('with another password: no salt opens its tickets, and they are refused as without asking', async () => {
    const mortise = await site.mortise({ ...settings, askKdcForSalt: true, servicePassword: 'Not-The-Password' });
    const env = await computer();
    for (let n = 0; n < 3; n += 1) await expectRefused(mortise, await ask(mortise, { env }), 'kerberos-key-mismatch');
    expect(timesTold(mortise)).toBe(0);
  });
});
