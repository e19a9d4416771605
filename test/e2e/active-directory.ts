/**
 * Active Directory as an administrator sees it, by other people's tools: ldapsearch to read, samba-tool and ldbadd to
 * administer. Owns text forms of its own for GUIDs and SIDs, because Mortise's are what is tested.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { computerAttributes, LDAP_ACCOUNT, unicodePwd } from '../../lab/accounts.ts';
import type { Attributes } from '../../lab/accounts.ts';
import { ProgramFailed, run } from '../../lab/run.ts';
import type { Lab } from '../../lab/samba.ts';
import type { DirectoryComputer } from '../../src/rehearsal/entra/token-claims.ts';

export interface AdEntry {
  readonly dn: string;
  readonly objectGUID: string;
  readonly objectSid: string;
  readonly sAMAccountName: string;
  readonly keyVersion: number;
}

const READ = ['objectGUID', 'objectSid', 'sAMAccountName', 'msDS-KeyVersionNumber'];

/** What an ordinary account reads over LDAPS. */
export async function ldapsearch(lab: Lab, filter: string): Promise<readonly AdEntry[]> {
  const bind = ['-x', '-D', LDAP_ACCOUNT.userPrincipalName, '-w', LDAP_ACCOUNT.password];
  const output = await run(
    'ldapsearch',
    ['-LLL', '-o', 'ldif-wrap=no', '-H', lab.ldapsUrl, ...bind, '-b', lab.baseDn, filter, ...READ],
    { env: { LDAPTLS_CACERT: lab.caFile } },
  );
  return output
    .split(/\n\n/)
    .filter((record) => record.startsWith('dn:'))
    .map(readRecord);
}

/** @throws Error unless exactly one account has that name */
export async function account(lab: Lab, sAMAccountName: string): Promise<AdEntry> {
  const found = await ldapsearch(lab, `(sAMAccountName=${sAMAccountName})`);
  const [entry] = found;
  if (entry === undefined || found.length > 1) throw new Error(`${found.length} entries are ${sAMAccountName}`);
  return entry;
}

export async function computersInAd(lab: Lab): Promise<readonly DirectoryComputer[]> {
  const entries = await ldapsearch(lab, '(objectCategory=computer)');
  return entries.map(({ objectGUID, objectSid, sAMAccountName }) => ({
    objectGUID,
    objectSid,
    name: sAMAccountName.replace(/\$$/, ''),
  }));
}

function readRecord(record: string): AdEntry {
  const bytes = (attribute: string): Buffer => {
    const [, colons, value = ''] = new RegExp(`^${attribute}(::?) (.*)$`, 'm').exec(record) ?? [];
    return Buffer.from(value, colons === '::' ? 'base64' : 'utf8');
  };
  return {
    dn: bytes('dn').toString(),
    objectGUID: guidText(bytes('objectGUID')),
    objectSid: sidText(bytes('objectSid')),
    sAMAccountName: bytes('sAMAccountName').toString(),
    keyVersion: Number(bytes('msDS-KeyVersionNumber').toString()),
  };
}

/** [MS-DTYP] §2.3.4.2: three little-endian fields, then eight bytes in their order. */
function guidText(bytes: Buffer): string {
  const hex = (part: Buffer): string => part.toString('hex');
  const swapped = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)].map((field) =>
    hex(Buffer.from(field).reverse()),
  );
  return [...swapped, hex(bytes.subarray(8, 10)), hex(bytes.subarray(10, 16))].join('-');
}

/** [MS-DTYP] §2.4.2.2 */
function sidText(bytes: Buffer): string {
  const authorities = Array.from({ length: bytes[1] ?? 0 }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...authorities].join('-');
}

/** A computer that a test may change as it likes; returns its distinguished name. */
export async function addComputer(
  lab: Lab,
  name: string,
  { below = 'OU=Workstations', ...more }: Attributes & { readonly below?: string } = {},
): Promise<string> {
  const dn = lab.dn(`CN=${name},${below}`);
  await lab.add(dn, computerAttributes(name, more));
  return dn;
}

const NORMAL_ACCOUNT = 0x200;

export interface ServiceAccount {
  readonly password: string;
  /** Its SPN is HTTP/ and this. */
  readonly host: string;
  /** msDS-SupportedEncryptionTypes; 24 is both kinds of AES. */
  readonly encryptionTypes?: number;
}

/** @returns its distinguished name */
export async function addServiceAccount(
  lab: Lab,
  name: string,
  { password, host, encryptionTypes = 24 }: ServiceAccount,
): Promise<string> {
  const dn = lab.dn(`CN=${name},OU=Services`);
  await lab.add(dn, {
    objectClass: 'user',
    sAMAccountName: name,
    userPrincipalName: `${name}@${lab.domain}`,
    unicodePwd: unicodePwd(password),
    userAccountControl: NORMAL_ACCOUNT,
    servicePrincipalName: [`HTTP/${host}`],
    'msDS-SupportedEncryptionTypes': encryptionTypes,
  });
  return dn;
}

export const setPassword = async (lab: Lab, dn: string, password: string): Promise<void> =>
  lab.modify(dn, { unicodePwd: unicodePwd(password) });

const smbConf = (lab: Lab): string => join(lab.folder, 'smb.conf');

/** The account's keys as they are now, by `samba-tool domain exportkeytab`. */
export async function exportKeytab(lab: Lab, name: string, file: string): Promise<void> {
  await run('samba-tool', ['domain', 'exportkeytab', file, `--principal=${name}`, `--configfile=${smbConf(lab)}`]);
}

/** As many wrong passwords as lock the account, from elsewhere. @throws Error when it is not locked then */
export async function lockInAd(lab: Lab, dn: string, threshold: number): Promise<void> {
  for (let index = 0; index < threshold; index++) {
    const bind = ['-x', '-H', lab.ldapsUrl, '-D', dn, '-w', `not-a-real password ${index}`, '-b', '', '-s', 'base'];
    await run('ldapsearch', bind, { env: { LDAPTLS_CACERT: lab.caFile } }).catch((error: unknown) => {
      // RFC 4511 §4.1.9: invalidCredentials
      if (!(error instanceof ProgramFailed) || error.status !== 49) throw error;
    });
  }
  const [lockedAt] = (await lab.read(dn, 'lockoutTime'))?.map(String) ?? [];
  if (lockedAt === undefined || lockedAt === '0')
    throw new Error(`${dn} is not locked after ${threshold} wrong passwords`);
}

/** Many security groups with one member, written to the database at once: by LDAP they would take minutes. */
export async function addGroups(lab: Lab, count: number, memberDn: string): Promise<void> {
  const groups = Array.from({ length: count }, (_, index) => {
    const name = `project-${String(index).padStart(5, '0')}`;
    const dn = lab.dn(`CN=${name},OU=Staff`);
    return `dn: ${dn}\nobjectClass: group\nsAMAccountName: ${name}\nmember: ${memberDn}\n`;
  });
  const ldif = join(lab.folder, 'groups.ldif');
  await writeFile(ldif, groups.join('\n'));
  const database = join(lab.folder, 'dc', 'private', 'sam.ldb');
  await run('ldbadd', [`--configfile=${smbConf(lab)}`, '-H', database, ldif]);
}
