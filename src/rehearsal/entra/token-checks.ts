/**
 * Every check of the token endpoint, as one table in the order in which they run.
 *
 * Microsoft does not document the order of Entra's checks; this is the order proposed for this double: form, base64,
 * XML and version, issuer, signature, conditions, audience, subject, claims, policy. Does not own: the checks' code,
 * which refuses through `refuse` so that no code outside its row can be answered.
 */
import type { AadstsCode, AadstsParameters } from './aadsts.ts';

export type Phase =
  | 'form'
  | 'base64'
  | 'xml'
  | 'issuer'
  | 'signature'
  | 'conditions'
  | 'audience'
  | 'subject'
  | 'claims'
  | 'policy';

interface TokenCheckRow {
  readonly phase: Phase;
  readonly check: string;
  /** Codes that this check may answer, the usual one first. */
  readonly codes: readonly AadstsCode[];
}

export const TOKEN_CHECKS = {
  'DBL-TOK-01': {
    phase: 'form',
    check:
      'POST of a UTF-8 form with grant_type, assertion, client_id and resource, each once, to a tenant that exists',
    codes: [900144, 900561, 9002313, 90002],
  },
  'DBL-TOK-02': { phase: 'form', check: 'grant_type is saml1_1-bearer or saml2-bearer', codes: [70003] },
  'DBL-TOK-20': {
    phase: 'form',
    check: 'client and resource are known and enabled',
    codes: [700016, 7000112, 500011, 500014],
  },
  'DBL-TOK-03': {
    phase: 'base64',
    check: 'assertion is standard base64 for SAML 1.1, base64url for SAML 2.0',
    codes: [700002, 7000020],
  },
  'DBL-TOK-04': {
    phase: 'xml',
    check: 'well-formed, without DTD; an Assertion of the namespace and version that the grant names',
    codes: [500084, 500085, 7500514, 500132, 500089],
  },
  'DBL-TOK-05': {
    phase: 'xml',
    check: 'AssertionID is an xsd:ID; Issuer, IssueInstant and statements are there',
    codes: [500088, 500086, 500087, 50008],
  },
  'DBL-TOK-06': {
    phase: 'issuer',
    check: 'Issuer equals the issuerUri of a verified, federated root domain; issuerid, if sent, is the same once more',
    codes: [50107],
  },
  'DBL-TOK-07': {
    phase: 'signature',
    check: 'exactly one enveloped signature, on the Assertion itself, of a supported form',
    codes: [500081],
  },
  'DBL-TOK-08': {
    phase: 'signature',
    check: 'certificate is the signingCertificate or nextSigningCertificate of that domain',
    codes: [5000811, 50003],
  },
  'DBL-TOK-09': {
    phase: 'signature',
    check: 'digest and signature verify over the exclusive canonical form',
    codes: [50006],
  },
  'DBL-TOK-10': {
    phase: 'signature',
    check: 'RSA-SHA256 with SHA-256 digest and a key of at least 2048 bits',
    codes: [50032, 500081],
  },
  'DBL-TOK-11': {
    phase: 'conditions',
    check: 'NotBefore and NotOnOrAfter hold now, within the allowed skew',
    codes: [500133, 50008],
  },
  'DBL-TOK-12': {
    phase: 'audience',
    check: 'AudienceRestrictionCondition names urn:federation:MicrosoftOnline',
    codes: [500131, 50008],
  },
  'DBL-TOK-13': { phase: 'subject', check: 'one subject, confirmed by bearer', codes: [50008] },
  'DBL-TOK-14': { phase: 'subject', check: 'NameIdentifier is there; a person also has ImmutableID', codes: [90020] },
  'DBL-TOK-15': {
    phase: 'claims',
    check: "a person's ImmutableID is that of a synchronised user, and UPN, if sent, is that user's",
    codes: [51004],
  },
  'DBL-TOK-22': {
    phase: 'claims',
    check: "the Issuer is that of the person's own domain, or of the root above it",
    codes: [50107],
  },
  'DBL-TOK-16': {
    phase: 'claims',
    check: 'accounttype DJ, onpremobjectguid and primarysid in their exact namespaces',
    codes: [51004],
  },
  'DBL-TOK-17': {
    phase: 'claims',
    check: 'onpremobjectguid is base64 of 16 bytes, primarysid is S-1-5-21-…, each once',
    codes: [50008],
  },
  'DBL-TOK-18': {
    phase: 'claims',
    check: 'onpremobjectguid and primarysid belong to the same computer',
    codes: [51004],
  },
  'DBL-TOK-19': {
    phase: 'policy',
    check: 'a device token is for the device registration service only',
    codes: [221000],
  },
  'DBL-TOK-23': { phase: 'policy', check: "the person's account is enabled in Entra", codes: [50057] },
  'DBL-PRT-01': { phase: 'policy', check: 'a fresh nonce of ours, used once', codes: [90023] },
  'DBL-PRT-02': {
    phase: 'policy',
    check: 'the request is signed with the key of a registered device that is enabled',
    codes: [50155],
  },
  'DBL-TOK-21': { phase: 'policy', check: 'no Conditional Access policy blocks device registration', codes: [53003] },
} as const satisfies Record<string, TokenCheckRow>;

export type TokenCheckId = keyof typeof TOKEN_CHECKS;

type CodeOf<Id extends TokenCheckId> = (typeof TOKEN_CHECKS)[Id]['codes'][number];

/** A token request that Entra does not answer with a token. */
export class TokenRefusal extends Error {
  readonly check: TokenCheckId;
  readonly code: AadstsCode;
  readonly parameters: AadstsParameters;
  /** What was found, for the log of the rehearsal; the service itself never says so much. */
  readonly found: string;

  constructor(check: TokenCheckId, code: AadstsCode, parameters: AadstsParameters, found: string) {
    super(`${check}: AADSTS${code}: ${found}`);
    this.check = check;
    this.code = code;
    this.parameters = parameters;
    this.found = found;
  }
}

export function refuse<Id extends TokenCheckId>(
  check: Id,
  code: CodeOf<Id>,
  found: string,
  parameters: AadstsParameters = {},
): never {
  throw new TokenRefusal(check, code, parameters, found);
}
