/** The names of the sample domain corp.example.test: its partitions, and its accounts by what is special about them. */

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

/** People by what is special about them, each by sAMAccountName. The person of the rehearsal is `usual`. */
export const SAMPLE_PEOPLE = {
  usual: 'nora.keller',
  /** UPN suffix and mail domain are one, and not the realm; the anchor differs from objectGUID. */
  otherSuffix: 'luca.rossi',
  /** The mail address is another name than the UPN. */
  mailNotUpn: 'mia.berg',
  locked: 'omar.haddad',
  disabled: 'vera.alt',
  mustChange: 'jan.neu',
  /** Two whose mail address is the same. */
  sameMail: 'eva.braun-one',
  sameMailToo: 'eva.braun-two',
  /** A fine-grained password policy holds for them. */
  finePolicy: 'priya.nair',
} as const;

/** A password for each of them that can have one. */
export const SAMPLE_PERSON_PASSWORD = 'Bahnhof-Über-7-Gleise';

export const SAMPLE_NETBIOS_NAME = 'CORP';
export const SAMPLE_CONFIGURATION_DN = `CN=Configuration,${SAMPLE_BASE_DN}`;
export const SAMPLE_PASSWORD_SETTINGS_DN = `CN=Strict,CN=Password Settings Container,CN=System,${SAMPLE_BASE_DN}`;

export const sampleCategory = (name: string): string => `CN=${name},CN=Schema,CN=Configuration,${SAMPLE_BASE_DN}`;
