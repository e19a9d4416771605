/**
 * The verdict of one `dsregcmd /join /debug`: joined by federation, hidden by the fallback, failed, or cut off; with the
 * cause where the log names one, else with the place where it stopped. The status block at its end is status.ts's.
 */
import type { JoinCapture, Quote } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { kerberosSteps } from '../tables/kerberos.ts';
import { causeFinding, codesIn } from './cause.ts';
import type { Context } from './circumstances.ts';
import { correlation, folded, found, withConsequences } from './found.ts';
import { fieldOf } from './status-fields.ts';
import { judgeStatus } from './status.ts';

/** The words of dsregcmd that the verdict hangs on. Their misspellings are its own. */
const LINE = {
  federated: /AutoEnrollAsComputer completed successfully/i,
  joined: /DsrCmdJoinHelper::Join: completed successfully/i,
  fallback: /Try synchronized join/i,
  failed:
    /Federated .*join failed with error|Unable to retrieve access token|DsrDeviceAutoJoin failed|^Join error code:|LogFatalAuthError|GetComputerTokenForADRS: AdalErrorCode/i,
  /** The attempt tells its outer code: the errors that a person notices first. */
  reported:
    /Federated .*join failed with error|Unable to retrieve access token|GetComputerTokenForADRS: AdalErrorCode/i,
  ended: /DSREGCMD_END_STATUS/i,
  /** From here the log of the token request is printed again, backwards. */
  again: /GetStatus returned failure/i,
  tenantType: /TenantType = (\w+)/i,
  noSystem: /isSystem: NO\b/i,
  noDomainController: /isDcAvailable: ?NO\b|DsGetDcName (?!success)|isDcAvailable:false/i,
  alreadyJoined: /preCheckResult: \w*Already\w*/i,
  started: /UseWindowsIntegratedAuth w Tenant/i,
  realm: /received realm info/i,
  appliesTo: /GetAppliesTo: using resource/i,
  unauthorised: /WebRequest Status:\s?401/i,
  succeeded: /returns success for oauth response/i,
  service: /^Join (?:error code|message|HTTP status): |DsrDeviceAutoJoin failed/i,
  time: /Join response time: (.+)/i,
  stamp: /Timestamp: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)/i,
} as const;

interface Log {
  readonly lines: readonly Quote[];
  /** Up to the backward copy; the copy itself where the log holds nothing else. */
  readonly request: readonly Quote[];
  readonly first: (pattern: RegExp) => Quote | undefined;
  readonly at: Date | undefined;
}

export function judgeJoin(capture: JoinCapture, context: Context): readonly Finding[] {
  const log = readLog(capture);
  const ending = [...lastLines(log)];
  const status =
    capture.status === undefined
      ? []
      : judgeStatus(capture.status, { ...context, clock: context.at ?? log.at, embedded: true });
  const findings = verdict(log, status, ending, context);
  const devices = ['DeviceId', 'Device Name'].flatMap((name) => fieldOf(capture.status, name)?.value ?? []);
  const belongs = correlation(log.lines, devices, log.at);
  return belongs === undefined ? findings : findings.map((finding) => ({ ...finding, correlation: belongs }));
}

function readLog(capture: JoinCapture): Log {
  const lines = capture.steps.map((step) => step.quote);
  const first = (pattern: RegExp): Quote | undefined => lines.find((line) => pattern.test(line.text));
  const copy = lines.findIndex((line) => LINE.again.test(line.text));
  const before = copy === -1 ? lines : lines.slice(0, copy);
  const request = codesIn(before).some((code) => code.kind === 'aadsts' || code.code.startsWith('0xcaa'))
    ? before
    : lines.toReversed();
  return { lines, request, first, at: timeOf(first) };
}

function timeOf(first: Log['first']): Date | undefined {
  const text =
    LINE.time.exec(first(LINE.time)?.text ?? '')?.[1] ?? LINE.stamp.exec(first(LINE.stamp)?.text ?? '')?.[1] ?? '';
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}

const lastLines = (log: Log): readonly Quote[] => log.lines.slice(-1);

const isHealth = (finding: Finding): boolean => /^DOC-ST-(?:00|02|06|16|21)$/.test(finding.id);

/** The steps of the verdict, in their order: stopped before it began, done, hidden, failed, cut off. */
function verdict(log: Log, status: readonly Finding[], last: readonly Quote[], context: Context): readonly Finding[] {
  const health = status.filter(isHealth);
  const others = status.filter((finding) => !isHealth(finding));
  const managed = LINE.tenantType.exec(log.first(LINE.tenantType)?.text ?? '')?.[1];
  const wrongDomain =
    managed !== undefined && !/^federated$/i.test(managed) ? [found('DOC-DB-01', quotes(log, LINE.tenantType))] : [];
  if (log.first(LINE.federated) !== undefined)
    return [withConsequences(found('DOC-DB-16', quotes(log, LINE.federated)), health), ...wrongDomain, ...others];
  const stopped = preCheck(log);
  if (stopped !== undefined) return [withConsequences(stopped, health), ...others];
  const cause = federationCause(log, context);
  if (log.first(LINE.fallback) !== undefined && log.first(LINE.joined) !== undefined)
    return [hidden(log, health), ...cause, ...wrongDomain, ...others];
  if (wrongDomain.length > 0)
    return [...folded([...wrongDomain, ...cause, ...serviceRefusal(log), ...health]), ...others];
  if (log.first(LINE.joined) !== undefined) return [...folded([...cause, ...health]), ...others];
  const ended = log.first(LINE.ended) !== undefined || status.length > 0;
  if (!ended && log.first(LINE.service) === undefined) return [...cause, cutOff(log, last), ...others];
  return [...failed(log, cause, health), ...others];
}

