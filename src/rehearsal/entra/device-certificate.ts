/**
 * The device certificate: what a joined device proves itself with, issued over the PKCS#10 that it sent (RFC 2986).
 *
 * Owns DBL-DRS-04, the certificate's shape and the authority that signs it. The extensions hold a DER OCTET STRING each;
 * GUIDs in it as Active Directory stores them ([MS-DVRJ] 3.1.5.1.1.3 names the OIDs). Does not own: who may have one.
 */
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  Pkcs10CertificateRequest,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { refuseJoin } from './drs-error.ts';
import { guidToBytes, strictBase64 } from './guid.ts';

/** The subject that Windows puts into its request. */
const REQUEST_SUBJECT = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';

/** Root first, as in the certificate; tools print it in reverse: CN=MS-Organization-Access, OU=…, DC=windows, DC=net. */
const ISSUER = 'DC=net, DC=windows, OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97, CN=MS-Organization-Access';

const RSA_SHA256 = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;

const BACKDATED_MS = 30 * 60 * 1000;
const VALID_YEARS = 10;

/** [MS-DVRJ] and [MS-DVRE]; the region is a code such as EU. */
const OID = {
  deviceId: '1.2.840.113556.1.5.284.2',
  authenticatingObjectId: '1.2.840.113556.1.5.284.3',
  tenantId: '1.2.840.113556.1.5.284.5',
  joinType: '1.2.840.113556.1.5.284.7',
  region: '1.2.840.113556.1.5.284.8',
} as const;

const JOINED = '1';
const REGION = 'EU';

export interface DeviceCertificate {
  /** SHA-1 of the DER, upper-case hex, as Windows shows it. */
  readonly thumbprint: string;
  readonly der: Buffer;
}

export interface CertificateSubject {
  readonly deviceId: string;
  readonly tenantId: string;
  readonly now: Date;
  /** Hex. */
  readonly serialNumber: string;
}

export interface DeviceAuthority {
  issue(request: Pkcs10CertificateRequest, subject: CertificateSubject): Promise<DeviceCertificate>;
}

/** A new authority with a new key: certificates of an earlier run mean nothing. */
export async function createDeviceAuthority(): Promise<DeviceAuthority> {
  const keys = await webcrypto.subtle.generateKey(RSA_SHA256, false, ['sign', 'verify']);
  return { issue: (request, subject) => issue(request, subject, keys.privateKey) };
}

/** The request of a join: base64 of DER whose own signature proves that the device holds the key (RFC 2986 §4.2). */
export async function readCertificateRequest(type: string, data: string): Promise<Pkcs10CertificateRequest> {
  if (type !== 'pkcs10') refuseJoin('DBL-DRS-04', `CertificateRequest.Type ${type}, not pkcs10`);
  const der = strictBase64(data);
  if (der === undefined || !isWholeSequence(der))
    return refuseJoin('DBL-DRS-04', 'CertificateRequest.Data is not base64 of one DER sequence');
  const request = parse(der);
  if (request.subject.toUpperCase() !== REQUEST_SUBJECT)
    refuseJoin('DBL-DRS-04', `subject ${request.subject}, not ${REQUEST_SUBJECT}`);
  const key = request.publicKey.algorithm as { readonly name: string; readonly modulusLength?: number };
  if (key.name !== RSA_SHA256.name || key.modulusLength !== RSA_SHA256.modulusLength) {
    refuseJoin('DBL-DRS-04', `a ${key.name} key of ${key.modulusLength ?? 'unknown'} bits, not RSA of 2048`);
  }
  const { name, hash } = request.signatureAlgorithm as {
    readonly name: string;
    readonly hash?: { readonly name: string };
  };
  if (name !== RSA_SHA256.name || hash?.name !== RSA_SHA256.hash)
    refuseJoin('DBL-DRS-04', `signed with ${name} ${hash?.name ?? ''}, not SHA256WithRSA`);
  if (!(await request.verify())) refuseJoin('DBL-DRS-04', "the request's signature is not that of its own key");
  return request;
}

function parse(der: Uint8Array): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(Uint8Array.from(der));
  } catch {
    return refuseJoin('DBL-DRS-04', 'CertificateRequest.Data is not a PKCS#10 request');
  }
}

/** The parser ignores what follows the outer SEQUENCE; a request with a tail is not what was signed. */
function isWholeSequence(der: Uint8Array): boolean {
  const view = new DataView(der.buffer, der.byteOffset, der.byteLength);
  // Any request with an RSA key of 2048 bits takes the two-byte length form.
  return der.length > 4 && view.getUint16(0) === 0x3082 && view.getUint16(2) === der.length - 4;
}

async function issue(
  request: Pkcs10CertificateRequest,
  subject: CertificateSubject,
  signingKey: webcrypto.CryptoKey,
): Promise<DeviceCertificate> {
  const second = new Date(Math.floor(subject.now.getTime() / 1000) * 1000);
  const notAfter = new Date(second);
  notAfter.setUTCFullYear(second.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: subject.serialNumber,
    subject: `CN=${subject.deviceId}`,
    issuer: ISSUER,
    notBefore: new Date(second.getTime() - BACKDATED_MS),
    notAfter,
    publicKey: request.publicKey,
    signingKey,
    signingAlgorithm: RSA_SHA256,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth], true),
      octets(OID.deviceId, guidToBytes(subject.deviceId)),
      // Of a computer's own token: the computer itself.
      octets(OID.authenticatingObjectId, guidToBytes(subject.deviceId)),
      octets(OID.tenantId, guidToBytes(subject.tenantId)),
      octets(OID.joinType, Buffer.from(JOINED)),
      octets(OID.region, Buffer.from(REGION)),
    ],
  });
  const der = Buffer.from(certificate.rawData);
  return { der, thumbprint: createHash('sha1').update(der).digest('hex').toUpperCase() };
}

/** An extension whose value is an OCTET STRING of fewer than 128 bytes. */
function octets(oid: string, content: Uint8Array): Extension {
  return new Extension(oid, false, Uint8Array.from([0x04, content.length, ...content]));
}
