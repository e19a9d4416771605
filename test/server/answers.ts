/** What an answer says, read as clients read it. */
import { expect } from 'vitest';
import type { Activity } from '../../src/audit/activity.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import type { Store } from '../../src/store/store.ts';
import { FAULT_READERS } from '../wstrust/clients/rstr-readers.ts';
import type { Answer } from './client.ts';

const readFault = FAULT_READERS['MSAL Python'];
if (readFault === undefined) throw new Error('there is no such reader');

/** The code of the fault that the answer holds; fails when it holds none, or anything that no client can read. */
export function faultCode(answer: Answer): string {
  expect(answer.headers['content-type'], answer.text).toBe('application/soap+xml; charset=utf-8');
  const { reason } = readFault!(answer.text);
  return /\(([a-z0-9-]+)\)$/.exec(reason)?.[1] ?? reason;
}

export function expectFault(answer: Answer, status: number, code: RefusalCode): void {
  expect([answer.status, faultCode(answer)]).toEqual([status, code]);
  expect(answer.text).not.toContain('Assertion');
}

/** RFC 4559 §4.1: the bare word, and a fault as body. */
export function expectChallenge(answer: Answer, code: RefusalCode): void {
  expectFault(answer, 401, code);
  expect(answer.headers['www-authenticate']).toBe('Negotiate');
}

/** The records since the last call, oldest first. */
export function recordReader(store: Store): () => Promise<readonly Activity[]> {
  const seen = new Set<string>();
  return async () => {
    const fresh = (await store.activities.list({ limit: 10_000 })).filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.toReversed();
  };
}
