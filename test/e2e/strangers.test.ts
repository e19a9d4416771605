/**
 * The libraries that people's applications use sign them in, the whole way: realm discovery at Entra, our MEX document,
 * usernamemixed against a real Active Directory, and our assertion for an access token of Entra.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, labPersonUpn, LOCKOUT, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { run } from '../../lab/run.ts';
import { labAvailable } from '../../lab/samba.ts';
import { refusals } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { counterpartFile } from '../counterparts.ts';
import { lockInAd } from './active-directory.ts';
import type { Mortise } from './mortise.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const PACKAGES = '/usr/lib/python3/dist-packages';
const msal = counterpartFile(join(PACKAGES, 'msal', 'application.py'));
const adal = counterpartFile(join(PACKAGES, 'adal', 'authentication_context.py'));

/** Azure CLI */
const CLIENT = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const GRAPH = 'https://graph.microsoft.com';
const WRONG = 'not-a-real password';
type Who = keyof typeof PASSWORD_PEOPLE;

const LIBRARIES = [
  {
    library: 'msal',
    authority: 'https://login.localhost/organizations',
    absent: msal === undefined,
    guessed: 'toGuess',
  },
  { library: 'adal', authority: 'https://login.localhost/common', absent: adal === undefined, guessed: 'toAttack' },
  { library: 'adal-node', authority: 'https://login.localhost/common', absent: false, guessed: 'toLockToo' },
] as const;
type Library = (typeof LIBRARIES)[number];

interface Got {
  readonly token: string | null;
  readonly error: string;
}

describe.skipIf(!labAvailable)('a library signs a person in', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
    await lockInAd(site.lab, labPersonDn(PASSWORD_PEOPLE.toLock), LOCKOUT.threshold);
  });
  afterAll(async () => {
    await site?.close();
  });

  const federated = async (): Promise<Mortise> => {
    const mortise = await site.mortise();
    site.federate(mortise);
    return mortise;
  };
  const signIn = async (
    { library, authority }: Library,
    mortise: Mortise,
    who: Who,
    password = PERSON_PASSWORD,
  ): Promise<Got> => {
    const input = JSON.stringify({
      library,
      authority,
      ports: { 'login.localhost': site.entra.port, [new URL(mortise.urls.issuerUri).hostname]: mortise.port },
      client: CLIENT,
      resource: 'https://graph.windows.net',
      scopes: [`${GRAPH}/.default`],
      username: labPersonUpn(PASSWORD_PEOPLE[who]),
      password,
    });
    const script = (name: string): string => join(import.meta.dirname, name);
    const options = { input, env: { REQUESTS_CA_BUNDLE: mortise.caFile, NODE_EXTRA_CA_CERTS: mortise.caFile } };
    const output =
      library === 'adal-node'
        ? await run(process.execPath, [script('strangers-node.ts')], options)
        : await run('/usr/bin/python3', [script('strangers.py')], options);
    return JSON.parse(output) as Got;
  };
  const newest = async (mortise: Mortise): Promise<string | undefined> => {
    const [record] = await mortise.store.activities.list({ limit: 1 });
    return record?.refusal?.code ?? record?.outcome;
  };

  describe.each(LIBRARIES.map((one) => [one.library, one] as const))('%s', (_name, one) => {
    test.skipIf(one.absent)('and gets an access token of Entra for our assertion', async () => {
      const mortise = await federated();
      const { token, error } = await signIn(one, mortise, 'usual');
      const requests = JSON.stringify(site.entra.requests().slice(-3));
      expect(token, `${error}\n${requests}\n${mortise.log()}`).toEqual(expect.any(String));
      const [, payload = ''] = (token ?? '').split('.');
      expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).toMatchObject({
        upn: labPersonUpn(PASSWORD_PEOPLE.usual),
        amr: ['pwd'],
      });
      expect(await newest(mortise)).toBe('issued');
    });

    test.skipIf(one.absent).each([
      ['expired', 'password-expired'],
      ['mustChange', 'password-must-change'],
      ['disabled', 'account-disabled'],
    ] as const)('%s: its error carries our words and %s', async (who, code: RefusalCode) => {
      const mortise = await federated();
      const { token, error } = await signIn(one, mortise, who);
      expect(token).toBeNull();
      expect(error).toContain(`${refusals[code].caller} (${code})`);
      expect(await newest(mortise)).toBe(code);
    });

    test.skipIf(one.absent)('its error says of a wrong password no more than of a locked account', async () => {
      const mortise = await federated();
      const told = `${refusals['password-wrong'].caller} (password-wrong)`;
      const wrong = await signIn(one, mortise, one.guessed, WRONG);
      expect(wrong).toEqual({ token: null, error: expect.stringContaining(told) });
      expect(await newest(mortise)).toBe('password-wrong');
      const locked = await signIn(one, mortise, 'toLock');
      expect(locked).toEqual({ token: null, error: expect.stringContaining(told) });
      expect(await newest(mortise)).toBe('account-locked-out');
      expect(wrong.error + locked.error + mortise.log()).not.toContain('not-a-real');
    });
  });
});
