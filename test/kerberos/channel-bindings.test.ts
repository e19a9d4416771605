/** Channel bindings in the authenticator, by the gateway's setting. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { acceptSecurityContext } from '../../src/kerberos/accept.ts';
import type { ChannelBindingsDemand } from '../../src/kerberos/channel-bindings.ts';
import { bindingsOf, isAwareOfBindings, requireChannelBindings } from '../../src/kerberos/channel-bindings.ts';
import { GSS_CHECKSUM_TYPE } from '../../src/kerberos/rfc4121.ts';
import { mintNegotiateToken } from '../../src/rehearsal/kdc.ts';
import * as der from '../../src/kerberos/der.ts';
import { accepting, minting, refusalOf, service } from './support.ts';

const endPoint = (hash: string, certificate = 'our certificate'): Uint8Array =>
  createHash(hash).update(certificate).digest();
const ours = ['sha256', 'sha384', 'sha512'].map((hash) => endPoint(hash));

/** Lgth, Bnd, Flags (mutual, replay, sequence, conf, integ). */
const checksumWith = (bindings: Uint8Array) => ({
  type: GSS_CHECKSUM_TYPE,
  octets: Buffer.concat([Buffer.from([16, 0, 0, 0]), bindings, Buffer.from([0x3e, 0, 0, 0])]),
});

const NONE = new Uint8Array(16);

function accept(demand: ChannelBindingsDemand | undefined, bindings: Uint8Array, tlsServerEndPoints = ours) {
  const { token } = mintNegotiateToken(minting({ checksum: checksumWith(bindings) }));
  const services = [demand === undefined ? service : { ...service, channelBindings: demand }];
  return acceptSecurityContext(token, undefined, accepting({ services, tlsServerEndPoints })).kind;
}

test('the hash is that of the empty addresses, little-endian, and the data', () => {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, 0xab)]);
  const whole = Buffer.concat([Buffer.alloc(16), Buffer.from([data.length, 0, 0, 0]), data]);
  expect(bindingsOf(Buffer.alloc(32, 0xab)).equals(createHash('md5').update(whole).digest())).toBe(true);
});

describe.each(['allow', 'require'] as const)('%s', (demand) => {
  test.each(['sha256', 'sha384', 'sha512'])('our certificate, by %s', (hash) => {
    expect(accept(demand, bindingsOf(endPoint(hash)))).toBe('accepted');
  });

  test('another certificate is a mismatch, and the record shows both', () => {
    const other = bindingsOf(endPoint('sha256', 'of somebody in between'));
    const { code, facts } = refusalOf(() => accept(demand, other));
    expect(code).toBe('kerberos-channel-bindings-mismatch');
    expect(facts.actual).toBe(other.toString('hex'));
    expect(facts.expected).toContain(bindingsOf(endPoint('sha256')).toString('hex'));
  });

  test('so is ours when TLS is not ended here', () => {
    expect(refusalOf(() => accept(demand, bindingsOf(endPoint('sha256')), [])).code).toBe(
      'kerberos-channel-bindings-mismatch',
    );
  });
});

test('none are taken where they are allowed, and missed where they are required', () => {
  expect(accept('allow', NONE)).toBe('accepted');
  expect(refusalOf(() => accept('require', NONE)).code).toBe('kerberos-channel-bindings-missing');
});

test.each(['off', undefined] as const)('%s: whatever they are, they are not looked at', (demand) => {
  for (const bindings of [NONE, bindingsOf(endPoint('sha256', 'of a proxy'))]) {
    expect(accept(demand, bindings)).toBe('accepted');
  }
});

describe('a client that knows of channel bindings', () => {
  const typed = (type: number, data: Uint8Array): Uint8Array =>
    der.sequence(der.explicit(0, der.integer(type)), der.explicit(1, der.octetString(data)));
  const apOptions = (octets: readonly number[]): Uint8Array =>
    der.sequence(typed(1, der.sequence(typed(143, Uint8Array.from(octets)))));

  test.each([
    [[0, 0x40, 0, 0], true],
    [[0xff, 0xff, 0xff, 0xff], true],
    [[0, 0, 0x40, 0], false],
    [[0, 0x40, 0], false],
  ])('says so in its authenticator: %j is %s', (octets, isAware) => {
    expect(isAwareOfBindings(apOptions(octets))).toBe(isAware);
  });

  test('does not, where the authenticator has no such data', () => {
    expect(isAwareOfBindings(undefined)).toBe(false);
    expect(isAwareOfBindings(der.sequence(typed(143, Uint8Array.from([0, 0x40, 0, 0]))))).toBe(false);
  });

  test('is missed without them, unless they are not looked at', () => {
    const without = (demand: ChannelBindingsDemand) => () =>
      requireChannelBindings(demand, { bindings: NONE, isAware: true }, ours);
    expect(without('off')).not.toThrow();
    expect(refusalOf(without('allow')).code).toBe('kerberos-channel-bindings-missing');
    expect(refusalOf(without('require')).code).toBe('kerberos-channel-bindings-missing');
  });
});
