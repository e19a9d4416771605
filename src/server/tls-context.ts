/**
 * The certificates that are shown, and when their files are read again: certificates are renewed by a program that knows
 * nothing of Mortise. Owns the files of `server.tls`. Does not own: taking them up (serve.ts), their hashes
 * (tls-server-end-point.ts).
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from 'pino';
import type { ServerSettings } from '../model/server.ts';
import { loggedError } from './error-log.ts';

type Tls = ServerSettings['tls'];

/** The certificates with their keys: the first, and those of other key types beside it. */
const pairsOf = (tls: Tls): NonNullable<Tls['additionalCertificates']> => [tls, ...(tls.additionalCertificates ?? [])];

/** PEM of each certificate with its chain. */
export const certificatesOf = (tls: Tls): readonly Buffer[] =>
  pairsOf(tls).map(({ certificateFile }) => readFileSync(certificateFile));

/** The certificates themselves, without their chains. */
export const ownCertificates = (
  tls: Tls,
): readonly { readonly file: string; readonly certificate: X509Certificate }[] =>
  pairsOf(tls).map(({ certificateFile: file }) => ({ file, certificate: new X509Certificate(readFileSync(file)) }));

/** Reads the files: certificates and keys come anew with each call. TLS shows each client the one that it can check. */
export function tlsOptions(tls: Tls): SecureContextOptions {
  return {
    cert: [...certificatesOf(tls)],
    key: pairsOf(tls).map(({ keyFile, keyPassphrase }) => ({
      pem: readFileSync(keyFile),
      ...(keyPassphrase !== undefined && { passphrase: keyPassphrase }),
    })),
    minVersion: 'TLSv1.2',
  };
}

export interface CertificateWatch {
  /** Of the configuration that is in force. */
  readonly tls: () => Tls;
  /** @throws when the files cannot be used: those of before stay */
  readonly take: () => Promise<void>;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** A minute when absent. */
  readonly everyMs?: number;
}

/** A look at the files' dates now and then: watches of the system miss links that are exchanged, and network drives. */
export function watchCertificates({ tls, take, log, everyMs = 60_000 }: CertificateWatch): { close(): void } {
  let seen = stampOf(tls());
  const look = async (): Promise<void> => {
    const stamp = stampOf(tls());
    if (stamp === seen) return;
    // A certificate that comes before its key is refused once, and taken up when the key changes too.
    seen = stamp;
    try {
      await take();
      log.info({ certificateFile: tls().certificateFile }, 'the certificate is taken up');
    } catch (error) {
      log.error({ error: loggedError(error) }, 'the changed certificate is refused: the one before stays in force');
    }
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return { close: () => clearInterval(timer) };
}

function stampOf(tls: Tls): string {
  const files = pairsOf(tls).flatMap(({ certificateFile, keyFile }) => [certificateFile, keyFile]);
  return JSON.stringify(
    files.map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return [file, stat?.mtimeMs, stat?.size, stat?.ino];
    }),
  );
}
