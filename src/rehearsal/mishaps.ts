/** Mishaps on purpose: what goes wrong, how Windows shows it, and what cures it. One row each; `--mishap list` prints the names. */
import { DISCOVERY_MISHAPS } from './discovery-mishaps.ts';
import { ENDPOINT_MISHAPS } from './endpoint-mishaps.ts';
import { GATEWAY_MISHAPS } from './gateway-mishaps.ts';
import type { HresultName } from './join-codes.ts';
import type { Plan } from './plan.ts';

export interface Mishap {
  /** What was set up wrongly. */
  readonly wrong: string;
  readonly cure: string;
  /** `Client ErrorCode` of the status block. */
  readonly shows: HresultName;
  /** AADSTS number, where Entra refuses. */
  readonly aadsts?: number;
  readonly change: Partial<Plan>;
}

const TEN_MINUTES = 600_000;

export const MISHAPS = {
  'wrong-name-format': {
    wrong: 'accounttype has the name format http://schemas.xmlsoap.org/claims, so Entra does not see a device.',
    cure: 'Give accounttype the name format http://schemas.microsoft.com/ws/2012/01 (leave nameFormat out to get it).',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 51004,
    change: { attributes: [{ name: 'accounttype', nameFormat: 'http://schemas.xmlsoap.org/claims' }] },
  },
  'missing-attribute': {
    wrong: 'The application has no row primarysid, so the assertion lacks the computer’s SID.',
    cure: 'Map primarysid from the custom attribute that stores objectSid (the template does).',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 51004,
    change: { attributes: [{ name: 'primarysid', remove: true }] },
  },
  'missing-anchor': {
    wrong: 'The computer has no mS-DS-ConsistencyGuid, and the device user type takes its anchor from there.',
    cure: 'Set `anchor: objectGUID` on the device user type.',
    shows: 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
    change: { computer: 'DESKTOP-03$' },
  },
  'wrong-anchor': {
    wrong:
      'The computer’s mS-DS-ConsistencyGuid differs from its objectGUID, so onpremobjectguid names no device of AD.',
    cure: 'Set `anchor: objectGUID` on the device user type: Entra knows a device by its objectGUID.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 51004,
    change: { computer: 'DESKTOP-02$' },
  },
  'wrong-issuer': {
    wrong: 'IssuerUri in Entra ends in a slash that Mortise’s issuer does not have.',
    cure: 'Set IssuerUri as `mortise entra cmdlets` prints it; it is compared letter by letter.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 50107,
    change: { believed: (served) => ({ ...served, IssuerUri: `${served.IssuerUri}/` }) },
  },
  'wrong-signing-certificate': {
    wrong: 'Entra holds another signing certificate than the one Mortise signs with.',
    cure: 'Run what `mortise entra cmdlets` prints: it brings the certificate to Entra.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 5000811,
    change: { believed: (served, { otherCertificate }) => ({ ...served, SigningCertificate: otherCertificate }) },
  },
  'rc4-ticket': {
    wrong: 'The service account has no AES keys, so the KDC gave a ticket with RC4.',
    cure: 'Tick “This account supports Kerberos AES 256 bit encryption” on the service account, reset its password, `klist -li 0x3e7 purge`.',
    shows: 'ERROR_HTTP_STATUS_DENIED',
    change: { ticketEncryptionType: 23 },
  },
  'wrong-spn': {
    wrong: 'The ticket is for HTTP/fs.corp.example.test, an old name of the service on the same account.',
    cure: 'Register the name that the devices use: `setspn -S HTTP/<host of publicBaseUrl> <service account>`.',
    shows: 'ERROR_HTTP_STATUS_DENIED',
    change: { ticketService: 'HTTP/fs.corp.example.test' },
  },
  'clock-skew-at-idp': {
    wrong: 'Mortise’s clock is ten minutes ahead of the device’s and the domain controller’s.',
    cure: 'Correct the clock of Mortise’s machine (timedatectl).',
    shows: 'ERROR_HTTP_STATUS_DENIED',
    change: { mortiseClockMs: TEN_MINUTES },
  },
  'clock-skew-at-entra': {
    wrong:
      'Entra’s clock is ten minutes behind Mortise’s: in practice Mortise’s and the domain’s clocks are both ahead.',
    cure: 'Correct the domain’s clocks; `notBeforeSkewSeconds` backdates NotBefore by up to five minutes.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INVALID_GRANT',
    aadsts: 500133,
    change: { entraClockMs: -TEN_MINUTES },
  },
  'mex-unreachable': {
    wrong: 'MetadataExchangeUri names a port at which nothing listens.',
    cure: 'Check MetadataExchangeUri, DNS, firewall and proxy from the device, as SYSTEM.',
    shows: 'ERROR_ADAL_WS_TRUST_MEX_REQUEST',
    change: {
      believed: (served) => ({ ...served, MetadataExchangeUri: served.MetadataExchangeUri.replace(/:\d+\//, ':1/') }),
    },
  },
  'mex-without-13': {
    wrong: 'MetadataExchangeUri ends in `/wsf/mex/<appId>`, which lists no WS-Trust 1.3 endpoint.',
    cure: 'Set `useMex13: true` and run what `mortise entra cmdlets` prints: the address then ends in `/wsf/mex13/<appId>`.',
    shows: 'ERROR_ADAL_COULDNOT_DISCOVER_INTEGRATED_AUTH_ENDPOINT',
    change: { useMex13: false },
  },
  'directory-down': {
    wrong: 'No domain controller answers Mortise.',
    cure: 'Check `serversHostAndPort`, the firewall, and the CA of the LDAPS certificates.',
    shows: 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
    change: { directoryAnswers: false },
  },
  'disabled-computer': {
    wrong: 'The computer account is disabled in AD; its ticket is still good.',
    cure: 'Enable the computer account, if it should join.',
    shows: 'ERROR_ADAL_WSTRUST_REQUEST_SECURITYTOKEN_FAILED',
    change: { computer: 'DESKTOP-04$' },
  },
  'domain-still-managed': {
    wrong: 'The domain is not federated in Entra, so the device never asks Mortise and tries the synchronised join.',
    cure: 'Run what `mortise entra cmdlets` prints: it federates the domain.',
    shows: 'DSREG_E_DIRECTORY_FAILURE',
    change: { believed: () => undefined },
  },
  'registration-blocked': {
    wrong: 'A Conditional Access policy blocks the registration of devices.',
    cure: 'Exclude the device registration service from the policy.',
    shows: 'ERROR_ADAL_SERVER_ERROR_INTERACTION_REQUIRED',
    aadsts: 53003,
    change: { registrationBlocked: true },
  },
  ...DISCOVERY_MISHAPS,
  ...ENDPOINT_MISHAPS,
  ...GATEWAY_MISHAPS,
} as const satisfies Readonly<Record<string, Mishap>>;

export type MishapName = keyof typeof MISHAPS;

export const mishapNames = (): readonly MishapName[] => Object.keys(MISHAPS) as MishapName[];

export const isMishapName = (name: string): name is MishapName => Object.hasOwn(MISHAPS, name);
