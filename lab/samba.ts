/**
 * The lab, as tests use it: a real Active Directory domain controller (Samba), its accounts, and real Kerberos clients.
 *
 *   describe.skipIf(!labAvailable)('…', () => {
 *     let lab: Lab;
 *     beforeAll(async () => { lab = await startLab(); });
 *     afterAll(async () => { await lab?.stop(); });
 *
 * Each caller has a controller of its own, on an address of its own, over a fresh copy of the domain: it starts in
 * under a second, and what one suite changes no other sees. It ends with the process that started it, crash included.
 * The first start on a machine makes the domain (about 10 s); `npm test` does that before the tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { ADMINISTRATOR, LDAP_ACCOUNT } from './accounts.ts';
import type { Attributes } from './accounts.ts';
import { startDomainController } from './domain-controller.ts';
import type { LabDescription } from './domain-controller.ts';
import { run } from './run.ts';

/** A ticket cache of one account; `env` makes kvno, klist and curl use it. */
export interface Tickets {
  readonly env: Readonly<Record<string, string>>;
  /** What `klist -e` shows. */
  list(): Promise<string>;
  /** Gets a ticket for `service`, as `HTTP/sso.localhost`; what kvno prints. */
  request(service: string): Promise<string>;
}

export interface KinitOptions {
  /** Further options, as `--enterprise` or `--no-request-pac`. */
  readonly options?: readonly string[];
}

export interface Lab extends LabDescription {
  /** PEM of the CA that signed the controller's certificate. */
  readonly ca: string;
  /** A gateway's words for this directory, to be spread into a model Gateway. */
  readonly gateway: {
    readonly serversHostAndPort: string[];
    readonly connectionSecurity: 'TLS';
    readonly validateTlsCertificates: true;
    readonly bindDN: string;
    readonly bindPassword: string;
  };
  /** Distinguished name from the part below the base. */
  dn(relative: string): string;
  add(dn: string, attributes: Attributes): Promise<void>;
  /** Replaces values; undefined removes the attribute. */
  modify(dn: string, attributes: Attributes): Promise<void>;
  remove(dn: string): Promise<void>;
  /** One attribute as an administrator reads it, raw; undefined when the entry does not exist. */
  read(dn: string, attribute: string): Promise<readonly Uint8Array[] | undefined>;
  /** @param principal with or without a realm: `DESKTOP-01$`, `nora.keller` */
  kinit(principal: string, password: string, options?: KinitOptions): Promise<Tickets>;
  /** Ends the controller as a power cut does; its files stay until `stop`. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PROGRAMS = [
  'samba',
  'samba-tool',
  'ldbadd',
  'ldbsearch',
  'ldbmodify',
  'kinit',
  'kvno',
  'klist',
  'ldapsearch',
  'openssl',
  'curl',
];

function findProgram(name: string): boolean {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) => existsSync(join(folder, name)));
}

/** Why the lab cannot run here; undefined when it can. */
export function labMissing(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'only root may listen on the ports of a domain controller';
  const missing = PROGRAMS.filter((name) => !findProgram(name));
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')} (npm test installs it)`;
}

function sayWhenMissing(): boolean {
  const missing = labMissing();
  if (missing !== undefined) console.warn(`!!! The Active Directory lab is left out: ${missing}`);
  return missing === undefined;
}

/** For `describe.skipIf(!labAvailable)`. Says loudly why when it is false. */
export const labAvailable: boolean = sayWhenMissing();

export async function startLab(): Promise<Lab> {
  const { description, kill, stop } = await startDomainController();
  const { address, baseDn, caFile } = description;
  const ca = readFileSync(caFile, 'utf8');
  const asAdministrator = administrator(description, ca);
  return {
    ...description,
    ca,
    gateway: {
      serversHostAndPort: [`${address}:636`],
      connectionSecurity: 'TLS',
      validateTlsCertificates: true,
      bindDN: LDAP_ACCOUNT.userPrincipalName,
      bindPassword: LDAP_ACCOUNT.password,
    },
    dn: (relative) => `${relative},${baseDn}`,
    add: (dn, attributes) => asAdministrator((client) => client.add(dn, toAttributes(attributes))),
    modify: (dn, attributes) => asAdministrator((client) => client.modify(dn, toChanges(attributes))),
    remove: (dn) => asAdministrator((client) => client.del(dn)),
    read: (dn, attribute) => asAdministrator((client) => readAttribute(client, dn, attribute)),
    kinit: (principal, password, options) => kinit(description, principal, password, options),
    kill,
    stop,
  };
}

type AsAdministrator = <T>(work: (client: Client) => Promise<T>) => Promise<T>;

/** A connection for each piece of work: nothing is left open between them. */
function administrator({ ldapsUrl, domain }: LabDescription, ca: string): AsAdministrator {
  return async (work) => {
    const client = new Client({ url: ldapsUrl, tlsOptions: { ca }, timeout: 20_000, connectTimeout: 10_000 });
    try {
      await client.bind(`${ADMINISTRATOR.name}@${domain}`, ADMINISTRATOR.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
}

function toAttribute(type: string, given: Attributes[string]): Attribute {
  const all = given === undefined ? [] : [given].flat();
  return new Attribute({
    type,
    values: all.map((value) => Buffer.from(value instanceof Uint8Array ? value : `${value}`)),
  });
}

function toAttributes(attributes: Attributes): Attribute[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => toAttribute(name, value));
}

function toChanges(attributes: Attributes): Change[] {
  return Object.entries(attributes).map(
    ([name, value]) => new Change({ operation: 'replace', modification: toAttribute(name, value) }),
  );
}

async function readAttribute(
  client: Client,
  dn: string,
  attribute: string,
): Promise<readonly Uint8Array[] | undefined> {
  const { searchEntries } = await client
    .search(dn, { scope: 'base', attributes: [attribute], explicitBufferAttributes: [attribute] })
    .catch((error: Error) => {
      if (error.name === 'NoSuchObjectError') return { searchEntries: [] };
      throw error;
    });
  const [entry] = searchEntries;
  if (entry === undefined) return undefined;
  return [entry[attribute] ?? []].flat().filter((value): value is Buffer => value instanceof Uint8Array);
}

async function kinit(
  lab: LabDescription,
  principal: string,
  password: string,
  { options = [] }: KinitOptions = {},
): Promise<Tickets> {
  const folder = await mkdtemp(join(lab.folder, 'tickets-'));
  const env = { KRB5_CONFIG: lab.krb5Config, KRB5CCNAME: `FILE:${join(folder, 'cache')}` };
  const full = principal.includes('@') ? principal : `${principal}@${lab.realm}`;
  await run('kinit', [...options, full], { env, input: `${password}\n` });
  return {
    env,
    list: () => run('klist', ['-e'], { env }),
    request: (service) => run('kvno', [service], { env }),
  };
}
