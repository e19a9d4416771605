/** A person's Kerberos ticket at windowstransport, as desktop programs bring it: an assertion of a person, not of a device. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLE_REALM } from '../../src/directory/sample-domain.ts';
import { recordReader } from './answers.ts';
import { negotiate, openClient, RST13 } from './client.ts';
import { openGround } from './mortise.ts';
import type { Ground } from './mortise.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

test('gets a person’s assertion, without device rows', async () => {
  const client = openClient(await ground.start());
  const ticket = ground.mint({ client: { name: 'nora.keller', realm: SAMPLE_REALM } });
  const answer = await client.ask(negotiate(ticket), { body: RST13 });
  client.close();
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('AuthenticationMethod="urn:federation:authentication:windows"');
  for (const row of ['ImmutableID', 'UPN']) expect(answer.text, row).toContain(`AttributeName="${row}"`);
  for (const row of ['accounttype', 'onpremobjectguid', 'primarysid'])
    expect(answer.text, row).not.toContain(`AttributeName="${row}"`);
  const [record] = await recordReader(ground.store)();
  expect(record?.subject).toMatchObject({ kind: 'person', name: 'nora.keller' });
});
