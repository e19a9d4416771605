/** 200,000 presentations of real AP-REQs, in an order that has no pattern: each is taken once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { Refusal } from '../../src/refusal.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { accepting, minting, samba, sambaService, seededBytes, service } from './support.ts';

const PRESENTATIONS = 200_000;
const AUTHENTICATORS = 1_000;

/** 200,000 stack traces that nobody reads take longer than the cryptography. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** Steps through all residues of `count` when `stride` shares no divisor with it: neighbours are far from one another. */
function present(tokens: readonly Uint8Array[], times: number, accept: (token: Uint8Array) => unknown): number[] {
  const accepted = tokens.map(() => 0);
  const count = tokens.length * times;
  const stride = 7_919;
  for (let n = 0; n < count; n += 1) {
    const which = ((n * stride) % count) % tokens.length;
    try {
      accept(tokens[which]!);
      accepted[which]! += 1;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'kerberos-replay') throw error;
    }
  }
  return accepted;
}

test('200,000 duplicates of 1,000 AP-REQs: 1,000 are accepted', { timeout: 600_000 }, () => {
  const tokens = Array.from({ length: AUTHENTICATORS }, (_, n) => {
    const client = { ...minting().client, name: `PC-${n % 50}$` };
    return mintNegotiateToken(minting({ client, randomBytes: seededBytes(`authenticator ${n}`), mutual: false })).token;
  });
  const options = accepting({ services: [service] });
  const accepted = present(tokens, PRESENTATIONS / AUTHENTICATORS, (token) =>
    acceptSecurityContext(token, undefined, options),
  );
  expect(accepted.every((times) => times === 1)).toBe(true);
  expect(options.replay.size).toBe(AUTHENTICATORS);
});

test('duplicates of a real AD’s AP-REQs, while their time passes: each is accepted once', { timeout: 120_000 }, () => {
  for (const token of samba.tokens.filter(({ ticketEncryptionType }) => ticketEncryptionType === 18)) {
    const { replay, randomBytes = seededBytes() } = accepting();
    let passed = 0;
    const [times] = present([parseNegotiateHeader(token.authorization)], 5_000, (octets) => {
      const now = new Date(new Date(token.takenAt).getTime() + (passed += 50));
      acceptSecurityContext(octets, undefined, { services: [sambaService], replay, now, randomBytes });
    });
    expect(times).toBe(1);
    // The last one came after four minutes, within the skew.
    expect(passed).toBe(250_000);
  }
});
