/**
 * A device's side of registration, made without Mortise: PKCS#10, transport key, join bodies; and https to the double.
 */
import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, sign, webcrypto } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { request } from 'node:https';
import {
  AuthorityKeyIdentifierExtension,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export const CSR_SUBJECT = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';

export interface CsrOptions {
  readonly subject?: string;
  readonly modulusLength?: number;
  readonly hash?: string;
}

export interface Csr {
  readonly der: Buffer;
  readonly publicKey: KeyObject;
}

export async function certificateRequest(options: CsrOptions = {}): Promise<Csr> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: options.hash ?? 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: options.modulusLength ?? 2048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: options.subject ?? CSR_SUBJECT,
    keys,
    signingAlgorithm: algorithm,
  });
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return { der: Buffer.from(csr.rawData), publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

export interface TransportKeyOptions {
  readonly magic?: string;
  readonly bits?: number;
  readonly primeBytes?: number;
  readonly tail?: Buffer;
}

/** BCRYPT_RSAKEY_BLOB of a public key. */
export function transportKey(options: TransportKeyOptions = {}): Buffer {
  const header = Buffer.alloc(24);
  const bits = options.bits ?? 2048;
  const exponent = Buffer.from([1, 0, 1]);
  header.write(options.magic ?? 'RSA1', 0, 'latin1');
  for (const [index, value] of [
    bits,
    exponent.length,
    bits / 8,
    options.primeBytes ?? 0,
    options.primeBytes ?? 0,
  ].entries()) {
    header.writeUInt32LE(value, 4 + index * 4);
  }
  return Buffer.concat([header, exponent, Buffer.alloc(bits / 8, 0xc5), options.tail ?? Buffer.alloc(0)]);
}

export type Json = Readonly<Record<string, unknown>>;

export function joinBody(csr: Buffer, changes: Json = {}): Json {
  return {
    CertificateRequest: { Type: 'pkcs10', Data: csr.toString('base64') },
    TransportKey: transportKey().toString('base64'),
    TargetDomain: 'contoso.example',
    DeviceType: 'Windows',
    OSVersion: '10.0.22631.3007',
    DeviceDisplayName: 'PC1',
    JoinType: 6,
    Attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
    ...changes,
  };
}

export interface SyncJoinOptions {
  readonly key: KeyObject;
  readonly sid: string;
  /** `yyyy-MM-dd HH:mm:ssZ` */
  readonly time: string;
  readonly tenantId: string;
}

export function syncJoinBody(csr: Buffer, options: SyncJoinOptions): Json {
  const identity = `${options.sid}.${options.time}`;
  return {
    CertificateRequest: { Type: 'pkcs10', Data: csr.toString('base64') },
    ServerAdJoinData: {
      TransportKey: transportKey().toString('base64'),
      TargetDomain: 'contoso.example',
      TargetDomainId: options.tenantId,
      DeviceType: 'Windows',
      OSVersion: '10.0.22631.3007',
      DeviceDisplayName: 'PC1',
      SourceDomainController: 'dc1.contoso.example',
      ClientIdentity: {
        Type: 'sha256signed',
        Sid: identity,
        SignedBlob: sign('sha256', Buffer.from(identity), options.key).toString('base64'),
      },
    },
    JoinType: 6,
    attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
  };
}

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate for these hosts, with the key, as PEM. */
export async function tlsFor(...hosts: readonly string[]): Promise<Tls> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=rehearsal',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [
      new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns' as const, value }))),
      await AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, cert: cert.toString('pem') };
}

export interface HttpsReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Json;
}

export interface HttpsOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** https to the double, whose answer is JSON. */
export async function https(url: string, ca: string, options: HttpsOptions = {}): Promise<HttpsReply> {
  const { status, headers, body } = await httpsBytes(url, ca, options);
  return { status, headers, body: JSON.parse(body.toString('utf8')) as Json };
}

/** https to the loopback address under the URL's host name, with the certificate checked. */
export function httpsBytes(
  url: string,
  ca: string,
  options: HttpsOptions = {},
): Promise<Omit<HttpsReply, 'body'> & { readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        ca,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        agent: false,
        lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** A self-signed userCertificate, as a domain-joined device writes it to its own account. */
export async function userCertificate(objectGuid: string): Promise<{ readonly der: Buffer; readonly key: KeyObject }> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = {
    privateKey: await webcrypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ format: 'der', type: 'pkcs8' }),
      algorithm,
      true,
      ['sign'],
    ),
    publicKey: await webcrypto.subtle.importKey(
      'spki',
      publicKey.export({ format: 'der', type: 'spki' }),
      algorithm,
      true,
      ['verify'],
    ),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${objectGuid}`,
    keys,
    signingAlgorithm: algorithm,
  });
  return { der: Buffer.from(certificate.rawData), key: privateKey };
}
