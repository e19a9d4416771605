/** `mortise preview`: against the sample forest, what a sign-in would state; as a process, what an administrator reads. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { preview } from '../../src/commands/preview.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import type { Plan } from '../../src/rehearsal/plan.ts';
import { prepareWorkspace } from '../../src/rehearsal/workspace.ts';
import type { Workspace } from '../../src/rehearsal/workspace.ts';
import type { Who } from '../../src/signin/preview.ts';
import { refusalFrom } from '../refusal-of.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const opened: Workspace[] = [];

async function workspaceWith(plan: Partial<Plan> = {}): Promise<Workspace> {
  const files = { publicBaseUrl: 'https://sso.localhost', port: 0, hosts: ['sso.localhost'], now: new Date() };
  const workspace = await prepareWorkspace({ plan: { ...SOUND_PLAN, ...plan }, ...files });
  opened.push(workspace);
  return workspace;
}

let sound: Workspace;
beforeAll(async () => {
  sound = await workspaceWith();
});
afterAll(async () => {
  for (const workspace of opened) await workspace.close();
});

const previewOf = (who: Who, { configuration, store }: Workspace = sound) =>
  preview(configuration, {
    who,
    applicationId: undefined,
    users: store.users,
    openDirectory: () => openSampleDirectory(sampleForest),
    now: NOW,
  });

/** The lines below a claim's name. */
function claimIn(lines: readonly string[], name: string): string {
  const start = lines.indexOf(name);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith(' '));
  return start === -1 ? '' : lines.slice(start + 1, end).join('\n');
}

describe('a device', () => {
  test.each(['DESKTOP-01', 'DESKTOP-01$', 'desktop-01'])('%s: each claim with source and verdict', async (device) => {
    const { lines, sound: good } = await previewOf({ device });
    expect(lines[0]).toBe('  device      CN=DESKTOP-01,OU=Workstations,DC=corp,DC=example,DC=test');
    expect(claimIn(lines, 'onpremobjectguid')).toBe(
      [
        '  namespace   http://schemas.microsoft.com/identity/claims',
        '  expression  ${#string.uuidAsBase64Guid(user.externalId,null)}',
        '  from        mS-DS-ConsistencyGuid',
        '  value       qvDBs35dC0qfJhyORNOhAQ==',
        '  Entra       takes it: the device’s id becomes b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101',
      ].join('\n'),
    );
    expect(claimIn(lines, 'accounttype')).toContain('  value       DJ\n  Entra       takes it');
    expect(claimIn(lines, 'NameIdentifier')).toContain('  format      urn:oasis:names:tc:SAML:1.1:');
    expect(lines.at(-1)).toBe('Entra would take this device. Nothing was issued, recorded or stored.');
    expect(good).toBe(true);
  });

  test('leaves neither user nor record behind, and says what the sign-in would store', async () => {
    const { lines } = await previewOf({ device: 'DESKTOP-01' });
    expect(lines.join('\n')).toMatch(/stored user {1}at the sign-in: user created: \S+ \(new\)/);
    expect(await sound.store.users.list()).toEqual([]);
    expect(await sound.store.activities.list({ limit: 1 })).toEqual([]);
  });

  test('a wrong name format is named where it stands, and what is missing by it', async () => {
    const nameFormat = 'http://schemas.xmlsoap.org/claims';
    const wrong = await workspaceWith({ attributes: [{ name: 'accounttype', value: 'DJ', nameFormat }] });
    const { lines, sound: good } = await previewOf({ device: 'DESKTOP-01' }, wrong);
    expect(claimIn(lines, 'accounttype')).toContain('Entra       refuses: AADSTS51004: it stands as accounttype in');
    expect(claimIn(lines, 'What is missing')).toContain('accounttype is not there');
    expect([lines.at(-1), good]).toEqual([expect.stringMatching(/^Entra would refuse this device\. /), false]);
  });

  test('a row that refuses the sign-in hides none of the others', async () => {
    const rows = [{ name: 'extra', nameFormat: 'urn:x', value: '${user.nothing}', required: true }];
    const { lines, sound: good } = await previewOf({ device: 'DESKTOP-01' }, await workspaceWith({ attributes: rows }));
    expect(claimIn(lines, 'extra')).toContain('Mortise     refuses the sign-in, attribute-missing: attribute extra');
    expect(claimIn(lines, 'primarysid')).toContain('takes it');
    expect([lines.at(-1), good]).toEqual([expect.stringMatching(/^Mortise would refuse this device\. /), false]);
  });

  test('nobody of that name, a person’s name, a name that is a filter', async () => {
    for (const device of ['DESKTOP-99', 'nora.keller', '*', ''])
      expect(await refusalFrom(previewOf({ device })), device).toMatchObject({ code: 'directory-entry-missing' });
  });
});

describe('a person', () => {
  test.each(['nora.keller@corp.example.test', 'CORP\\nora.keller', 'nora.keller'])('%s', async (person) => {
    const { lines, sound: good } = await previewOf({ person });
    expect(lines[0]).toMatch(/^ {2}person {6}CN=Nora Keller,/);
    expect(claimIn(lines, 'UPN')).toContain('  value       nora.keller@corp.example.test');
    expect(claimIn(lines, 'ImmutableID')).toContain('takes it: if the user is synchronised with it');
    expect(lines).not.toContain('accounttype');
    expect(good).toBe(true);
  });

  test('who has signed in before is found, and what is stored of him beside the mapping counts', async () => {
    const { configuration, store } = sound;
    const user = {
      id: 'u1',
      populationId: 'p1',
      username: 'nora.keller',
      enabled: true,
      attributes: { nothing: 'kept' },
      link: null,
      createdAt: NOW,
      updatedAt: NOW,
    };
    const users = { ...store.users, findByCorrelation: async () => [user], find: async () => user };
    const openDirectory = () => openSampleDirectory(sampleForest);
    const given = { who: { person: 'nora.keller' }, applicationId: undefined, users, openDirectory, now: NOW };
    const { lines } = await preview(configuration, given);
    expect(lines.find((line) => line.includes('stored user'))).toMatch(/(as it is|attributes updated|values updated)$/);
    const disabled = { ...given, users: { ...users, findByCorrelation: async () => [{ ...user, enabled: false }] } };
    expect(await refusalFrom(preview(configuration, disabled))).toMatchObject({ code: 'user-disabled' });
  });

  test('nobody', async () => {
    expect(await refusalFrom(previewOf({ person: 'nobody@corp.example.test' }))).toMatchObject({
      code: 'password-account-unknown',
    });
  });
});

describe('as a process', () => {
  let site: Site;
  afterEach(() => site.close());

  test('a directory that is down is named, and no store is made', async () => {
    site = await openSite();
    const { status, stdout, stderr } = await site.run('preview', '--config', 'mortise.yaml', '--device', 'PC-1');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^directory-down: /);
    expect(existsSync(join(site.folder, 'mortise.sqlite'))).toBe(false);
  });

  test.each([[[]], [['--device', 'A', '--user', 'b']]])('%j: one of the two is named', async (args) => {
    site = await openSite();
    const { status, stderr } = await site.run('preview', '--config', 'mortise.yaml', ...args);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Name one: `--device NAME`/)]);
  });
});
