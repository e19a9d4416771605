/** An outcome as a line of the log. A defect's own words stand here and nowhere else. */
import type { Logger } from 'pino';
import type { Refusal } from '../refusal.ts';
import { loggedError } from './error-log.ts';

export type LoggedOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'refused'; readonly activityId: string; readonly refusal: Refusal }
  | { readonly kind: 'issued' | 'opened' | 'raised' | 'done'; readonly activityId: string };

const WORDS = {
  issued: 'token issued',
  opened: 'session opened',
  raised: 'second factor passed',
  done: 'done',
} as const;

export function logOutcome(log: Logger, endpoint: string, outcome: LoggedOutcome): void {
  if (outcome.kind === 'continue') return;
  const about = { activity: outcome.activityId, endpoint };
  if (outcome.kind !== 'refused') return log.info(about, WORDS[outcome.kind]);
  const { code, facts, row, cause } = outcome.refusal;
  if (cause !== undefined) return log.error({ ...about, code, error: loggedError(cause) }, row.title);
  log.warn({ ...about, code, ...facts }, row.title);
}
