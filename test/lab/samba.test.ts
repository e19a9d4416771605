/** The lab itself: its tickets are what their accounts promise, and it ends with whoever started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { COMPUTER_PASSWORD, COMPUTERS, GMSA, PEOPLE, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { DEBIAN_PACKAGES, missingPackages } from '../../lab/packages.ts';
import { run } from '../../lab/run.ts';
import { labAvailable, labMissing, startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';

const answers = async (host: string): Promise<boolean> => {
  const socket = connect({ host, port: 636 });
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
};

test('what is missing is named with what goes untested', () => {
  expect(
    missingPackages([{ name: 'no-such-package-of-debian', neededFor: 'nothing' }]).map(({ name }) => name),
  ).toEqual(['no-such-package-of-debian']);
  expect(DEBIAN_PACKAGES.map(({ name }) => name)).toContain('samba');
  expect(labAvailable).toBe(labMissing() === undefined);
});

describe.skipIf(!labAvailable)('the lab', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  });
  afterAll(async () => {
    await lab?.stop();
  });

  test.each([
    ['sso.localhost', /aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/],
    ['sso.corp.example.test', /aes256-cts-hmac-sha1-96, aes256-cts-hmac-sha1-96/],
    ['aes128.localhost', /aes128-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96/],
    ['rc4.localhost', /arcfour-hmac, (?:DEPRECATED:)?arcfour-hmac/],
    ['unset.localhost', /aes256-cts-hmac-sha1-96, (?:DEPRECATED:)?arcfour-hmac/],
  ])('a computer’s ticket for HTTP/%s has session key and ticket as its account says', async (host, types) => {
    const tickets = await lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD);
    await tickets.request(`HTTP/${host}`);
    const own = (await tickets.list()).split(/(?=^\d\d\/)/m).find((ticket) => ticket.includes(`HTTP/${host}@`));
    expect(own).toMatch(types);
  });

  test.each([
    ['nora.keller', PERSON_PASSWORD],
    ['luca.rossi', PERSON_PASSWORD],
    [`${GMSA}$`, COMPUTER_PASSWORD],
  ])('%s gets a ticket', async (principal, password) => {
    const tickets = await lab.kinit(principal, password);
    expect(await tickets.request('HTTP/sso.localhost')).toContain('kvno = ');
  });

  test('a UPN with another suffix is a principal too', async () => {
    const tickets = await lab.kinit(PEOPLE.luca.upn, PERSON_PASSWORD, { options: ['--enterprise'] });
    expect(await tickets.list()).toContain('krbtgt/CORP.EXAMPLE.TEST');
  });

  test('curl finds its ticket by the name of the host alone', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response
        .writeHead(request.headers.authorization === undefined ? 401 : 200, { 'WWW-Authenticate': 'Negotiate' })
        .end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const tickets = await lab.kinit(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD);
    const args = [
      '-sS',
      '--anyauth',
      '-u',
      ':',
      '--resolve',
      `sso.localhost:${port}:127.0.0.1`,
      `http://sso.localhost:${port}/`,
    ];
    await run('curl', args, { env: tickets.env });
    expect(seen).toEqual([undefined, expect.stringMatching(/^Negotiate YI/)]);
    expect(await tickets.list()).toContain('HTTP/sso.localhost@CORP.EXAMPLE.TEST');
  });

  test('a disabled computer gets none', async () => {
    await expect(lab.kinit(`${COMPUTERS.disabled}$`, COMPUTER_PASSWORD)).rejects.toThrow('revoked');
  });

  test('entries are added, changed and removed', async () => {
    const dn = lab.dn('CN=Kontakt,OU=Staff');
    await lab.add(dn, { objectClass: 'contact', description: 'Zürich' });
    expect((await lab.read(dn, 'description'))?.map(String)).toEqual(['Zürich']);
    await lab.modify(dn, { description: undefined });
    expect(await lab.read(dn, 'description')).toEqual([]);
    await lab.remove(dn);
    expect(await lab.read(dn, 'description')).toBeUndefined();
  });

  test('a second one stands beside it, and is gone when it is stopped', async () => {
    const other = await startLab();
    expect(other.address).not.toBe(lab.address);
    expect(await answers(other.address)).toBe(true);
    await other.stop();
    expect(await answers(other.address)).toBe(false);
    expect(await answers(lab.address)).toBe(true);
  });

  test('it ends when its starter is killed', async () => {
    const module = join(import.meta.dirname, '..', '..', 'lab', 'samba.ts');
    const script = `const { startLab } = await import(${JSON.stringify(module)}); console.log((await startLab()).address); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [address] = (await once(createInterface(starter.stdout), 'line')) as [string];
    expect(await answers(address)).toBe(true);
    starter.kill('SIGKILL');
    await expect.poll(() => answers(address), { timeout: 10_000 }).toBe(false);
  });
});
