/** Mishaps of a sign-in in the browser: what goes wrong, what the browser shows in the end, and what cures it. */
import { SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import type { Mishap } from './mishaps.ts';
import { rewritingAt } from './on-the-way.ts';

export interface BrowserMishap extends Pick<Mishap, 'wrong' | 'cure' | 'aadsts' | 'change'> {
  /** Heading of the page at which the browser ends, or that there is none. */
  readonly ends: string;
}

/** Entra allows five minutes, and a browser's assertion is good for five (assertionDuration). */
const TWELVE_MINUTES = 720_000;
const PASSIVE = /\/wsf\/prp\//;
const SAML_10 = 'urn:oasis:names:tc:SAML:1.0:assertion';
const TOKEN_PROFILE = 'http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1';
const escapedAgain = (value: string): string => value.replaceAll('&amp;', '&amp;amp;');
const OTHER_APPLICATION = '4afaa6b9-1497-44b6-b1ce-1a6d396f0000';

export const BROWSER_MISHAPS = {
  'reply-url-elsewhere': {
    wrong: 'replyUrl names another cloud’s sign-in, so the answer never comes to the tenant’s own.',
    cure: 'Set `replyUrl` to the login.srf of the cloud that the domain is federated in (the template’s is that of most).',
    ends: 'no page',
    change: { replyUrl: 'https://login.microsoftonline.us/login.srf' },
  },
  'other-application': {
    wrong: 'PassiveSignInUri in Entra names an application that Mortise does not have.',
    cure: 'Run what `mortise entra cmdlets` prints: PassiveSignInUri is then `/wsf/prp/<appId>` of the domain’s application.',
    ends: 'Please start again',
    change: {
      believed: (served) => ({
        ...served,
        PassiveSignInUri: served.PassiveSignInUri.replace(/[^/]+$/, OTHER_APPLICATION),
      }),
    },
  },
  'http-sign-in': {
    wrong: 'PassiveSignInUri in Entra begins with http:, and nothing answers there.',
    cure: 'Run what `mortise entra cmdlets` prints: PassiveSignInUri then begins with https:.',
    ends: 'no page',
    change: {
      believed: (served) => ({ ...served, PassiveSignInUri: served.PassiveSignInUri.replace('https:', 'http:') }),
    },
  },
  'other-audience': {
    wrong: 'audienceRestriction is written in lower case, and Entra’s wtrealm is not. Joins and logons fail as well.',
    cure: 'Leave `audienceRestriction` out, with the template: it is urn:federation:MicrosoftOnline, compared letter by letter.',
    ends: 'Please start again',
    change: { audienceRestriction: 'urn:federation:microsoftonline' },
  },
  'clock-behind-at-idp': {
    wrong:
      'Mortise’s clock is twelve minutes behind, so its assertions are over before Entra sees them. Tickets fail as well.',
    cure: 'Correct the clock of Mortise’s machine (timedatectl).',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 500133,
    change: { mortiseClockMs: -TWELVE_MINUTES },
  },
  'form-escaped-by-gateway': {
    wrong: 'An XML gateway escapes the pages of sign-in a second time, so wctx does not come back as Entra sent it.',
    cure: 'Let the gateway pass answers of `/wsf/` byte by byte.',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 90081,
    change: { onTheWay: rewritingAt(PASSIVE, (page) => page.replace(/(name="wctx" value=")[^"]+/, escapedAgain)) },
  },
  'other-token-type-in-browser': {
    wrong: 'An XML gateway writes the TokenType of the SAML token profile in place of the one that Entra knows.',
    cure: 'Let the gateway pass answers of `/wsf/` byte by byte.',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 20001,
    change: { onTheWay: rewritingAt(PASSIVE, (page) => page.replaceAll(SAML_10, TOKEN_PROFILE)) },
  },
  'must-change-elsewhere': {
    wrong:
      'The password must be changed, and the people’s user type does not allow it here (allowPasswordChanges: false).',
    cure: 'Set `allowPasswordChanges: true` on the user type, or let people change it at a computer of the domain.',
    ends: 'Your password must be changed',
    change: { person: SAMPLE_PEOPLE.mustChange, allowPasswordChanges: false },
  },
  'browser-not-asked': {
    wrong: 'The browser is none of silent.userAgents, so it is not asked for its Kerberos ticket.',
    cure: 'Add what the browser’s User-Agent contains to `silent.userAgents`, and its network to `silent.networks`.',
    ends: 'Sign in',
    change: { silentUserAgents: ['Trident/7.0'] },
  },
  'no-corporate-networks': {
    wrong: 'corporateNetworks is empty, so nobody can set up a first second factor with the password alone.',
    cure: 'Name your networks in `corporateNetworks`, or hand out a code: `mortise second-factor code <person>`.',
    ends: 'A second factor is needed',
    change: { corporateNetworks: [] },
  },
  'other-domains-sign-in': {
    wrong:
      'In Entra the second domain has the PassiveSignInUri of the first domain’s application, and so gets its issuer.',
    cure: 'Run what `mortise entra cmdlets --application <id>` prints, for each domain.',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 50107,
    change: { person: SAMPLE_PEOPLE.otherSuffix, secondDomain: 'addresses of the first' },
  },
  'person-disabled-at-entra': {
    wrong: 'The account is enabled in AD and blocked in Entra, which says so after Mortise has signed the person in.',
    cure: 'Unblock sign-in for the user in the Entra admin center, if the person should sign in.',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 50057,
    change: { personInEntra: 'disabled' },
  },
  'mfa-loop': {
    wrong: 'federatedIdpMfaBehavior is enforceMfaByFederatedIdp, and the application’s policy is never to ask: a loop.',
    cure: 'Set `secondFactor: { policy: whenAsked }`, or acceptIfMfaDoneByFederatedIdp as `mortise entra cmdlets` prints it.',
    ends: "Sorry, but we're having trouble signing you in.",
    aadsts: 50074,
    change: {
      secondFactorPolicy: 'never',
      believed: (served) => ({ ...served, FederatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' }),
    },
  },
} as const satisfies Readonly<Record<string, BrowserMishap>>;

export type BrowserMishapName = keyof typeof BROWSER_MISHAPS;

export const isBrowserMishapName = (name: string): name is BrowserMishapName => Object.hasOwn(BROWSER_MISHAPS, name);
