/** What comes in an Authorization header, from the outside to the inside; keytabs, and what a KDC answers. */
import { acceptSecurityContext } from '../../../src/kerberos/accept.ts';
import * as der from '../../../src/kerberos/der.ts';
import { kerberosTime, readKerberosTime } from '../../../src/kerberos/kerberos-time.ts';
import { readKeytab } from '../../../src/kerberos/keytab.ts';
import {
  readApRep,
  readApReq,
  readAuthenticator,
  readEncApRepPart,
  readEncTicketPart,
  writeApRep,
  writeEncApRepPart,
} from '../../../src/kerberos/messages.ts';
import { parseNegotiateHeader } from '../../../src/kerberos/negotiate-header.ts';
import { readFramedToken, writeFramedToken } from '../../../src/kerberos/rfc4121.ts';
import { readSalts } from '../../../src/kerberos/salt-request.ts';
import { ServiceKeyError } from '../../../src/kerberos/service-key-error.ts';
import { mechanisms, readNegTokenInit, readNegTokenResp, writeNegTokenResp } from '../../../src/kerberos/spnego.ts';
import { Refusal } from '../../../src/refusal.ts';
import { mintNegotiateToken } from '../../../src/rehearsal/kdc.ts';
import { entry, krbError, paData } from '../../kerberos/kdc-answer.ts';
import { accepting, fromHex, minting, samba, vector, vectorBytes } from '../../kerberos/support.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { TLV } from '../mutate-tlv.ts';
import { hasControlCharacters, mustHold } from '../parser.ts';
import type { Parser } from '../parser.ts';

const isDerError = (error: unknown): boolean => error instanceof der.DerError;
const isRefusal = (error: unknown): boolean => error instanceof Refusal;

const ASN1 = { mutators: [...BYTES, ...TLV, ...TLV, ...TLV] } as const;

const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Each reads one value and writes it again: DER has one encoding for it. */
const VALUES: readonly (readonly [name: string, again: (bytes: Uint8Array) => Uint8Array])[] = [
  ['integer', (bytes) => der.integer(der.readInteger(bytes, 'it', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))],
  ['octets', (bytes) => der.octetString(der.readOctetString(bytes, 'it'))],
  ['string', (bytes) => der.kerberosString(der.readKerberosString(bytes, 'it'))],
  ['time', (bytes) => kerberosTime(readKerberosTime(bytes, 'it'))],
  ['identifier', (bytes) => der.objectIdentifier(der.readObjectIdentifier(bytes, 'it'))],
];

export const DER: Parser = {
  ...ASN1,
  name: 'der',
  seeds: () =>
    [
      '020100',
      '020200ff',
      '0206123456789abc',
      '0a0103',
      '0402abcd',
      '1b034142c3',
      '06062b0601050502',
      '0307000000000000',
      '180f32303236303330313038303030305a',
      '3006a003020105a1',
    ].map(fromHex),
  refuses: isDerError,
  take(input) {
    for (const [name, again] of VALUES) {
      let made: Uint8Array;
      try {
        made = again(input);
      } catch (error) {
        if (!isDerError(error)) throw error;
        continue;
      }
      mustHold(same(made, input), `one encoding of each ${name}`);
      return name;
    }
    const fields = der.readFields(input, 'it', 10, true);
    const values = Array.from({ length: 11 }, (_, number) => der.explicit(number, fields.optional(number)));
    // An extensible sequence may hold more than is asked for.
    return der.sequence(...values).length === input.length ? 'sequence' : 'sequence with more';
  },
  runs: 12_000,
};

const tokens = (): readonly Uint8Array[] => [
  mintNegotiateToken(minting()).token,
  mintNegotiateToken(minting({ mechanisms: [mechanisms.ntlm, mechanisms.krb5] })).token,
  mintNegotiateToken(minting({ framing: 'gss' })).token,
  mintNegotiateToken(minting({ framing: 'bare' })).token,
  mintNegotiateToken(minting({ withoutMechToken: true })).token,
  writeNegTokenResp({ negState: 1, supportedMech: mechanisms.krb5, responseToken: Buffer.from('token') }),
];

export const SPNEGO: Parser = {
  ...ASN1,
  name: 'spnego',
  seeds: tokens,
  refuses: isDerError,
  take(input) {
    if (input[0] === 0xa1) {
      const read = readNegTokenResp(input);
      const again = readNegTokenResp(writeNegTokenResp(read));
      mustHold(JSON.stringify(again) === JSON.stringify(read), 'an answer is read as it was written');
      return `answer ${read.negState} ${read.supportedMech}`;
    }
    const { mechanism, inner } = readFramedToken(input);
    mustHold(same(writeFramedToken(mechanism, inner), input), 'one encoding of each frame');
    const { mechTypes, mechToken } = readNegTokenInit(inner);
    mustHold(mechTypes.length <= 32, 'the list is bounded');
    return `list ${mechToken === undefined ? 'alone' : 'and token'}`;
  },
  runs: 3_000,
};

