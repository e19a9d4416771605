/**
 * Lines of Mortise's own record beside the findings they belong to: by client request id, else by device and time, else by
 * time among what was refused. Reads a bounded part of the record, newest first; prints lines as `mortise log` does.
 */
import type { Activity } from '../../audit/activity.ts';
import { tableLines } from '../../audit/log-text.ts';
import type { StoreReader } from '../../store/store.ts';
import type { Correlation, Diagnosis, Finding } from '../finding.ts';
import type { Name } from '../report/redact-names.ts';

/** So many of the newest records are searched for a request id or a time. */
export const SEARCHED = 10_000;
const OF_A_DEVICE = 200;
const SHOWN = 3;
/** Clocks of Windows and Mortise agree to five minutes, or Kerberos fails; an attempt takes a minute or two. */
const SAME_ATTEMPT_MS = 10 * 60_000;
/** Without a device only what was refused in the same minute is worth showing. */
const SAME_TIME_MS = 60_000;

export type Activities = Pick<StoreReader['activities'], 'list'>;

export interface Matched {
  readonly diagnosis: Diagnosis;
  /** Names in the shown records, for redaction. */
  readonly names: readonly Name[];
}

export async function withRecord(diagnosis: Diagnosis, activities: Activities): Promise<Matched> {
  const search = searchIn(activities);
  const names: Name[] = [];
  const withLines = async (finding: Finding): Promise<Finding> => {
    const found = finding.correlation === undefined ? [] : await search(finding.correlation);
    names.push(...found.flatMap(namesOf));
    const consequences = await inTurn(finding.consequences, withLines);
    const record = found.flatMap((activity) => tableLines(activity));
    return { ...finding, consequences, ...(record.length === 0 ? {} : { record }) };
  };
  return { diagnosis: { ...diagnosis, findings: await inTurn(diagnosis.findings, withLines) }, names };
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<T>): Promise<readonly T[]> {
  const done: T[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** The newest records are read once, and only if a finding asks. */
function searchIn(activities: Activities): (correlation: Correlation) => Promise<readonly Activity[]> {
  let newest: Promise<readonly Activity[]> | undefined;
  return async ({ requestIds, devices, at }) => {
    const near = (activity: Activity, withinMs: number): boolean =>
      at !== undefined && Math.abs(activity.recordedAt.getTime() - at.getTime()) <= withinMs;
    if (requestIds.length > 0) {
      newest ??= activities.list({ limit: SEARCHED });
      const wanted = new Set(requestIds.map(bareId));
      const byId = (await newest).filter(({ requestId }) => requestId !== undefined && wanted.has(bareId(requestId)));
      if (byId.length > 0) return byId.slice(0, SHOWN);
    }
    const ofDevices = (
      await inTurnOver(devices, (device) => activities.list({ device: shortName(device), limit: OF_A_DEVICE }))
    ).flat();
    const byDevice = at === undefined ? ofDevices : ofDevices.filter((activity) => near(activity, SAME_ATTEMPT_MS));
    if (byDevice.length > 0 || at === undefined) return byDevice.slice(0, SHOWN);
    newest ??= activities.list({ limit: SEARCHED });
    return (await newest)
      .filter((activity) => activity.outcome === 'refused' && near(activity, SAME_TIME_MS))
      .slice(0, SHOWN);
  };
}

async function inTurnOver<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** A wsa:MessageID is `urn:uuid:…` where a header is bare. */
const bareId = (id: string): string => id.toLowerCase().replace(/^urn:uuid:|[{}]/g, '');

/** dsregcmd prints the full host name; the record knows the account's. An id stays as it is. */
const shortName = (device: string): string => (device.includes('.') ? (device.split('.')[0] ?? device) : device);

function namesOf({ subject, principal, sourceAddress }: Activity): readonly Name[] {
  const [account, realm] = principal?.split('@') ?? [];
  const kind = subject?.kind === 'person' ? 'user' : 'device';
  const values: readonly (readonly [Name['kind'], string | undefined])[] = [
    [kind, subject?.name],
    [kind, subject?.name?.replace(/\$$/, '')],
    [kind, subject?.username],
    [kind, account?.replace(/\$$/, '')],
    ['domain', realm],
    ['organisation', subject?.dn],
    ['domain', /^[\d.]+$|:/.test(sourceAddress) ? undefined : sourceAddress],
  ];
  return values.flatMap(([each, value]) => (value === undefined || value === '' ? [] : [{ kind: each, value }]));
}
