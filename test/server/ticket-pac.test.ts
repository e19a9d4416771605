/** The PAC of a ticket through the whole server: whose it is, what the record says of it, and what is refused. */
import { expect, test } from 'vitest';
import { SAMPLE_COMPUTERS } from '../../src/directory/sample-domain.ts';
import type { PacChanges } from '../signin/browser/pac-ticket.ts';
import { ticketWithPac } from '../signin/browser/pac-ticket.ts';
import { expectChallenge } from './answers.ts';
import type { Answer } from './client.ts';
import { serving } from './serving.ts';

const NAME = SAMPLE_COMPUTERS.consistent;
const RELATIVE_ID = 1601;

const at = serving();

const ask = async (relativeId = RELATIVE_ID, changes: PacChanges = {}): Promise<Answer> =>
  at.client.ask(ticketWithPac(NAME, relativeId, at.ground.workspace.serviceAccountPassword, new Date(), changes));

/** What stands beside the step in the one record since the last look. */
async function noteOfKerberos(): Promise<string | undefined> {
  const [record] = await at.records();
  return record?.steps.find(({ name }) => name === 'kerberos')?.detail;
}

test('the record says how many groups a ticket carries', async () => {
  const groups = Array.from({ length: 500 }, (_, index) => 2000 + index);
  expect((await ask(RELATIVE_ID, { groups })).status).toBe(200);
  expect(await noteOfKerberos()).toMatch(/, key from password, PAC with 500 groups$/);
});

test('the SID of another account is refused, with both', async () => {
  expect((await ask(1602)).text).toContain('directory-entry-not-the-caller');
  const [record] = await at.records();
  expect(record?.refusal).toMatchObject({
    attribute: 'objectSid',
    expected: expect.stringMatching(/-1601$/) as string,
    actual: expect.stringMatching(/-1602 \(in the ticket of /) as string,
  });
});

test('one that the KDC has not signed refuses the ticket, and nobody is named', async () => {
  expectChallenge(await ask(500, { unsigned: true }), 'kerberos-pac-refused');
  const [record] = await at.records();
  expect([record?.refusal?.detail, record?.principal]).toEqual([
    'its server signature is not one of the key that opened the ticket.',
    undefined,
  ]);
});

test('one of another client refuses the ticket, with both names', async () => {
  expectChallenge(await ask(RELATIVE_ID, { clientInPac: 'DESKTOP-02$' }), 'kerberos-pac-mismatch');
  const [record] = await at.records();
  expect(record?.refusal).toMatchObject({ expected: `${NAME} (ticket)`, actual: 'DESKTOP-02$ (PAC)' });
});
