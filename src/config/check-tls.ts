/**
 * The certificates that TLS shows, each with its key: whether they belong together, name the custom domain, and are of different
 * kinds.
 */
import { createPrivateKey } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { ServerSettings } from '../model/server.ts';
import { certificatesIn, readNamed } from './named-file.ts';
import type { FileContents, NamedFile } from './named-file.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

type Pair = Pick<Lenient<ServerSettings['tls']>, 'certificateFile' | 'keyFile' | 'keyPassphrase'>;

interface Checking {
  /** The host that certificates must name; undefined where a proxy shows its own. */
  readonly host: string | undefined;
  readonly contents: FileContents;
  readonly findings: Findings;
}

export function checkTls(
  { tls, publicBaseUrl, trustedProxies }: Lenient<ServerSettings>,
  path: Path,
  contents: FileContents,
  findings: Findings,
): void {
  if (tls === undefined) return;
  // Behind a proxy the computers see the proxy's certificate, not this one.
  const isSeen = trustedProxies?.length === 0 && publicBaseUrl !== undefined;
  const host = isSeen ? new URL(publicBaseUrl).hostname.replace(/^\[|\]$/g, '') : undefined;
  const tlsPath = [...path, 'tls'];
  const pairs = [
    { pair: tls, at: tlsPath },
    ...(tls.additionalCertificates ?? []).map((pair, index) => ({
      pair: pair ?? {},
      at: [...tlsPath, 'additionalCertificates', index],
    })),
  ];
  const seen = new Set<string>();
  for (const { pair, at } of pairs) {
    const type = checkPair(pair, at, { host, contents, findings })?.publicKey.asymmetricKeyType;
    if (type === undefined) continue;
    // OpenSSL keeps one certificate of each key type, and finds the first pair's key not to be the second one's.
    if (seen.has(type)) {
      const what = `holds a certificate for a key of type ${type}, as another one above: TLS shows one of each type`;
      findings.outside([...at, 'certificateFile'], what, 'Keep one of them; beside ECDSA (ec) give RSA');
    }
    seen.add(type);
  }
}

/** @returns the certificate, when it can be read */
function checkPair(pair: Pair, path: Path, { host, contents, findings }: Checking): X509Certificate | undefined {
  const file = readNamed(pair.certificateFile, [...path, 'certificateFile'], contents);
  const certificate = file && certificatesIn(file, contents.now, findings);
  if (certificate !== undefined && host !== undefined)
    checkHost(certificate, host, [...path, 'certificateFile'], findings);
  const keyFile = readNamed(pair.keyFile, [...path, 'keyFile'], contents);
  // A passphrase that could not be found is reported; the key would only be called wrong.
  const key =
    keyFile && !findings.reported([...path, 'keyPassphrase'])
      ? checkPrivateKey(keyFile, pair.keyPassphrase, findings)
      : undefined;
  if (file && keyFile && certificate && key) {
    if (!certificate.checkPrivateKey(key)) {
      findings.outside(keyFile.path, 'is not the key of the (first) certificate in `certificateFile`', PAIR);
    } else checkTogether(file, keyFile, pair.keyPassphrase, findings);
  }
  return certificate;
}

const PAIR = 'Give the two files that belong together, the server’s own certificate before its chain';

function checkHost(certificate: X509Certificate, host: string, path: Path, findings: Findings): void {
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
      findings.outside(path, 'is encrypted, and there is no passphrase', 'Set `keyPassphrase`');
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
