/** What must hold after every refusal, whatever its reason: what the client sees, and what the administrator reads. */
import { expect } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import { refusals } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { faultOf } from './curl.ts';
import type { Answer } from './curl.ts';
import type { Mortise } from './mortise.ts';

/** curl: "HTTP response code is 400 or above" with --fail. */
const CURLE_HTTP_RETURNED_ERROR = 22;

type Refused = NonNullable<Activity['refusal']>;

export interface RefusedRecord extends Activity {
  readonly refusal: Refused;
}

/**
 * curl's exit status, the HTTP status, the SOAP fault with its stable code, and one record with the same code.
 *
 * @returns the record, for the facts that this refusal must name
 */
export async function expectRefused(
  mortise: Mortise,
  answer: Answer,
  code: RefusalCode,
  soapFaultStatus: 400 | 500 = 500,
): Promise<RefusedRecord> {
  const { answer: how, subcode, caller } = refusals[code];
  const status = how === 'challenge' ? 401 : how === 'fault' ? soapFaultStatus : how;
  expect(`HTTP ${answer.statuses.at(-1)}: ${faultOf(answer)}`).toBe(`HTTP ${status}: ${subcode}: ${caller} (${code})`);
  expect(answer.exitStatus).toBe(CURLE_HTTP_RETURNED_ERROR);
  expect(answer.stderr).toContain(`The requested URL returned error: ${status}`);
  if (how === 'challenge')
    expect(answer.headers.match(/^www-authenticate: .*$/gim)?.at(-1)).toMatch(/: Negotiate\s*$/i);
  const record = await mortise.recordOf(answer.requestId);
  const { refusal } = record;
  expect([record.outcome, refusal?.code]).toEqual(['refused', code]);
  expect(record.assertion).toBeUndefined();
  expect(record.steps.filter(({ failed }) => failed)).toHaveLength(1);
  expect(answer.body).not.toContain('Assertion');
  if (refusal === undefined) throw new Error('the record has no refusal');
  return { ...record, refusal };
}

export async function expectIssued(mortise: Mortise, answer: Answer): Promise<Activity> {
  const record = await mortise.recordOf(answer.requestId).catch(() => undefined);
  expect(answer.exitStatus, `${answer.stderr}${answer.body} ${JSON.stringify(record?.refusal)}`).toBe(0);
  // Both legs of Negotiate travel on one connection (RFC 4559 §5).
  expect([answer.statuses, answer.connections]).toEqual([[401, 200], 1]);
  expect(record?.outcome).toBe('issued');
  return record as Activity;
}

/** Values of the record's claims by name. */
export const claimsOf = (record: Activity): Readonly<Record<string, string>> =>
  Object.fromEntries((record.assertion?.claims ?? []).map(({ name, value }) => [name, value]));

/** What a step of the record found. */
export const stepOf = (record: Activity, name: string): string | undefined =>
  record.steps.find((step) => step.name === name)?.detail;

/** For `klist -e`: the ticket for HTTP/host with the types of its session key and of itself. */
export const typesOfTicket = (host: string, sessionKey: string, ticket: string): RegExp =>
  new RegExp(`HTTP/${host}@.*\\n.*Etype \\(skey, tkt\\): (?:DEPRECATED:)?${sessionKey}\\S*, (?:DEPRECATED:)?${ticket}`);
