/** A report made by hand: every field of a finding is used, and its captures hold what must not get out. */
import type { Quote, Reading } from '../../../src/doctor/capture.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { reportOf } from '../../../src/doctor/report/report.ts';
import type { Report } from '../../../src/doctor/report/report.ts';

/** What no redacted report may hold, in any case. */
export const ORIGINALS = [
  'LAPTOP-77',
  'laptop-77.hq.fabrikam.example',
  'hq.fabrikam.example',
  'fabrikam.example',
  'FABRIKAM',
  'Fabrikam Widgets',
  'mlopez',
  'mlopez@fabrikam.example',
  'DC07',
  'sso.fabrikam.example',
  'aaaa1111-2222-4333-8444-555566667777',
  'bbbb1111-2222-4333-8444-555566667777',
  'S-1-5-21-1111111111-2222222222-3333333333-4444',
  'qqqqqrrrrrsssssttttt1A==',
  '203.0.113.77',
  '2001:db8::77',
  '0123456789ABCDEF0123456789ABCDEF01234567',
  'Signing of Fabrikam',
  'S3cretPassw0rd',
] as const;

export const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtbG9wZXoifQ.c2lnbmF0dXJl_-x';

const quote = (line: number, text: string): Quote => ({ file: 'join.txt', line, text });

export const LINES = [
  'DsrCmdAccountMgr::IsDomainControllerAvailable: DsGetDcName success { domain:hq.fabrikam.example forest:fabrikam.example domainController:\\\\DC07.hq.fabrikam.example isDcAvailable:true }',
  'TenantInfo::Discover: Join Info { TenantType = Federated; AutoJoinEnabled = 1; TenandID = aaaa1111-2222-4333-8444-555566667777; TenantName = fabrikam.example }',
  'AdalLog: Webrequest returns error code:invalid_grant and error description:AADSTS51004: The user account mlopez@fabrikam.example does not exist. Correlation ID: bbbb1111-2222-4333-8444-555566667777 ; HRESULT: 0xcaa20003',
  'GetComputerTokenForADRS: Auth code URL: "https://login.microsoftonline.com/aaaa1111-2222-4333-8444-555566667777/oauth2/authorize"',
  'Executing Account Name : FABRIKAM\\mlopez, mlopez@fabrikam.example',
  'Device Name : LAPTOP-77.hq.fabrikam.example',
  'Thumbprint : 0123456789ABCDEF0123456789ABCDEF01234567',
  'TenantName : Fabrikam Widgets',
  'from 203.0.113.77 and 2001:db8::77, sid S-1-5-21-1111111111-2222222222-3333333333-4444, ImmutableID qqqqqrrrrrsssssttttt1A==',
  'IssuerUri : https://sso.fabrikam.example/applications/bbbb1111-2222-4333-8444-555566667777',
  `Authorization: Bearer ${JWT}`,
  'password=S3cretPassw0rd',
  'C:\\Users\\mlopez> klist get HTTP/sso.fabrikam.example',
].map((text, index) => quote(index + 1, text));

const value = (name: string): string =>
  LINES.find(({ text }) => text.startsWith(`${name} : `))?.text.split(' : ')[1] ?? '';

export const READING: Reading = {
  captures: [
    {
      kind: 'status',
      omitted: 0,
      fields: ['Executing Account Name', 'Device Name', 'Thumbprint', 'TenantName'].map((name) => ({
        section: undefined,
        name,
        value: value(name),
        known: true,
        quote: LINES.find(({ text }) => text.startsWith(name)) as Quote,
      })),
    },
  ],
  unknown: {
    quotes: [quote(40, 'Lenovo asset of mlopez in FABRIKAM'), quote(41, JWT)],
    more: [{ file: 'join.txt', count: 7, first: 50, last: 60 }],
  },
  inputs: [{ file: 'join.txt', lines: 60, encoding: 'UTF-8' }],
};

const consequence: Finding = {
  id: 'DOC-DB-99',
  severity: 'error',
  title: 'The join ended without a token for LAPTOP-77',
  seen: [quote(20, 'GetComputerTokenForADRS failed with error 0xcaa1000e.')],
  cause: 'A wrapper.',
  fix: [],
  source: 'Microsoft Learn',
  confidence: 'documented',
  consequences: [],
};

export const FINDING: Finding = {
  id: 'DOC-DB-09',
  severity: 'error',
  title: 'Entra does not recognise the device of fabrikam.example',
  seen: LINES,
  expected: 'a device that Entra knows',
  cause: 'AADSTS51004: the assertion names no device of hq.fabrikam.example.',
  fix: [
    { text: 'Check the mappings.' },
    { text: 'Restart.', command: "Update-MgDomain -DomainId 'fabrikam.example'\nklist purge", pointedTo: true },
  ],
  source: 'Microsoft Learn, Troubleshoot hybrid join',
  confidence: 'documented',
  rows: [
    { name: 'accounttype', expected: 'DJ', actual: 'DJ', verdict: 'same' },
    { name: 'primarysid', expected: 'user.objectSid', actual: undefined, verdict: 'missing', note: 'add it' },
    {
      name: 'SigningCertificate',
      expected: 'thumbprint 0123456789ABCDEF0123456789ABCDEF01234567, CN=Signing of Fabrikam',
      actual: 'thumbprint 0123456789ABCDEF0123456789ABCDEF01234567, CN=Signing of Fabrikam',
      verdict: 'differs',
    },
    {
      name: 'Id',
      expected: undefined,
      actual: 'bbbb1111-2222-4333-8444-555566667777',
      verdict: 'shown',
      note: 'an id',
    },
  ],
  correlation: { requestIds: ['bbbb1111-2222-4333-8444-555566667777'], devices: ['LAPTOP-77'], at: new Date(0) },
  record: ['2026-11-23 22:54:25Z  refused  LAPTOP-77  windowstransport-13  203.0.113.77'],
  consequences: [consequence],
};

const warning: Finding = { ...consequence, id: 'DOC-ST-01', severity: 'warning', title: 'A warning' };

export const REPORT: Report = reportOf({ findings: [FINDING, warning] }, READING, new Date('2026-11-24T00:00:00Z'));