const quotes = (log: Log, ...patterns: readonly RegExp[]): readonly Quote[] =>
  log.lines.filter((line) => patterns.some((pattern) => pattern.test(line.text)));

function preCheck(log: Log): Finding | undefined {
  if (log.first(LINE.noSystem) !== undefined) return found('DOC-DB-02', quotes(log, LINE.noSystem));
  if (log.first(LINE.noDomainController) !== undefined) return found('DOC-DB-03', quotes(log, LINE.noDomainController));
  if (log.first(LINE.alreadyJoined) !== undefined) return found('DOC-DB-23', quotes(log, LINE.alreadyJoined));
  return undefined;
}

const hidden = (log: Log, health: readonly Finding[]): Finding =>
  withConsequences(found('DOC-DB-15', quotes(log, LINE.fallback, LINE.joined)), health);

/** A ticket that was refused stands before any code; else the first code that names a cause. */
function federationCause(log: Log, context: Context): readonly Finding[] {
  const afterwards = log.lines.findIndex((line) => LINE.fallback.test(line.text));
  const end = afterwards === -1 ? Number.POSITIVE_INFINITY : (log.lines[afterwards]?.line ?? 0);
  const request = log.request.filter((line) => line.line <= end && !LINE.service.test(line.text));
  const text = log.lines.map((line) => line.text).join('\n');
  const coded = causeFinding(request, { phase: 'auth', text, mappings: context.mappings }, quotes(log, LINE.reported));
  const refused = log.first(LINE.unauthorised);
  const accepted = log.first(LINE.succeeded);
  if (refused === undefined || accepted !== undefined || /AADSTS\d/.test(text) || coded?.id === 'DOC-DB-17')
    return coded === undefined ? [] : [coded];
  const ticket = found('DOC-DB-17', quotes(log, LINE.unauthorised), { fix: kerberosSteps(text) });
  return folded([ticket, ...(coded === undefined ? [] : [coded])]);
}

function failed(log: Log, cause: readonly Finding[], health: readonly Finding[]): readonly Finding[] {
  const end = found('DOC-DB-19', quotes(log, LINE.failed, LINE.service), { note: whereItStopped(log) });
  const service = serviceRefusal(log);
  if (cause.length > 0) return folded([...cause, end, ...service, ...health]);
  const place = stoppingPlace(log);
  if (service.length > 0) return folded([...service, end, ...health]);
  return folded([...(place === undefined ? [] : [place]), end, ...health]);
}

/** What the registration service said after the token, or in place of one at a sync join. */
function serviceRefusal(log: Log): readonly Finding[] {
  const told = quotes(log, LINE.service);
  if (!told.some((line) => /error code|DsrDeviceAutoJoin failed/i.test(line.text))) return [];
  const text = told.map((line) => line.text).join('\n');
  const coded = causeFinding(told, { phase: 'join', text, mappings: () => [] });
  return [coded ?? found('DOC-DB-24', told)];
}

function stoppingPlace(log: Log): Finding | undefined {
  if (log.first(LINE.started) === undefined || log.first(LINE.appliesTo) !== undefined) return undefined;
  return log.first(LINE.realm) === undefined
    ? found('DOC-DB-22', quotes(log, LINE.started))
    : found('DOC-DB-21', quotes(log, LINE.realm));
}

function whereItStopped(log: Log): string {
  if (log.first(LINE.succeeded) !== undefined) return 'It stopped after the token: at the registration service.';
  if (log.first(/WebRequest Status:400/) !== undefined) return 'It stopped where Entra judged the token.';
  if (log.first(LINE.appliesTo) !== undefined) return 'It stopped at the federation service or after it.';
  if (log.first(LINE.realm) !== undefined) return 'It stopped at the metadata of the federation service.';
  return 'It stopped before Entra told the realm.';
}

function cutOff(log: Log, last: readonly Quote[]): Finding {
  const missing =
    log.first(LINE.appliesTo) === undefined
      ? 'Missing: the token request, the verdict, and the status block after DSREGCMD_END_STATUS.'
      : 'Missing: the verdict (`completed successfully` or a failure), and the status block after DSREGCMD_END_STATUS.';
  return found('DOC-DB-20', last, { note: missing });
}
