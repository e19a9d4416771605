/**
 * An Activity as a row, and the names under which `--device` finds it. The row holds the whole record as JSON: a field added
 * to Activity needs no migration. Pure; sqlite-activities.ts reads and writes the rows.
 */
import type { Activity } from '../audit/activity.ts';
import type { ActivityKeyRow, ActivityRow } from './schema.ts';

/** All but the place in the chain, which the writer gives out (chain.ts). The order is that of the insertion. */
export type NewActivityRow = Omit<ActivityRow, 'sequence' | 'hash'>;

export function activityRow(activity: Activity): NewActivityRow {
  return {
    id: activity.id,
    recorded_at: activity.recordedAt.getTime(),
    outcome: activity.outcome,
    refusal_code: activity.refusal?.code ?? null,
    assertion_id: activity.outcome === 'issued' ? (activity.assertion?.id ?? null) : null,
    document: JSON.stringify(activity),
  };
}

type Written = Omit<Activity, 'recordedAt' | 'assertion'> & {
  readonly recordedAt: string;
  readonly assertion?: Omit<NonNullable<Activity['assertion']>, 'notOnOrAfter'> & { readonly notOnOrAfter: string };
};

export function activityOf(document: string): Activity {
  const { assertion, ...written } = JSON.parse(document) as Written;
  const activity = { ...written, recordedAt: new Date(written.recordedAt) };
  if (assertion === undefined) return activity;
  return { ...activity, assertion: { ...assertion, notOnOrAfter: new Date(assertion.notOnOrAfter) } };
}

export function activityKeyRows(activity: Activity): readonly Omit<ActivityKeyRow, 'activity'>[] {
  const recorded_at = activity.recordedAt.getTime();
  return [...deviceNames(activity)].map((key) => ({ key, recorded_at }));
}

/** As `--device` compares: without case. */
export function deviceKey(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** DESKTOP-01 is found by `DESKTOP-01$@CORP.EXAMPLE.TEST`, `DESKTOP-01$` and `DESKTOP-01`. */
function deviceNames({ principal, subject }: Activity): ReadonlySet<string> {
  const accounts = [principal, principal?.replace(/@[^@]*$/, ''), subject?.name];
  const names = [...accounts, ...accounts.map((name) => name?.replace(/\$$/, ''))];
  const all = [...names, subject?.username, subject?.objectGUID, subject?.dn];
  return new Set(all.filter((name) => name !== undefined && name !== '').map((name) => deviceKey(name as string)));
}
