/**
 * A running Samba AD domain controller on a loopback address of its own, over a copy of the provisioned domain.
 *
 * Samba stays in the foreground and ends when its input is closed: it cannot outlive the process that started it,
 * however that one ends. LDAP's ports cannot be changed, so each controller has another address of 127.0.0.0/8.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BASE_DN, DC_HOST, DOMAIN, LDAP_ACCOUNT, REALM } from './accounts.ts';
import { makeCertificates } from './certificates.ts';
import { labCache, provisionedDomain } from './provision.ts';
import { BASE_ENVIRONMENT, run } from './run.ts';

/** What a client needs to know; plain data, so that other processes can be told. */
export interface LabDescription {
  readonly realm: string;
  readonly domain: string;
  readonly baseDn: string;
  /** Loopback address of LDAP (389), LDAPS (636) and the KDC (88). */
  readonly address: string;
  /** Name in the controller's certificate; it does not resolve. */
  readonly host: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  /** A CA that did not sign the controller's certificate. */
  readonly otherCaFile: string;
  readonly krb5Config: string;
  /** For ticket caches and what else tests write; removed at the end. */
  readonly folder: string;
}

export interface DomainController {
  readonly description: LabDescription;
  /** Ends it as a power cut does. Its files stay until `stop`. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const LDAP_PORTS = [88, 389, 464, 636, 3268, 3269];
const READY_WITHIN_MS = 60_000;

/** @throws Error with Samba's own words when it does not come up */
export async function startDomainController(): Promise<DomainController> {
  const source = await provisionedDomain();
  await removeLeftovers();
  const address = await freeAddress();
  const folder = labCache(`run-${process.pid}-${address.split('.').slice(1).join('-')}`);
  await mkdir(folder, { recursive: true });
  const [certificates] = await Promise.all([
    makeCertificates(join(folder, 'tls'), address),
    run('cp', ['-a', '--sparse=always', '--reflink=auto', `${source}/.`, join(folder, 'dc')]),
  ]);
  const krb5Config = join(folder, 'krb5.conf');
  await writeFile(krb5Config, krb5Conf(address));
  const config = join(folder, 'smb.conf');
  await writeFile(config, smbConf(folder, address, certificates));
  await mkdir(join(folder, 'run'), { recursive: true });
  await mkdir(join(folder, 'cache'), { recursive: true });
  const log: string[] = [];
  const samba = startSamba(config, folder, log);
  const stop = async (): Promise<void> => {
    await endSamba(samba);
    await rm(folder, { recursive: true, force: true });
  };
  const kill = async (): Promise<void> => {
    if (hasEnded(samba)) return;
    samba.kill('SIGKILL');
    await once(samba, 'exit');
  };
  const { caFile, otherCaFile } = certificates;
  const description: LabDescription = {
    realm: REALM,
    domain: DOMAIN,
    baseDn: BASE_DN,
    address,
    host: DC_HOST,
    ldapsUrl: `ldaps://${address}:636`,
    caFile,
    otherCaFile,
    krb5Config,
    folder,
  };
  try {
    await waitUntilReady(description, samba);
    return { description, kill, stop };
  } catch (error) {
    await stop();
    throw new Error(`the lab's domain controller does not come up:\n${log.join('').slice(-3000)}`, { cause: error });
  }
}

/** What a run that was killed left behind; its Samba ended by itself. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(labCache())) {
    const pid = /^(?:run|provisioning)-(?<pid>\d+)/.exec(name)?.groups?.['pid'];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(labCache(name), { recursive: true, force: true });
  }
}

/** One whose ports are free, begun at a place that differs from process to process. */
async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const number = (process.pid * 31 + attempt * 7919) % 64_000;
    const address = `127.93.${1 + Math.floor(number / 254)}.${1 + (number % 254)}`;
    if ((await Promise.all(LDAP_PORTS.map((port) => isFree(address, port)))).every(Boolean)) return address;
  }
  throw new Error(`no loopback address has the ports ${LDAP_PORTS.join(', ')} free`);
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

function startSamba(config: string, folder: string, log: string[]): ChildProcess {
  const args = [
    '--interactive',
    `--configfile=${config}`,
    '--model=single',
    '--no-process-group',
    `--log-basename=${folder}`,
  ];
  const samba = spawn('samba', args, { env: BASE_ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
  const keep = (chunk: Buffer): void => {
    log.push(chunk.toString());
    if (log.length > 200) log.shift();
  };
  samba.stdout?.on('data', keep);
  samba.stderr?.on('data', keep);
  samba.on('error', (error) => log.push(error.message));
  samba.stdin?.on('error', () => undefined);
  return samba;
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

async function endSamba(samba: ChildProcess): Promise<void> {
  for (const end of [() => samba.stdin?.end(), () => samba.kill('SIGTERM'), () => samba.kill('SIGKILL')]) {
    if (hasEnded(samba)) return;
    end();
    await Promise.race([once(samba, 'exit'), sleep(5_000, undefined, { ref: false })]);
  }
}

/** Ready is: an ordinary account binds over LDAPS, and the KDC gives it a ticket. */
async function waitUntilReady(lab: LabDescription, samba: ChildProcess): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  const env = { KRB5_CONFIG: lab.krb5Config, KRB5CCNAME: 'MEMORY:ready', LDAPTLS_CACERT: lab.caFile };
  const { userPrincipalName, name, password } = LDAP_ACCOUNT;
  const bind = [
    '-x',
    '-LLL',
    '-H',
    lab.ldapsUrl,
    '-D',
    userPrincipalName,
    '-w',
    password,
    '-b',
    '',
    '-s',
    'base',
    'dnsHostName',
  ];
  for (;;) {
    try {
      await run('ldapsearch', ['-o', 'nettimeout=5', ...bind], { env, timeoutMs: 10_000 });
      await run('kinit', [`${name}@${lab.realm}`], { env, input: `${password}\n`, timeoutMs: 10_000 });
      return;
    } catch (error) {
      if (hasEnded(samba) || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}

function krb5Conf(address: string): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${REALM} = {
    kdc = ${address}:88
    kpasswd_server = ${address}:464
  }
[domain_realm]
  .${DOMAIN} = ${REALM}
  ${DOMAIN} = ${REALM}
  .localhost = ${REALM}
`;
}

function smbConf(
  folder: string,
  address: string,
  tls: { certificateFile: string; keyFile: string; caFile: string },
): string {
  const dc = join(folder, 'dc');
  const settings: Readonly<Record<string, string>> = {
    realm: REALM,
    workgroup: REALM.split('.')[0] ?? '',
    'netbios name': (DC_HOST.split('.')[0] ?? '').toUpperCase(),
    'server role': 'active directory domain controller',
    'server services': 'ldap, cldap, kdc',
    interfaces: `${address}/8`,
    'bind interfaces only': 'yes',
    'private dir': join(dc, 'private'),
    'state directory': join(dc, 'state'),
    'lock directory': dc,
    'binddns dir': join(dc, 'bind-dns'),
    'cache directory': join(folder, 'cache'),
    'pid directory': join(folder, 'run'),
    'ncalrpc dir': join(folder, 'run', 'ncalrpc'),
    'ntp signd socket directory': join(folder, 'run', 'ntp'),
    'winbindd socket directory': join(folder, 'run', 'winbindd'),
    'tls certfile': tls.certificateFile,
    'tls keyfile': tls.keyFile,
    'tls cafile': tls.caFile,
    'log level': '1',
    'ldb:nosync': 'yes',
  };
  const lines = Object.entries(settings).map(([name, value]) => `\t${name} = ${value}`);
  return ['[global]', ...lines, ''].join('\n');
}
