/** Passkeys, against an authenticator in software: what is sound proves the person, and each single defect does not. */
import * as fc from 'fast-check';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/refusal.ts';
import { refusalFrom } from '../../refusal-of.ts';
import { makeAuthenticator } from './authenticator.ts';
import type { Authenticator, Defects, Options } from './authenticator.ts';
import { JONAS, later, MASTER, NORA, NOW, openPeople } from './people.ts';
import type { People } from './people.ts';

const PARTY = { rpId: 'sso.example.test', origin: 'https://sso.example.test', name: 'Example' };
const ELSEWHERE = { ...PARTY, rpId: 'adfs.example.test', origin: 'https://adfs.example.test' };
const USER = { id: NORA, name: 'nora.keller@corp.example.test', displayName: 'Nora Keller' };

let people: People;
let key: Authenticator;
beforeEach(async () => {
  people = await openPeople();
  key = makeAuthenticator();
});
afterEach(() => people.store.close());

const asked = (challenge: string, party = PARTY): Options => ({ ...party, challenge });

async function add(authenticator = key, party = PARTY, defects: Defects = {}, name = 'Blue key') {
  const { challenge } = await people.factors.beginPasskey(USER, party);
  const response = authenticator.create(asked(challenge, party), defects);
  return people.factors.addPasskey(NORA, response, { ...party, challenge }, name, NOW);
}

async function pass(defects: Defects = {}, change: (response: string) => string = (response) => response) {
  const { challenge = '' } = (await people.factors.passkeyOptions(NORA, PARTY)) ?? {};
  const response = change(key.get(asked(challenge), defects));
  return people.factors.passPasskey(NORA, response, { ...PARTY, challenge }, later(1));
}

/** Sets a field of the response, by its path. */
const withField =
  (path: string, value: unknown) =>
  (response: string): string => {
    const whole = JSON.parse(response) as Record<string, unknown>;
    const names = path.split('.');
    const last = names.pop() ?? '';
    const inner = names.reduce((object, name) => object[name] as Record<string, unknown>, whole);
    if (value === undefined) delete inner[last];
    else inner[last] = value;
    return JSON.stringify(whole);
  };

describe('a passkey', () => {
  test('is set up, shown, and proves the person at its host', async () => {
    const added = await add();
    expect(added).toMatchObject({ kind: 'passkey', name: 'Blue key', createdAt: NOW, rpId: PARTY.rpId });
    expect(added.lastUsedAt, 'its set-up was a use').toEqual(NOW);
    expect(await people.factors.list(NORA)).toEqual([added]);
    const used = await pass();
    expect(used).toEqual({ ...added, lastUsedAt: later(1) });
    expect(await people.factors.list(NORA)).toEqual([used]);
    expect(await pass(), 'again, with the next count').toEqual(used);
  });

  test('that does not count proves the person time and again', async () => {
    key = makeAuthenticator(false);
    await add();
    await pass();
    await expect(pass()).resolves.toMatchObject({ kind: 'passkey' });
  });

  test('may verify the person, be synced, and say whose it is', async () => {
    await add(key, PARTY, { flags: 0x01 | 0x04 | 0x08 | 0x10 });
    await expect(pass({ flags: 0x1d, userHandle: NORA })).resolves.toMatchObject({ kind: 'passkey' });
  });

  test('may sign its own attestation, which browsers leave', async () => {
    await add(key, PARTY, { attestedWith: key.privateKey });
    await expect(pass()).resolves.toMatchObject({ kind: 'passkey' });
    const forged = add(makeAuthenticator(), PARTY, { attestedWith: key.privateKey });
    expect((await refusalFrom(forged)).code).toBe('second-factor-wrong');
  });

  test('without a name is called a passkey', async () => {
    expect((await add(key, PARTY, {}, ' \u0000\n ')).name).toBe('Passkey');
    const long = await add(makeAuthenticator(), PARTY, {}, `\u202ekey${'x'.repeat(100)}`);
    expect(long.name).toBe(`key${'x'.repeat(57)}`);
  });

  test('is asked for at its own host alone', async () => {
    await add();
    expect(await people.factors.passkeyOptions(NORA, ELSEWHERE)).toBeUndefined();
    expect(await people.factors.passkeyOptions(JONAS, PARTY)).toBeUndefined();
    const { challenge } = await people.factors.beginPasskey(USER, ELSEWHERE);
    const response = key.get(asked(challenge, ELSEWHERE));
    const refusal = await refusalFrom(
      people.factors.passPasskey(NORA, response, { ...ELSEWHERE, challenge }, later(1)),
    );
    expect(refusal).toMatchObject({
      code: 'second-factor-wrong',
      facts: { detail: 'the person has no such passkey for adfs.example.test' },
    });
  });

  test('of one person is not another’s', async () => {
    await add();
    const { challenge } = await people.factors.beginPasskey(USER, PARTY);
    const response = key.get(asked(challenge));
    const refusal = await refusalFrom(people.factors.passPasskey(JONAS, response, { ...PARTY, challenge }, later(1)));
    expect(refusal.code).toBe('second-factor-wrong');
  });

  test('is set up once', async () => {
    await add();
    expect(await refusalFrom(add())).toMatchObject({ code: 'second-factor-used' });
    expect(await people.factors.list(NORA)).toHaveLength(1);
  });

  test('that was removed proves nobody', async () => {
    const { id } = await add();
    await add(makeAuthenticator());
    expect(await people.factors.remove(JONAS, id)).toBe(false);
    expect(await people.factors.remove(NORA, id)).toBe(true);
    expect(await refusalFrom(pass())).toMatchObject({ code: 'second-factor-wrong' });
  });
});

