/** The device certificate's shape, and the requests that are refused (DBL-DRS-04). */
import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import { createDeviceAuthority, readCertificateRequest } from '../../../src/rehearsal/entra/device-certificate.ts';
import { DrsRefusal } from '../../../src/rehearsal/entra/drs-error.ts';
import { OBJECT_GUID } from './assertion-fixture.ts';
import { certificateRequest } from './join-fixture.ts';

const TENANT_ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const NOW = new Date('2025-07-10T17:22:13.456Z');
const good = await certificateRequest();
const authority = await createDeviceAuthority();

describe('the certificate', async () => {
  const request = await readCertificateRequest('pkcs10', good.der.toString('base64'));
  const { der, thumbprint } = await authority.issue(request, {
    deviceId: OBJECT_GUID,
    tenantId: TENANT_ID,
    now: NOW,
    serialNumber: '7b690c51',
  });
  const certificate = new X509Certificate(Uint8Array.from(der));
  const extension = (last: number): string =>
    Buffer.from(certificate.getExtension(`1.2.840.113556.1.5.284.${last}`)?.value ?? new ArrayBuffer(0)).toString(
      'hex',
    );

  test('has the names that tools look for', () => {
    const node = new NodeCertificate(der);
    expect(node.subject).toBe(`CN=${OBJECT_GUID}`);
    expect(node.issuer.split('\n').reverse().join(', ')).toBe(
      'CN=MS-Organization-Access, OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97, DC=windows, DC=net',
    );
    expect(thumbprint).toBe(node.fingerprint.replaceAll(':', ''));
    expect(node.publicKey.equals(good.publicKey)).toBe(true);
    expect(node.ca).toBe(false);
    expect(certificate.signatureAlgorithm).toMatchObject({ name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } });
  });

  test('is valid from 30 minutes before for 10 years, in whole seconds', () => {
    expect([certificate.notBefore, certificate.notAfter].map((date) => date.toISOString())).toEqual([
      '2025-07-10T16:52:13.000Z',
      '2035-07-10T17:22:13.000Z',
    ]);
  });

  test('carries device, tenant, join type and region, each in an OCTET STRING', () => {
    const device = Buffer.from('UUEMXKriXkOYeql655jERA==', 'base64').toString('hex');
    expect(extension(2)).toBe(`0410${device}`);
    expect(extension(3)).toBe(`0410${device}`);
    expect(extension(5)).toBe('0410ff19966f868b11d0b42d00c04fc964ff');
    expect(extension(7)).toBe('040131');
    expect(extension(8)).toBe('04024555');
  });
});

describe('DBL-DRS-04 refuses', async () => {
  const small = await certificateRequest({ modulusLength: 1024 });
  const sha1 = await certificateRequest({ hash: 'SHA-1' });
  const named = await certificateRequest({ subject: 'CN=PC1' });
  const altered = Buffer.from(good.der);
  altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
  const base64 = (der: Buffer): string => der.toString('base64');

  test.each([
    ['another type', 'pkcs7', base64(good.der), /Type pkcs7/],
    ['text that is not base64', 'pkcs10', '-----BEGIN CERTIFICATE REQUEST-----', /base64/],
    ['bytes that are no DER', 'pkcs10', base64(Buffer.from('hello')), /DER/],
    ['a tail', 'pkcs10', base64(Buffer.concat([good.der, Buffer.from([0])])), /DER/],
    ['a request that is cut short', 'pkcs10', base64(good.der.subarray(0, -1)), /DER/],
    ['a sequence that is no request', 'pkcs10', base64(Buffer.from([0x30, 0x82, 0x00, 0x02, 0x05, 0x00])), /PKCS#10/],
    ['another subject', 'pkcs10', base64(named.der), /CN=PC1/],
    ['a key of 1024 bits', 'pkcs10', base64(small.der), /1024 bits/],
    ['SHA-1', 'pkcs10', base64(sha1.der), /SHA-1/],
    ['a signature that is not its own', 'pkcs10', base64(altered), /signature/],
  ])('%s', async (_title, type, data, message) => {
    const refusal = await readCertificateRequest(type, data).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DrsRefusal);
    expect(refusal).toMatchObject({ check: 'DBL-DRS-04', status: 400, message: expect.stringMatching(message) });
  });
});
