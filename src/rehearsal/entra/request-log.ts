/**
 * What the local Entra was asked and why it refused, newest last; and what it accepted, by request.
 *
 * The answer to the client says as little as the service does; the log says what was found. Holds no token and no
 * assertion. Bounded: the oldest entries go. Does not own: the checks.
 */
import type { AcceptedClaims } from './token-claims.ts';

export interface RequestRecord {
  /** `trace_id` of the answer. */
  readonly traceId: string;
  /** The client's own id (`client-request-id`), or one made for it. */
  readonly correlationId: string;
  readonly time: Date;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly refusal: RefusalRecord | undefined;
}

export interface RefusalRecord {
  /** Id of the check's row, such as DBL-TOK-08. */
  readonly check: string;
  /** `AADSTS5000811`, or the ErrorType of device registration. */
  readonly error: string;
  readonly found: string;
}

const KEPT = 1000;

export interface RequestLog {
  add(record: RequestRecord): void;
  requests(): readonly RequestRecord[];
  accept(correlationId: string, claims: AcceptedClaims): void;
  /** Of the request with that correlation id, or of the last one. */
  accepted(correlationId?: string): AcceptedClaims | undefined;
}

export function createRequestLog(): RequestLog {
  const records: RequestRecord[] = [];
  const accepted = new Map<string, AcceptedClaims>();
  return {
    add: (record) => {
      records.push(record);
      if (records.length > KEPT) records.shift();
    },
    requests: () => [...records],
    accept: (correlationId, claims) => {
      accepted.delete(correlationId);
      accepted.set(correlationId, claims);
      const [oldest] = accepted.keys();
      if (accepted.size > KEPT && oldest !== undefined) accepted.delete(oldest);
    },
    accepted: (correlationId) =>
      correlationId === undefined ? [...accepted.values()].at(-1) : accepted.get(correlationId),
  };
}
