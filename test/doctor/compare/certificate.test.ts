import { expect, test } from 'vitest';
import { certificateText, readCertificate } from '../../../src/doctor/compare/certificate.ts';
import { material, served } from './federation-capture.ts';

const base64 = served.SigningCertificate;

test('a certificate is named by thumbprint, days and subject, whatever breaks its lines', () => {
  const seen = readCertificate(base64);
  expect(certificateText(seen)).toMatch(/^thumbprint [0-9A-F]{40}, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, CN=signing$/);
  expect(readCertificate(base64.match(/.{1,64}/g)?.join('\r\n  ') ?? '')).toEqual(seen);
  expect(readCertificate(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`)).toEqual({
    ...(seen as object),
    armoured: true,
  });
});

test.each(['MII...', `${base64.slice(0, 40)}…`])('%s was cut off by the shell', (value) => {
  expect(readCertificate(value)).toBe('cut');
});

test.each(['', '{}', 'MIIB', 'not base64!', 'System.Byte[]'])('%j is no certificate', (value) => {
  expect(readCertificate(value)).toBe('unreadable');
});

test('every truncation, and every changed byte of the first two hundred, is read or refused without an exception', () => {
  const { certificate } = material;
  for (let length = 0; length < certificate.length; length += 1) {
    expect(readCertificate(Buffer.from(certificate.subarray(0, length)).toString('base64'))).toBe('unreadable');
  }
  for (let at = 0; at < 200; at += 1) {
    const bytes = Uint8Array.from(certificate);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    expect(certificateText(readCertificate(Buffer.from(bytes).toString('base64')))).not.toBe('');
  }
});
