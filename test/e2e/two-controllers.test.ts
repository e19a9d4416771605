/** Two controllers of one domain, of which the one in use is killed in the middle of a run of joins and sign-ins. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS } from '../../lab/accounts.ts';
import { labPersonUpn, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { labAvailable, startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import { account } from './active-directory.ts';
import { ask, assertionOf } from './curl.ts';
import { expectIssued } from './expectations.ts';
import type { Mortise } from './mortise.ts';
import { askByPassword } from './password-request.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const ROUNDS = 8;

describe.skipIf(!labAvailable)('the controller in use is killed', () => {
  let site: Site;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    site = await openSite();
    ({ env } = await site.lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD));
  });
  afterAll(async () => {
    await site?.close();
  });

  async function secondController(): Promise<{ readonly dying: Lab; readonly ldapCaFile: string }> {
    const dying = await startLab();
    onTestFinished(() => dying.stop());
    const ldapCaFile = join(dying.folder, 'both.pem');
    await writeFile(ldapCaFile, (await readFile(site.lab.caFile, 'utf8')) + dying.ca);
    return { dying, ldapCaFile };
  }

  async function joinOnce(mortise: Mortise): Promise<string> {
    const answer = await ask(mortise, { env });
    await expectIssued(mortise, answer);
    return (await site.join(mortise, assertionOf(answer), `${COMPUTERS.consistent}$`)).deviceId;
  }

  async function signInOnce(mortise: Mortise): Promise<number> {
    const { status, body } = await askByPassword(mortise, { username: labPersonUpn(PASSWORD_PEOPLE.usual) });
    expect(status, body).toBe(200);
    return status;
  }

  test.each([
    ['TLS', 636],
    ['StartTLS', 389],
  ] as const)('over %s: no join and no sign-in is lost', { timeout: 240_000 }, async (connectionSecurity, port) => {
    const { dying, ldapCaFile } = await secondController();
    const servers = [dying, site.lab].map(({ address }) => `${address}:${port}`);
    const mortise = await site.mortise({ servers, connectionSecurity, ldapCaFile });
    const { objectGUID } = await account(site.lab, `${COMPUTERS.consistent}$`);
    const done = { joins: 0, signIns: 0 };
    let killed: Promise<void> | undefined;
    const after = (): void => {
      if (done.joins + done.signIns >= ROUNDS) killed ??= dying.kill();
    };
    const lane = async (work: () => Promise<void>): Promise<void> => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await work();
        after();
      }
    };
    const joins = async (): Promise<void> => {
      expect(await joinOnce(mortise)).toBe(objectGUID);
      done.joins += 1;
    };
    const signIns = async (): Promise<void> => {
      await signInOnce(mortise);
      done.signIns += 1;
    };
    await Promise.all([lane(joins), lane(joins), lane(signIns), lane(signIns)]);
    await killed;
    expect(done).toEqual({ joins: 2 * ROUNDS, signIns: 2 * ROUNDS });
    expect(mortise.log().split('a domain controller does not answer')).toHaveLength(2);
    expect(mortise.log()).toContain(`${dying.address}:${port}`);
    const records = await mortise.store.activities.list({ limit: 1000 });
    expect(records.filter(({ outcome }) => outcome === 'issued')).toHaveLength(4 * ROUNDS);
  });
});
