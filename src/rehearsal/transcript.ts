/**
 * What `dsregcmd /join /debug` prints, line for line as in real logs. Lines for which no real log is known are listed as
 * reconstructed in docs/rehearsal.md. Owns the words; the device (device.ts) says when.
 */
import { HRESULTS } from './join-codes.ts';
import type { HresultName, JoinFailure } from './join-codes.ts';

export interface Transcript {
  line(text: string): void;
  /** A line of the ADAL log; a failed acquisition prints all of them once more, backwards. */
  adal(message: string, hresult?: HresultName): void;
  adalLinesBackwards(): void;
}

export function openTranscript(write: (line: string) => void): Transcript {
  const adalLines: string[] = [];
  return {
    line: write,
    adal: (message, hresult = 'S_OK') => {
      const line =
        message === ''
          ? `AdalLog:  HRESULT: ${HRESULTS[hresult]}`
          : `AdalLog: ${message} ; HRESULT: ${HRESULTS[hresult]}`;
      adalLines.push(line);
      write(line);
    },
    adalLinesBackwards: () => {
      for (const line of adalLines.toReversed()) write(line);
    },
  };
}

export interface PreJoin {
  readonly requestId: string;
  readonly domain: string;
  readonly forest: string;
  readonly domainController: string;
}

export function printPreJoinChecks(
  transcript: Transcript,
  { requestId, domain, forest, domainController }: PreJoin,
): void {
  const located = `DsGetDcName success { domain:${domain} forest:${forest} domainController:\\\\${domainController} isDcAvailable:true }`;
  for (const line of [
    'DsrCLI: logging initialized.',
    'DsrCLI: logging initialized.',
    // The missing line break after the id is real.
    `DsrCmdJoinHelper::Join: ClientRequestId: ${requestId}DsrCmdAccountMgr::IsDomainControllerAvailable: ${located}`,
    'PreJoinChecks Complete.',
    'preCheckResult: Join',
    'deviceKeysHealthy: undefined',
    'isJoined: undefined',
    'isDcAvailable: YES',
    'isSystem: YES',
    'keyProvider: undefined',
    'keyContainer: undefined',
    'dsrInstance: undefined',
    'elapsedSeconds: 0',
    'resultCode: 0x0',
    'Automatic device join pre-check tasks completed.',
  ]) {
    transcript.line(line);
  }
}

/** The misspelling "TenandID" is real. */
export function printTenant(transcript: Transcript, tenantType: string, tenantId: string, tenantName: string): void {
  transcript.line(
    `TenantInfo::Discover: Join Info { TenantType = ${tenantType}; AutoJoinEnabled = 1; TenandID = ${tenantId}; TenantName = ${tenantName} }`,
  );
}

export function printTokenStart(transcript: Transcript, authCodeUrl: string, authority: string): void {
  transcript.line('GetComputerTokenForADRS: Get token for ADRS');
  transcript.line(`GetComputerTokenForADRS: Auth code URL: "${authCodeUrl}"`);
  transcript.line(`GetComputerTokenForADRS: Token request authority: "${authority}"`);
  transcript.adal('Token is not available in the cache');
  transcript.adal('Authority validation is enabled');
  transcript.adal('Authority validation is completed');
  transcript.adal('AggregatedTokenRequest::AcquireToken get refresh token info');
  transcript.adal('AggregatedTokenRequest::AcquireToken- refresh token is not available');
  transcript.adal('AggregatedTokenRequest::AcquireToken- returns false');
  transcript.adal('AggregatedTokenRequest::UseWindowsIntegratedAuth w Tenant');
  transcript.adal('', 'INFO_ADAL_REQUEST_SENDING');
}

export function printWebRequest(transcript: Transcript): void {
  transcript.adal('', 'INFO_ADAL_REQUEST_SENDING');
  transcript.adal('Webrequest opening connection');
  transcript.adal('', 'INFO_ADAL_REQUEST_SENDING');
  transcript.adal('Webrequest has valid state');
}

/** The one line of Microsoft's log that hides the account, and the misspelling "successfull", are real. */
export function printTokenResponse(transcript: Transcript, failure: JoinFailure | undefined): void {
  transcript.adal(`WebRequest Status:${failure?.server.status ?? 200}`);
  if (failure === undefined) {
    transcript.adal('Webrequest returns success for oauth response');
    transcript.adal('', 'INFO_ADAL_REQUEST_COMPLETE');
    transcript.adal('', 'INFO_ADAL_WSTRUST_TOKEN_REQUEST_SUCCESS');
    return;
  }
  const { status, text = '', errorCode = '', message = '' } = failure.server;
  transcript.adal(`Token response is not successfull. Status:${status} ResponseText:${text.replaceAll('\\r\\n', ' ')}`);
  transcript.adal(
    `Webrequest returns error code:${errorCode} and error description:${message.replaceAll('\r\n', ' ')}`,
  );
}

/** What follows a failed token acquisition: inner code, wrappers, and the log once more in reverse. */
export function printTokenFailure(transcript: Transcript, failure: JoinFailure, requestId: string): void {
  transcript.adal('', failure.hresult);
  transcript.adal('', 'ERROR_ADAL_WSTRUST_TOKEN_REQUEST_FAIL');
  transcript.line('GetStatus returned failure');
  const outer = HRESULTS.ERROR_ADAL_HANDLE;
  transcript.line(`AdalLog:  HRESULT: ${outer}`);
  transcript.line(`GetComputerTokenForADRS: AdalErrorCode: ${outer}`);
  transcript.line(`AdalCorrelationId: ${requestId}`);
  transcript.line(`AdalLog:  HRESULT: ${outer}`);
  transcript.line('GetStatus returned failure');
  transcript.adalLinesBackwards();
  transcript.line(
    `AutoEnrollAsComputer: Unable to retrieve access token. GetComputerTokenForADRS failed with error ${HRESULTS[failure.hresult]}.`,
  );
}

export function printJoinResponse(
  transcript: Transcript,
  requestId: string,
  responseTime: string,
  status: number,
): void {
  transcript.line(`Join request ID: ${requestId}`);
  transcript.line(`Join response time: ${responseTime}`);
  transcript.line(`Join HTTP status: ${status}`);
}

/** A request that got no answer has no lines about it. */
export function printJoinRefusal(transcript: Transcript, failure: JoinFailure, requestId: string): void {
  const { status, time = '' } = failure.server;
  if (status !== undefined) printJoinResponse(transcript, requestId, time, status);
  transcript.line(`Join error code: ${failure.server.errorCode ?? ''}`);
  transcript.line(`Join message: ${failure.server.message ?? failure.message}`);
  transcript.line(`DsrDeviceAutoJoin failed ${HRESULTS[failure.hresult]}.`);
}