const { encodings } = vector('mit-reference-encodings.json') as {
  readonly encodings: Readonly<Record<string, string>>;
};

/** Read, written, and read again where there is a writer. */
const MESSAGES: readonly (readonly [string, (bytes: Uint8Array) => unknown, (bytes: Uint8Array) => Uint8Array])[] = [
  ['AP-REP', readApRep, (bytes) => writeApRep(readApRep(bytes))],
  ['EncAPRepPart', readEncApRepPart, (bytes) => writeEncApRepPart(readEncApRepPart(bytes))],
  ['AP-REQ', readApReq, (bytes) => bytes],
  ['EncTicketPart', readEncTicketPart, (bytes) => bytes],
  ['Authenticator', readAuthenticator, (bytes) => bytes],
];

export const KERBEROS_MESSAGES: Parser = {
  ...ASN1,
  name: 'kerberos-messages',
  seeds: () => [...Object.values(encodings).map(fromHex), mintNegotiateToken(minting({ framing: 'bare' })).token],
  refuses: isDerError,
  take(input) {
    const words = MESSAGES.map(([name, read, again]) => {
      try {
        const once = JSON.stringify(read(input));
        mustHold(JSON.stringify(read(again(input))) === once, `${name} is read as it was written`);
        return name;
      } catch (error) {
        if (!isDerError(error)) throw error;
        return (error as Error).message;
      }
    });
    return (
      words.find((word) => MESSAGES.some(([name]) => name === word)) ??
      words.find((word) => !/ has tag /.test(word)) ??
      'none'
    );
  },
  runs: 3_000,
};

export const NEGOTIATION: Parser = {
  ...ASN1,
  name: 'negotiation',
  seeds: tokens,
  refuses: isRefusal,
  take(input) {
    const result = acceptSecurityContext(input, undefined, accepting());
    if (result.kind === 'continue') return 'another leg';
    mustHold(`${result.client.name}@${result.client.realm}` === 'DESKTOP-01$@CORP.EXAMPLE.COM', 'the same caller');
    return 'accepted';
  },
  runs: 2_000,
};

export const NEGOTIATE_HEADER: Parser = {
  name: 'negotiate-header',
  seeds: () => [
    ...samba.tokens.map(({ authorization }) => Buffer.from(authorization)),
    ...['Negotiate', 'NTLM TlRMTVNTUAABAAAA', 'Basic eDp5', 'negotiate YII='].map((text) => Buffer.from(text)),
  ],
  mutators: [
    ...BYTES,
    ...textMutators(['Negotiate ', 'negotiate\t', 'NTLM ', 'Basic ', '=', '==', '+/', '-_', ' ', ',']),
  ],
  refuses: isRefusal,
  take(input) {
    // As Node hands a header on: a character a byte.
    const header = input.toString('latin1');
    const token = parseNegotiateHeader(header);
    mustHold(header.toLowerCase().startsWith('negotiate '), 'the scheme is Negotiate');
    mustHold(header.trim().endsWith(Buffer.from(token).toString('base64')), 'one base64 of each token');
    return 'token';
  },
  longest: 100_000,
  runs: 8_000,
};

export const KEYTAB: Parser = {
  name: 'keytab',
  seeds: () => ['samba-ad-svc-sso.keytab', 'samba-ad-svc-sso-spn.keytab'].map(vectorBytes),
  mutators: BYTES,
  refuses: (error) => error instanceof ServiceKeyError,
  take(input) {
    const entries = readKeytab(input);
    for (const { principal, realm, kvno, key } of entries) {
      mustHold(
        principal.length <= input.length && realm !== '' && kvno >= 0 && key.length <= input.length,
        'an entry is of the file',
      );
    }
    return entries.length === 0 ? 'no entry' : 'entries';
  },
  runs: 8_000,
};

/** Nothing protects it: whoever stands between a domain controller and Mortise may write what he likes. */
export const KDC_ANSWER: Parser = {
  ...ASN1,
  name: 'kdc-answer',
  seeds: () => [
    krbError(25, [paData(2, Buffer.alloc(0)), paData(19, der.sequence(entry(18, 'CORPsvc'), entry(17), entry(23)))]),
    krbError(25, [paData(19, der.sequence(...Array.from({ length: 32 }, (_, n) => entry(18, `salt ${n}`))))]),
    krbError(6, []),
  ],
  refuses: isDerError,
  take(input) {
    const salts = readSalts(input);
    mustHold(salts.length <= 32 && new Set(salts).size === salts.length, 'the list is bounded, each salt once');
    mustHold(
      salts.every((salt) => input.includes(salt) && !hasControlCharacters(salt)),
      'a salt is of the answer, and text',
    );
    return salts.length === 0 ? 'no salt' : 'salts';
  },
  runs: 8_000,
};
