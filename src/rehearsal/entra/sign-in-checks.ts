/**
 * Every check of login.srf's own, as one table in the order in which they run.
 *
 * The assertion's own checks follow DBL-WSF-02: those of token-checks.ts from DBL-TOK-04 on. Does not own: the checks'
 * code, which refuses through `refuseSignIn` so that no code outside its row can be shown.
 */
import type { AadstsCode, AadstsParameters } from './aadsts.ts';

interface SignInCheckRow {
  readonly check: string;
  /** Codes that this check may show, the usual one first. */
  readonly codes: readonly AadstsCode[];
}

export const SIGN_IN_CHECKS = {
  'DBL-WSF-01': {
    check: 'POST of a UTF-8 form with wa=wsignin1.0 and the wctx of an open request, byte for byte; no other realm',
    codes: [90081, 50169],
  },
  'DBL-WSF-02': {
    check: 'wresult is a RequestSecurityTokenResponse with TokenType SAML 1.0 and exactly one Assertion',
    codes: [20001, 20012],
  },
  'DBL-WSF-03': {
    check: 'where a second factor was asked for, the assertion states multipleauthn, within mfa_max_age',
    codes: [50076, 50074],
  },
} as const satisfies Record<string, SignInCheckRow>;

export type SignInCheckId = keyof typeof SIGN_IN_CHECKS;

type CodeOf<Id extends SignInCheckId> = (typeof SIGN_IN_CHECKS)[Id]['codes'][number];

/** A sign-in that Entra does not complete. */
export class SignInRefusal extends Error {
  readonly check: SignInCheckId;
  readonly code: AadstsCode;
  readonly parameters: AadstsParameters;
  /** What was found; Entra's page never says so much. */
  readonly found: string;

  constructor(check: SignInCheckId, code: AadstsCode, parameters: AadstsParameters, found: string) {
    super(`${check}: AADSTS${code}: ${found}`);
    this.check = check;
    this.code = code;
    this.parameters = parameters;
    this.found = found;
  }
}

export function signInRefusal<Id extends SignInCheckId>(
  check: Id,
  code: CodeOf<Id>,
  found: string,
  parameters: AadstsParameters = {},
): SignInRefusal {
  return new SignInRefusal(check, code, parameters, found);
}

export function refuseSignIn<Id extends SignInCheckId>(
  check: Id,
  code: CodeOf<Id>,
  found: string,
  parameters: AadstsParameters = {},
): never {
  throw signInRefusal(check, code, found, parameters);
}
