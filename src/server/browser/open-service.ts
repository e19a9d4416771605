/** From the configuration to what the addresses for browsers work with: branding, style sheet, logo, networks, keys. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { readLogo } from '../../config/logo.ts';
import type { Configuration } from '../../config/load.ts';
import type { SignInSettings } from '../../model/sign-in.ts';
import { makeAssets } from '../../pages/assets.ts';
import type { Asset, Assets } from '../../pages/assets.ts';
import type { Branding } from '../../pages/page.ts';
import type { BrowserDependencies } from '../../signin/browser/attempt.ts';
import type { IssuingApplication } from '../../signin/issue.ts';
import { applicationFinder, ownHosts } from '../application-hosts.ts';
import { networkMatcher } from '../networks.ts';
import { formKey } from './form-token.ts';
import type { BrowserService } from './service.ts';
import { ticketAsker } from './silent.ts';

export interface BrowserParts {
  readonly applications: ReadonlyMap<string, IssuingApplication>;
  readonly dependencies: BrowserDependencies;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly now: () => Date;
  readonly log: Logger;
}

export function openBrowserService({ server, environment }: Configuration, parts: BrowserParts): BrowserService {
  const { signIn: settings } = environment;
  const logo = logoOf(settings.branding);
  const made = makeAssets(settings.branding);
  const assets: Assets =
    logo === undefined ? made : { ...made, files: new Map([...made.files, [logo.path, logo.asset]]) };
  return {
    ...parts,
    applicationAt: applicationFinder(parts.applications),
    isOwnHost: ownHosts(server.publicBaseUrl, parts.applications),
    publicBaseUrl: server.publicBaseUrl,
    settings,
    branding: brandingOf(settings.branding, logo?.path),
    assets,
    formKey: formKey(server.masterKey),
    insideCorporateNetwork: networkMatcher(settings.corporateNetworks),
    asksForTicket: ticketAsker(settings.silent, server.windowsTransportNetworks),
  };
}

function brandingOf(branding: SignInSettings['branding'], logo: string | undefined): Branding {
  const { organisationName, accentColour, helpText, helpUrl } = branding;
  return {
    organisationName,
    accentColour,
    logo: logo === undefined ? undefined : { href: logo },
    help: helpText === undefined ? undefined : { text: helpText, href: helpUrl },
  };
}

/** What is no image was reported when the configuration was read. */
function logoOf({
  logoFile,
}: SignInSettings['branding']): { readonly path: string; readonly asset: Asset } | undefined {
  const logo = logoFile === undefined ? undefined : readLogo(readFileSync(logoFile));
  if (logo === undefined) return undefined;
  const body = Buffer.from(logo.bytes);
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { path: `/assets/logo-${digest}`, asset: { body, type: logo.type } };
}
