/** Every line about a sign-in leads to its record, and to what the client calls the request. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storeWith, openGround, PATHS } from './mortise.ts';
import type { Differences, Ground } from './mortise.ts';
import { negotiate, openClient } from './client.ts';
import type { Client } from './client.ts';
import { recordReader } from './answers.ts';
import { sampleForest } from '../../src/directory/sample-forest.ts';
import { openSampleDirectory } from '../../src/directory/sample.ts';
import { loggedIds } from '../../src/server/log-outcome.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const ID = '7d1f5a3e-0000-4000-8000-00000000000a';
const named = { headers: { 'client-request-id': ID } };

/** The lines about sign-ins: what else is logged names no endpoint and is no failed request. */
async function linesOf(differences: Differences, work: (client: Client) => Promise<unknown>) {
  const mortise = await ground.start(differences);
  const client = openClient(mortise);
  const records = recordReader(ground.store);
  await records();
  await work(client);
  client.close();
  const lines = mortise.logged.filter(({ endpoint, msg }) => endpoint !== undefined || msg === 'the request failed');
  return { lines, records: await records() };
}

describe('a line has the ids of its record', () => {
  test.each<[string, Differences, (client: Client) => Promise<unknown>]>([
    ['a token', {}, (client) => client.ask(negotiate(ground.mint()), named)],
    ['a refusal', {}, (client) => client.ask('Negotiate YII=', named)],
    ['an unknown application', {}, (client) => client.ask('Negotiate YII=', { ...named, path: '/wsf/sts/x' })],
    [
      'a defect',
      { directory: { ...openSampleDirectory(sampleForest), search: () => Promise.reject(new TypeError('defect')) } },
      (client) => client.ask(negotiate(ground.mint()), named),
    ],
  ])('%s', async (_what, differences, work) => {
    const { lines, records } = await linesOf(differences, work);
    expect(records).toMatchObject([{ requestId: ID }]);
    expect(lines).toMatchObject([{ activity: records[0]?.id, requestId: ID, endpoint: records[0]?.endpoint }]);
  });

  test('and the MessageID, where no header names the request', async () => {
    const { lines, records } = await linesOf({}, (client) => client.ask(negotiate(ground.mint())));
    expect(records[0]?.requestId).toMatch(/^urn:uuid:/);
    expect(lines).toMatchObject([{ activity: records[0]?.id, requestId: records[0]?.requestId }]);
  });

  test('where the record could not be written, the line has what it would have had', async () => {
    const store = storeWith(ground.store, { append: () => Promise.reject(new Error('disk full')) });
    const { lines, records } = await linesOf({ store }, (client) => client.ask(negotiate(ground.mint()), named));
    expect(records).toEqual([]);
    expect(lines).toMatchObject([{ msg: 'the request failed', requestId: ID }]);
    expect(lines[0]?.['activity']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a question without a ticket is no outcome, and has no record: the line has what the client calls it', async () => {
    const { lines, records } = await linesOf({}, (client) =>
      client.ask(undefined, { ...named, path: PATHS.active, body: '' }),
    );
    expect(records).toEqual([]);
    expect(lines).toMatchObject([{ msg: 'asked for a Kerberos ticket', requestId: ID }]);
  });
});

test('without a request id there is no empty one', () => {
  expect(loggedIds({ activityId: 'a' })).toEqual({ activity: 'a' });
  expect(loggedIds({ activityId: 'a', requestId: undefined })).toEqual({ activity: 'a' });
});
