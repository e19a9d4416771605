/** Domain controllers that answer, or do not, while computers come with good tickets. */
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS } from '../../lab/accounts.ts';
import { labAvailable } from '../../lab/samba.ts';
import { ask, assertionOf } from './curl.ts';
import { expectIssued, expectRefused } from './expectations.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** An address where nothing listens. */
async function deadServer(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

/** The lab takes its files with it; a computer keeps its tickets. */
async function keepTickets(folder: string, env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const cache = join(folder, 'tickets');
  const config = join(folder, 'krb5.conf');
  await copyFile((env['KRB5CCNAME'] ?? '').replace(/^FILE:/, ''), cache);
  await copyFile(env['KRB5_CONFIG'] ?? '', config);
  return { KRB5CCNAME: `FILE:${cache}`, KRB5_CONFIG: config };
}

describe.skipIf(!labAvailable)('a domain controller', () => {
  let site: Site;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    site = await openSite();
    const tickets = await site.lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD);
    await tickets.request('HTTP/sso.localhost');
    ({ env } = tickets);
  });
  afterAll(async () => {
    await site?.close();
  });

  test('that is down, first in the list: the second is asked, and the log says so once', async () => {
    const dead = await deadServer();
    const mortise = await site.mortise({ servers: [dead, ...site.lab.gateway.serversHostAndPort] });
    const first = await ask(mortise, { env });
    await expectIssued(mortise, first);
    await expectIssued(mortise, await ask(mortise, { env }));
    expect((await site.join(mortise, assertionOf(first), 'DESKTOP-01$')).deviceId).toMatch(/^[0-9a-f-]{36}$/);
    expect(mortise.log().split('a domain controller does not answer')).toHaveLength(2);
    expect(mortise.log()).toContain(dead);
  });

  test('that is down, as is the other: refused at once, naming each with its error', async () => {
    const dead = [await deadServer(), await deadServer()];
    const mortise = await site.mortise({ servers: dead });
    const started = performance.now();
    const { refusal, principal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-down');
    expect(performance.now() - started).toBeLessThan(4_000);
    for (const server of dead) expect(refusal.detail).toContain(`${server}: nothing listens there (ECONNREFUSED)`);
    // The ticket itself was good, and the record says whose it was.
    expect(principal).toBe('DESKTOP-01$@CORP.EXAMPLE.TEST');
  });

  test('with a certificate of another authority is not asked for anything', async () => {
    const mortise = await site.mortise({ ldapCaFile: site.lab.otherCaFile });
    const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-down');
    expect(refusal.detail).toContain('server.ldapCaFile');
  });

  test('that refuses the gateway’s password', async () => {
    const mortise = await site.mortise({ bindPassword: 'not-the-password' });
    const { refusal } = await expectRefused(mortise, await ask(mortise, { env }), 'directory-bind-refused');
    expect(JSON.stringify(refusal)).not.toContain('not-the-password');
  });

  test('that stops while Mortise runs: refused, and no token is issued from memory', async () => {
    const other = await openSite();
    try {
      const { env: own } = await other.lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD);
      const mortise = await other.mortise();
      await expectIssued(mortise, await ask(mortise, { env: own }));
      const kept = await keepTickets(mortise.folder, own);
      await other.lab.stop();
      const { refusal } = await expectRefused(mortise, await ask(mortise, { env: kept }), 'directory-down');
      expect(refusal.detail).toContain(other.lab.address);
    } finally {
      await other.close();
    }
  });
});
