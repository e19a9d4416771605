/**
 * `dsregcmd /status` of a joined device, with every section in Windows' order and form. What a sign-in that failed adds to
 * the SSO State is documented by its field names; its order is reconstructed.
 */
import { HRESULTS } from './join-codes.ts';
import type { SignInResult } from './sign-in.ts';
import { deviceDetails, fieldLines, tenantDetails, timeOf } from './status-block.ts';
import type { JoinedDevice, Line } from './status-block.ts';

export interface StatusOf {
  readonly joined: JoinedDevice;
  /** Entra still takes the device certificate. */
  readonly accepted: boolean;
  readonly signIn: SignInResult;
  /** `CORP` */
  readonly domainName: string;
  /** Fully qualified. */
  readonly deviceName: string;
  readonly authority: string;
  readonly now: Date;
}

const RULE = `+${'-'.repeat(70)}+`;
const WAM_GUID = '{B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)';

export function deviceStatus(status: StatusOf): readonly string[] {
  const { joined, accepted, signIn, domainName, deviceName } = status;
  const azureAdPrt = signIn.prt === undefined ? 'NO' : 'YES';
  return [
    '',
    ...section('Device State', [
      ['AzureAdJoined', 'YES'],
      ['EnterpriseJoined', 'NO'],
      ['DomainJoined', 'YES'],
      ['DomainName', domainName],
      ['Device Name', deviceName],
    ]),
    ...section('Device Details', deviceDetails(joined, accepted)),
    ...section('Tenant Details', tenantDetails(joined)),
    ...section('User State', [
      ['NgcSet', 'NO'],
      ['WorkplaceJoined', 'NO'],
      ['WamDefaultSet', azureAdPrt],
      ['WamDefaultAuthority', 'organizations'],
      ['WamDefaultId', 'https://login.microsoft.com'],
      ['WamDefaultGUID', WAM_GUID],
    ]),
    ...section('SSO State', ssoState(status)),
    ...section('Diagnostic Data', [
      ['AadRecoveryEnabled', 'NO'],
      ['Executing Account Name', `${signIn.person.accountName}, ${signIn.person.userPrincipalName}`],
      ['KeySignTest', joined.registered.keySignTest ? 'PASSED' : 'FAILED'],
    ]),
    ...section('IE Proxy Config for Current User', [
      ['Auto Detect Settings', 'YES'],
      ['Auto-Configuration URL', ''],
      ['Proxy Server List', ''],
      ['Proxy Bypass List', ''],
    ]),
    ...section('WinHttp Default Proxy Config', [['Access Type', 'DIRECT']]),
    ...section('Ngc Prerequisite Check', [
      ['IsDeviceJoined', 'YES'],
      ['IsUserAzureAD', azureAdPrt],
      ['PolicyEnabled', 'NO'],
      ['PostLogonEnabled', 'YES'],
      ['DeviceEligible', 'NO'],
      ['SessionIsNotRemote', 'NO'],
      ['CertEnrollment', 'none'],
      ['PreReqResult', 'WillNotProvision'],
    ]),
    'For more information, please visit https://www.microsoft.com/aadjerrors',
  ];
}

const section = (title: string, lines: readonly Line[]): readonly string[] => [
  RULE,
  `| ${title.padEnd(69)}|`,
  RULE,
  '',
  ...fieldLines(lines),
  '',
];

function ssoState({ signIn, authority, now }: StatusOf): readonly Line[] {
  const { prt, failure, person, requestId } = signIn;
  const enterprise: readonly Line[] = [
    ['EnterprisePrt', 'NO'],
    ['EnterprisePrtAuthority', ''],
  ];
  if (prt !== undefined)
    return [
      ['AzureAdPrt', 'YES'],
      ['AzureAdPrtUpdateTime', timeOf(prt.updatedAt)],
      ['AzureAdPrtExpiryTime', timeOf(prt.expiresAt)],
      ['AzureAdPrtAuthority', authority],
      ...enterprise,
    ];
  if (failure === undefined) return [['AzureAdPrt', 'NO'], ['AzureAdPrtAuthority', ''], ...enterprise];
  const { server } = failure.cause;
  return [
    ['AzureAdPrt', 'NO'],
    ['AzureAdPrtAuthority', ''],
    ['AcquirePrtDiagnostics', 'PRESENT'],
    ['Previous Prt Attempt', timeOf(now)],
    ['Attempt Status', HRESULTS[failure.status]],
    ['User Identity', person.userPrincipalName],
    ['Credential Type', person.credential === 'password' ? 'Password' : 'Certificate'],
    ['Correlation ID', requestId],
    ['Endpoint URI', failure.endpoint],
    ['HTTP Method', server.status === undefined ? '' : 'POST'],
    ['HTTP Error', '0x0'],
    ['HTTP status', server.status === undefined ? '' : String(server.status)],
    ['Server Error Code', server.errorCode ?? ''],
    ['Server Error Description', (server.message ?? '').replaceAll('\r\n', ' ')],
    ...enterprise,
  ];
}
