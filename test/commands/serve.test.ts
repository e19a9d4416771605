/** `mortise serve` as a process: what makes it start and not start, what it logs, and how it ends. */
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { openHttpClient } from '../../src/rehearsal/http-client.ts';
import { ENV, IDS } from '../config/sample.ts';
import { HOST, openSite, SECRETS } from './site.ts';
import type { Running, Site } from './site.ts';

let site: Site;
beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

const serve = ['serve', '--config', 'mortise.yaml'] as const;

/** The port of a serve that listens. */
async function portOf(running: Running): Promise<number> {
  const line = await running.logged('"listening"');
  return (JSON.parse(line) as { address: AddressInfo }).address.port;
}

describe('running', () => {
  test('it answers with the directory down, logs JSON lines without a secret, and SIGTERM ends it at once', async () => {
    await site.putSigningKey();
    const running = site.start(...serve);
    const base = `https://${HOST}:${await portOf(running)}`;
    const client = openHttpClient(site.tls.ca);
    const mex = await client.send({ method: 'GET', url: `${base}/wsf/mex13/${IDS.application}` });
    expect(mex.status).toBe(200);
    expect(mex.body.toString()).toContain(`https://${HOST}/wsf/sts/${IDS.application}`);
    const url = `${base}/wsf/sts/${IDS.application}`;
    const asked = await client.send({ method: 'POST', url, body: '' });
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Negotiate']);
    const headers = { authorization: 'Negotiate TlRMTVNTUAABAAAA' };
    expect((await client.send({ method: 'POST', url, headers, body: '' })).status).toBe(401);

    // The client's idle connection is still open.
    const stopAsked = performance.now();
    running.process.kill('SIGTERM');
    const { status, stdout, stderr } = await running.ended;
    expect(performance.now() - stopAsked).toBeLessThan(1_000);
    client.close();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect([messages[0], ...messages.slice(-2)]).toEqual(['listening', 'stopping', 'the record is sealed']);
    expect(stderr).toContain('"code":"ntlm-refused"');
    for (const secret of SECRETS) expect(stderr).not.toContain(secret);
  });

  test('it takes an administrator’s orders on a socket of its own account, which is gone afterwards', async () => {
    await site.putSigningKey();
    const running = site.start(...serve);
    await portOf(running);
    const socket = join(site.folder, 'mortise.sqlite.sock');
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const asked = await site.run('second-factor', 'code', 'nobody@corp.example.com', '--config', 'mortise.yaml');
    expect(asked.status).toBe(1);
    expect(asked.stderr).toMatch(/sign(ed)? in once/);
    running.process.kill('SIGTERM');
    expect((await running.ended).status).toBe(0);
    expect(existsSync(socket)).toBe(false);
  });

  test('it ends with status 1 when the store cannot be written any more, so that its supervisor starts it anew', async () => {
    await site.putSigningKey();
    site.write(
      'end-writer.mjs',
      "process.on('worker', (worker) => worker.once('message', () => setTimeout(() => worker.terminate(), 300)));",
    );
    const preload = { NODE_OPTIONS: `--import=${join(site.folder, 'end-writer.mjs')}` };
    const { status, stderr } = await site.runWith({ ...ENV, ...preload }, ...serve);
    expect(status).toBe(1);
    expect(stderr).toContain('"msg":"the store cannot be written any more: start serve anew"');
    // The log is written behind the explanation or before it.
    expect(stderr.split('\n')).toContainEqual(
      expect.stringMatching(/^\/.*mortise\.sqlite: the thread that writes to the store has ended\.$/),
    );
  });

  test.each([['SIGTERM'], ['SIGINT']] as const)(
    '%s, and again, leaves time to answer what is under way',
    async (signal) => {
      await site.putSigningKey();
      const running = site.start(...serve);
      const socket = await openSocket(site, await portOf(running));
      const path = `/wsf/sts/${IDS.application}`;
      socket.write(`POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 4\r\n\r\nab`);
      // Answered, so the request before it on the other connection has been read too.
      const client = openHttpClient(site.tls.ca);
      await client.send({ method: 'GET', url: `https://${HOST}:${socket.remotePort}/health` });
      client.close();

      running.process.kill(signal);
      await running.logged('"stopping"');
      running.process.kill(signal);
      socket.write('cd');
      const answer = await readAll(socket);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      const { status } = await running.ended;
      expect(status).toBe(0);
    },
  );

  test('a warning of the configuration is logged with its path and the way to mend it', async () => {
    await site.putSigningKey();
    site.configure({ 'server.windowsTransportNetworks': ['0.0.0.0/0'] });
    const running = site.start(...serve);
    await portOf(running);
    const line = await running.logged('windowsTransportNetworks');
    expect(JSON.parse(line)).toMatchObject({
      level: 40,
      msg: expect.stringMatching(
        /^line \d+: server\.windowsTransportNetworks\[0\] lets the whole Internet try Kerberos\. Name the networks/,
      ),
    });
  });
});

