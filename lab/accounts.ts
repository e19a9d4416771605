/**
 * The accounts of the lab's forest and their passwords: throw-away secrets of a directory that lives as long as a test.
 *
 * Owns names, kinds and what is special about each. Does not own: making the domain (provision.ts).
 */
import { guidToBytes } from '../src/directory/guid.ts';

export const REALM = 'CORP.EXAMPLE.TEST';
export const DOMAIN = 'corp.example.test';
export const BASE_DN = 'DC=corp,DC=example,DC=test';
export const DOMAIN_SID = 'S-1-5-21-3104925217-2026153644-1187336502';
export const DC_HOST = `dc1.${DOMAIN}`;

export const ADMINISTRATOR = { name: 'Administrator', password: 'Lab-Admin-Passw0rd' } as const;

/** The account with which a gateway reads the directory. */
export const LDAP_ACCOUNT = {
  name: 'svc-ldap',
  userPrincipalName: `svc-ldap@${DOMAIN}`,
  dn: `CN=svc-ldap,OU=Services,${BASE_DN}`,
  password: 'Lab-Reader-Passw0rd',
} as const;

/** Service accounts by the encryption types that their tickets get. */
export const SERVICE_ACCOUNTS = {
  aes: { name: 'svc-mortise', hosts: ['sso.localhost', `sso.${DOMAIN}`], encryptionTypes: 24 },
  aes128: { name: 'svc-aes128', hosts: ['aes128.localhost'], encryptionTypes: 8 },
  rc4: { name: 'svc-rc4', hosts: ['rc4.localhost'], encryptionTypes: 4 },
  unset: { name: 'svc-unset', hosts: ['unset.localhost'], encryptionTypes: undefined },
} as const;

export const SERVICE_PASSWORD = 'Lab-Service-Passw0rd';
export const PERSON_PASSWORD = 'Lab-Person-Passw0rd';
export const COMPUTER_PASSWORD = 'Lab-Computer-Passw0rd';

/** Computers by what is special about them; all below `OU=Workstations`. */
export const COMPUTERS = {
  /** mS-DS-ConsistencyGuid is the objectGUID. */
  consistent: 'DESKTOP-01',
  /** mS-DS-ConsistencyGuid is another GUID. */
  differing: 'DESKTOP-02',
  /** Without mS-DS-ConsistencyGuid. */
  withoutAnchor: 'DESKTOP-03',
  disabled: 'DESKTOP-04',
  /** For tests that disable it on the way. */
  toDisable: 'DESKTOP-05',
  /** For tests that delete it and make it anew. */
  toRemake: 'DESKTOP-06',
  /** Its account name stands in the description of `KIOSK-07` in `OU=Kiosks,OU=Workstations`. */
  ambiguous: 'DESKTOP-07',
  twin: 'KIOSK-07',
} as const;

export const DIFFERING_CONSISTENCY_GUID = '4f7a1c90-2b6e-4d38-9a5f-e81b03c7d602';

export const PEOPLE = {
  /** UPN suffix is the domain. */
  nora: { given: 'Nora', family: 'Keller', upn: `nora.keller@${DOMAIN}` },
  /** UPN suffix is not the realm. */
  luca: { given: 'Luca', family: 'Rossi', upn: 'luca.rossi@example.test' },
  expired: { given: 'Vera', family: 'Alt', upn: `vera.alt@${DOMAIN}` },
} as const;

export const GMSA = 'gmsa-web';

export type Attributes = Readonly<Record<string, string | number | Uint8Array | readonly string[] | undefined>>;

export interface LabEntry {
  /** Relative to the base DN. */
  readonly rdn: string;
  readonly attributes: Attributes;
}

/** The value of unicodePwd that sets a password ([MS-ADTS] §3.1.1.3.1.5.1). */
export const unicodePwd = (password: string): Uint8Array => Buffer.from(`"${password}"`, 'utf16le');

export const guid = (text: string): Uint8Array => guidToBytes(text) ?? new Uint8Array();

export const NORMAL_ACCOUNT = 0x200;
const DONT_EXPIRE_PASSWORD = 0x1_0000;
const WORKSTATION_TRUST_ACCOUNT = 0x1000;
export const ACCOUNTDISABLE = 0x2;

