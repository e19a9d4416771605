/**
 * How people sign in in the browser: networks, silent sign-in, sessions, and what the pages look like.
 *
 * Mortise's own words; PingOne has policies and themes for it. Owns: shapes and meanings. Does not own: defaults
 * (config/form.ts), and the second factor, which each application decides on (application.ts).
 */
import { z } from 'zod';
import { hexColour, httpsUrl, inputFile, network, nonEmpty, userAgentPattern } from './kinds.ts';

/**
 * Browsers that answer Negotiate by themselves or ignore it; others would ask for a password in a window of their own. So
 * may Edge and Chrome on Windows, where neither the intranet zone nor AuthServerAllowlist names the host.
 */
export const SILENT_USER_AGENTS = ['MSIE', 'Trident/7.0', 'Edge/', 'Edg/', 'Chrome/', 'Firefox/'] as const;

export const LANGUAGES = ['en', 'de'] as const;

export const silentSignIn = z.strictObject({
  enabled: z.boolean().describe('Whether a browser is asked for a Kerberos ticket before the form is shown.'),
  networks: z
    .array(network)
    .optional()
    .describe('Networks whose browsers are asked; `server.windowsTransportNetworks` when absent.'),
  userAgents: z
    .array(userAgentPattern)
    .describe(
      'Browsers that are asked: text that the User-Agent header contains, or a regular expression behind `=~`, as in AD FS’s WiaSupportedUserAgents.',
    ),
});

export const branding = z.strictObject({
  organisationName: nonEmpty.describe('Name of the organisation, on every page and in authenticator apps.'),
  logoFile: inputFile
    .optional()
    .describe('Its logo: PNG, JPEG, WebP or SVG (without scripts and references to elsewhere), at most 256 KiB.'),
  accentColour: hexColour.describe('Colour of buttons and links. In quotes: `#` begins a comment.'),
  helpText: nonEmpty.optional().describe('Whom people may ask, at the foot of every page.'),
  helpUrl: httpsUrl.optional().describe('Where the help text leads to.'),
});

export const signIn = z.strictObject({
  corporateNetworks: z
    .array(network)
    .describe(
      'Networks that are the company’s own: `insidecorporatenetwork` is true there, a first second factor may be set up there, and `outsideCorporateNetworks` asks for one there only when Entra does. Behind a reverse proxy set `server.trustedProxies` first: else everybody comes from the proxy.',
    ),
  silent: silentSignIn.describe('Silent sign-in with Kerberos.'),
  sessionMinutes: z.int().min(5).max(1440).describe('How long a sign-in lasts, in minutes.'),
  staySignedInMinutes: z
    .int()
    .min(0)
    .max(129_600)
    .describe('How long it lasts for those who choose to stay signed in, in minutes; 0 does not offer it.'),
  language: z.enum(LANGUAGES).describe('Language of the pages for those whose own is not there.'),
  branding: branding.describe('What the pages look like.'),
});

export type SignInSettings = z.infer<typeof signIn>;
