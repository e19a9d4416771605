/** What the addresses for browsers work with: made once at start-up, by serve.ts. */
import type { Logger } from 'pino';
import type { SignInSettings } from '../../model/sign-in.ts';
import type { Assets } from '../../pages/assets.ts';
import type { Branding } from '../../pages/page.ts';
import type { BrowserDependencies } from '../../signin/browser/attempt.ts';
import type { IssuingApplication } from '../../signin/issue.ts';

export interface BrowserService {
  readonly applications: ReadonlyMap<string, IssuingApplication>;
  /** The application that AD FS's addresses mean at this host name; undefined when none does. */
  readonly applicationAt: (hostName: string) => IssuingApplication | undefined;
  /** Whether the host name is one that people are sent to: of the public base URL, or of an application. */
  readonly isOwnHost: (hostName: string) => boolean;
  readonly publicBaseUrl: string;
  readonly settings: SignInSettings;
  readonly dependencies: BrowserDependencies;
  readonly branding: Branding;
  readonly assets: Assets;
  /** HMAC key of the forms' tokens. */
  readonly formKey: Uint8Array;
  readonly insideCorporateNetwork: (address: string) => boolean;
  /** Whether a browser is asked for a ticket. */
  readonly asksForTicket: (address: string, userAgent: string | undefined) => boolean;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly now: () => Date;
  readonly log: Logger;
}
