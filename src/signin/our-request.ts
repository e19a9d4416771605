/** Whether what is asked for is ours to give: the audience, whatever the credential is. */
import type { Application } from '../model/application.ts';
import { Refusal } from '../refusal.ts';
import type { AskedFor, TokenRequest } from './issue.ts';
import type { Progress } from './recorded.ts';

/** @throws Refusal applies-to-unknown, and those of reading */
export function requireOurRequest(
  request: TokenRequest,
  { record }: Progress,
  { audienceRestriction }: Application,
): AskedFor {
  const asked = request.read();
  if (request.requestId === undefined && asked.messageId !== undefined) record.learn({ requestId: asked.messageId });
  if (asked.appliesTo !== audienceRestriction) {
    throw new Refusal('applies-to-unknown', { expected: audienceRestriction, actual: asked.appliesTo });
  }
  return asked;
}
