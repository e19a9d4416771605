/** What the Kerberos tests share: a service, a client, reproducible randomness, and the tokens of a real AD. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AcceptOptions } from '../../src/kerberos/accept.ts';
import type { AesType } from '../../src/kerberos/encryption-types.ts';
import type { KerberosService } from '../../src/kerberos/keys.ts';
import { serviceKeysFromPassword } from '../../src/kerberos/keys.ts';
import type { PresentedAuthenticator } from '../../src/kerberos/replay.ts';
import { ReplayCache } from '../../src/kerberos/replay.ts';
import { stringToKey } from '../../src/kerberos/encryption.ts';
import type { RefusalCode, RefusalFacts } from '../../src/refusal.ts';
import { Refusal } from '../../src/refusal.ts';
import type { NegotiateOptions } from '../../src/rehearsal/kdc.ts';

export const NOW = new Date('2026-06-01T08:00:00.250Z');
export const REALM = 'CORP.EXAMPLE.COM';
export const SPN = 'HTTP/sso.corp.example.com';
export const ACCOUNT = 'svc-sso@corp.example.com';
export const PASSWORD = 'a test password, not a secret';

/** The file's content is as its reader says: the vectors are ours. */
export const vector = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/kerberos/${name}`, import.meta.url), 'utf8'));

export const vectorBytes = (name: string): Uint8Array =>
  readFileSync(new URL(`../vectors/kerberos/${name}`, import.meta.url));

export const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The same octets in every run; another `seed`, other octets. */
export function seededBytes(seed = 'mortise'): (size: number) => Uint8Array {
  let calls = 0;
  return (size) => {
    calls += 1;
    return createHash('shake256', { outputLength: size }).update(`${seed} ${calls}`).digest();
  };
}

export const passwordKeys = serviceKeysFromPassword({ userPrincipalName: ACCOUNT, password: PASSWORD });

export const service: KerberosService = {
  gatewayId: 'gateway-1',
  account: ACCOUNT,
  spns: [SPN],
  keySource: 'password',
  ...passwordKeys,
};

export const serviceKeyOctets = (type: AesType): Uint8Array => stringToKey(type, PASSWORD, `${REALM}svc-sso`);

/** Options for a token that is accepted as it is. */
export const minting = (changes: Partial<NegotiateOptions> = {}): NegotiateOptions => ({
  client: { name: 'DESKTOP-01$', realm: REALM },
  service: { principal: SPN, realm: REALM, key: serviceKeyOctets(18), etype: 18, kvno: 3 },
  now: NOW,
  randomBytes: seededBytes(),
  ...changes,
});

/** Fresh options for one acceptance: an empty replay cache. */
export const accepting = (changes: Partial<AcceptOptions> = {}): AcceptOptions => ({
  services: [service],
  replay: new ReplayCache(),
  now: NOW,
  randomBytes: seededBytes('acceptor'),
  ...changes,
});

/** The refusal that `run` ends with; any other error fails the test as itself. */
export function refusalOf(run: () => unknown): { code: RefusalCode; facts: RefusalFacts } {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, facts: error.facts };
    throw error;
  }
  throw new Error('expected a refusal, but it was accepted');
}

export interface SambaSample {
  readonly realm: string;
  readonly spn: string;
  readonly account: {
    readonly sAMAccountName: string;
    readonly userPrincipalName: string;
    readonly password: string;
    readonly salt: string;
  };
  readonly keys: readonly { readonly encryptionType: number; readonly kvno: number; readonly keyHex: string }[];
  readonly tokens: readonly {
    readonly name: string;
    readonly takenAt: string;
    readonly authorization: string;
    readonly ticketEncryptionType: number;
    readonly client: string;
    readonly authTime: string;
    readonly endTime: string;
    readonly ctime: string;
    readonly cusec: number;
  }[];
}

export const samba = vector('samba-ad.json') as SambaSample;

export const sambaService: KerberosService = {
  gatewayId: 'samba',
  account: samba.account.userPrincipalName,
  spns: [samba.spn],
  keySource: 'password',
  ...serviceKeysFromPassword({
    userPrincipalName: samba.account.userPrincipalName,
    password: samba.account.password,
  }),
};

/** Authenticators that differ by their number. */
export const presentedAuthenticator = (number: number): PresentedAuthenticator => ({
  clientRealm: REALM,
  clientName: 'DESKTOP-01$',
  clientTime: NOW,
  clientMicroseconds: number,
  ciphertext: Buffer.from('one authenticator'),
});
