/**
 * Tickets with a PAC that somebody else made or changed, over real https: whoever has no key of a KDC cannot get one past
 * the signature, and whoever has gets no further than to what the PAC says of the ticket's own client.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_COMPUTERS, SAMPLE_DOMAIN_SID } from '../../src/directory/sample-domain.ts';
import type { EncryptionKey } from '../../src/kerberos/encryption.ts';
import { encryptionKey } from '../../src/kerberos/encryption.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { clientInfo, ifRelevant, requestor, signedPac, upnDnsInfo, validationInfo } from '../kerberos/pac-writer.ts';
import { expectChallenge, faultCode } from '../server/answers.ts';
import { negotiate, openClient } from '../server/client.ts';
import type { Answer } from '../server/client.ts';
import { openGround, serviceKey } from '../server/mortise.ts';
import type { Ground, RunningMortise } from '../server/mortise.ts';

let ground: Ground;
let mortise: RunningMortise;
let key: EncryptionKey;

beforeAll(async () => {
  ground = await openGround();
  mortise = await ground.start();
  key = keyOf(serviceKey(ground.workspace.serviceAccountPassword));
});
afterAll(() => ground.close());

function keyOf(octets: Uint8Array): EncryptionKey {
  const made = encryptionKey(18, octets);
  if (made === undefined) throw new Error('no AES 256 key');
  return made;
}

const NAME = SAMPLE_COMPUTERS.consistent;
const NOW = new Date(Math.floor(Date.now() / 1000) * 1000);

/** Asks with a ticket that has this in an AD-IF-RELEVANT of its authorization data. */
async function ask(data: Uint8Array): Promise<Answer> {
  const client = openClient(mortise);
  // The minter fills authorization data with chance.
  const chance = (size: number): Uint8Array => (size === data.length ? data : randomBytes(size));
  const ticket = ground.mint({ authTime: NOW, authorizationDataBytes: data.length, randomBytes: chance });
  try {
    return await client.ask(negotiate(ticket));
  } finally {
    client.close();
  }
}

/** As a domain controller would write it of this ticket, with differences. */
const pacOf = (
  differences: Parameters<typeof validationInfo>[0] = {},
  signer = key,
  name: string = NAME,
  time = NOW,
): Buffer =>
  signedPac(
    [validationInfo({ name, domainSid: SAMPLE_DOMAIN_SID, userId: 9_999, ...differences }), clientInfo(name, time)],
    signer,
  );

/** A count in the middle of KERB_VALIDATION_INFO, changed before it is signed. */
function withCount(offset: number, value: number): Buffer {
  const info = validationInfo({ name: NAME, domainSid: SAMPLE_DOMAIN_SID, userId: 9_999, groups: [513] });
  const octets = Buffer.from(info.octets);
  octets.writeUInt32LE(value, 20 + offset);
  return signedPac([{ ...info, octets }, clientInfo(NAME, NOW)], key);
}

const OTHER = keyOf(Buffer.alloc(32, 1));
const SID = `${SAMPLE_DOMAIN_SID}-9999`;

const CASES: readonly (readonly [what: string, code: RefusalCode, pac: () => Uint8Array])[] = [
  ['signed under another key', 'kerberos-pac-refused', () => pacOf({}, OTHER)],
  ['of zeros', 'kerberos-pac-refused', () => Buffer.alloc(4_000)],
  [
    'of four thousand buffers',
    'kerberos-pac-refused',
    () => Buffer.concat([Buffer.of(0xa0, 0x0f, 0, 0, 0, 0, 0, 0), Buffer.alloc(40_000)]),
  ],
  ['signed, of another account', 'directory-entry-not-the-caller', () => pacOf()],
  [
    'signed, of an account of another domain',
    'directory-entry-not-the-caller',
    () => pacOf({ domainSid: 'S-1-5-21-1-2-3' }),
  ],
  ['signed, of another client', 'kerberos-pac-mismatch', () => pacOf({}, key, 'nora.keller')],
  ['signed, of another ticket', 'kerberos-pac-mismatch', () => pacOf({}, key, NAME, new Date(NOW.getTime() - 60_000))],
  ['signed, with four billion groups', 'kerberos-pac-refused', () => withCount(108, 0xffffffff)],
  ['signed, with a name of four billion characters', 'kerberos-pac-refused', () => withCount(224, 0xffffffff)],
  ['signed, with four billion further SIDs', 'kerberos-pac-refused', () => withCount(196, 0xffffffff)],
  [
    'signed, whose parts name two accounts',
    'kerberos-pac-mismatch',
    () =>
      signedPac(
        [
          validationInfo({ name: NAME, domainSid: SAMPLE_DOMAIN_SID, userId: 9_998 }),
          clientInfo(NAME, NOW),
          upnDnsInfo('x@corp.example.test', 'CORP.EXAMPLE.TEST', { samName: NAME, sid: SID }),
          requestor(SID),
        ],
        key,
      ),
  ],
  [
    'signed, with one part twice',
    'kerberos-pac-refused',
    () => signedPac([validationInfo({ name: NAME }), clientInfo(NAME, NOW), clientInfo(NAME, NOW)], key),
  ],
];

test.each(CASES)('a PAC %s: %s', async (_what, code, pac) => {
  const answer = await ask(ifRelevant(pac()));
  expect([answer.status, faultCode(answer)]).toEqual([code.startsWith('kerberos-') ? 401 : 500, code]);
  if (answer.status === 401) expectChallenge(answer, code);
  const [record] = await ground.store.activities.list({ limit: 1 });
  expect(record).toMatchObject({ outcome: 'refused', refusal: { code } });
});

describe('authorization data that is no PAC is passed over', () => {
  test.each([
    ['nothing', Buffer.of(0x30, 0)],
    ['an element cut short', Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
    [
      'sixty-five elements',
      Buffer.concat([
        Buffer.of(0x30, 0x82, 0x02, 0xc7),
        Buffer.alloc(711, Buffer.from('3009a0030201 01a1020400'.replaceAll(' ', ''), 'hex')),
      ]),
    ],
    ['forty kilobytes of chance', randomBytes(40_000)],
  ])('%s', async (_what, data) => {
    const answer = await ask(data);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.text).toContain('Assertion');
  });
});
