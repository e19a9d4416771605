/**
 * Which certificates a client's channel bindings may name: ours, and for a while the one before. A connection that was made
 * before the certificate was exchanged is kept, and its client goes on to bind tickets to what it saw then.
 *
 * Owns for how long. Does not own: the hashes of a certificate (tls-server-end-point.ts).
 */

/** Browsers and Windows keep a connection for minutes. */
const FORMER_MS = 3_600_000;

type EndPoints = readonly Uint8Array[];

export interface CertificateEndPoints {
  /** Of all certificates that count at this time, ours first. */
  at(now: Date): EndPoints;
  /** Each with the time, in milliseconds, until which it counts. */
  readonly certificates: readonly { readonly endPoints: EndPoints; readonly until: number }[];
}

/** @param own of the certificate that new connections are shown */
export function withFormer(own: EndPoints, before: CertificateEndPoints | undefined, now: Date): CertificateEndPoints {
  const former = (before?.certificates ?? [])
    .filter(({ endPoints, until }) => !isSame(endPoints, own) && until > now.getTime())
    .map(({ endPoints, until }) => ({ endPoints, until: Math.min(until, now.getTime() + FORMER_MS) }));
  const certificates = [{ endPoints: own, until: Number.POSITIVE_INFINITY }, ...former];
  return {
    certificates,
    at: (time) => certificates.flatMap(({ endPoints, until }) => (until > time.getTime() ? endPoints : [])),
  };
}

const isSame = (one: EndPoints, other: EndPoints): boolean =>
  one.length === other.length &&
  one.every((endPoint, index) => Buffer.compare(endPoint, other[index] ?? Buffer.alloc(0)) === 0);
