/**
 * Keys and certificates in metrics, as times: Prometheus computes ages and days itself, and a time is right however long ago
 * it was read.
 */
import { X509Certificate } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { Application } from '../../model/application.ts';
import type { StoredSigningKey } from '../../store/store.ts';
import { readGauge } from './gauges.ts';
import type { Sample } from './gauges.ts';

export interface CertificateSources {
  readonly applications: () => readonly Pick<Application, 'name' | 'idpSigning'>[];
  readonly signingKeys: () => Promise<readonly StoredSigningKey[]>;
  /** What new connections are shown, with the file that it came from. */
  readonly shown: () => readonly { readonly file: string; readonly certificate: X509Certificate }[];
}

const seconds = (date: Date): number => date.getTime() / 1_000;

export function certificateMetrics(registry: Registry, sources: CertificateSources): void {
  const { applications, signingKeys, shown } = sources;
  const ofEachKey = (timeOf: (key: StoredSigningKey) => Date) => async (): Promise<readonly Sample[]> => {
    const stored = await signingKeys();
    return applications().flatMap(({ name: application, idpSigning }) =>
      stored
        .filter(({ id }) => id === idpSigning.key.id)
        .map((key) => ({ labels: { application, key: key.id }, value: seconds(timeOf(key)) })),
    );
  };
  const labels = ['application', 'key'];
  readGauge(registry, {
    name: 'mortise_signing_key_created_timestamp_seconds',
    help: 'When the signing key that an application names came into the store, in seconds since 1970.',
    labels,
    read: ofEachKey(({ createdAt }) => createdAt),
  });
  readGauge(registry, {
    name: 'mortise_signing_key_not_after_timestamp_seconds',
    help: 'When the certificate of the signing key that an application names expires, in seconds since 1970.',
    labels,
    read: ofEachKey(({ certificate }) => new X509Certificate(certificate).validToDate),
  });
  readGauge(registry, {
    name: 'mortise_tls_certificate_not_after_timestamp_seconds',
    help: 'When the certificate that new connections are shown expires, in seconds since 1970.',
    labels: ['file'],
    read: () => shown().map(({ file, certificate }) => ({ labels: { file }, value: seconds(certificate.validToDate) })),
  });
}