describe('what a browser is asked', () => {
  test('for a new passkey', async () => {
    await add();
    const { options, challenge } = await people.factors.beginPasskey(USER, PARTY);
    expect(options).toMatchObject({
      challenge,
      rp: { id: PARTY.rpId, name: 'Example' },
      user: { id: Buffer.from(NORA).toString('base64url'), name: USER.name, displayName: 'Nora Keller' },
      pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
      attestation: 'none',
      authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: false, userVerification: 'preferred' },
      excludeCredentials: [{ id: key.id, type: 'public-key', transports: ['usb', 'nfc'] }],
      timeout: 300_000,
    });
    expect(Buffer.from(challenge, 'base64url')).toHaveLength(32);
  });

  test('for one that is there', async () => {
    await add();
    await add(makeAuthenticator(), ELSEWHERE);
    const { options, challenge } = (await people.factors.passkeyOptions(NORA, PARTY)) ?? {};
    expect(options).toMatchObject({
      challenge,
      rpId: PARTY.rpId,
      userVerification: 'preferred',
      allowCredentials: [{ id: key.id, type: 'public-key', transports: ['usb', 'nfc'] }],
    });
  });
});

const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('an answer is refused', () => {
  const wrong: Readonly<Record<string, Defects>> = {
    'from another page': { origin: 'https://sso.example.test.evil.test' },
    'from the same host without TLS': { origin: 'http://sso.example.test' },
    'from another port': { origin: 'https://sso.example.test:8443' },
    'for another host': { rpId: 'evil.test' },
    'to another challenge': { challenge: Buffer.alloc(32).toString('base64url') },
    'of the other kind': { type: 'webauthn.create' },
    'without anybody present': { flags: 0x04 },
    'signed by another key': { signer: OTHER_KEY },
    'of another person’s passkey': { userHandle: JONAS },
    'synced, though it says it cannot be': { flags: 0x11 },
  };
  test.each(Object.entries(wrong))('%s', async (_, defects) => {
    await add();
    const refusal = await refusalFrom(pass(defects));
    expect(refusal.code).toBe('second-factor-wrong');
    expect(refusal.facts).toMatchObject({
      attribute: 'passkey',
      detail: expect.stringMatching(/^.{10,200}$/) as unknown,
    });
    expect((await people.factors.list(NORA))[0]?.lastUsedAt, 'nothing is noted').toEqual(NOW);
  });

  test('whose count goes back, or stays', async () => {
    await add();
    await pass({ counter: 50 });
    for (const counter of [49, 50, 1, 0])
      expect((await refusalFrom(pass({ counter }))).code).toBe('second-factor-wrong');
    await expect(pass({ counter: 51 })).resolves.toMatchObject({ kind: 'passkey' });
  });

  test('the second time, even at the same moment', async () => {
    await add();
    const { challenge = '' } = (await people.factors.passkeyOptions(NORA, PARTY)) ?? {};
    const response = key.get(asked(challenge));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => people.factors.passPasskey(NORA, response, { ...PARTY, challenge }, later(1))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  const malformed: Readonly<Record<string, (response: string) => string>> = {
    'that is no JSON': () => '{',
    'that is empty': () => '',
    'that is null': () => 'null',
    'that is a list': () => '[]',
    'larger than 16 KiB': withField('padding', 'x'.repeat(16_384)),
    'without an id': withField('id', undefined),
    'with an id in other letters': withField('id', 'a+b/c='),
    'of another type': withField('type', 'password'),
    'without its response': withField('response', undefined),
    'with a response that is text': withField('response', 'x'),
    'without client data': withField('response.clientDataJSON', undefined),
    'with client data that is no JSON': withField('response.clientDataJSON', 'AAAA'),
    'with client data that is null': withField('response.clientDataJSON', Buffer.from('null').toString('base64url')),
    'without a signature': withField('response.signature', ''),
    'with a signature that is a number': withField('response.signature', 7),
    'without authenticator data': withField('response.authenticatorData', 'AAAA'),
    'with a user that is an object': withField('response.userHandle', {}),
  };
  test.each(Object.entries(malformed))('%s: it cannot be read', async (_, change) => {
    await add();
    expect(await refusalFrom(pass({}, change))).toMatchObject({ code: 'passkey-malformed' });
  });

  test.each<[string, Defects]>([
    ['in a frame of another origin', { crossOrigin: true }],
    ['in a frame of another origin, named', { crossOrigin: true, topOrigin: 'https://evil.test' }],
    ['with a top origin of its own', { topOrigin: 'https://evil.test' }],
    ['with bytes left over', { authData: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) }],
  ])('asked for %s', async (_, defects) => {
    await add();
    expect(await refusalFrom(pass(defects))).toMatchObject({ code: 'passkey-malformed' });
  });

  test('wherever its authenticator data is cut off', async () => {
    await add();
    for (let length = 0; length < 37; length += 1) {
      const refusal = await refusalFrom(pass({ authData: (bytes) => bytes.subarray(0, length) }));
      expect(refusal.code).toBe('passkey-malformed');
    }
  });

  test('with any bit of what is signed, or of the signature, turned', async () => {
    await add();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature'),
        fc.nat(),
        fc.nat(7),
        async (part, at, bit) => {
          const turned = (response: string): string => {
            const { response: parts } = JSON.parse(response) as { response: Record<string, string> };
            const bytes = Buffer.from(parts[part] ?? '', 'base64url');
            const index = at % bytes.length;
            bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
            return withField(`response.${part}`, bytes.toString('base64url'))(response);
          };
          expect(['second-factor-wrong', 'passkey-malformed']).toContain((await refusalFrom(pass({}, turned))).code);
        },
      ),
    );
  });
});

