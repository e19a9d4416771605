/**
 * Peer: Debian's SimpleSAMLphp with its adfs module, under php-fpm behind nginx, people in a plain list.
 * All of it runs from a temporary folder with files of its own (simplesamlphp-files.ts), never as the system's services.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { missingPackages } from '../../lab/packages.ts';
import { BENCH_PACKAGES } from '../debian/packages.ts';
import { removeFolder, temporaryFolder } from '../harness/lifetime.ts';
import type { StartedProcess } from '../harness/lifetime.ts';
import { freePort, startForeign } from '../harness/processes.ts';
import { HOST, makeThrowAwayKeys, PERSON } from './identity-provider.ts';
import type { IdentityProvider, ThrowAwayKeys } from './identity-provider.ts';
import {
  fpmConfiguration,
  nginxConfiguration,
  PHP_SETTINGS,
  signInPath,
  simplesamlphpFiles,
  socketOf,
} from './simplesamlphp-files.ts';
import type { Place } from './simplesamlphp-files.ts';

/** Debian's account for web servers. */
const ACCOUNT = 'www-data';

/** Why it cannot be measured here; undefined when it can. */
export function simplesamlphpMissing(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Debian';
  const missing = missingPackages(BENCH_PACKAGES).map(({ name }) => name);
  return missing.length === 0 ? undefined : `not installed: ${missing.join(' ')} (npm run bench installs it, as root)`;
}

export async function startSimplesamlphp(): Promise<IdentityProvider> {
  const place: Place = {
    folder: temporaryFolder(),
    port: await freePort(),
    workers: 2 * availableParallelism(),
    account: process.getuid?.() === 0 ? ACCOUNT : undefined,
  };
  const keys = await makeThrowAwayKeys(new Date());
  const started: StartedProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((one) => one.stop()));
    removeFolder(place.folder);
  };
  try {
    writeFiles(place, keys);
    started.push(await startFpm(place));
    started.push(await startNginx(place));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pids: started.map(({ pid }) => pid),
    address: `https://${HOST}:${place.port}${signInPath}`,
    ca: keys.tls.ca,
    signingCertificate: keys.signing.certificate,
    person: PERSON,
    stop,
  };
}

function writeFiles(place: Place, { tls, signing }: ThrowAwayKeys): void {
  const { folder, account } = place;
  for (const name of ['config', 'metadata', 'sessions', 'log', 'tmp']) mkdirSync(join(folder, name));
  const files = {
    ...simplesamlphpFiles(place, randomBytes(24).toString('hex')),
    'nginx.conf': nginxConfiguration(place),
    'php-fpm.conf': fpmConfiguration(place),
    'tls.pem': tls.certificate,
    'tls.key': tls.privateKey,
    'signing.pem': signing.certificate,
    'signing.key': signing.privateKey,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  if (account !== undefined) execFileSync('chown', ['-R', `${account}:${account}`, folder]);
}

function startFpm(place: Place): Promise<StartedProcess> {
  // Its name has PHP's version in it.
  const program = readdirSync('/usr/sbin').find((name) => /^php-fpm\d/.test(name));
  if (program === undefined) throw new Error('/usr/sbin has no php-fpm');
  const settings = PHP_SETTINGS.flatMap((setting) => ['-d', setting]);
  const args = ['--nodaemonize', '--fpm-config', join(place.folder, 'php-fpm.conf'), ...settings];
  return startForeign(program, args, { path: socketOf(place) });
}

function startNginx({ folder, port }: Place): Promise<StartedProcess> {
  const args = ['-e', join(folder, 'log', 'nginx.log'), '-c', join(folder, 'nginx.conf')];
  return startForeign('nginx', args, { host: '127.0.0.1', port });
}
