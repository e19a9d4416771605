/** A password request that is sent again gets the answer of the first, and counts once. */
import { expect, test } from 'vitest';
import { Password } from '../../src/directory/password.ts';
import { Refusal } from '../../src/refusal.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import type { IssuingApplication, Outcome, TokenRequest } from '../../src/signin/issue.ts';
import { answerOnce } from '../../src/signin/resend.ts';

const issuing = { application: { id: 'app' } } as IssuingApplication;

function request(changes: Partial<TokenRequest> = {}, messageId: string | undefined = 'urn:uuid:1'): TokenRequest {
  return {
    issuing,
    endpoint: 'usernamemixed-13',
    accepts: ['password'],
    sourceAddress: '192.0.2.1',
    sourceAllowed: true,
    requestId: undefined,
    authorization: undefined,
    negotiation: undefined,
    body: Buffer.from('body'),
    read: () => ({
      appliesTo: 'urn:federation:MicrosoftOnline',
      usernameToken: { username: 'nora', password: new Password('secret') },
      ...(messageId !== undefined && { messageId }),
    }),
    now: new Date(0),
    ...changes,
  };
}

/** Counts how often the flow was asked; each answer is another. */
function flow(code: RefusalCode = 'password-wrong') {
  let asked = 0;
  const issue = async (): Promise<Outcome> => {
    asked += 1;
    const activityId = `${asked}`;
    await Promise.resolve();
    return { kind: 'refused', refusal: new Refusal(code), activityId, responseToken: undefined };
  };
  return { answer: answerOnce(issue, new Uint8Array(32)), asked: () => asked };
}

test('the same request again: one decision, one record, one answer', async () => {
  const { answer, asked } = flow();
  const first = await answer(request());
  expect(await answer(request({ now: new Date(4 * 60_000) }))).toBe(first);
  expect(asked()).toBe(1);
});

test('also while the first is still under way', async () => {
  const { answer, asked } = flow();
  const [first, second] = await Promise.all([answer(request()), answer(request())]);
  expect(second).toBe(first);
  expect(asked()).toBe(1);
});

test.each([
  ['another body', request({ body: Buffer.from('other') })],
  ['another MessageID', request({}, 'urn:uuid:2')],
  ['another source', request({ sourceAddress: '192.0.2.2' })],
  ['another endpoint', request({ endpoint: 'usernamemixed-2005' })],
  ['another application', request({ issuing: { application: { id: 'b' } } as IssuingApplication })],
  ['five minutes later', request({ now: new Date(5 * 60_000) })],
  ['a ticket', request({ authorization: 'Negotiate YII=' })],
  ['an endpoint without passwords', request({ accepts: ['kerberos'] })],
])('%s is a request of its own', async (_, other) => {
  const { answer, asked } = flow();
  await answer(request());
  await answer(other);
  expect(asked()).toBe(2);
});

test('without a MessageID each is a request of its own', async () => {
  const { answer, asked } = flow();
  const withoutId = request({ read: () => ({ appliesTo: 'x' }) });
  await answer(withoutId);
  await answer(withoutId);
  expect(asked()).toBe(2);
});

test('what could not be decided is tried again', async () => {
  const { answer, asked } = flow('directory-down');
  await answer(request());
  await answer(request());
  expect(asked()).toBe(2);
});

test('what could not be recorded is tried again', async () => {
  let asked = 0;
  const answer = answerOnce(() => Promise.reject(new Error(`${(asked += 1)}`)), new Uint8Array(32));
  await expect(answer(request())).rejects.toThrow('1');
  await expect(answer(request())).rejects.toThrow('2');
});

test('of more than two thousand answers the oldest are forgotten', async () => {
  const { answer, asked } = flow();
  for (let n = 0; n <= 2_000; n += 1) await answer(request({}, `urn:uuid:${n}`));
  await answer(request({}, 'urn:uuid:2000'));
  expect(asked()).toBe(2_001);
  await answer(request({}, 'urn:uuid:0'));
  expect(asked()).toBe(2_002);
});
