/**
 * An authenticator and a browser in software (WebAuthn Level 3 §6): a key, a counter, and an answer in which each part
 * can be made wrong. Written from the specification, with none of the code that it judges.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface Options {
  readonly challenge: string;
  readonly rpId: string;
  readonly origin: string;
}

export interface Defects {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  /** UP 1, UV 4, BE 8, BS 16 (§6.1); AT is added at registration. */
  readonly flags?: number;
  readonly counter?: number;
  readonly signer?: KeyObject;
  readonly userHandle?: string;
  readonly format?: string;
  readonly statement?: Readonly<Record<string, CborValue>>;
  /** Packed self attestation (§8.2): signed with the new key, or with another. */
  readonly attestedWith?: KeyObject;
  /** Cuts or appends bytes. */
  readonly authData?: (bytes: Buffer) => Buffer;
  readonly attestation?: (bytes: Buffer) => Buffer;
  /** COSE algorithm that the key claims. */
  readonly algorithm?: number;
}

export interface Authenticator {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** JSON of the PublicKeyCredential that navigator.credentials.create() gives. */
  create(options: Options, defects?: Defects): string;
  /** Of navigator.credentials.get(); counts. */
  get(options: Options, defects?: Defects): string;
}

export type CborValue = string | number | Buffer | readonly CborValue[] | ReadonlyMap<CborValue, CborValue>;

/** @param counts false: the counter stays at 0, as synced passkeys keep it */
export function makeAuthenticator(counts = true): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawId = randomBytes(32);
  const id = rawId.toString('base64url');
  let counter = 0;
  const next = (): number => (counts ? (counter += 1) : 0);

  return {
    id,
    privateKey,
    create(options, defects = {}) {
      const head = authenticatorData(options, { flags: 0x01, counter: next(), ...defects }, 0x40);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(rawId.length);
      const key = coseKey(publicKey, defects.algorithm ?? -7);
      const whole = Buffer.concat([head, Buffer.alloc(16, 0xab), length, rawId, key]);
      const authData = (defects.authData ?? ((bytes) => bytes))(whole);
      const client = clientData('webauthn.create', options, defects);
      const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
      const own = defects.attestedWith && { alg: -7, sig: sign('sha256', signed, defects.attestedWith) };
      const object = cbor(
        new Map<CborValue, CborValue>([
          ['fmt', defects.format ?? (own ? 'packed' : 'none')],
          ['attStmt', new Map(Object.entries(defects.statement ?? own ?? {}))],
          ['authData', authData],
        ]),
      );
      const attestationObject = (defects.attestation ?? ((bytes) => bytes))(object).toString('base64url');
      const clientDataJSON = client.toString('base64url');
      const response = { clientDataJSON, attestationObject, transports: ['usb', 'nfc'] };
      return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
    },
    get(options, defects = {}) {
      const whole = authenticatorData(options, { flags: 0x01, counter: next(), ...defects });
      const authData = (defects.authData ?? ((bytes) => bytes))(whole);
      const client = clientData('webauthn.get', options, defects);
      const signed = Buffer.concat([authData, createHash('sha256').update(client).digest()]);
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign('sha256', signed, defects.signer ?? privateKey).toString('base64url'),
        ...(defects.userHandle !== undefined && { userHandle: Buffer.from(defects.userHandle).toString('base64url') }),
      };
      return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
    },
  };
}

function clientData(type: string, options: Options, defects: Defects): Buffer {
  const { challenge, origin, crossOrigin = false, topOrigin } = { ...options, ...defects };
  return Buffer.from(
    JSON.stringify({ type: defects.type ?? type, challenge, origin, crossOrigin, ...(topOrigin && { topOrigin }) }),
  );
}

function authenticatorData({ rpId }: Options, defects: Defects, always = 0): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(defects.counter ?? 0);
  const host = createHash('sha256')
    .update(defects.rpId ?? rpId)
    .digest();
  return Buffer.concat([host, Buffer.of((defects.flags ?? 0) | always), counter]);
}

/** RFC 9053 §7.1.1: kty EC2, alg, crv P-256, x, y. */
function coseKey(publicKey: KeyObject, algorithm: number): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return cbor(
    new Map<CborValue, CborValue>([
      [1, 2],
      [3, algorithm],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  );
}

/** RFC 8949 §3, as far as it is needed. */
export function cbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    const entries = [...value].flatMap(([name, item]) => [cbor(name), cbor(item)]);
    return Buffer.concat([head(5, value.size), ...entries]);
  }
  const items = value as readonly CborValue[];
  return Buffer.concat([head(4, items.length), ...items.map(cbor)]);
}

function head(major: number, argument: number): Buffer {
  const type = major << 5;
  if (argument < 24) return Buffer.of(type | argument);
  if (argument < 256) return Buffer.of(type | 24, argument);
  return Buffer.of(type | 25, argument >> 8, argument & 255);
}
