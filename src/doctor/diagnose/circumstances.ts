/** What is known beside one capture while it is judged. */
import type { ComparisonRow } from '../finding.ts';

export interface Context {
  /** `--at`, else undefined. */
  readonly at: Date | undefined;
  /** The attribute mappings to verify, beside the configuration's where one is given. */
  readonly mappings: () => readonly ComparisonRow[];
}
