/** A ticket that opens with no key, where the KDC may tell another salt of the account: tried once more, or refused. */
import { expect, test } from 'vitest';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import type { UnopenedTicket } from '../../src/kerberos/unopened-ticket.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { acceptTicket } from '../../src/signin/by-kerberos.ts';
import { openRecord } from '../../src/signin/record.ts';
import { ACCOUNT, minting, NOW, service } from '../kerberos/support.ts';
import { refusalFrom } from '../refusal-of.ts';

const other: KerberosService = {
  ...service,
  ...serviceKeysFromPassword({ userPrincipalName: ACCOUNT, password: 'another password' }),
};

/** A server that has no key of the ticket, until `helps` says that the KDC told one. */
function server(helps: boolean) {
  const asked: UnopenedTicket[] = [];
  let services = [other];
  const replay = new ReplayCache();
  const issuing = {
    get kerberosServices() {
      return services;
    },
  };
  const askForSalt = async (ticket: UnopenedTicket): Promise<boolean> => {
    asked.push(ticket);
    if (helps) services = [service];
    return helps;
  };
  const send = async (changes: Partial<NegotiateOptions> = {}, dependencies: object = { askForSalt }) => {
    const { token } = mintNegotiateToken(minting(changes));
    const start = { id: 'one', recordedAt: NOW, endpoint: 'windowstransport', sourceAddress: '10.1.2.3' };
    const progress = {
      asking: { sourceAddress: '10.1.2.3', now: NOW },
      record: openRecord(start, () => 0),
      responseToken: undefined,
      showAs: undefined,
    };
    const authorization = `Negotiate ${Buffer.from(token).toString('base64')}`;
    const negotiation = { authorization, negotiation: undefined };
    return acceptTicket(negotiation, progress, issuing, { replay, ...dependencies }, () => undefined);
  };
  return { send, asked };
}

test('is accepted with the keys that are there then, and the KDC hears what the ticket says of itself', async () => {
  const { send, asked } = server(true);
  expect((await send()).kind).toBe('accepted');
  expect(asked).toEqual([{ gatewayIds: ['gateway-1'], encryptionType: 18, kvno: 3 }]);
  // What opened once is a replay the second time: the first try has remembered nothing.
  expect((await refusalFrom(send())).code).toBe('kerberos-replay');
});

test('is refused as it would be without asking, where the KDC tells nothing new', async () => {
  const { send, asked } = server(false);
  expect((await refusalFrom(send())).code).toBe('kerberos-key-mismatch');
  expect((await refusalFrom(send({}, {}))).code).toBe('kerberos-key-mismatch');
  expect(asked).toHaveLength(1);
});

test('nothing else has the KDC asked', async () => {
  const { send, asked } = server(true);
  const { service: target } = minting();
  const elsewhere = { ...target, principal: 'HTTP/elsewhere.corp.example.com' };
  expect((await refusalFrom(send({ service: elsewhere }))).code).toBe('kerberos-wrong-spn');
  expect((await refusalFrom(send({ service: { ...target, realm: 'OTHER.EXAMPLE' } }))).code).toBe(
    'kerberos-realm-unknown',
  );
  expect(asked).toEqual([]);
});
