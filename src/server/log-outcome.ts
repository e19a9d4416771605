/** An outcome as a line of the log. A defect's own words stand here and nowhere else. */
import type { Logger } from 'pino';
import type { Refusal } from '../refusal.ts';
import { loggedError } from './error-log.ts';

/** What leads from a line to its record, and from the client's own log to both. */
export interface RecordIds {
  readonly activityId: string;
  readonly requestId?: string | undefined;
}

export const loggedIds = ({ activityId: activity, requestId }: RecordIds) =>
  requestId === undefined ? { activity } : { activity, requestId };

export type LoggedOutcome =
  | { readonly kind: 'continue' }
  | (RecordIds & { readonly kind: 'refused'; readonly refusal: Refusal })
  | (RecordIds & { readonly kind: 'issued' | 'opened' | 'raised' | 'done' });

const WORDS = {
  issued: 'token issued',
  opened: 'session opened',
  raised: 'second factor passed',
  done: 'done',
} as const;

export function logOutcome(log: Logger, endpoint: string, outcome: LoggedOutcome): void {
  if (outcome.kind === 'continue') return;
  const about = { ...loggedIds(outcome), endpoint };
  if (outcome.kind !== 'refused') return log.info(about, WORDS[outcome.kind]);
  const { code, facts, row, cause } = outcome.refusal;
  if (cause !== undefined) return log.error({ ...about, code, error: loggedError(cause) }, row.title);
  log.warn({ ...about, code, ...facts }, row.title);
}
