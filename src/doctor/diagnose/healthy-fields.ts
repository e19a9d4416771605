/** Each field of `dsregcmd /status` beside its value on a device in good order (tables/rules-healthy-fields.json). */
import type { StatusCapture, StatusField } from '../capture.ts';
import type { ComparisonRow } from '../finding.ts';
import table from '../tables/rules-healthy-fields.json' with { type: 'json' };
import { spelt } from '../field-name.ts';

interface HealthyField {
  readonly name: string;
  /** In words. */
  readonly healthy: string;
  /** Without one the value is a matter of the site, or judged elsewhere (times). */
  readonly pattern: RegExp | undefined;
}

export const HEALTHY_FIELDS: readonly HealthyField[] = table.rows.map((row) => ({
  name: row.name,
  healthy: row.healthy,
  pattern: row.pattern === undefined ? undefined : new RegExp(row.pattern, 'i'),
}));

const byName = new Map(HEALTHY_FIELDS.map((field) => [spelt(field.name), field]));

/** Fields that the table does not hold are shown. */
export const healthyRows = (capture: StatusCapture): readonly ComparisonRow[] =>
  capture.fields.map((field) => rowOf(field));

function rowOf(field: StatusField): ComparisonRow {
  const healthy = byName.get(spelt(field.name));
  const judged = healthy?.pattern === undefined || field.value === '' ? undefined : healthy.pattern.test(field.value);
  const verdict = judged === undefined ? 'shown' : judged ? 'same' : 'differs';
  return { name: field.name, expected: healthy?.healthy, actual: field.value, verdict };
}

/** Addresses and ids that are alike everywhere in the public cloud: another one is another cloud, or came from in between. */
export function isForeign(field: StatusField): boolean {
  const pattern = byName.get(spelt(field.name))?.pattern;
  const fixed =
    /(?:Url|Authority|SrvId|Idp)$|^WamDefaultId$/i.test(field.name) && !/^Enterprise|^Mdm/i.test(field.name);
  return fixed && pattern !== undefined && field.value !== '' && !pattern.test(field.value);
}
