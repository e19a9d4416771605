/**
 * Makes the lab's domain once and keeps it: a provisioned Samba database below `.cache/lab/`, named by the digest of
 * everything that went into it. A run works on a copy, so tests may change what they like.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADMINISTRATOR, BASE_DN, CONSISTENT_COMPUTERS, DC_HOST, DOMAIN_SID, LAB_ENTRIES, REALM } from './accounts.ts';
import type { Attributes, LabEntry } from './accounts.ts';
import { AGED_PEOPLE, labPersonDn, LOCKOUT, LONG_AGO, PEOPLE_ENTRIES } from './people.ts';
import { guidToBytes } from '../src/directory/guid.ts';
import { run } from './run.ts';

const CACHE = join(import.meta.dirname, '..', '.cache', 'lab');

export const labCache = (...parts: readonly string[]): string => join(CACHE, ...parts);

/** The recipe is this file and the accounts; another Samba makes another database. */
async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['provision.ts', 'accounts.ts', 'people.ts'])
    hash.update(readFileSync(join(import.meta.dirname, file)));
  hash.update(await run('samba', ['--version']));
  return hash.digest('hex').slice(0, 16);
}

/** The folder of a provisioned domain that nothing runs on. Takes seconds the first time, nothing later. */
export async function provisionedDomain(): Promise<string> {
  const wanted = labCache(`domain-${await recipeDigest()}`);
  if (existsSync(wanted)) return wanted;
  const fresh = labCache(`provisioning-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  try {
    await provision(fresh);
    await populate(fresh);
    await rename(fresh, wanted);
    await removeOthers(wanted);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Two runs may have made it at once; the first one's stays.
    if (!existsSync(wanted)) throw error;
  }
  return wanted;
}

/** Domains of older recipes. */
async function removeOthers(wanted: string): Promise<void> {
  const old = (await readdir(CACHE)).filter((name) => name.startsWith('domain-') && labCache(name) !== wanted);
  await Promise.all(old.map((name) => rm(labCache(name), { recursive: true, force: true })));
}

async function provision(folder: string): Promise<void> {
  // Samba takes /etc/samba/smb.conf as template unless it is given another.
  const template = join(folder, 'template.conf');
  await writeFile(template, '[global]\n');
  const [domain = ''] = REALM.split('.');
  const [host = ''] = DC_HOST.split('.');
  const files = [`--configfile=${template}`, `--targetdir=${folder}`];
  const names = [`--realm=${REALM}`, `--domain=${domain}`, `--domain-sid=${DOMAIN_SID}`, `--host-name=${host}`];
  const rest = [
    '--host-ip=127.0.0.1',
    '--server-role=dc',
    '--dns-backend=NONE',
    `--adminpass=${ADMINISTRATOR.password}`,
  ];
  await run('samba-tool', ['domain', 'provision', '--quiet', ...files, ...names, ...rest], { timeoutMs: 170_000 });
  // Passwords of our choice, for ever.
  const rules = ['--complexity=off', '--min-pwd-length=0', '--history-length=0', '--min-pwd-age=0', '--max-pwd-age=0'];
  const lockout = [
    `--account-lockout-threshold=${LOCKOUT.threshold}`,
    `--account-lockout-duration=${LOCKOUT.minutes}`,
    `--reset-account-lockout-after=${LOCKOUT.minutes}`,
  ];
  await run('samba-tool', [
    'domain',
    'passwordsettings',
    'set',
    `--configfile=${configOf(folder)}`,
    ...rules,
    ...lockout,
  ]);
}

const configOf = (folder: string): string => join(folder, 'etc', 'smb.conf');

async function ldb(folder: string, tool: string, args: readonly string[], input = ''): Promise<string> {
  return run(tool, [`--configfile=${configOf(folder)}`, '-H', join(folder, 'private', 'sam.ldb'), ...args], { input });
}

async function populate(folder: string): Promise<void> {
  await ldb(folder, 'ldbadd', [], [...LAB_ENTRIES, ...PEOPLE_ENTRIES].map(toLdif).join('\n'));
  await ageExpiredPasswords(folder);
  for (const name of CONSISTENT_COMPUTERS) {
    const found = await ldb(folder, 'ldbsearch', [
      '-b',
      BASE_DN,
      '--show-binary',
      `(sAMAccountName=${name}$)`,
      'objectGUID',
    ]);
    const dn = /^dn: (?<dn>.*)$/m.exec(found)?.groups?.['dn'];
    const text = /^objectGUID: (?<guid>[0-9a-f-]{36})$/m.exec(found)?.groups?.['guid'];
    if (dn === undefined || text === undefined) throw new Error(`the lab's ${name} is not found:\n${found}`);
    const value = Buffer.from(guidToBytes(text) ?? []).toString('base64');
    await ldb(
      folder,
      'ldbmodify',
      [],
      `dn: ${dn}\nchangetype: modify\nreplace: mS-DS-ConsistencyGuid\nmS-DS-ConsistencyGuid:: ${value}\n-\n`,
    );
  }
}

/** Samba’s own control (DSDB_CONTROL_PASSWORD_BYPASS_LAST_SET): pwdLastSet takes no other value but 0 and -1 without it. */
const BYPASS_LAST_SET = '--controls=local_oid:1.3.6.1.4.1.7165.4.3.20:1';

async function ageExpiredPasswords(folder: string): Promise<void> {
  const change = ['changetype: modify', 'replace: pwdLastSet', `pwdLastSet: ${LONG_AGO}`, '-', ''];
  const ldif = AGED_PEOPLE.map((name) => [`dn: ${labPersonDn(name)}`, ...change].join('\n'));
  await ldb(folder, 'ldbmodify', [BYPASS_LAST_SET], ldif.join('\n'));
}

/** RFC 2849, everything in base64: no value needs care. */
export function toLdif({ rdn, attributes }: LabEntry): string {
  const lines = Object.entries(attributes).flatMap(([name, given]) =>
    valuesOf(given).map((value) => `${name}:: ${Buffer.from(value).toString('base64')}`),
  );
  return [`dn:: ${Buffer.from(`${rdn},${BASE_DN}`).toString('base64')}`, ...lines, ''].join('\n');
}

function valuesOf(given: Attributes[string]): readonly (string | Uint8Array)[] {
  if (given === undefined) return [];
  if (typeof given === 'number') return [`${given}`];
  return typeof given === 'string' || given instanceof Uint8Array ? [given] : given;
}
