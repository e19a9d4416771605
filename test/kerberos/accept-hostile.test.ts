/** Every truncation, every flipped bit, and bytes of no meaning: a refusal or the same caller, and nothing else ever. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AcceptedClient } from '../../src/kerberos/accepted.ts';
import type { NegotiationState } from '../../src/kerberos/accept.ts';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { serviceKeysFromKeytab } from '../../src/kerberos/keys.ts';
import { parseNegotiateHeader } from '../../src/kerberos/negotiate-header.ts';
import { mechanisms } from '../../src/kerberos/spnego.ts';
import { Refusal } from '../../src/refusal.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import { accepting, minting, NOW, samba, sambaService, service, vectorBytes } from './support.ts';

interface Case {
  readonly name: string;
  readonly token: Uint8Array;
  readonly services: readonly KerberosService[];
  readonly now: Date;
}

const minted = (name: string, changes: Partial<NegotiateOptions> = {}): Case => ({
  name,
  token: mintNegotiateToken(minting(changes)).token,
  services: [service],
  now: NOW,
});

function sample(name: string, found: KerberosService): Case {
  const token = samba.tokens.find((candidate) => candidate.name === name);
  if (token === undefined) throw new Error(`no sample ${name}`);
  return { name, token: parseNegotiateHeader(token.authorization), services: [found], now: new Date(token.takenAt) };
}

const keytabService = {
  ...sambaService,
  keySource: 'keytab' as const,
  ...serviceKeysFromKeytab(vectorBytes('samba-ad-svc-sso.keytab')),
};

const cases = [
  sample('computer-aes256', sambaService),
  { ...sample('user-aes256', keytabService), name: 'user-aes256 with a keytab' },
  minted('Windows’ list'),
  minted('GSS-API’s frame', { framing: 'gss' }),
  minted('bare', { framing: 'bare', subkeyEtype: 17 }),
];

type Outcome = AcceptedClient | 'continue' | 'refused';

/** Anything that is thrown and is no Refusal fails the test as itself. */
function outcome(token: Uint8Array, { services, now }: Case, state?: NegotiationState): Outcome {
  try {
    const result = acceptSecurityContext(token, state, accepting({ services, now }));
    return result.kind === 'accepted' ? result.client : 'continue';
  } catch (error) {
    if (error instanceof Refusal) return 'refused';
    throw error;
  }
}

const flipped = (token: Uint8Array, bit: number): Uint8Array => {
  const changed = Buffer.from(token);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

describe.each(cases)('$name', (of) => {
  const whole = outcome(of.token, of);

  test('as it is, it is accepted', () => {
    expect(whole).toMatchObject({ realm: of.services[0]?.realm });
  });

  test('every truncation is refused', () => {
    for (let length = 0; length < of.token.length; length++) {
      expect(outcome(of.token.subarray(0, length), of), `first ${length} octets`).toBe('refused');
    }
  });

  test('anything behind it is refused', () => {
    expect(outcome(Buffer.concat([of.token, Buffer.from([0])]), of)).toBe('refused');
  });

  test('every flipped bit is refused, or gives exactly the same caller', () => {
    const others: string[] = [];
    for (let bit = 0; bit < of.token.length * 8; bit++) {
      const result = outcome(flipped(of.token, bit), of);
      // A changed list of mechanisms may ask for another leg: that is nobody yet.
      if (typeof result === 'string') continue;
      if (JSON.stringify(result) !== JSON.stringify(whole)) others.push(`bit ${bit}: ${JSON.stringify(result)}`);
    }
    expect(others).toEqual([]);
  });
});

test('every truncation and flipped bit of a second leg', () => {
  const of = minted('second leg', { mechanisms: [mechanisms.ntlm, mechanisms.krb5], mutual: false });
  const client = mintNegotiateToken(minting({ mechanisms: [mechanisms.ntlm, mechanisms.krb5], mutual: false }));
  const first = acceptSecurityContext(client.token, undefined, accepting());
  if (first.kind !== 'continue') throw new Error('expected another leg');
  const second = client.continueWith(first.responseToken);
  const whole = outcome(second, of, first.state);
  expect(whole).toMatchObject({ name: 'DESKTOP-01$' });
  for (let length = 0; length < second.length; length++) {
    expect(outcome(second.subarray(0, length), of, first.state), `first ${length} octets`).toBe('refused');
  }
  for (let bit = 0; bit < second.length * 8; bit++) {
    const result = outcome(flipped(second, bit), of, first.state);
    if (typeof result !== 'string') expect(result, `bit ${bit}`).toEqual(whole);
  }
});

describe('bytes of no meaning', () => {
  const of = minted('random');

  test('any octets are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (token) => {
        expect(outcome(token, of)).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  test('any octets behind a beginning that looks right are refused', () => {
    const beginning = fc.constantFrom(
      '60',
      '6e',
      'a1',
      'a0',
      '606c06062b0601050502a0',
      '600f06092a864886f7120102020100',
    );
    fc.assert(
      fc.property(beginning, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        expect(outcome(Buffer.concat([Buffer.from(start, 'hex'), rest]), of)).toBe('refused');
      }),
      { numRuns: 300 },
    );
  });

  test('a token with octets changed, cut out or put in: refused, or the same caller', () => {
    const tokens = fc.constantFrom(...cases);
    const edit = fc.tuple(fc.nat(3000), fc.nat(8), fc.uint8Array({ maxLength: 8 }));
    fc.assert(
      fc.property(tokens, fc.array(edit, { minLength: 1, maxLength: 4 }), (chosen, edits) => {
        let token = Buffer.from(chosen.token);
        for (const [at, cut, put] of edits) {
          const start = at % token.length;
          token = Buffer.concat([token.subarray(0, start), put, token.subarray(start + cut)]);
        }
        const result = outcome(token, chosen);
        if (typeof result !== 'string') expect(result).toEqual(outcome(chosen.token, chosen));
      }),
      { numRuns: 300 },
    );
  });

  test('lists nested without end, and lengths that promise much, cost nothing', () => {
    const nested = Buffer.concat(Array.from({ length: 16_000 }, () => Buffer.from('3083', 'hex')));
    const started = performance.now();
    expect(outcome(nested, of)).toBe('refused');
    expect(outcome(Buffer.from('6083ffffff06062b0601050502a083ffffff', 'hex'), of)).toBe('refused');
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
