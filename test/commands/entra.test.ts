/** `mortise entra cmdlets` as a process: the script for the application and its stored certificate. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IDS, sample } from '../config/sample.ts';
import { HOST, openSite } from './site.ts';
import type { Ended, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const cmdlets = (...args: readonly string[]): Promise<Ended> =>
  site.runWith({}, 'entra', 'cmdlets', '--config', 'mortise.yaml', ...args);

test('the script names the domain, the addresses and the stored certificate; no secret is needed', async () => {
  const { certificate } = await site.putSigningKey();
  const { status, stdout, stderr } = await cmdlets();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain("$domain = 'corp.example.com'");
  expect(stdout).toMatch(new RegExp(`MetadataExchangeUri += 'https://${HOST}/wsf/mex13/${IDS.application}'`));
  expect(stdout).toContain(` = '${Buffer.from(certificate).toString('base64')}'
`);
});

test('without a store, and without the key, it says how to make one', async () => {
  expect(await cmdlets()).toEqual({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^There is no store .*`mortise keys create` makes it\.\n$/),
  });
  await site.putSigningKey(IDS.unknown);
  expect(await cmdlets()).toEqual({
    status: 1,
    stdout: '',
    stderr: `The store holds no signing key ${IDS.key}.\nMake one first: mortise keys create --config mortise.yaml\n`,
  });
});

test('of several applications one must be named', async () => {
  await site.putSigningKey();
  const [application] = sample().environment.applications;
  const other = { ...application, id: IDS.unknown, name: 'Second', domainName: 'other.example.com' };
  site.configure({ 'environment.applications': [application, other] });
  const { status, stdout, stderr } = await cmdlets();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    `There are several applications: name one with --application.\n  ${IDS.application}  Microsoft 365 (corp.example.com)\n  ${IDS.unknown}  Second (other.example.com)\n`,
  );
  expect((await cmdlets('--application', 'nobody')).stderr).toMatch(/^There is no application nobody\.\n/);
  const chosen = await cmdlets('--application', IDS.unknown.toUpperCase());
  expect(chosen.stdout).toContain("$domain = 'other.example.com'");
  expect(chosen.stdout).toContain(`/applications/${IDS.unknown}'`);
});
