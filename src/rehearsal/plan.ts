/**
 * What a rehearsal sets up: a plan as data. A mishap (mishaps.ts) is a plan with one thing wrong; everything else is as
 * the reference document wants it.
 */
import { SAMPLE_COMPUTERS_DN, SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import type { FederationSettings } from '../entra/federation-settings.ts';
import type { Application } from '../model/application.ts';
import type { OnTheWay } from './on-the-way.ts';
import type { SigningGateway } from './signing-gateway.ts';
import { USER_AGENT } from './user-agent.ts';

/** Graph takes more than `mortise entra cmdlets` prints. */
export type BelievedSettings = Omit<
  FederationSettings,
  'FederatedIdpMfaBehavior' | 'MetadataExchangeUri' | 'PreferredAuthenticationProtocol'
> & {
  readonly FederatedIdpMfaBehavior: string;
  readonly MetadataExchangeUri: string | undefined;
  readonly PreferredAuthenticationProtocol: 'wsFed' | 'saml';
};

export interface Plan {
  /** sAMAccountName of the computer that joins. */
  readonly computer: string;
  /** `azureADName` of the service connection point; undefined: there is none. */
  readonly scpName: (known: {
    readonly domain: string;
    /** The tenant's `….onmicrosoft.com`, which is never federated. */
    readonly initialDomain: string;
    readonly tenantId: string;
  }) => string | undefined;
  /** What stands between the device and all servers. */
  readonly onTheWay: OnTheWay | undefined;
  /** What stands there only once the device has joined. */
  readonly onTheWayLater: OnTheWay | undefined;
  /** What signs assertions anew on their way to the device; Entra has its certificate, not Mortise's. */
  readonly signingGateway: SigningGateway | undefined;
  /** `searchBaseDn` of the devices' user type. */
  readonly devicesBelow: string;
  /** AD attribute that the devices' Username and External ID come from. */
  readonly deviceAnchor: string;
  /** Rows of the application's `attributes`, over those of the template. */
  readonly attributes: readonly Readonly<Record<string, string | boolean>>[];
  readonly useMex13: boolean;
  /** `server.windowsTransportNetworks`; the default when undefined. */
  readonly windowsTransportNetworks: readonly string[] | undefined;
  /** By how much each clock is wrong, in milliseconds. */
  readonly mortiseClockMs: number;
  readonly entraClockMs: number;
  readonly deviceClockMs: number;
  /** What Entra believes, made from what Mortise serves; undefined: the domain is managed. */
  readonly believed: (
    served: FederationSettings,
    world: { readonly otherCertificate: string },
  ) => BelievedSettings | undefined;
  /** Encryption type of the ticket: 18 is AES256, 23 is RC4. */
  readonly ticketEncryptionType: number;
  /** Service that the ticket is for, when it is not HTTP/<host>. */
  readonly ticketService: string | undefined;
  /** Whether Mortise's password of the service account is that of AD, from which the ticket's key is made. */
  readonly serviceAccountPassword: 'same' | 'other';
  readonly directoryAnswers: boolean;
  /** Conditional Access blocks device registration. */
  readonly registrationBlocked: boolean;
  /** Enterprise applications that an administrator of the tenant has disabled, by their identifiers. */
  readonly disabledResources: readonly string[];
  /** How many joins of a device Entra takes within a minute. */
  readonly joinsWithinAMinute: number;
  /** Which certificate of the computer Entra Connect has brought; none: the device is not synchronised. */
  readonly userCertificateInEntra: 'none' | 'current' | 'earlier';
  /** sAMAccountName of the person who signs in after the join. */
  readonly person: string;
  /** Suffix of that person's userPrincipalName; as it is in the sample forest when undefined. */
  readonly upnSuffix: string | undefined;
  readonly typedPassword: 'right' | 'wrong';
  readonly credential: 'password' | 'certificate';
  /** The application's `userAttributeUsernameMatch`; the template's when undefined. */
  readonly userAttributeUsernameMatch: string | undefined;
  /** What Entra Connect took for the people's source anchor. */
  readonly synchronisedAnchor: 'same' | 'other';
  /** What the tenant has of the person who signs in. */
  readonly personInEntra: 'as synchronised' | 'none' | 'disabled';
  /** What happens to the device in Entra between its join and the sign-in. */
  readonly deviceInEntra: 'as it is' | 'disabled' | 'deleted';
  /** Whether Mortise serves a second domain, and which application's addresses Entra has for it. */
  readonly secondDomain: 'none' | 'own addresses' | 'addresses of the first';
  /** The application's `audienceRestriction`; the template's when undefined. */
  readonly audienceRestriction: string | undefined;
  /** The application's `replyUrl`; the local Entra's login.srf when undefined. */
  readonly replyUrl: string | undefined;
  readonly secondFactorPolicy: Application['secondFactor']['policy'];
  /** Of the people's user type. */
  readonly allowPasswordChanges: boolean;
  readonly corporateNetworks: readonly string[];
  /** Browsers that are asked for a Kerberos ticket. */
  readonly silentUserAgents: readonly string[];
}

export const SOUND_PLAN: Plan = {
  computer: 'DESKTOP-01$',
  scpName: ({ domain }) => domain,
  onTheWay: undefined,
  onTheWayLater: undefined,
  signingGateway: undefined,
  devicesBelow: SAMPLE_COMPUTERS_DN,
  deviceAnchor: 'mS-DS-ConsistencyGuid',
  attributes: [],
  useMex13: true,
  windowsTransportNetworks: undefined,
  mortiseClockMs: 0,
  entraClockMs: 0,
  deviceClockMs: 0,
  believed: (served) => served,
  ticketEncryptionType: 18,
  ticketService: undefined,
  serviceAccountPassword: 'same',
  directoryAnswers: true,
  registrationBlocked: false,
  disabledResources: [],
  joinsWithinAMinute: 10,
  userCertificateInEntra: 'none',
  person: SAMPLE_PEOPLE.usual,
  upnSuffix: undefined,
  typedPassword: 'right',
  credential: 'password',
  userAttributeUsernameMatch: undefined,
  synchronisedAnchor: 'same',
  personInEntra: 'as synchronised',
  deviceInEntra: 'as it is',
  secondDomain: 'none',
  audienceRestriction: undefined,
  replyUrl: undefined,
  secondFactorPolicy: 'whenAsked',
  allowPasswordChanges: true,
  corporateNetworks: ['127.0.0.0/8'],
  // A browser of one's own has no ticket of the sample forest, and some would ask for a password in a window of their own.
  silentUserAgents: [USER_AGENT],
};
