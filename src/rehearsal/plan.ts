/**
 * What a rehearsal sets up: a plan as data. A mishap (mishaps.ts) is a plan with one thing wrong; everything else is as
 * the reference document wants it.
 */
import { SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import type { FederationSettings } from '../entra/federation-settings.ts';
import type { Application } from '../model/application.ts';
import { USER_AGENT } from './user-agent.ts';

/** Graph takes more than `mortise entra cmdlets` prints. */
export type BelievedSettings = Omit<FederationSettings, 'FederatedIdpMfaBehavior'> & {
  readonly FederatedIdpMfaBehavior: string;
};

export interface Plan {
  /** sAMAccountName of the computer that joins. */
  readonly computer: string;
  /** AD attribute that the devices' Username and External ID come from. */
  readonly deviceAnchor: string;
  /** Rows of the application's `attributes`, over those of the template. */
  readonly attributes: readonly Readonly<Record<string, string | boolean>>[];
  readonly useMex13: boolean;
  /** By how much each clock is wrong, in milliseconds. */
  readonly mortiseClockMs: number;
  readonly entraClockMs: number;
  /** What Entra believes, made from what Mortise serves; undefined: the domain is managed. */
  readonly believed: (
    served: FederationSettings,
    world: { readonly otherCertificate: string },
  ) => BelievedSettings | undefined;
  /** Encryption type of the ticket: 18 is AES256, 23 is RC4. */
  readonly ticketEncryptionType: number;
  /** Service that the ticket is for, when it is not HTTP/<host>. */
  readonly ticketService: string | undefined;
  readonly directoryAnswers: boolean;
  /** Conditional Access blocks device registration. */
  readonly registrationBlocked: boolean;
  /** sAMAccountName of the person who signs in after the join. */
  readonly person: string;
  readonly typedPassword: 'right' | 'wrong';
  readonly credential: 'password' | 'certificate';
  /** The application's `userAttributeUsernameMatch`; the template's when undefined. */
  readonly userAttributeUsernameMatch: string | undefined;
  /** What Entra Connect took for the person's source anchor. */
  readonly synchronisedAnchor: 'same' | 'other';
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
  deviceAnchor: 'mS-DS-ConsistencyGuid',
  attributes: [],
  useMex13: true,
  mortiseClockMs: 0,
  entraClockMs: 0,
  believed: (served) => served,
  ticketEncryptionType: 18,
  ticketService: undefined,
  directoryAnswers: true,
  registrationBlocked: false,
  person: SAMPLE_PEOPLE.usual,
  typedPassword: 'right',
  credential: 'password',
  userAttributeUsernameMatch: undefined,
  synchronisedAnchor: 'same',
  audienceRestriction: undefined,
  replyUrl: undefined,
  secondFactorPolicy: 'whenAsked',
  allowPasswordChanges: true,
  corporateNetworks: ['127.0.0.0/8'],
  // A browser of one's own has no ticket of the sample forest, and some would ask for a password in a window of their own.
  silentUserAgents: [USER_AGENT],
};
