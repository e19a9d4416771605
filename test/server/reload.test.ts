/** A changed configuration in a running server: taken whole or not at all, and no request is lost by it. */
import { connect } from 'node:tls';
import { writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Directory } from '../../src/directory/directory.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import { ReloadError, settingsForAStart } from '../../src/server/reload.ts';
import { StartError } from '../../src/server/signing-keys.ts';
import { expectFault } from './answers.ts';
import { negotiate, openClient } from './client.ts';
import { HOST, openGround, PATHS } from './mortise.ts';
import type { Differences, Ground, RunningMortise } from './mortise.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

async function reload(mortise: RunningMortise, differences: Differences): Promise<void> {
  await mortise.reload?.(differences);
}

/** A directory whose searches wait. */
function waiting(): { readonly directory: Directory; readonly asked: Promise<void>; readonly answer: () => void } {
  const sample = openSampleDirectory(sampleForest);
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const directory: Directory = {
    ...sample,
    search: async (search) => {
      asked.resolve();
      await answered.promise;
      return sample.search(search);
    },
  };
  return { directory, asked: asked.promise, answer: () => answered.resolve() };
}

describe('a change', () => {
  test('is in force for the next request on the same connection', async () => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const first = await client.ask(negotiate(ground.mint()));
    await reload(mortise, { application: { audienceRestriction: 'urn:another' } });
    const second = await client.ask(negotiate(ground.mint()));
    expect([first.status, second.localPort]).toEqual([200, first.localPort]);
    expectFault(second, 500, 'applies-to-unknown');
    await reload(mortise, { application: { enabled: false } });
    expectFault(await client.send({ path: PATHS.mex13 }), 404, 'unknown-application');
    await reload(mortise, {});
    expect((await client.ask(negotiate(ground.mint()))).status).toBe(200);
    client.close();
  });

  test('leaves a request under way the configuration that it began with', async () => {
    const { directory, asked, answer } = waiting();
    const mortise = await ground.start({ directory });
    const client = openClient(mortise);
    const underWay = client.ask(negotiate(ground.mint()));
    await asked;
    await reload(mortise, {
      application: { enabled: false },
      gateway: { serversHostAndPort: ['other.example.test:636'] },
    });
    answer();
    const { status, text } = await underWay;
    expect([status, text.includes('urn:federation:MicrosoftOnline')]).toEqual([200, true]);
    expectFault(await client.ask(negotiate(ground.mint())), 404, 'unknown-application');
    client.close();
  });

  test('of the networks counts at once', async () => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    await reload(mortise, { server: { windowsTransportNetworks: ['192.0.2.0/24'] } });
    const { status } = await client.ask(negotiate(ground.mint()));
    expect(status).toBe(403);
    client.close();
  });

  test('is no way around the replay memory', async () => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const ticket = negotiate(ground.mint());
    expect((await client.ask(ticket)).status).toBe(200);
    await reload(mortise, { application: { notBeforeSkewSeconds: 1 } });
    expect((await client.ask(ticket)).text).toContain('kerberos-replay');
    client.close();
  });

  test('asks the directory of before for as long as its connection is the same', async () => {
    let opened = 0;
    const mortise = await ground.start({
      openDirectory: () => {
        opened += 1;
        return openSampleDirectory(sampleForest);
      },
    });
    await reload(mortise, { application: { notBeforeSkewSeconds: 1 } });
    expect(opened).toBe(1);
    await reload(mortise, { gateway: { bindPassword: 'changed' } });
    expect(opened).toBe(2);
  });

  test('of the certificate is shown to new connections; the others go on', async () => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const before = await client.send({ path: '/health' });
    const tls = await makeThrowAwayTls([HOST], new Date());
    const folder = dirname(ground.workspace.configurationFile);
    const [certificateFile, keyFile] = [join(folder, 'new.pem'), join(folder, 'new.key')];
    writeFileSync(certificateFile, tls.certificate);
    writeFileSync(keyFile, tls.privateKey);
    const shown = await certificateOf(mortise);
    await reload(mortise, { server: { tls: { certificateFile, keyFile } } });
    expect(await certificateOf(mortise)).not.toBe(shown);
    expect((await client.send({ path: '/health' })).localPort).toBe(before.localPort);
    // A key of another certificate: nothing is taken, the certificate neither.
    const wrong = { certificateFile: ground.workspace.configuration.server.tls.certificateFile, keyFile };
    const half = { server: { tls: wrong }, application: { enabled: false } };
    await expect(reload(mortise, half)).rejects.toThrow(/key values mismatch/);
    expect((await client.send({ path: PATHS.mex13 })).status).toBe(200);
    client.close();
  });

  test('twenty times under load: every request is answered by a token', async () => {
    const mortise = await ground.start();
    const clients = Array.from({ length: 8 }, () => openClient(mortise));
    const state = { ended: false };
    const reloads = (async () => {
      for (let count = 0; count < 20; count++) await reload(mortise, { application: { notBeforeSkewSeconds: count } });
      state.ended = true;
    })();
    const statuses = await Promise.all(
      clients.map(async (client) => {
        const seen: number[] = [];
        while (!state.ended || seen.length < 10) seen.push((await client.ask(negotiate(ground.mint()))).status);
        return seen;
      }),
    );
    await reloads;
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    for (const client of clients) client.close();
  });
});

describe('what cannot be taken', () => {
  test.each<[string, Differences['server']]>([
    ['server.listen', { listen: { host: '127.0.0.1', port: 1 } }],
    ['server.publicBaseUrl', { publicBaseUrl: 'https://other.localhost' }],
    ['server.masterKey', { masterKey: Buffer.alloc(32, 9).toString('base64') }],
    ['server.trustedProxies', { trustedProxies: ['127.0.0.1'] }],
  ])('%s needs a start: it is named without its value, and the rest is not taken either', async (name, server) => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const taken = reload(mortise, { ...(server && { server }), application: { enabled: false } });
    await expect(taken).rejects.toThrow(
      new ReloadError(`${name}: changed, which only a restart takes up. Nothing of the file was taken.`),
    );
    expect((await client.ask(negotiate(ground.mint()))).status).toBe(200);
    client.close();
  });

  test('an application without its signing key', async () => {
    const mortise = await ground.start();
    const client = openClient(mortise);
    const key = { id: '00000000-0000-4000-8000-000000000000' };
    const { idpSigning } = ground.workspace.configuration.environment.applications[0] ?? {};
    const other = { application: { ...(idpSigning && { idpSigning: { ...idpSigning, key } }) } };
    await expect(reload(mortise, other)).rejects.toThrow(StartError);
    expect((await client.ask(negotiate(ground.mint()))).status).toBe(200);
    client.close();
  });

  test('settings that are compared are all but those that a running server takes', () => {
    const { server } = ground.workspace.configuration;
    expect(settingsForAStart(server, server)).toEqual([]);
    expect(settingsForAStart(server, { ...server, windowsTransportNetworks: ['10.0.0.0/8'] })).toEqual([]);
    expect(settingsForAStart(server, { ...server, store: { path: 'x' }, record: { retentionDays: 7 } })).toEqual([
      'server.store',
      'server.record',
    ]);
  });
});

function certificateOf({ port, ca }: RunningMortise): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: HOST, ca, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
