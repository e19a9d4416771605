/**
 * The domains of the forest by their NetBIOS names, for logon names of the form `DOMAIN\\name`: the crossRef objects
 * of the configuration partition ([MS-ADTS] §6.1.1.2.1.1).
 */
import type { Directory } from './directory.ts';
import { texts } from './entry.ts';
import type { Filter } from './filter.ts';

export interface NamedDomain {
  readonly netbiosName: string;
  /** Distinguished name of the domain. */
  readonly baseDn: string;
}

const ANY_ENTRY: Filter = { type: 'present', attribute: 'objectClass' };

/** [MS-NBTE] §2.2.1: 15 characters at most. */
const NETBIOS_NAME = /^[^\0\\/:*?"<>|]{1,15}$/;

/** @throws Refusal directory-down and its like */
export async function domainByNetbiosName(directory: Directory, name: string): Promise<NamedDomain | undefined> {
  if (!NETBIOS_NAME.test(name)) return undefined;
  const [root] = await directory.search({
    base: '',
    scope: 'base',
    filter: ANY_ENTRY,
    attributes: ['configurationNamingContext'],
    sizeLimit: 1,
  });
  const [configuration] = root === undefined ? [] : texts(root, 'configurationNamingContext');
  if (configuration === undefined) return undefined;
  const found = await directory.search({
    base: `CN=Partitions,${configuration}`,
    scope: 'sub',
    filter: {
      type: 'and',
      filters: [
        { type: 'equal', attribute: 'objectClass', value: Buffer.from('crossRef') },
        { type: 'equal', attribute: 'nETBIOSName', value: Buffer.from(name) },
      ],
    },
    attributes: ['nETBIOSName', 'nCName'],
    sizeLimit: 2,
  });
  const [only, ...others] = found;
  const [baseDn] = only === undefined ? [] : texts(only, 'nCName');
  if (only === undefined || others.length > 0 || baseDn === undefined) return undefined;
  return { netbiosName: texts(only, 'nETBIOSName')[0] ?? name, baseDn };
}
