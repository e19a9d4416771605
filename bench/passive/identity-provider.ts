/**
 * What a passive sign-in needs to know of an identity provider that runs in processes of its own, whoever made it;
 * and what all of them are given, so that they do the same work.
 */
import { X509Certificate } from 'node:crypto';
import { createKeyMaterial } from '../../src/keys/create.ts';
import { makeThrowAwayTls } from '../../src/rehearsal/certificates.ts';
import type { ThrowAwayTls } from '../../src/rehearsal/certificates.ts';

export interface IdentityProvider {
  readonly pids: readonly number[];
  /** Where wa, wtrealm and wctx are sent to. */
  readonly address: string;
  /** PEM of the authority of its TLS certificate. */
  readonly ca: string;
  /** PEM of the certificate that it signs assertions with. */
  readonly signingCertificate: string;
  readonly person: Person;
  readonly stop: () => Promise<void>;
}

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** Who signs in at the peers; Mortise has the rehearsal's sample person. */
export const PERSON = {
  username: 'anna.berger@corp.example.test',
  password: 'Correct-Horse-7',
  immutableId: 'q83vEjRWeJASNFZ4kKvN7w==',
} as const;

export const HOST = 'sso.localhost';
export const REALM = 'urn:federation:MicrosoftOnline';
export const REPLY_TO = 'https://login.microsoftonline.com/login.srf';

/** The two claims that Entra signs a person in by, as namespace and name in one. */
export const CLAIMS = {
  upn: 'http://schemas.xmlsoap.org/claims/UPN',
  immutableId: 'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID',
} as const;

export interface ThrowAwayKeys {
  /** P-256, as Mortise's rehearsal has it. */
  readonly tls: ThrowAwayTls;
  /** PEM of an RSA-2048 key and its certificate. */
  readonly signing: { readonly privateKey: string; readonly certificate: string };
}

export async function makeThrowAwayKeys(now: Date): Promise<ThrowAwayKeys> {
  const { privateKey, certificate } = await createKeyMaterial({ name: 'bench (throw-away)', now, modulusBits: 2048 });
  return {
    tls: await makeThrowAwayTls([HOST], now),
    signing: {
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      certificate: new X509Certificate(certificate).toString(),
    },
  };
}
