/**
 * The device's join phase: a key pair, a PKCS#10 request over it, and DRS's answer with the device certificate.
 * The federated join carries the access token; the synchronised join (the fallback) signs with the key whose certificate
 * Entra Connect has copied from the computer object's userCertificate.
 */
import 'reflect-metadata';
import { KeyObject, sign, webcrypto, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { jsonObject, textOf } from './http-client.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { JoinFailure } from './join-codes.ts';

/** What every Windows device writes there ([aad-join-spec]); DRS puts the device id into the certificate. */
const CSR_SUBJECT = 'CN=7E980AD9-B86D-4306-9425-9AC066FB014A';
const RSA_2048 = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

export interface JoiningComputer {
  /** `DESKTOP-01$` */
  readonly sAMAccountName: string;
  readonly displayName: string;
  readonly domain: string;
  readonly domainController: string;
  readonly objectGuid: string;
  readonly objectSid: string;
}

export interface Registered {
  readonly certificate: X509Certificate;
  readonly requestId: string;
  readonly responseTime: string;
  readonly status: number;
  /** The certificate is over the device's key, and the key signs (KeySignTest). */
  readonly keySignTest: boolean;
  /** The device's key: it signs the request for a primary refresh token. */
  readonly privateKey: KeyObject;
}

interface DeviceKeys {
  readonly certificateRequest: { readonly Type: 'pkcs10'; readonly Data: string };
  readonly transportKey: string;
  readonly privateKey: KeyObject;
}

async function makeDeviceKeys(): Promise<DeviceKeys> {
  const device = await webcrypto.subtle.generateKey(RSA_2048, true, ['sign', 'verify']);
  const transport = await webcrypto.subtle.generateKey(RSA_2048, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: CSR_SUBJECT, keys: device, signingAlgorithm: RSA_2048 },
    webcrypto as never,
  );
  return {
    certificateRequest: { Type: 'pkcs10', Data: Buffer.from(request.rawData).toString('base64') },
    transportKey: rsaPublicBlob(KeyObject.from(transport.publicKey)).toString('base64'),
    privateKey: KeyObject.from(device.privateKey),
  };
}

/** BCRYPT_RSAKEY_BLOB: magic RSA1, bit length, lengths of exponent, modulus and (none) primes; then exponent and modulus, big-endian. */
function rsaPublicBlob(key: KeyObject): Buffer {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  const exponent = Buffer.from(e, 'base64url');
  const modulus = Buffer.from(n, 'base64url');
  const header = Buffer.alloc(24);
  header.write('RSA1', 0, 'latin1');
  header.writeUInt32LE(modulus.length * 8, 4);
  header.writeUInt32LE(exponent.length, 8);
  header.writeUInt32LE(modulus.length, 12);
  return Buffer.concat([header, exponent, modulus]);
}

const OS_VERSION = '10.0.19045.4046';
const dsregHeaders = (requestId: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/json',
  'ocp-adrs-client-name': 'Dsreg',
  'ocp-adrs-client-version': '10.0.19041.3996',
  'client-request-id': requestId,
  'user-agent': 'Dsreg/10.0 (Windows 10.0.19045)',
});

/** JoinType 6 is hybrid join. */
export async function registerByToken(
  client: HttpClient,
  joinEndpoint: string,
  accessToken: string,
  computer: JoiningComputer,
  requestId: string,
): Promise<Registered> {
  const keys = await makeDeviceKeys();
  const body = JSON.stringify({
    CertificateRequest: keys.certificateRequest,
    TransportKey: keys.transportKey,
    TargetDomain: computer.domain,
    DeviceType: 'Windows',
    OSVersion: OS_VERSION,
    DeviceDisplayName: computer.displayName,
    JoinType: 6,
    Attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
  });
  const headers = { ...dsregHeaders(requestId), authorization: `Bearer ${accessToken}` };
  return finish(await send(client, 'POST', `${joinEndpoint}?api-version=2.0`, headers, body), keys, requestId);
}

export interface SynchronisedJoin {
  readonly tenantId: string;
  /** Private key of the computer object's userCertificate. */
  readonly userCertificateKey: KeyObject;
  readonly now: Date;
}

export async function registerBySync(
  client: HttpClient,
  joinEndpoint: string,
  computer: JoiningComputer,
  join: SynchronisedJoin,
  requestId: string,
): Promise<Registered> {
  const keys = await makeDeviceKeys();
  const sid = `${computer.objectSid}.${join.now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const body = JSON.stringify({
    CertificateRequest: keys.certificateRequest,
    ServerAdJoinData: {
      TransportKey: keys.transportKey,
      TargetDomain: computer.domain,
      DeviceType: 'Windows',
      OSVersion: OS_VERSION,
      DeviceDisplayName: computer.displayName,
      SourceDomainController: computer.domainController,
      TargetDomainId: join.tenantId,
      ClientIdentity: {
        Type: 'sha256signed',
        Sid: sid,
        SignedBlob: sign('sha256', Buffer.from(sid), join.userCertificateKey).toString('base64'),
      },
    },
    JoinType: 6,
    attributes: { ReuseDevice: 'true', ReturnClientSid: 'true' },
  });
  return finish(
    await send(client, 'PUT', `${joinEndpoint}${computer.objectGuid}?api-version=2.0`, dsregHeaders(requestId), body),
    keys,
    requestId,
  );
}

async function send(
  client: HttpClient,
  method: 'POST' | 'PUT',
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<HttpResponse> {
  return client.send({ method, url, headers, body }).catch((error: Error) => {
    throw new JoinFailure('join', 'WININET_E_CANNOT_CONNECT', `${url}: ${error.message}`);
  });
}

function finish(response: HttpResponse, keys: DeviceKeys, requestId: string): Registered {
  const answer = jsonObject(response.body) ?? {};
  if (response.status !== 200) throw refusedByDrs(response, answer);
  const certificate = certificateOf(answer);
  if (certificate === undefined)
    throw new JoinFailure('join', 'DSREG_E_DEVICE_AUTHENTICATION_ERROR', 'DRS answered 200 without a certificate', {
      status: 200,
    });
  return {
    certificate,
    requestId,
    responseTime: response.headers.date ?? '',
    status: response.status,
    keySignTest: certificate.checkPrivateKey(keys.privateKey),
    privateKey: keys.privateKey,
  };
}

/** [MS-DVRJ]: `Certificate.RawBody` is the DER in base64. */
function certificateOf(answer: Readonly<Record<string, unknown>>): X509Certificate | undefined {
  const { RawBody } = (answer['Certificate'] ?? {}) as { readonly RawBody?: unknown };
  try {
    return new X509Certificate(Buffer.from(textOf(RawBody) ?? '', 'base64'));
  } catch {
    return undefined;
  }
}

/** Documented: DirectoryError is 0x801c03f2, AuthenticationError 0x801c0002; a 401 without a body is shown as the latter. */
function refusedByDrs({ status, headers }: HttpResponse, answer: Readonly<Record<string, unknown>>): JoinFailure {
  const errorCode = textOf(answer['ErrorType']) ?? textOf(answer['code']) ?? `HTTP ${status}`;
  const message = textOf(answer['Message']) ?? textOf(answer['message']) ?? '';
  const code = errorCode === 'DirectoryError' ? 'DSREG_E_DIRECTORY_FAILURE' : 'DSREG_E_DEVICE_AUTHENTICATION_ERROR';
  return new JoinFailure('join', code, `${errorCode}: ${message}`, {
    status,
    errorCode,
    message,
    ...(headers.date !== undefined && { time: headers.date }),
  });
}