describe('a new passkey is refused', () => {
  const wrong: Readonly<Record<string, Defects>> = {
    'from another page': { origin: 'https://evil.test' },
    'for another host': { rpId: 'evil.test' },
    'to another challenge': { challenge: 'AAAA' },
    'of the other kind': { type: 'webauthn.get' },
    'without anybody present': { flags: 0x04 },
    'with a key of an algorithm that was not asked for': { algorithm: -35 },
    'with a statement where none is said to be': { statement: { sig: Buffer.alloc(8) } },
  };
  test.each(Object.entries(wrong))('%s', async (_, defects) => {
    expect(await refusalFrom(add(key, PARTY, defects))).toMatchObject({ code: 'second-factor-wrong' });
    expect(await people.factors.list(NORA)).toEqual([]);
  });

  test.each<[string, Defects]>([
    ['in a frame', { crossOrigin: true }],
    ['with certificates', { format: 'packed', statement: { x5c: [Buffer.alloc(8)], alg: -7, sig: Buffer.alloc(8) } }],
    ...['fido-u2f', 'tpm', 'apple', 'android-key', 'android-safetynet', 'made-up'].map((format): [string, Defects] => [
      `with an attestation of format ${format}`,
      { format },
    ]),
    ['with garbage for an attestation', { attestation: () => Buffer.from('garbage') }],
    ['with lists in lists in lists', { attestation: () => Buffer.alloc(12_000, 0x81) }],
    ['with a list that claims to be endless', { attestation: () => Buffer.from('9bffffffffffffffff', 'hex') }],
    ['with bytes left over', { authData: (bytes) => Buffer.concat([bytes, Buffer.alloc(3)]) }],
  ])('%s: it cannot be read', async (_, defects) => {
    expect(await refusalFrom(add(key, PARTY, defects))).toMatchObject({ code: 'passkey-malformed' });
  });

  test('wherever its attestation is cut off', async () => {
    let whole = Infinity;
    for (let length = 0; length < whole; length += 1) {
      const attestation = (bytes: Buffer): Buffer => {
        whole = bytes.length;
        return bytes.subarray(0, length);
      };
      const { code } = await refusalFrom(add(key, PARTY, { attestation }));
      expect(['passkey-malformed', 'second-factor-wrong']).toContain(code);
    }
    expect(whole).toBeGreaterThan(150);
  });

  test('whose browser names another credential', async () => {
    const { challenge } = await people.factors.beginPasskey(USER, PARTY);
    const other = makeAuthenticator().id;
    const response = withField('rawId', other)(withField('id', other)(key.create(asked(challenge))));
    expect(
      await refusalFrom(people.factors.addPasskey(NORA, response, { ...PARTY, challenge }, '', NOW)),
    ).toMatchObject({ code: 'second-factor-wrong' });
  });

  test('whatever bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), fc.uint8Array()), async (noise) => {
        const change = (response: string): string =>
          typeof noise === 'string'
            ? noise
            : withField('response.attestationObject', Buffer.from(noise).toString('base64url'))(response);
        const { challenge } = await people.factors.beginPasskey(USER, PARTY);
        const response = change(key.create(asked(challenge)));
        const refusal = await refusalFrom(people.factors.addPasskey(NORA, response, { ...PARTY, challenge }, '', NOW));
        expect(refusal).toBeInstanceOf(Refusal);
      }),
    );
  });
});

test('nothing of a passkey stands in the store in the clear', async () => {
  await add();
  const [stored] = await people.store.secondFactors.list(NORA);
  const record = Buffer.from(stored?.protectedSecret ?? []);
  expect(record.includes(key.id)).toBe(false);
  expect(record.includes(PARTY.rpId)).toBe(false);
  expect(await people.reopened(MASTER).list(NORA)).toHaveLength(1);
});
