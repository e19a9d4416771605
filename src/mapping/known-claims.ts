/**
 * The claims that Entra ID knows, as one table: the namespace they have by default, the ones that are allowed, and for
 * whom they are. A row of another name needs a `nameFormat` of its own.
 */
import type { ApplicationAttribute } from '../model/application.ts';

export type Kind = 'device' | 'person';

interface KnownClaim {
  /** SAML AttributeNamespace when the row leaves `nameFormat` out. */
  readonly nameFormat: string;
  /** Further namespaces under which Entra takes it. */
  readonly alsoAllowed: readonly string[];
  /** The claim is never issued to the other kind, whatever the row says. */
  readonly only?: Kind;
}

const IDENTITY_CLAIMS_2005 = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const IDENTITY_CLAIMS_2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';

export const KNOWN_CLAIMS: Readonly<Record<string, KnownClaim>> = {
  ImmutableID: {
    nameFormat: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
    alsoAllowed: [IDENTITY_CLAIMS_2005],
  },
  UPN: { nameFormat: 'http://schemas.xmlsoap.org/claims', alsoAllowed: [IDENTITY_CLAIMS_2005], only: 'person' },
  accounttype: { nameFormat: 'http://schemas.microsoft.com/ws/2012/01', alsoAllowed: [], only: 'device' },
  onpremobjectguid: { nameFormat: 'http://schemas.microsoft.com/identity/claims', alsoAllowed: [], only: 'device' },
  primarysid: { nameFormat: IDENTITY_CLAIMS_2008, alsoAllowed: [], only: 'device' },
  authenticationmethod: { nameFormat: IDENTITY_CLAIMS_2008, alsoAllowed: [] },
  issuerid: { nameFormat: IDENTITY_CLAIMS_2008, alsoAllowed: [] },
};

/** The row that becomes the NameIdentifier; its format is the application's `subjectNameIdentifierFormat`. */
export const SUBJECT = 'Subject';

const BY_LOWER_CASE = new Map(
  Object.entries(KNOWN_CLAIMS).map(([name, claim]) => [name.toLowerCase(), { name, ...claim }]),
);

/** The known claim of this name in any case, with the name as Entra writes it. */
export function knownClaim(name: string): (KnownClaim & { readonly name: string }) | undefined {
  return BY_LOWER_CASE.get(name.toLowerCase());
}

/** Is the row issued to devices, to people? */
export function isIssuedTo(row: Pick<ApplicationAttribute, 'name' | 'issuedTo'>, kind: Kind): boolean {
  const only = knownClaim(row.name)?.only;
  return (row.issuedTo === 'everyone' || row.issuedTo === kind) && (only === undefined || only === kind);
}
