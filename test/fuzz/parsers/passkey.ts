/** What a browser sends of a passkey: JSON, and in it CBOR and client data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../../src/refusal.ts';
import { readAuthentication } from '../../../src/signin/second-factor/passkey-response.ts';
import { newPasskeyOf, provePasskey } from '../../../src/signin/second-factor/passkeys.ts';
import { BYTES } from '../mutate-bytes.ts';
import type { Mutator } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { mustHold } from '../parser.ts';
import type { Parser } from '../parser.ts';

const isRefusal = (error: unknown): boolean => error instanceof Refusal;
const seed = (text: string): Buffer => Buffer.from(text);

/** One passkey that was made once, with the challenges that it answered (test/fuzz/passkey.json). */
const kept = z
  .object({
    rpId: z.string(),
    origin: z.string(),
    challenge: z.string(),
    registration: z.string(),
    authentication: z.string(),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../passkey.json'), 'utf8')));
const { registration, authentication, ...party } = kept;

type Response = Readonly<Record<string, string>>;

const partOf = (text: string, name: string): Buffer =>
  Buffer.from((JSON.parse(text) as { readonly response: Response }).response[name] ?? '', 'base64url');

function withPart(text: string, name: string, bytes: Buffer): string {
  const whole = JSON.parse(text) as { readonly response: Response };
  return JSON.stringify({ ...whole, response: { ...whole.response, [name]: bytes.toString('base64url') } });
}

const JSON_WORDS = [
  '{',
  '}',
  '[',
  ']',
  '":',
  ',',
  '"response":',
  '"clientDataJSON":',
  '"id":',
  '"public-key"',
  'null',
  'true',
  '{}',
  '"__proto__":',
  '\\u0000',
];

export const PASSKEY_JSON: Parser = {
  name: 'passkey-json',
  seeds: () => [registration, authentication].map(seed),
  mutators: [...BYTES, ...textMutators(JSON_WORDS), ...textMutators(JSON_WORDS)],
  refuses: isRefusal,
  async take(input) {
    const text = input.toString('utf8');
    if (text.includes('authenticatorData')) return proved(text);
    const { passkey } = await newPasskeyOf(text, party);
    return `made ${passkey.transports.length}`;
  },
  longest: 20_000,
  runs: 1_500,
};

async function proved(text: string): Promise<string> {
  const { passkey } = await newPasskeyOf(registration, party);
  const response = readAuthentication(text);
  mustHold((await provePasskey(response, passkey, 1, { ...party, userId: 'avery' })) > 1, 'the count went on');
  mustHold(partOf(text, 'signature').equals(partOf(authentication, 'signature')), 'the one signature that was made');
  return 'proved';
}

/** RFC 8949 §3: heads of every major type, with arguments that promise much; indefinite lengths; tags. */
const CBOR_HEADS = [
  '18ff',
  '1bffffffffffffffff',
  '3bffffffffffffffff',
  '5b000000ffffffffff',
  '5f',
  '7f',
  '9f',
  'bf',
  'ff',
  '9a00ffffff',
  'ba00ffffff',
  'c6',
  'd9d9f7',
  'f6',
  'f7',
  'f97e00',
  'fb7ff0000000000000',
  'a0',
  '80',
  '40',
  '81',
  'a16161',
].map((hex) => Buffer.from(hex, 'hex'));

const cborHead: Mutator = (input, random) => {
  const at = random.below(input.length + 1);
  const times = random.pick([1, 1, 1, 8, 4_000]);
  const put = Buffer.concat(Array.from({ length: times }, () => random.pick(CBOR_HEADS)));
  return Buffer.concat([input.subarray(0, at), put, input.subarray(at + random.below(3))]);
};

/** The attestation object of a new passkey, within JSON that is in order. */
export const PASSKEY_CBOR: Parser = {
  ...PASSKEY_JSON,
  name: 'passkey-cbor',
  seeds: () => [partOf(registration, 'attestationObject')],
  mutators: [...BYTES, cborHead, cborHead, cborHead],
  async take(input) {
    const { counter } = await newPasskeyOf(withPart(registration, 'attestationObject', input), party);
    return `made ${counter === 0 ? 'new' : 'used'}`;
  },
  longest: 11_000,
};

/** Authenticator data and client data of a passkey that is used. */
export const PASSKEY_PROOF: Parser = {
  ...PASSKEY_JSON,
  name: 'passkey-proof',
  seeds: () => [partOf(authentication, 'authenticatorData'), partOf(authentication, 'clientDataJSON')],
  mutators: [...BYTES, cborHead, ...textMutators(JSON_WORDS)],
  async take(input) {
    const name = input[0] === 0x7b ? 'clientDataJSON' : 'authenticatorData';
    const result = await proved(withPart(authentication, name, input));
    mustHold(input.equals(partOf(authentication, name)), 'what was signed cannot be changed');
    return result;
  },
  longest: 11_000,
};
