import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { importKeyMaterial } from '../../src/keys/import.ts';
import { KeyError } from '../../src/keys/key-error.ts';
import type { KeyMaterial } from '../../src/keys/material.ts';
import { NOW } from '../saml/arbitrary-assertion.ts';
import { openWorkshop, openssl } from './openssl.ts';
import type { Workshop } from './openssl.ts';

let material: KeyMaterial;
let other: KeyMaterial;
let workshop: Workshop;
let pemKey: Buffer;
let pemCertificate: Buffer;

const pemOf = (label: string, der: Uint8Array): Buffer =>
  Buffer.from(
    `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`,
  );

beforeAll(async () => {
  [material, other] = await Promise.all([
    createKeyMaterial({ name: 'import', now: NOW, modulusBits: 2048 }),
    createKeyMaterial({ name: 'other', now: NOW, modulusBits: 2048 }),
  ]);
  workshop = openWorkshop(material);
  pemKey = Buffer.from(material.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  pemCertificate = pemOf('CERTIFICATE', material.certificate);
  workshop.write('other.pem', pemOf('CERTIFICATE', other.certificate));
});

afterAll(() => workshop.close());

function expectMaterial(files: readonly Uint8Array[], passphrase?: string): void {
  const read = importKeyMaterial(files, passphrase);
  expect(read.privateKey.equals(material.privateKey)).toBe(true);
  expect(Buffer.from(read.certificate).equals(material.certificate)).toBe(true);
}

function codeOf(files: readonly Uint8Array[], passphrase?: string): string {
  try {
    importKeyMaterial(files, passphrase);
  } catch (error) {
    if (error instanceof KeyError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('PEM', () => {
  test('key and certificate in one file, either way round', () => {
    expectMaterial([Buffer.concat([pemKey, pemCertificate])]);
    expectMaterial([Buffer.concat([pemCertificate, pemKey])]);
  });

  test('in two files, with the words that openssl writes between', () => {
    expectMaterial([
      Buffer.concat([Buffer.from('Bag Attributes\n    friendlyName: Schlüssel\n'), pemKey]),
      pemCertificate,
    ]);
  });

  test('the certificate that belongs to the key is taken out of a chain', () => {
    expectMaterial([Buffer.concat([pemOf('CERTIFICATE', other.certificate), pemCertificate, pemKey])]);
  });

  test('PKCS#1 and encrypted PKCS#8', () => {
    expectMaterial([Buffer.from(material.privateKey.export({ type: 'pkcs1', format: 'pem' })), pemCertificate]);
    const encrypted = Buffer.from(
      material.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pässword' }),
    );
    expectMaterial([encrypted, pemCertificate], 'pässword');
    expect(codeOf([encrypted, pemCertificate])).toBe('passphrase-missing');
    expect(codeOf([encrypted, pemCertificate], 'password')).toBe('passphrase-wrong');
  });

  test('what is missing or too much is named', () => {
    const otherKey = Buffer.from(other.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(codeOf([])).toBe('private-key-missing');
    expect(codeOf([pemCertificate])).toBe('private-key-missing');
    expect(codeOf([pemKey])).toBe('certificate-missing');
    expect(codeOf([otherKey, pemCertificate])).toBe('certificate-mismatch');
    expect(codeOf([pemKey, otherKey, pemCertificate])).toBe('private-key-ambiguous');
    expect(codeOf([Buffer.from('hello')])).toBe('file-not-understood');
    expect(codeOf([Buffer.alloc(0)])).toBe('file-not-understood');
    expect(codeOf([pemOf('PRIVATE KEY', Buffer.from('hello')), pemCertificate])).toBe('file-not-understood');
    expect(codeOf([pemKey, pemOf('CERTIFICATE', Buffer.from('hello'))])).toBe('file-not-understood');
  });
});

describe.skipIf(openssl === undefined)('PKCS#12 that openssl writes', () => {
  const pkcs12 = (passphrase: string, ...options: readonly string[]): Buffer =>
    workshop.make([
      'pkcs12',
      '-export',
      '-inkey',
      'key.pem',
      '-in',
      'cert.pem',
      '-out',
      'out',
      '-passout',
      `pass:${passphrase}`,
      ...options,
    ]);

  test.each([
    ['OpenSSL 3’s default (AES-256, MAC SHA-256)', []],
    [
      'Windows AES256-SHA256 (2,000 iterations)',
      ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256', '-iter', '2000'],
    ],
    [
      'Windows TripleDES-SHA1',
      ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1', '-iter', '2000'],
    ],
    ['before OpenSSL 3 and Windows before 2016 (RC2-40 and 3DES)', ['-legacy']],
    ['RC2-128', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-RC2-128']],
    ['3DES of two keys', ['-legacy', '-certpbe', 'PBE-SHA1-2DES', '-keypbe', 'PBE-SHA1-2DES']],
    ['AES-128', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC']],
    ['AES-192, MAC SHA-384', ['-keypbe', 'AES-192-CBC', '-certpbe', 'AES-192-CBC', '-macalg', 'sha384']],
    ['MAC SHA-512', ['-macalg', 'sha512']],
    ['one iteration', ['-iter', '1', '-nomac']],
    ['no MAC', ['-nomac']],
    ['an unencrypted certificate', ['-certpbe', 'NONE']],
    ['an unencrypted key', ['-keypbe', 'NONE']],
    ['a chain', ['-certfile', 'other.pem']],
    [
      'a name and a key set',
      ['-name', 'Schlüssel', '-CSP', 'Microsoft Enhanced RSA and AES Cryptographic Provider', '-keysig'],
    ],
  ])('%s', (_what, options) => {
    expectMaterial([pkcs12('pass word', ...options)], 'pass word');
  });

  test.each(['', 'ü', 'зима', '日本', '€', '\u{1F600}', 'a'.repeat(100)])(
    'passphrase %j, modern and legacy',
    (passphrase) => {
      expectMaterial([pkcs12(passphrase)], passphrase);
      expectMaterial([pkcs12(passphrase, '-legacy')], passphrase);
    },
  );

  test('without a passphrase', () => expectMaterial([pkcs12('')], undefined));

  test('a wrong passphrase is named, whatever finds it', () => {
    expect(codeOf([pkcs12('right')], 'wrong')).toBe('passphrase-wrong');
    expect(codeOf([pkcs12('right', '-legacy')], 'wrong')).toBe('passphrase-wrong');
    expect(codeOf([pkcs12('right')])).toBe('passphrase-missing');
  });

  test('a missing part is named', () => {
    const only = (...options: readonly string[]): Buffer =>
      workshop.make(['pkcs12', '-export', '-passout', 'pass:x', '-out', 'out', ...options]);
    expect(codeOf([only('-nokeys', '-in', 'cert.pem')], 'x')).toBe('private-key-missing');
    expect(codeOf([only('-nocerts', '-inkey', 'key.pem')], 'x')).toBe('certificate-missing');
  });

  test('an algorithm that is not read is named', () => {
    expect(codeOf([pkcs12('x', '-legacy', '-certpbe', 'PBE-SHA1-RC4-128')], 'x')).toBe('pkcs12-not-supported');
  });

  test('every truncation, and any changed byte, is a KeyError or the same key', () => {
    const file = pkcs12('x');
    const seen = (bytes: Uint8Array): string => {
      try {
        return createHash('sha256')
          .update(importKeyMaterial([bytes], 'x').privateKey.export({ type: 'pkcs8', format: 'der' }))
          .digest('hex');
      } catch (error) {
        if (!(error instanceof KeyError)) throw error;
        return error.code;
      }
    };
    const whole = seen(file);
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(seen(file.subarray(0, length))).not.toBe(whole);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ difference;
        expect([
          whole,
          'passphrase-wrong',
          'file-not-understood',
          'pkcs12-not-supported',
          'private-key-missing',
        ]).toContain(seen(changed));
      }),
      { numRuns: 150 },
    );
  });
});
