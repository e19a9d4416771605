/** The server part of the configuration: how Mortise is reached and where it keeps things. */
import { z } from 'zod';
import { httpsOrigin, inputFile, listenHost, masterKey, network, outputFile, secret } from './kinds.ts';

/** RFC 1918, RFC 4193 §8 (unique local), RFC 4291 §2.5.6 (link local), and this machine. */
export const PRIVATE_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;

export const THIS_MACHINE = ['127.0.0.0/8', '::1/128'] as const;

const certificate = z.strictObject({
  certificateFile: inputFile.describe('PEM file with the certificate of the custom domain and its chain.'),
  keyFile: inputFile.describe('PEM file with its private key.'),
  keyPassphrase: secret.optional().describe('Passphrase of the private key, when it has one.'),
});

export const serverSettings = z.strictObject({
  publicBaseUrl: httpsOrigin.describe(
    'The custom domain: every address and IssuerUri begin with it, so it must not change once a domain is federated.',
  ),
  listen: z
    .strictObject({
      host: listenHost.describe('Address to listen on; `::` for IPv6 and IPv4.'),
      port: z.int().min(0).max(65_535).describe('Port to listen on; 0 takes any free one.'),
    })
    .describe('Where Mortise listens.'),
  tls: z
    .strictObject({
      ...certificate.shape,
      additionalCertificates: z
        .array(certificate)
        .optional()
        .describe('Certificates with keys of other types: RSA beside ECDSA, for clients that take one of them only.'),
    })
    .describe('The certificate that Mortise shows.'),
  trustedProxies: z.array(network).describe('Reverse proxies whose X-Forwarded-For is believed.'),
  windowsTransportNetworks: z
    .array(network)
    .min(1)
    .describe('Networks to which windowstransport is answered. It belongs inside the company’s network.'),
  store: z
    .strictObject({ path: outputFile.describe('SQLite file with users, signing keys and the record.') })
    .describe('Where Mortise keeps things.'),
  record: z
    .strictObject({
      retentionDays: z
        .int()
        .min(1)
        .max(36_500)
        .optional()
        .describe('Records older than so many days are deleted while `serve` runs; kept for good when absent.'),
    })
    .optional()
    .describe('How long the record is kept.'),
  limits: z
    .strictObject({
      connectionsPerSource: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(4_000)
        .describe(
          'Connections that one address (of IPv6: one /64) may hold; more are closed. Not for `trustedProxies`.',
        ),
      requestsUnderWay: z
        .int()
        .min(1)
        .max(1_000_000)
        .default(2_000)
        .describe('Requests that may be under way at one time; more get 503 with Retry-After.'),
      requestsPerMinute: z
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .describe(
          'Requests that one address (of IPv6: one /64) may send in a minute; more get 429 with Retry-After. No limit when absent; never for this machine itself or `trustedProxies`.',
        ),
      headersSeconds: z
        .int()
        .min(1)
        .max(600)
        .default(15)
        .describe('How long a client may take to send the header fields of a request.'),
      requestSeconds: z.int().min(1).max(600).default(30).describe('How long it may take to send the whole request.'),
    })
    .optional()
    .describe('What one source, and all of them together, may ask at one time.'),
  metrics: z
    .strictObject({
      host: listenHost.default('127.0.0.1').describe('Address to listen on.'),
      port: z.int().min(0).max(65_535).describe('Port to listen on, 9464 for example; 0 takes any free one.'),
      networks: z
        .array(network)
        .min(1)
        .default([...THIS_MACHINE])
        .describe('Networks that are answered; everybody else gets 403.'),
    })
    .optional()
    .describe('Metrics for Prometheus at `http://host:port/metrics`, without TLS. There are none when absent.'),
  masterKey: masterKey.describe('Encrypts the signing keys at rest.'),
  ldapCaFile: inputFile
    .optional()
    .describe('PEM file with the CA that signs the domain controllers’ certificates; the system’s CAs when absent.'),
});

export type ServerSettings = z.infer<typeof serverSettings>;
