/**
 * The sample forest: the domain corp.example.test as an AD would give it, as data.
 *
 * Computers whose mS-DS-ConsistencyGuid equals their objectGUID, differs from it and is absent; a disabled one; people,
 * one with a UPN suffix that is not the realm; service accounts; a group managed service account. Owns the entries and
 * their names. Does not own: answering searches (sample.ts) and passwords (the rehearsal's KDC).
 */
import type { Entry } from './entry.ts';
import { guid, sampleEntry } from './sample-entry.ts';
import type { SampleAttributes } from './sample-entry.ts';
import { sidToBytes } from './sid.ts';

export const SAMPLE_DOMAIN = 'corp.example.test';
export const SAMPLE_REALM = 'CORP.EXAMPLE.TEST';
export const SAMPLE_BASE_DN = 'DC=corp,DC=example,DC=test';
export const SAMPLE_COMPUTERS_DN = `OU=Workstations,${SAMPLE_BASE_DN}`;
export const SAMPLE_PEOPLE_DN = `OU=Staff,${SAMPLE_BASE_DN}`;
export const SAMPLE_SERVICES_DN = `OU=Services,${SAMPLE_BASE_DN}`;
export const SAMPLE_DOMAIN_SID = 'S-1-5-21-1085031214-1563985344-725345543';

/** The account whose tickets are accepted: it holds the SPN and has AES keys alone. */
export const SAMPLE_SERVICE_ACCOUNT = {
  sAMAccountName: 'svc-mortise',
  userPrincipalName: `svc-mortise@${SAMPLE_DOMAIN}`,
  servicePrincipalNames: ['HTTP/sso.localhost', `HTTP/sso.${SAMPLE_DOMAIN}`],
} as const;

/** Computers by what is special about them. The device of the rehearsal is `consistent`. */
export const SAMPLE_COMPUTERS = {
  consistent: 'DESKTOP-01$',
  differing: 'DESKTOP-02$',
  withoutAnchor: 'DESKTOP-03$',
  disabled: 'DESKTOP-04$',
} as const;

function sid(relativeId: number): Uint8Array {
  const bytes = sidToBytes(`${SAMPLE_DOMAIN_SID}-${relativeId}`);
  if (bytes === undefined) throw new TypeError(`${relativeId} is not a relative identifier`);
  return bytes;
}

const NORMAL_ACCOUNT = 0x200;
const WORKSTATION_TRUST_ACCOUNT = 0x1000;
const DONT_EXPIRE_PASSWORD = 0x1_0000;
const ACCOUNTDISABLE = 0x2;

const DOMAIN_USERS = 513;
const DOMAIN_COMPUTERS = 515;

const NEVER = '9223372036854775807';
const CREATED = '20250303080000.0Z';

export const sampleCategory = (name: string): string => `CN=${name},CN=Schema,CN=Configuration,${SAMPLE_BASE_DN}`;

interface Account {
  readonly name: string;
  readonly parent: string;
  readonly relativeId: number;
  readonly objectGUID: string;
  readonly sAMAccountName: string;
  readonly extra: SampleAttributes;
}

/** What AD gives every account that can sign in. */
function account({ name, parent, relativeId, objectGUID, sAMAccountName, extra }: Account): Entry {
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

function computer({ name, relativeId, objectGUID, consistencyGuid, disabled }: Computer): Entry {
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

function person({ given, family, relativeId, objectGUID, upnSuffix, more }: Person): Entry {
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

function service(sAMAccountName: string, relativeId: number, objectGUID: string, more: SampleAttributes): Entry {
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

function organizationalUnit(dn: string, objectGUID: string): Entry {
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

export const sampleForest: readonly Entry[] = [
  sampleEntry(SAMPLE_BASE_DN, {
    objectClass: ['top', 'domain', 'domainDNS'],
    objectCategory: sampleCategory('Domain-DNS'),
    dc: 'corp',
    name: 'corp',
    objectGUID: guid('2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a801'),
    objectSid: Uint8Array.from(sidToBytes(SAMPLE_DOMAIN_SID) ?? []),
  }),
  organizationalUnit(SAMPLE_COMPUTERS_DN, '2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a802'),
  organizationalUnit(SAMPLE_PEOPLE_DN, '2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a803'),
  organizationalUnit(SAMPLE_SERVICES_DN, '2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a804'),
  computer({
    name: 'DESKTOP-01',
    relativeId: 1601,
    objectGUID: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101',
    consistencyGuid: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a101',
  }),
  computer({
    name: 'DESKTOP-02',
    relativeId: 1602,
    objectGUID: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a102',
    consistencyGuid: '7e90d2c4-1b35-4f68-8a07-63f5d1e9b202',
  }),
  computer({ name: 'DESKTOP-03', relativeId: 1603, objectGUID: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a103' }),
  computer({
    name: 'DESKTOP-04',
    relativeId: 1604,
    objectGUID: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a104',
    consistencyGuid: 'b3c1f0aa-5d7e-4a0b-9f26-1c8e44d3a104',
    disabled: true,
  }),
  person({
    given: 'Nora',
    family: 'Keller',
    relativeId: 1701,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261301',
    upnSuffix: SAMPLE_DOMAIN,
    more: {
      title: 'Buchhalterin',
      telephoneNumber: '+41 44 555 02 01',
      mobile: '+41 79 555 02 01',
      streetAddress: 'Zürichbergstrasse 7',
      l: 'Winterthur',
      st: 'ZH',
      postalCode: '8400',
      c: 'CH',
      'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261301'),
    },
  }),
  // The suffix is the mail domain, as in most forests that are older than the cloud.
  person({
    given: 'Luca',
    family: 'Rossi',
    relativeId: 1702,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261302',
    upnSuffix: 'example.test',
    more: { 'mS-DS-ConsistencyGuid': guid('5d17b6e3-92a4-4c0f-b86d-f4a3c1702e02') },
  }),
  service(SAMPLE_SERVICE_ACCOUNT.sAMAccountName, 1801, 'd95f3c2a-4071-4ea6-b8d9-1cf60a372401', {
    servicePrincipalName: SAMPLE_SERVICE_ACCOUNT.servicePrincipalNames,
    'msDS-SupportedEncryptionTypes': 24,
    'msDS-KeyVersionNumber': 2,
  }),
  service('svc-ldap', 1802, 'd95f3c2a-4071-4ea6-b8d9-1cf60a372402', {}),
  // Has the object class computer, and a category of its own: no device.
  account({
    name: 'gmsa-web',
    parent: SAMPLE_COMPUTERS_DN,
    relativeId: 1803,
    objectGUID: 'd95f3c2a-4071-4ea6-b8d9-1cf60a372403',
    sAMAccountName: 'gmsa-web$',
    extra: {
      objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer', 'msDS-GroupManagedServiceAccount'],
      objectCategory: sampleCategory('ms-DS-Group-Managed-Service-Account'),
      userAccountControl: WORKSTATION_TRUST_ACCOUNT,
      primaryGroupID: DOMAIN_COMPUTERS,
      sAMAccountType: 805306369,
      dNSHostName: `gmsa-web.${SAMPLE_DOMAIN}`,
      'msDS-SupportedEncryptionTypes': 28,
      'mS-DS-ConsistencyGuid': guid('d95f3c2a-4071-4ea6-b8d9-1cf60a372403'),
    },
  }),
];
