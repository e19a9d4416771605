/** The server part of the configuration: how Mortise is reached and where it keeps things. */
import { z } from 'zod';

export const PRIVATE_NETWORKS = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
] as const;

export const serverSettings = z.strictObject({
  /** The custom domain: every URL and the IssuerUri begin with it. https, no path. */
  publicBaseUrl: z.url({ protocol: /^https$/ }),
  listen: z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) }),
  tls: z.strictObject({ certificateFile: z.string().min(1), keyFile: z.string().min(1) }),
  /** Addresses or CIDR ranges whose X-Forwarded-For is believed. */
  trustedProxies: z.array(z.string().min(1)),
  /** CIDR ranges to which windowstransport is answered. */
  windowsTransportNetworks: z.array(z.string().min(1)).min(1),
  store: z.strictObject({ path: z.string().min(1) }),
  /** 32 bytes in base64; encrypts signing keys at rest. */
  masterKey: z.string().min(1),
  /** PEM file with the CA that signs the domain controllers' LDAPS certificates. */
  ldapCaFile: z.string().min(1).optional(),
});

export type ServerSettings = z.infer<typeof serverSettings>;
