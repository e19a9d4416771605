/** Mishaps of a person's sign-in at a device that joined: what goes wrong, how Windows shows it, and what cures it. */
import { SAMPLE_PEOPLE } from '../directory/sample-domain.ts';
import type { Mishap } from './mishaps.ts';

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
  'certificate-sign-in': {
    wrong: 'The person signs in with a smart card; Mortise publishes no endpoint for certificates.',
    cure: 'Sign in with the password or Windows Hello; certificatemixed is not served.',
    shows: 'AAD_CLOUDAP_E_HTTP_CERTIFICATE_URI_IS_EMPTY',
    change: { credential: 'certificate' },
  },
} as const satisfies Readonly<Record<string, Mishap>>;

export type SignInMishapName = keyof typeof SIGN_IN_MISHAPS;

export const isSignInMishapName = (name: string): name is SignInMishapName => Object.hasOwn(SIGN_IN_MISHAPS, name);
