/** Mishaps of a person's sign-in at a device that joined: what goes wrong, how Windows shows it, and what cures it. */
import { SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import type { Mishap } from './mishaps.ts';
import { rewritingAt, signInPageAt } from './on-the-way.ts';

const MEX = /\/wsf\/mex13\//;

export const SIGN_IN_MISHAPS = {
  'upn-not-mail': {
    wrong: 'User names are matched with e-mail addresses; Windows sends the UPN, and this person’s address is another.',
    cure: 'Leave `userAttributeUsernameMatch` out (with the template), or set it to the attribute mapped from userPrincipalName.',
    shows: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY',
    change: { userAttributeUsernameMatch: 'email' },
  },
  'wrong-password': {
    wrong: 'The password is wrong: typed wrongly, or kept by Windows from before it was changed elsewhere.',
    cure: 'Sign in with the present password; `mortise log` shows from where the wrong ones come.',
    shows: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY',
    change: { typedPassword: 'wrong' },
  },
  locked: {
    wrong: 'AD has locked the account after too many wrong passwords; the right one is refused too.',
    cure: 'Find where the wrong passwords come from (event 4740 on the PDC emulator), then unlock the account.',
    shows: 'AAD_CLOUDAP_E_WSTRUST_SAML_TOKENS_ARE_EMPTY',
    change: { person: SAMPLE_PEOPLE.locked },
  },
  'unknown-immutable-id': {
    wrong: 'Entra Connect synchronised the person by another source anchor than the one Mortise sends as ImmutableID.',
    cure: 'Set `anchor` of the people’s user type to the attribute that Entra Connect uses as source anchor.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 51004,
    change: { synchronisedAnchor: 'other' },
  },
  'mex-copy-without-passwords': {
    wrong: 'MetadataExchangeUri leads to a copy of the MEX document that somebody wrote by hand, for devices alone.',
    cure: 'Run what `mortise entra cmdlets` prints: Mortise serves the document itself, with the endpoints for people.',
    shows: 'AAD_CLOUDAP_E_HTTP_PASSWORD_URI_IS_EMPTY',
    change: {
      onTheWay: rewritingAt(MEX, (body) => body.replaceAll('WssUsernameToken10', 'NotForPeople')),
    },
  },
  'mex-sign-in-page-later': {
    wrong:
      'Since the device joined, a proxy with a sign-in of its own stands in front of Mortise: its page has a DOCTYPE.',
    cure: 'Publish the MEX document without a sign-in in front of it: `curl` must show it from the device.',
    shows: 'WC_E_DTDPROHIBITED',
    change: { onTheWayLater: signInPageAt(MEX) },
  },
  'missing-immutable-id': {
    wrong: 'The application has no row ImmutableID, so Entra cannot tell whose assertion it is. Devices do without.',
    cure: 'Map ImmutableID as the template does: from the anchor, as base64 of its bytes.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 90020,
    change: { attributes: [{ name: 'ImmutableID', remove: true }] },
  },
  'person-not-synchronised': {
    wrong:
      'Entra Connect has not synchronised the person: the OU is out of its scope, or a filter holds the account back.',
    cure: 'Bring the account into the scope of Entra Connect, then run `Start-ADSyncSyncCycle -PolicyType Delta`.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 51004,
    change: { personInEntra: 'none' },
  },
  'person-disabled-in-entra': {
    wrong: 'The account is enabled in AD and blocked in Entra.',
    cure: 'Unblock sign-in for the user in the Entra admin center, if the person should sign in.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 50057,
    change: { personInEntra: 'disabled' },
  },
  'upn-suffix-not-verified': {
    wrong: 'The suffix of the person’s user name is corp.local, which is no domain of the tenant.',
    cure: 'Give the account a user name with a verified, federated domain (Active Directory Domains and Trusts has the suffixes).',
    shows: 'STATUS_NO_SUCH_LOGON_SESSION',
    change: { upnSuffix: 'corp.local' },
  },
  'addresses-of-other-domain': {
    wrong: 'In Entra the second domain has the addresses of the first domain’s application, and so gets its issuer.',
    cure: 'Run what `mortise entra cmdlets --application <id>` prints, for each domain.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 50107,
    change: { person: SAMPLE_PEOPLE.otherSuffix, secondDomain: 'addresses of the first' },
  },
  'device-disabled': {
    wrong: 'The device was disabled in Entra after it had joined.',
    cure: 'Enable it in the Entra admin center (Devices), if it should be used.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 50155,
    change: { deviceInEntra: 'disabled' },
  },
  'device-deleted': {
    wrong: 'The device was deleted in Entra after it had joined; it does not notice by itself.',
    cure: 'On the device, as administrator: `dsregcmd /leave`, then let it join again.',
    shows: 'STATUS_LOGON_FAILURE',
    aadsts: 50155,
    change: { deviceInEntra: 'deleted' },
  },
  'certificate-sign-in': {
    wrong: 'The person signs in with a smart card; Mortise publishes no endpoint for certificates.',
    cure: 'Sign in with the password or Windows Hello; certificatemixed is not served.',
    shows: 'AAD_CLOUDAP_E_HTTP_CERTIFICATE_URI_IS_EMPTY',
    change: { credential: 'certificate' },
  },
} as const satisfies Readonly<Record<string, Mishap>>;

export type SignInMishapName = keyof typeof SIGN_IN_MISHAPS;

export const isSignInMishapName = (name: string): name is SignInMishapName => Object.hasOwn(SIGN_IN_MISHAPS, name);
