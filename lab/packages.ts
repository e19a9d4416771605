/**
 * Debian packages with the real counterparts that tests run against, and installing them.
 *
 * Owns the list and apt's pitfalls: no daemon may start by itself, and another apt may hold the lock. Does not own
 * when it is done: lab/install.ts is the command, `npm test` calls it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

export interface DebianPackage {
  readonly name: string;
  /** What goes untested without it. */
  readonly neededFor: string;
}

const DIRECTORY = 'the Active Directory lab: LDAP, Kerberos, the join end to end';
const BROWSER = 'sign-in in a real browser, and how its pages look';

export const DEBIAN_PACKAGES: readonly DebianPackage[] = [
  { name: 'samba', neededFor: DIRECTORY },
  { name: 'samba-dsdb-modules', neededFor: DIRECTORY },
  { name: 'samba-ad-provision', neededFor: DIRECTORY },
  { name: 'samba-vfs-modules', neededFor: DIRECTORY },
  { name: 'krb5-user', neededFor: DIRECTORY },
  { name: 'krb5-kdc', neededFor: 'tickets of RFC 8009 encryption types, by MIT’s KDC' },
  { name: 'krb5-admin-server', neededFor: 'filling the database of MIT’s KDC (kadmin.local)' },
  { name: 'python3-gssapi', neededFor: 'channel bindings and mutual authentication, by MIT’s library' },
  { name: 'ldap-utils', neededFor: DIRECTORY },
  { name: 'ldb-tools', neededFor: DIRECTORY },
  { name: 'curl', neededFor: 'clients that speak Negotiate' },
  { name: 'openssl', neededFor: 'certificates of the lab, and signatures judged by somebody else' },
  { name: 'xmlsec1', neededFor: 'assertions judged by XMLSec' },
  { name: 'opensaml-tools', neededFor: 'assertions judged by OpenSAML' },
  { name: 'opensaml-schemas', neededFor: 'assertions judged by the SAML 1.1 schema' },
  { name: 'xmltooling-schemas', neededFor: 'the XML Signature schema that the SAML 1.1 schema refers to' },
  { name: 'libxml2-utils', neededFor: 'documents judged by libxml2' },
  { name: 'python3-msal', neededFor: 'MEX and RSTR read by MSAL Python' },
  { name: 'python3-adal', neededFor: 'MEX and RSTR read by ADAL Python' },
  { name: 'gss-ntlmssp', neededFor: 'SPNEGO with another mechanism before Kerberos, by MIT’s library' },
  { name: 'python3-zeep', neededFor: 'MEX read by a strict WSDL library' },
  { name: 'chromium', neededFor: BROWSER },
  // Without a font that is installed Chromium draws no letter.
  { name: 'fonts-dejavu-core', neededFor: BROWSER },
  { name: 'oathtool', neededFor: 'codes of an authenticator app, made by somebody else' },
  { name: 'zbar-tools', neededFor: 'QR codes read by somebody else, as a phone reads them' },
  { name: 'prometheus', neededFor: 'metrics and alert rules judged by promtool' },
  { name: 'iproute2', neededFor: 'looking for listeners that were left running' },
];

function isInstalled(name: string): boolean {
  const query = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status}', name], { encoding: 'utf8' });
  return query.status === 0 && query.stdout.trim() === 'installed';
}

export function missingPackages(packages: readonly DebianPackage[] = DEBIAN_PACKAGES): readonly DebianPackage[] {
  return packages.filter(({ name }) => !isInstalled(name));
}

/** Undefined when the packages can be installed here; otherwise why not. */
export function installingRefused(): string | undefined {
  if (!existsSync('/usr/bin/apt-get')) return 'this is no Debian';
  if (process.getuid?.() !== 0) return 'only root may install packages';
  return undefined;
}

const POLICY = '/usr/sbin/policy-rc.d';
/** invoke-rc.d: 101 forbids every action, so a freshly installed service stays down. */
const FORBID_SERVICES = '#!/bin/sh\nexit 101\n';

/** True when all are there afterwards. What apt says goes to our own output, when it fails. */
export function installPackages(packages: readonly DebianPackage[]): boolean {
  const names = packages.map(({ name }) => name);
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, FORBID_SERVICES, { mode: 0o755 });
  try {
    // The package lists of a fresh container are empty or old: update only when they are not enough, and complain only then.
    let failure = apt(['install', ...names]);
    if (failure !== undefined) failure = apt(['update']) ?? apt(['install', ...names]);
    if (failure !== undefined) console.error(failure);
    return failure === undefined && missingPackages(packages).length === 0;
  } finally {
    if (ownPolicy && readFileSync(POLICY, 'utf8') === FORBID_SERVICES) rmSync(POLICY);
  }
}

/** Undefined when it went well; else what apt says. */
function apt(args: readonly string[]): string | undefined {
  const options = [
    '-y',
    '-q',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    '-o',
    'Dpkg::Options::=--force-confold',
  ];
  const done = spawnSync('apt-get', [...options, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
  if (done.status === 0) return undefined;
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.split('\n').slice(-15).join('\n');
  return `apt-get ${args.join(' ')} failed:\n${said}`;
}
