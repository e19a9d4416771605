/**
 * What the files hold that a configuration names: whether `serve` can work with them. Found out before it starts, all
 * together, and not by the first device. Reads through what it is given; says nothing about a file that is already reported.
 */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { serviceKeysFromKeytab } from '../kerberos/keys.ts';
import { ServiceKeyError } from '../kerberos/service-key-error.ts';
import type { Environment } from '../model/environment.ts';
import type { Gateway } from '../model/gateway.ts';
import type { ServerSettings } from '../model/server.ts';
import { logoDefect } from './logo.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

export interface FileContents {
  /** Throws when the file cannot be read. */
  readonly readBytes: (path: string) => Uint8Array;
  readonly now: Date;
}

/** A file that is looked into, with the setting that names it. */
interface NamedFile {
  readonly bytes: Buffer;
  readonly path: Path;
}

export function checkServerFiles(
  server: Lenient<ServerSettings>,
  path: Path,
  contents: FileContents,
  findings: Findings,
): void {
  const { tls, ldapCaFile } = server;
  const tlsPath = [...path, 'tls'];
  const file = named(tls?.certificateFile, [...tlsPath, 'certificateFile'], contents);
  const certificate = file && checkCertificates(file, contents.now, findings);
  if (certificate !== undefined && server.trustedProxies?.length === 0)
    checkHost(certificate, server.publicBaseUrl, [...tlsPath, 'certificateFile'], findings);
  const keyFile = named(tls?.keyFile, [...tlsPath, 'keyFile'], contents);
  // A passphrase that could not be found is reported; the key would only be called wrong.
  const key =
    keyFile && !findings.reported([...tlsPath, 'keyPassphrase'])
      ? checkPrivateKey(keyFile, tls?.keyPassphrase, findings)
      : undefined;
  if (file && keyFile && certificate && key) {
    if (!certificate.checkPrivateKey(key)) {
      findings.outside(keyFile.path, 'is not the key of the (first) certificate in `certificateFile`', PAIR);
    } else checkTogether(file, keyFile, tls?.keyPassphrase, findings);
  }
  const caFile = named(ldapCaFile, [...path, 'ldapCaFile'], contents);
  if (caFile !== undefined) checkCertificates(caFile, contents.now, findings);
}

const PAIR = 'Give the two files that belong together, the server’s own certificate before its chain';

export function checkKeytab(
  gateway: Lenient<Gateway> | undefined,
  path: Path,
  contents: FileContents | undefined,
  findings: Findings,
): void {
  const keytabPath = [...path, 'kerberos', 'keytabFile'];
  const file = contents && named(gateway?.kerberos?.keytabFile, keytabPath, contents);
  if (file === undefined) return;
  try {
    serviceKeysFromKeytab(file.bytes);
  } catch (error) {
    if (!(error instanceof ServiceKeyError)) throw error;
    findings.outside(keytabPath, `cannot be used: ${error.message.replace(/\.$/, '')}`, 'Export the keytab anew');
  }
}

export function checkLogo(
  environment: Lenient<Environment> | undefined,
  path: Path,
  contents: FileContents,
  findings: Findings,
): void {
  const logoPath = [...path, 'signIn', 'branding', 'logoFile'];
  const file = named(environment?.signIn?.branding?.logoFile, logoPath, contents);
  const defect = file && logoDefect(file.bytes);
  if (defect !== undefined) findings.outside(logoPath, defect.message, defect.fix);
}

function named(file: string | undefined, path: Path, { readBytes }: FileContents): NamedFile | undefined {
  if (file === undefined) return undefined;
  try {
    return { bytes: Buffer.from(readBytes(file)), path };
  } catch {
    // Reported where the setting is read.
    return undefined;
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The first certificate, when all can be read. */
function checkCertificates({ bytes, path }: NamedFile, now: Date, findings: Findings): X509Certificate | undefined {
  const blocks = bytes.toString('latin1').match(PEM_CERTIFICATE);
  if (blocks === null) {
    findings.outside(
      path,
      'holds no certificate in PEM',
      'Convert it: openssl x509 -inform der -in FILE -out FILE.pem',
    );
    return undefined;
  }
  const certificates = blocks.map(readCertificate);
  for (const certificate of certificates) {
    if (certificate === undefined) findings.outside(path, 'holds a certificate that cannot be read', 'Export it anew');
    else checkValidity(certificate, path, now, findings);
  }
  return certificates.includes(undefined) ? undefined : certificates[0];
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function checkValidity(certificate: X509Certificate, path: Path, now: Date, findings: Findings): void {
  const { validFromDate, validToDate } = certificate;
  const expired = now > validToDate;
  if (!expired && now >= validFromDate) return;
  const subject = certificate.subject.split('\n').join(', ');
  const since = expired ? `expired ${validToDate.toISOString()}` : `is not valid before ${validFromDate.toISOString()}`;
  findings.warning(path, `holds a certificate that ${since} (${subject})`, 'Renew it');
}

/** Behind a proxy the computers see the proxy's certificate, not this one. */
function checkHost(
  certificate: X509Certificate,
  publicBaseUrl: string | undefined,
  path: Path,
  findings: Findings,
): void {
  if (publicBaseUrl === undefined) return;
  const host = new URL(publicBaseUrl).hostname.replace(/^\[|\]$/g, '');
  const named = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  if (named === undefined)
    findings.warning(path, `holds a certificate that does not name ${host}: computers refuse it`, 'Get one that does');
}

function checkPrivateKey(
  { bytes, path }: NamedFile,
  passphrase: string | undefined,
  findings: Findings,
): KeyObject | undefined {
  try {
    return createPrivateKey({ key: bytes, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch {
    // node:crypto's words for these are OpenSSL's.
    if (!bytes.includes('ENCRYPTED')) {
      findings.outside(
        path,
        'holds no private key in PEM',
        'Give the file that begins with -----BEGIN PRIVATE KEY-----',
      );
    } else if (passphrase === undefined) {
      findings.outside(path, 'is encrypted, and there is no passphrase', 'Set `server.tls.keyPassphrase`');
    } else findings.outside(path, 'does not open with `keyPassphrase`', 'Correct the passphrase');
    return undefined;
  }
}

/** What remains is for TLS itself to judge: files joined without a line break, a key of a size that it does not take. */
function checkTogether(cert: NamedFile, key: NamedFile, passphrase: string | undefined, findings: Findings): void {
  try {
    createSecureContext({ cert: cert.bytes, key: key.bytes, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    // error:0A00018F:SSL routines::ee key too small
    const reason = error instanceof Error ? error.message.replace(/^error:[0-9A-F]+:/, '') : String(error);
    const fix = 'Export certificate and chain anew, each block on lines of its own; RSA from 2048 bits, or P-256';
    findings.outside(cert.path, `is not accepted for TLS (${reason})`, fix);
  }
}
