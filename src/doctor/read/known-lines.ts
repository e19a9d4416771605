/** The lines of `dsregcmd /join /debug`, one row each: a stable name, the phase, and a pattern whose groups are the values. */
import type { JoinStep } from '../capture.ts';

interface KnownLine {
  readonly name: string;
  readonly phase: JoinStep['phase'];
  readonly pattern: RegExp;
}

const row = (name: string, phase: JoinStep['phase'], pattern: RegExp): KnownLine => ({ name, phase, pattern });

/** In the order in which they are tried. Misspellings are Windows' own. */
export const KNOWN_LINES: readonly KnownLine[] = [
  row('start', 'start', /^DsrCLI: /),
  row('client-request-id', 'start', /ClientRequestId: (?<requestId>[0-9a-f-]{36})/i),
  row('domain-controller', 'pre-check', /IsDomainControllerAvailable: |DsGetDcName /),
  row('pre-check', 'pre-check', /^(?:PreJoinChecks|Automatic device join pre-check)/),
  row(
    'pre-check-value',
    'pre-check',
    /^(?<name>preCheckResult|deviceKeysHealthy|isJoined|isDcAvailable|isSystem|keyProvider|keyContainer|dsrInstance|elapsedSeconds|resultCode): ?(?<value>.*)$/,
  ),
  row('tenant-info', 'discover', /^TenantInfo::/),
  row('token', 'auth', /^GetComputerTokenForADRS: /),
  row('adal', 'auth', /^AdalLog: /),
  row('adal-correlation', 'auth', /^AdalCorrelationId: (?<requestId>\S+)/),
  row('status-failure', 'auth', /^GetStatus returned failure/),
  row('no-token', 'auth', /^(?:AutoEnrollAsComputer|LogFatalAuthError)/),
  row('fallback', 'fallback', /Try synchronized join/i),
  row('join', 'join', /^DsrCmdJoinHelper::|^DsrCmd\w+::|^DsrDevice\w*|^AutoEnroll/),
  row(
    'join-response',
    'join',
    /^Join (?:request ID|response time|HTTP status|error code|error subcode|error message|message|server \w+): ?(?<value>.*)$/i,
  ),
  row('end', 'end', /^DSREGCMD_END_STATUS/),
];