/** A computer as `djoin` makes it, but with a password that is known. */
export function computerAttributes(name: string, more: Attributes = {}): Attributes {
  const host = `${name.toLowerCase()}.${DOMAIN}`;
  return {
    objectClass: 'computer',
    sAMAccountName: `${name}$`,
    userAccountControl: WORKSTATION_TRUST_ACCOUNT,
    unicodePwd: unicodePwd(COMPUTER_PASSWORD),
    dNSHostName: host,
    servicePrincipalName: [`HOST/${name}`, `HOST/${host}`],
    ...more,
  };
}

const computer = (name: string, more?: Attributes, unit = 'OU=Workstations'): LabEntry => ({
  rdn: `CN=${name},${unit}`,
  attributes: computerAttributes(name, more),
});

export const person = (
  { given, family, upn }: { given: string; family: string; upn: string },
  more: Attributes,
): LabEntry => ({
  rdn: `CN=${given} ${family},OU=Staff`,
  attributes: {
    objectClass: 'user',
    sAMAccountName: `${given}.${family}`.toLowerCase(),
    userPrincipalName: upn,
    unicodePwd: unicodePwd(PERSON_PASSWORD),
    userAccountControl: NORMAL_ACCOUNT,
    givenName: given,
    sn: family,
    displayName: `${given} ${family}`,
    mail: `${given}.${family}@example.test`.toLowerCase(),
    ...more,
  },
});

const service = (name: string, password: string, more: Attributes): LabEntry => ({
  rdn: `CN=${name},OU=Services`,
  attributes: {
    objectClass: 'user',
    sAMAccountName: name,
    userPrincipalName: `${name}@${DOMAIN}`,
    unicodePwd: unicodePwd(password),
    userAccountControl: NORMAL_ACCOUNT | DONT_EXPIRE_PASSWORD,
    ...more,
  },
});

const unit = (name: string, parent = ''): LabEntry => ({
  rdn: `OU=${name}${parent}`,
  attributes: { objectClass: 'organizationalUnit' },
});

/** In the order in which they can be added. */
export const LAB_ENTRIES: readonly LabEntry[] = [
  unit('Workstations'),
  unit('Kiosks', ',OU=Workstations'),
  unit('Staff'),
  unit('Services'),
  service(LDAP_ACCOUNT.name, LDAP_ACCOUNT.password, {}),
  ...Object.values(SERVICE_ACCOUNTS).map(({ name, hosts, encryptionTypes }) =>
    service(name, SERVICE_PASSWORD, {
      servicePrincipalName: hosts.map((host) => `HTTP/${host}`),
      'msDS-SupportedEncryptionTypes': encryptionTypes,
    }),
  ),
  // Made consistent once AD has chosen its objectGUID: see provision.ts.
  computer(COMPUTERS.consistent),
  computer(COMPUTERS.differing, { 'mS-DS-ConsistencyGuid': guid(DIFFERING_CONSISTENCY_GUID) }),
  computer(COMPUTERS.withoutAnchor),
  computer(COMPUTERS.disabled, { userAccountControl: WORKSTATION_TRUST_ACCOUNT | ACCOUNTDISABLE }),
  computer(COMPUTERS.toDisable),
  computer(COMPUTERS.toRemake),
  computer(COMPUTERS.ambiguous),
  computer(COMPUTERS.twin, { description: `${COMPUTERS.ambiguous}$` }, 'OU=Kiosks,OU=Workstations'),
  person(PEOPLE.nora, {
    title: 'Buchhalterin',
    telephoneNumber: '+41 44 555 02 01',
    streetAddress: 'Zürichbergstrasse 7',
    l: 'Winterthur',
    st: 'ZH',
    postalCode: '8400',
    c: 'CH',
    'mS-DS-ConsistencyGuid': guid('91c6d7e8-05ab-4f12-8d3c-b7e4a9601f01'),
  }),
  person(PEOPLE.luca, { 'mS-DS-ConsistencyGuid': guid('91c6d7e8-05ab-4f12-8d3c-b7e4a9601f02') }),
  person(PEOPLE.expired, { accountExpires: '133539264000000000' }),
  // Samba 4.17 has the class but gives out no managed password, so this one has a password as a computer has. Its
  // object class, category and tickets are those of a real one.
  computer(GMSA, {
    objectClass: 'msDS-GroupManagedServiceAccount',
    'msDS-ManagedPasswordInterval': 30,
    servicePrincipalName: undefined,
  }),
];

/** Become consistent when the domain is made. */
export const CONSISTENT_COMPUTERS: readonly string[] = [
  COMPUTERS.consistent,
  COMPUTERS.disabled,
  COMPUTERS.toDisable,
  COMPUTERS.toRemake,
  COMPUTERS.ambiguous,
  COMPUTERS.twin,
];
