/**
 * The sample forest: the domain corp.example.test as an AD would give it, as data.
 *
 * Computers whose mS-DS-ConsistencyGuid equals their objectGUID, differs from it and is absent; a disabled one; people
 * in every state that a sign-in meets; service accounts; a group managed service account; the policies under which
 * accounts lock. Owns the entries. Does not own: names (sample-domain.ts), answering searches (sample.ts), passwords.
 */
import { ACCOUNTDISABLE } from './account.ts';
import type { Entry } from './entry.ts';
import {
  account,
  computer,
  DOMAIN_COMPUTERS,
  NORMAL_ACCOUNT,
  organizationalUnit,
  person,
  service,
  WORKSTATION_TRUST_ACCOUNT,
} from './sample-accounts.ts';
import {
  SAMPLE_BASE_DN,
  SAMPLE_COMPUTERS_DN,
  SAMPLE_CONFIGURATION_DN,
  SAMPLE_DOMAIN,
  SAMPLE_DOMAIN_SID,
  SAMPLE_NETBIOS_NAME,
  SAMPLE_PASSWORD_SETTINGS_DN,
  SAMPLE_PEOPLE_DN,
  SAMPLE_SERVICE_ACCOUNT,
  SAMPLE_SERVICES_DN,
  sampleCategory,
} from './sample-domain.ts';
import { guid, sampleEntry } from './sample-entry.ts';
import { sidToBytes } from './sid.ts';

/** Half an hour, as AD stores intervals. */
const HALF_AN_HOUR = '-18000000000';

export const sampleForest: readonly Entry[] = [
  sampleEntry('', {
    objectClass: ['top'],
    defaultNamingContext: SAMPLE_BASE_DN,
    rootDomainNamingContext: SAMPLE_BASE_DN,
    configurationNamingContext: SAMPLE_CONFIGURATION_DN,
    dnsHostName: `dc1.${SAMPLE_DOMAIN}`,
  }),
  sampleEntry(`CN=${SAMPLE_NETBIOS_NAME},CN=Partitions,${SAMPLE_CONFIGURATION_DN}`, {
    objectClass: ['top', 'crossRef'],
    objectCategory: sampleCategory('Cross-Ref'),
    cn: SAMPLE_NETBIOS_NAME,
    nETBIOSName: SAMPLE_NETBIOS_NAME,
    dnsRoot: SAMPLE_DOMAIN,
    nCName: SAMPLE_BASE_DN,
    objectGUID: guid('2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a805'),
  }),
  sampleEntry(SAMPLE_PASSWORD_SETTINGS_DN, {
    objectClass: ['top', 'msDS-PasswordSettings'],
    objectCategory: sampleCategory('ms-DS-Password-Settings'),
    cn: 'Strict',
    'msDS-LockoutThreshold': 4,
    'msDS-LockoutObservationWindow': HALF_AN_HOUR,
    'msDS-LockoutDuration': HALF_AN_HOUR,
    objectGUID: guid('2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a806'),
  }),
  sampleEntry(SAMPLE_BASE_DN, {
    objectClass: ['top', 'domain', 'domainDNS'],
    objectCategory: sampleCategory('Domain-DNS'),
    dc: 'corp',
    name: 'corp',
    objectGUID: guid('2f86a3d0-9c51-4e7b-b1f4-7d60c9e2a801'),
    objectSid: Uint8Array.from(sidToBytes(SAMPLE_DOMAIN_SID) ?? []),
    lockoutThreshold: 10,
    minPwdLength: 7,
    lockOutObservationWindow: HALF_AN_HOUR,
    lockoutDuration: HALF_AN_HOUR,
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
  person({
    given: 'Mia',
    family: 'Berg',
    relativeId: 1703,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261303',
    upnSuffix: SAMPLE_DOMAIN,
    more: { 'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261303'), mail: 'm.berg-sales@example.test' },
  }),
  person({
    given: 'Omar',
    family: 'Haddad',
    relativeId: 1704,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261304',
    upnSuffix: SAMPLE_DOMAIN,
    more: {
      'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261304'),
      lockoutTime: '134080704000000000',
      badPwdCount: 10,
    },
  }),
  person({
    given: 'Vera',
    family: 'Alt',
    relativeId: 1705,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261305',
    upnSuffix: SAMPLE_DOMAIN,
    more: {
      'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261305'),
      userAccountControl: NORMAL_ACCOUNT | ACCOUNTDISABLE,
    },
  }),
  person({
    given: 'Jan',
    family: 'Neu',
    relativeId: 1706,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261306',
    upnSuffix: SAMPLE_DOMAIN,
    more: { 'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261306'), pwdLastSet: '0' },
  }),
  person({
    given: 'Eva',
    family: 'Braun-One',
    relativeId: 1707,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261307',
    upnSuffix: SAMPLE_DOMAIN,
    more: { 'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261307'), mail: 'eva.braun@example.test' },
  }),
  person({
    given: 'Eva',
    family: 'Braun-Two',
    relativeId: 1708,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261308',
    upnSuffix: SAMPLE_DOMAIN,
    more: { 'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261308'), mail: 'eva.braun@example.test' },
  }),
  person({
    given: 'Priya',
    family: 'Nair',
    relativeId: 1709,
    objectGUID: 'c84e2b19-3f60-4d95-a7c8-0be5f9261309',
    upnSuffix: SAMPLE_DOMAIN,
    more: {
      'mS-DS-ConsistencyGuid': guid('c84e2b19-3f60-4d95-a7c8-0be5f9261309'),
      'msDS-ResultantPSO': SAMPLE_PASSWORD_SETTINGS_DN,
    },
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