/** stderr of a serve that does not start: no JSON, no stack, no secret. */
async function refusalToStart(config = 'mortise.yaml'): Promise<string> {
  const { status, stdout, stderr } = await site.run('serve', '--config', config);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at |node:/m);
  for (const secret of SECRETS) expect(stderr).not.toContain(secret);
  return stderr;
}

describe('it does not start', () => {
  test('without a signing key, and says how to make one', async () => {
    expect(await refusalToStart()).toBe(
      `The store holds no signing key for:\n  Microsoft 365: idpSigning.key.id ${IDS.key}\nMake one with \`mortise keys create --config FILE\`, or bring one with \`mortise keys import\`.\n`,
    );
    expect((await site.run('keys', 'create', '--config', 'mortise.yaml')).status, 'what it says is the cure').toBe(0);
    await portOf(site.start(...serve));
  });

  test('with another master key', async () => {
    await site.putSigningKey();
    const { status, stderr } = await site.runWith(
      { MASTER: Buffer.alloc(32, 8).toString('base64'), BIND: 'b', KERBEROS: 'k' },
      ...serve,
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^master-key-wrong: .*Set `server\.masterKey`.*\n$/);
  });

  test('beside another serve on the same store; on a port that is taken; at an address of somebody else', async () => {
    await site.putSigningKey();
    const running = site.start(...serve);
    await portOf(running);
    expect(await refusalToStart()).toMatch(/^Another process writes to .*mortise\.sqlite.*Stop it first.*\n$/);
    running.process.kill('SIGTERM');
    await running.ended;

    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    site.configure({ 'server.listen': { host: '127.0.0.1', port } });
    expect(await refusalToStart()).toBe(
      `Cannot listen on 127.0.0.1 port ${port}: another program listens there. Stop it, or choose another port.\n`,
    );
    other.close();
    site.configure({ 'server.listen': { host: '192.0.2.1', port: 0 } });
    expect(await refusalToStart()).toBe(
      'Cannot listen on 192.0.2.1: this machine has no such address. Correct `server.listen.host`.\n',
    );
  });

  test('with a store that it cannot have', async () => {
    site.configure({ 'server.store.path': 'absent/mortise.sqlite' });
    expect(await refusalToStart()).toMatch(/^The folder .*absent does not exist\. Create it .*\n$/);
    site.configure({ 'server.store.path': 'tls.pem' });
    expect(await refusalToStart()).toMatch(
      /^.*tls\.pem is not a store of Mortise\. Correct server\.store\.path, or name another file\.\n$/,
    );
  });

  test('with files that do not fit: all of them at once, as `check` says it', async () => {
    site.write('other.keytab', 'no keytab');
    site.write('ca.pem', 'no certificate');
    site.write('tls.key', (await makeThrowAwayTls([HOST], new Date())).privateKey);
    site.configure({
      'server.ldapCaFile': 'ca.pem',
      'gateway.kerberos.serviceAccountPassword': undefined,
      'gateway.kerberos.keytabFile': 'other.keytab',
    });
    const said = await refusalToStart();
    expect(said).toMatch(/^mortise\.yaml: 3 problems\n/);
    for (const path of ['server.tls.keyFile is not', 'server.ldapCaFile holds', 'kerberos.keytabFile cannot'])
      expect(said).toContain(path);
    expect((await site.run('check', '--config', 'mortise.yaml')).stderr).toBe(said);
  });
});

async function openSocket({ tls }: Site, port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: HOST, ca: tls.ca });
  await once(socket, 'secureConnect');
  return socket;
}

async function readAll(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
