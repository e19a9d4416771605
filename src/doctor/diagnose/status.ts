/**
 * `dsregcmd /status`, and the block at the end of a join: the state of the device, its key, its registration. Does not own:
 * the tests before a join (status-tests.ts), the primary refresh token (status-prt.ts), ages (status-ages.ts).
 */
import type { StatusCapture } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { correlation, found, withConsequences } from './found.ts';
import { fieldOf, quotesOf, type StatusContext } from './status-fields.ts';
import { healthyRows, isForeign } from './healthy-fields.ts';
import { judgeAges } from './status-ages.ts';
import { judgePrt } from './status-prt.ts';
import { judgeTests } from './status-tests.ts';

const says = (capture: StatusCapture, name: string, value: RegExp): boolean =>
  value.test(fieldOf(capture, name)?.value ?? '');

export function judgeStatus(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const tests = judgeTests(capture, context);
  const prt = judgePrt(capture, context);
  const state = judgeState(capture);
  const unjoined = state.find((finding) => /^DOC-ST-(?:01|02)$/.test(finding.id));
  const findings = [
    ...attributed(unjoined, state, tests, prt),
    ...judgeKey(capture),
    ...judgeAges(capture, context),
    ...judgeRemarks(capture),
  ];
  const good = healthy(capture, findings);
  const rows = { rows: healthyRows(capture) };
  const table = context.embedded || good.length > 0 ? [] : [found('DOC-ST-21', [], rows)];
  const all = [...findings, ...(context.embedded ? good : good.map((finding) => ({ ...finding, ...rows }))), ...table];
  const devices = ['Device Name', 'DeviceId'].flatMap((name) => fieldOf(capture, name)?.value ?? []);
  const ids = ['Request Id', 'Correlation ID'].flatMap((name) => fieldOf(capture, name)?.quote ?? []);
  const belongs = correlation(ids, devices, context.clock);
  return belongs === undefined ? all : all.map((finding) => ({ ...finding, correlation: belongs }));
}

/** Without a join there is no primary refresh token; and the first failed test is why there is no join. */
function attributed(
  unjoined: Finding | undefined,
  state: readonly Finding[],
  tests: readonly Finding[],
  prt: readonly Finding[],
): readonly Finding[] {
  if (unjoined === undefined) return [...tests, ...state, ...prt];
  const others = state.filter((finding) => finding !== unjoined);
  const root = tests.find((finding) => finding.severity === 'error') ?? tests[0];
  if (root === undefined || unjoined.id === 'DOC-ST-01')
    return [withConsequences(unjoined, [...tests, ...prt]), ...others];
  return [withConsequences(root, [unjoined, ...prt]), ...tests.filter((finding) => finding !== root), ...others];
}

function judgeState(capture: StatusCapture): readonly Finding[] {
  const findings: Finding[] = [];
  const joined = says(capture, 'AzureAdJoined', /^YES/i);
  if (says(capture, 'DomainJoined', /^NO/i))
    findings.push(found(joined ? 'DOC-ST-14' : 'DOC-ST-01', quotesOf(capture, 'DomainJoined', 'AzureAdJoined')));
  else if (says(capture, 'AzureAdJoined', /^NO/i) && !says(capture, 'EnterpriseJoined', /^YES/i))
    findings.push(found('DOC-ST-02', quotesOf(capture, 'AzureAdJoined', 'DomainJoined')));
  if (says(capture, 'EnterpriseJoined', /^YES/i))
    findings.push(found('DOC-ST-03', quotesOf(capture, 'EnterpriseJoined')));
  if (says(capture, 'WorkplaceJoined', /^YES/i))
    findings.push(found('DOC-ST-04', quotesOf(capture, 'WorkplaceJoined')));
  return findings;
}

function judgeKey(capture: StatusCapture): readonly Finding[] {
  const findings: Finding[] = [];
  const status = fieldOf(capture, 'DeviceAuthStatus');
  if (status !== undefined && /disabled or deleted/i.test(status.value))
    findings.push(found('DOC-ST-05', [status.quote]));
  else if (status !== undefined && !/^SUCCESS/i.test(status.value)) findings.push(found('DOC-ST-15', [status.quote]));
  // "MUST Run elevated to test." is no test result.
  if (says(capture, 'AadRecoveryEnabled', /^YES/i) || says(capture, 'KeySignTest', /FAIL|ERROR/i))
    findings.push(found('DOC-ST-08', quotesOf(capture, 'AadRecoveryEnabled', 'KeySignTest')));
  return findings;
}

/** What differs and does not matter for the join. */
function judgeRemarks(capture: StatusCapture): readonly Finding[] {
  const findings: Finding[] = [];
  if (says(capture, 'SessionIsNotRemote', /^NO/i) || says(capture, 'PreReqResult', /WillNotProvision/i))
    findings.push(found('DOC-ST-13', quotesOf(capture, 'SessionIsNotRemote', 'PreReqResult')));
  if (says(capture, 'WamDefaultSet', /^(?:NO|ERROR)/i))
    findings.push(found('DOC-ST-18', quotesOf(capture, 'WamDefaultSet')));
  const odd = capture.fields.filter((field) => isForeign(field));
  if (odd.length > 0)
    findings.push(
      found(
        'DOC-ST-20',
        odd.map((field) => field.quote),
      ),
    );
  return findings;
}

/** Nothing wrong was found, and it says that it is joined. */
function healthy(capture: StatusCapture, findings: readonly Finding[]): readonly Finding[] {
  if (!says(capture, 'AzureAdJoined', /^YES/i)) return [];
  if (findings.some((finding) => finding.severity === 'error' || finding.severity === 'warning')) return [];
  const named = [
    'AzureAdJoined',
    'DeviceId',
    'TenantId',
    'DomainName',
    'Device Name',
    'AzureAdPrt',
    'DeviceAuthStatus',
  ];
  const shown = named.flatMap((name) => fieldOf(capture, name) ?? []);
  const note = shown.map((field) => `${field.name} ${field.value}`).join(', ');
  return [
    found(
      'DOC-ST-00',
      shown.map((field) => field.quote),
      { note: `${note}.` },
    ),
  ];
}
