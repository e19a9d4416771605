/**
 * The claim types that the federation metadata offers, with words for whoever picks one in a relying party's settings.
 * Taken from the tables of what is issued (mapping/known-claims.ts, signin/session-claims.ts); a row of an application under
 * another name is not listed.
 */
import { KNOWN_CLAIMS } from '../mapping/known-claims.ts';
import { SESSION_CLAIMS } from '../signin/session-claims.ts';

export interface ClaimType {
  readonly uri: string;
  readonly displayName: string;
  readonly description: string;
}

/** How relying parties call what stands in the Subject. */
const NAME_IDENTIFIER = {
  namespace: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims',
  name: 'nameidentifier',
} as const;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  nameidentifier: 'The name identifier of the subject',
  UPN: 'The user principal name of the person',
  ImmutableID: 'The identifier that never changes and ties the account to the one in Entra ID',
  accounttype: 'What kind of account a device has',
  onpremobjectguid: 'The objectGUID of the device in Active Directory',
  primarysid: 'The SID of the device in Active Directory',
  authenticationmethod: 'How the sign-in was proved',
  issuerid: 'The issuer once more, where several domains are served',
  authnmethodsreferences: 'Every method by which the sign-in was proved',
  insidecorporatenetwork: 'Whether the request came from inside the company network',
  psso: 'Whether the person stays signed in',
};

export const CLAIM_TYPES: readonly ClaimType[] = [
  ...new Map(
    [
      NAME_IDENTIFIER,
      ...Object.entries(KNOWN_CLAIMS).map(([name, { nameFormat: namespace }]) => ({ name, namespace })),
      ...Object.values(SESSION_CLAIMS),
    ].map(({ name, namespace }) => [
      `${namespace}/${name}`,
      { uri: `${namespace}/${name}`, displayName: name, description: DESCRIPTIONS[name] ?? name },
    ]),
  ).values(),
];
