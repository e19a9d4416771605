/** Accounts of the sample domain, written by hand with what AD gives every account that can sign in. */
import { ACCOUNTDISABLE } from './account.ts';
import type { Entry } from './entry.ts';
import {
  SAMPLE_COMPUTERS_DN,
  SAMPLE_DOMAIN,
  SAMPLE_DOMAIN_SID,
  SAMPLE_PEOPLE_DN,
  SAMPLE_SERVICES_DN,
  sampleCategory,
} from './sample-domain.ts';
import { guid, sampleEntry } from './sample-entry.ts';
import type { SampleAttributes } from './sample-entry.ts';
import { sidToBytes } from './sid.ts';

export const NORMAL_ACCOUNT = 0x200;
export const WORKSTATION_TRUST_ACCOUNT = 0x1000;
const DONT_EXPIRE_PASSWORD = 0x1_0000;

function sid(relativeId: number): Uint8Array {
  const bytes = sidToBytes(`${SAMPLE_DOMAIN_SID}-${relativeId}`);
  if (bytes === undefined) throw new TypeError(`${relativeId} is not a relative identifier`);
  return bytes;
}

export const DOMAIN_USERS = 513;
export const DOMAIN_COMPUTERS = 515;

const NEVER = '9223372036854775807';
const CREATED = '20250303080000.0Z';

interface Account {
  readonly name: string;
  readonly parent: string;
  readonly relativeId: number;
  readonly objectGUID: string;
  readonly sAMAccountName: string;
  readonly extra: SampleAttributes;
}

/** What AD gives every account that can sign in. */
export function account({ name, parent, relativeId, objectGUID, sAMAccountName, extra }: Account): Entry {
  return sampleEntry(`CN=${name},${parent}`, {
    cn: name,
    name,
    instanceType: 4,
    whenCreated: CREATED,
    whenChanged: CREATED,
    objectGUID: guid(objectGUID),
    objectSid: sid(relativeId),
    sAMAccountName,
    accountExpires: NEVER,
    badPwdCount: 0,
    codePage: 0,
    countryCode: 0,
    pwdLastSet: '133854048000000000',
    ...extra,
  });
}

interface Computer {
  readonly name: string;
  readonly relativeId: number;
  readonly objectGUID: string;
  readonly consistencyGuid?: string;
  readonly disabled?: true;
}

export function computer({ name, relativeId, objectGUID, consistencyGuid, disabled }: Computer): Entry {
  const host = `${name.toLowerCase()}.${SAMPLE_DOMAIN}`;
  return account({
    name,
    parent: SAMPLE_COMPUTERS_DN,
    relativeId,
    objectGUID,
    sAMAccountName: `${name}$`,
    extra: {
      objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
      objectCategory: sampleCategory('Computer'),
      userAccountControl: WORKSTATION_TRUST_ACCOUNT | (disabled ? ACCOUNTDISABLE : 0),
      primaryGroupID: DOMAIN_COMPUTERS,
      sAMAccountType: 805306369,
      dNSHostName: host,
      servicePrincipalName: [`HOST/${name}`, `HOST/${host}`, `RestrictedKrbHost/${name}`, `RestrictedKrbHost/${host}`],
      operatingSystem: 'Windows 11 Enterprise',
      operatingSystemVersion: '10.0 (26100)',
      'msDS-SupportedEncryptionTypes': 24,
      isCriticalSystemObject: 'FALSE',
      'mS-DS-ConsistencyGuid': consistencyGuid === undefined ? undefined : guid(consistencyGuid),
    },
  });
}

interface Person {
  readonly given: string;
  readonly family: string;
  readonly relativeId: number;
  readonly objectGUID: string;
  readonly upnSuffix: string;
  readonly more: SampleAttributes;
}

export function person({ given, family, relativeId, objectGUID, upnSuffix, more }: Person): Entry {
  const logon = `${given}.${family}`.toLowerCase();
  return account({
    name: `${given} ${family}`,
    parent: SAMPLE_PEOPLE_DN,
    relativeId,
    objectGUID,
    sAMAccountName: logon,
    extra: {
      objectClass: ['top', 'person', 'organizationalPerson', 'user'],
      objectCategory: sampleCategory('Person'),
      userAccountControl: NORMAL_ACCOUNT,
      primaryGroupID: DOMAIN_USERS,
      sAMAccountType: 805306368,
      userPrincipalName: `${logon}@${upnSuffix}`,
      givenName: given,
      sn: family,
      displayName: `${given} ${family}`,
      mail: `${logon}@example.test`,
      ...more,
    },
  });
}

export function service(sAMAccountName: string, relativeId: number, objectGUID: string, more: SampleAttributes): Entry {
  return account({
    name: sAMAccountName,
    parent: SAMPLE_SERVICES_DN,
    relativeId,
    objectGUID,
    sAMAccountName,
    extra: {
      objectClass: ['top', 'person', 'organizationalPerson', 'user'],
      objectCategory: sampleCategory('Person'),
      userAccountControl: NORMAL_ACCOUNT | DONT_EXPIRE_PASSWORD,
      primaryGroupID: DOMAIN_USERS,
      sAMAccountType: 805306368,
      userPrincipalName: `${sAMAccountName}@${SAMPLE_DOMAIN}`,
      ...more,
    },
  });
}

export function organizationalUnit(dn: string, objectGUID: string): Entry {
  const name = /^OU=([^,]+)/.exec(dn)?.[1] ?? '';
  return sampleEntry(dn, {
    objectClass: ['top', 'organizationalUnit'],
    objectCategory: sampleCategory('Organizational-Unit'),
    ou: name,
    name,
    objectGUID: guid(objectGUID),
    whenCreated: CREATED,
  });
}
