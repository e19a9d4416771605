/**
 * What a rehearsal sets up: a plan as data. A mishap (mishaps.ts) is a plan with one thing wrong; everything else is as
 * the reference document wants it.
 */
import type { FederationSettings } from '../entra/federation-settings.ts';

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
  ) => FederationSettings | undefined;
  /** Encryption type of the ticket: 18 is AES256, 23 is RC4. */
  readonly ticketEncryptionType: number;
  /** Service that the ticket is for, when it is not HTTP/<host>. */
  readonly ticketService: string | undefined;
  readonly directoryAnswers: boolean;
  /** Conditional Access blocks device registration. */
  readonly registrationBlocked: boolean;
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
};
