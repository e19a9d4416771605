/** What the tests of the LDAP directory share: a real Active Directory, directories opened on it, relays before it. */
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { startLab } from '../../lab/samba.ts';
import type { Lab } from '../../lab/samba.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { texts } from '../../src/directory/entry.ts';
import { openLdapDirectory } from '../../src/directory/ldap.ts';
import type { LdapGateway, LdapOptions } from '../../src/directory/ldap.ts';
import { startRelay } from './relay.ts';
import type { Relay } from './relay.ts';

export const silent = { info: () => undefined, warn: () => undefined };

/** tcpmux: nobody has listened there for decades. */
export const DEAD_PORT = 1;

export type OpenWith = (gateway: Partial<LdapGateway>, options?: Partial<LdapOptions>) => Directory;

export interface LdapLab {
  /** There while tests run. */
  readonly lab: () => Lab;
  /** A directory as the lab's gateway has it, with what a test wants otherwise; it is closed after the test. */
  readonly openWith: OpenWith;
  /** A relay to a port of the domain controller, for one test. */
  readonly relayTo: (port: number) => Promise<Relay>;
}

/** Called once in a group of tests, which has a domain controller of its own then. */
export function ldapLab(): LdapLab {
  let started: Lab | undefined;
  beforeAll(async () => {
    started = await startLab();
  });
  afterAll(async () => {
    await started?.stop();
  });
  const lab = (): Lab => {
    if (started === undefined) throw new Error('asked for before the tests began');
    return started;
  };
  return {
    lab,
    openWith: (gateway, options = {}) => {
      const directory = openLdapDirectory({ ...lab().gateway, ...gateway }, { ca: lab().ca, log: silent, ...options });
      onTestFinished(async () => directory.close());
      return directory;
    },
    relayTo: async (port) => {
      const relay = await startRelay(lab().address, port);
      onTestFinished(async () => relay.close().catch(() => undefined));
      return relay;
    },
  };
}

/** Who a search finds; with the default, the one entry of the computer DESKTOP-01. */
export async function find(directory: Directory, name = 'DESKTOP-01$'): Promise<readonly string[]> {
  const entries = await directory.search({
    base: 'OU=Workstations,DC=corp,DC=example,DC=test',
    scope: 'sub',
    filter: { type: 'equal', attribute: 'sAMAccountName', value: Buffer.from(name) },
    attributes: ['sAMAccountName'],
    sizeLimit: 5,
  });
  return entries.flatMap((entry) => texts(entry, 'sAMAccountName'));
}
