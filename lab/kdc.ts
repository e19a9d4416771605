/**
 * MIT's KDC with a realm of its own, as tests use it: it issues what AD does not, tickets of RFC 8009's encryption types.
 *
 *   const kdc = await startKdc();
 *   const host = await kdc.addService('svc-sso', 'sso.mit.example', { password, encryptionType });
 *   const env = await kdc.kinit('nora', password);
 *
 * It has a folder and a port of its own, needs no root, and ends with the process that started it, crash included.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_ENVIRONMENT, run } from './run.ts';

export interface ServiceOptions {
  readonly password: string;
  /** As `aes256-cts-hmac-sha384-192`: the only one that the account has a key of; session keys are of any. */
  readonly encryptionType: string;
}

export interface Kdc {
  readonly realm: string;
  readonly krb5Config: string;
  addPerson(name: string, password: string): Promise<void>;
  /**
   * A service `HTTP/host` with the keys of the account `name`: it is made under that name and renamed, so that its salt is
   * the account's, as AD has it for an account with a service principal name.
   */
  addService(name: string, host: string, options: ServiceOptions): Promise<void>;
  /** The service's keytab. */
  keytab(host: string): Promise<Uint8Array>;
  /** The environment of somebody who has signed in. */
  kinit(name: string, password: string): Promise<Readonly<Record<string, string>>>;
  readonly stop: () => Promise<void>;
}

const REALM = 'MIT.EXAMPLE';
const READY_WITHIN_MS = 20_000;
const TYPES = 'aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96';

const PROGRAMS = ['krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit', 'kvno'];
const isThere = (name: string): boolean =>
  ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(join(folder, name)));

function sayWhenMissing(): boolean {
  const missing = PROGRAMS.filter((name) => !isThere(name));
  if (missing.length > 0) console.warn(`!!! MIT's KDC is left out: not installed: ${missing.join(', ')}`);
  return missing.length === 0;
}

/** For `describe.skipIf(!kdcAvailable)`. Says loudly why when it is false. */
export const kdcAvailable: boolean = sayWhenMissing();

/** @throws Error with the KDC's own words when it does not come up */
export async function startKdc(): Promise<Kdc> {
  const folder = await mkdtemp(join(tmpdir(), 'mortise-kdc-'));
  const port = await freePort();
  const files = { kdc: join(folder, 'kdc.conf'), client: join(folder, 'krb5.conf'), log: join(folder, 'kdc.log') };
  const env = { KRB5_CONFIG: files.client, KRB5_KDC_PROFILE: files.kdc };
  await writeFile(files.kdc, kdcConf(folder, port, files.log));
  await writeFile(files.client, krb5Conf(port));
  await run('kdb5_util', ['create', '-s', '-r', REALM, '-P', 'the master key of a test'], { env });
  const daemon = startDaemon(env);
  const stop = async (): Promise<void> => {
    await endDaemon(daemon);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(port, daemon);
  } catch (error) {
    const log = await readFile(files.log, 'utf8').catch(() => '');
    await stop();
    throw new Error(`MIT's KDC does not come up:\n${log.slice(-2000)}`, { cause: error });
  }
  const admin = async (...query: readonly string[]): Promise<string> =>
    run('kadmin.local', ['-r', REALM, ...query], { env });
  return {
    realm: REALM,
    krb5Config: files.client,
    stop,
    addPerson: async (name, password) => void (await admin('addprinc', '+requires_preauth', '-pw', password, name)),
    async addService(name, host, { password, encryptionType }) {
      await admin('addprinc', '-e', `${encryptionType}:normal`, '-pw', password, name);
      await admin('renprinc', name, `HTTP/${host}`);
      // Else the KDC gives only session keys of types that the service has a key of.
      await admin('setstr', `HTTP/${host}`, 'session_enctypes', TYPES);
    },
    async keytab(host) {
      const file = join(folder, `${host}.keytab`);
      await admin('ktadd', '-norandkey', '-k', file, `HTTP/${host}`);
      return readFile(file);
    },
    async kinit(name, password) {
      const own = {
        KRB5_CONFIG: files.client,
        KRB5CCNAME: `FILE:${join(await mkdtemp(join(folder, 'tickets-')), 'cache')}`,
      };
      await run('kinit', [`${name}@${REALM}`], { env: own, input: `${password}\n` });
      return own;
    },
  };
}

const kdcConf = (folder: string, port: number, log: string): string =>
  `[kdcdefaults]
 kdc_listen = ""
 kdc_tcp_listen = 127.0.0.1:${port}
[realms]
 ${REALM} = {
  database_name = ${join(folder, 'principal')}
  key_stash_file = ${join(folder, 'stash')}
  acl_file = ${join(folder, 'kadm5.acl')}
  supported_enctypes = ${TYPES.replaceAll(/(?= |$)/g, ':normal')}
 }
[logging]
 kdc = FILE:${log}
`;

const krb5Conf = (port: number): string =>
  `[libdefaults]
 default_realm = ${REALM}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 permitted_enctypes = ${TYPES}
[realms]
 ${REALM} = {
  kdc = 127.0.0.1:${port}
 }
[domain_realm]
 .mit.example = ${REALM}
`;

/** The port is free when it is asked for; nobody else on this machine takes one between two starts. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The shell ends the KDC when its own input closes: when the starter stops it, or ends in any other way. */
const startDaemon = (env: Readonly<Record<string, string>>): ChildProcess =>
  spawn('/bin/sh', ['-c', `krb5kdc -n -r ${REALM} </dev/null & daemon=$!; cat >/dev/null; kill "$daemon"; wait`], {
    env: { ...BASE_ENVIRONMENT, ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
  });

async function endDaemon(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.stdin?.end();
  await ended;
}

async function waitUntilReady(port: number, daemon: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await answers(port))) {
    if (daemon.exitCode !== null || performance.now() > deadline) throw new Error('the KDC does not listen');
    await sleep(20);
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
}
