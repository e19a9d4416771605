/** The rules by their stable ids (rules.json): severity, cause, fix and source of each. Does not judge when one applies. */
import type { Confidence, FixStep, Severity } from '../finding.ts';
import table from './rules.json' with { type: 'json' };

export interface Rule {
  readonly id: string;
  /** Which capture shows it. */
  readonly input: string;
  readonly severity: Severity;
  readonly title: string;
  readonly expected?: string;
  readonly cause: string;
  readonly fix: readonly FixStep[];
  readonly source: string;
  readonly confidence: Confidence;
}

export const RULES = table.rows as readonly Rule[];

const byId = new Map(RULES.map((row) => [row.id, row]));

/** A programmer's mistake when there is no such rule. */
export function rule(id: string): Rule {
  const found = byId.get(id);
  if (found === undefined) throw new TypeError(`no rule ${id}`);
  return found;
}
