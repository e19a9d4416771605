/** `mortise preview` beside a running `serve`, over LDAPS to a real Active Directory: it says what is then issued. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS, PEOPLE, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { ProgramFailed, run } from '../../lab/run.ts';
import { labAvailable } from '../../lab/samba.ts';
import { account } from './active-directory.ts';
import { ask } from './curl.ts';
import { claimsOf, expectIssued } from './expectations.ts';
import type { Mortise } from './mortise.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

interface Previewed {
  readonly sound: boolean;
  readonly text: string;
}

async function previewOf({ configurationFile }: Mortise, ...who: readonly string[]): Promise<Previewed> {
  const args = [MAIN, 'preview', '--config', configurationFile, ...who];
  try {
    return { sound: true, text: await run(process.execPath, args) };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { sound: false, text: `${error.stdout}${error.stderr}` };
  }
}

/** Name -> value, as the lines stand. */
const valuesIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^(\w+)\n(?: {2}.*\n)*? {2}value {7}(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

describe.skipIf(!labAvailable)('mortise preview', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });

  test.each([
    ['a device', ['--device', COMPUTERS.consistent], `${COMPUTERS.consistent}$`, COMPUTER_PASSWORD],
    ['a person', ['--user', PEOPLE.nora.upn], 'nora.keller', PERSON_PASSWORD],
  ])('%s: the claims are those that are issued, and nothing is recorded', async (_, who, principal, password) => {
    const mortise = await site.mortise();
    const records = (await mortise.store.activities.list({ limit: 100 })).length;
    const users = (await mortise.store.users.list()).length;
    const { sound, text } = await previewOf(mortise, ...who);
    expect(sound, text).toBe(true);
    expect(text).toContain('at the sign-in: user created: ');
    expect(await mortise.store.activities.list({ limit: 100 })).toHaveLength(records);
    expect(await mortise.store.users.list()).toHaveLength(users);

    const { env } = await site.lab.kinit(principal, password);
    const record = await expectIssued(mortise, await ask(mortise, { env }));
    expect(valuesIn(text)).toEqual(claimsOf(record));
    expect((await previewOf(mortise, ...who)).text).toMatch(/stored user \S+, as it is/);
  });

  test('a computer whose mS-DS-ConsistencyGuid is not its objectGUID: which of the two Entra would see', async () => {
    const mortise = await site.mortise();
    const { objectGUID } = await account(site.lab, `${COMPUTERS.differing}$`);
    const { sound, text } = await previewOf(mortise, '--device', COMPUTERS.differing);
    expect(sound).toBe(false);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`, the objectGUID is ${objectGUID}`);
  });

  test.each([
    [COMPUTERS.withoutAnchor, 'anchor-missing'],
    [COMPUTERS.disabled, 'account-disabled'],
    ['NOBODY', 'directory-entry-missing'],
  ])('%s: %s, as a sign-in would be refused', async (device, code) => {
    const mortise = await site.mortise();
    const { sound, text } = await previewOf(mortise, '--device', device);
    expect([sound, text]).toEqual([false, expect.stringContaining(`${code}: `)]);
  });
});
