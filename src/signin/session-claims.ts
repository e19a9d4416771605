/**
 * What an assertion says about the sign-in itself, beside what the mapping says about the person: how he proved who he
 * is, when, from where, and whether he stays signed in.
 *
 * Owns: which of these claims are stated, and under which names Entra reads them. Does not own: the facts (the session's),
 * nor the claims about the person (mapping/).
 */
import type { MappedClaim } from '../mapping/claims.ts';
import { WINDOWS_AUTHENTICATION } from './by-kerberos.ts';
import { PASSWORD_AUTHENTICATION } from './by-password.ts';

export interface SignInFacts {
  readonly method: 'password' | 'kerberos';
  readonly authenticatedAt: Date;
  /** Only when a second factor was really used in this session, and is young enough for the request. */
  readonly secondFactorAt: Date | undefined;
  /** The request asks for {@link WINDOWS_OR_MULTIPLE_AUTHENTICATION}. */
  readonly windowsOrSecondFactorAsked: boolean;
  readonly insideCorporateNetwork: boolean;
  readonly staysSignedIn: boolean;
}

export interface SessionClaims {
  /** AuthenticationStatement ([SAML 1.1 core] §2.4.3) */
  readonly authenticationMethod: string;
  readonly authenticationInstant: Date;
  readonly claims: readonly MappedClaim[];
}

export const MULTIPLE_AUTHENTICATION = 'http://schemas.microsoft.com/claims/multipleauthn';
export const WINDOWS_OR_MULTIPLE_AUTHENTICATION = 'http://schemas.microsoft.com/claims/wiaormultiauthn';

/** Names and namespaces of the claims that a session can bring, as AD FS issues and Entra reads them. */
export const SESSION_CLAIMS = {
  authenticationMethod: {
    name: 'authenticationmethod',
    namespace: 'http://schemas.microsoft.com/ws/2008/06/identity/claims',
  },
  authenticationMethods: { name: 'authnmethodsreferences', namespace: 'http://schemas.microsoft.com/claims' },
  insideCorporateNetwork: { name: 'insidecorporatenetwork', namespace: 'http://schemas.microsoft.com/ws/2012/01' },
  staysSignedIn: { name: 'psso', namespace: 'http://schemas.microsoft.com/2014/03' },
} as const;

interface Method {
  /** AuthenticationMethod of the statement. */
  readonly statement: string;
  /** The same among the claims. */
  readonly reference: string;
}

const METHODS: Readonly<Record<SignInFacts['method'], Method>> = {
  password: {
    statement: PASSWORD_AUTHENTICATION,
    reference: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
  },
  kerberos: {
    statement: WINDOWS_AUTHENTICATION,
    reference: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows',
  },
};

/** Where the record says that these claims come from. */
const SOURCE = 'the session';

/** @param facts as they are when the assertion is issued */
export function sessionClaims(facts: SignInFacts): SessionClaims {
  const { method, authenticatedAt, secondFactorAt, insideCorporateNetwork, staysSignedIn } = facts;
  const methods = methodReferences(facts);
  return {
    // Entra measures its sign-in frequency by the instant: with a second factor, that one's.
    authenticationMethod: secondFactorAt === undefined ? METHODS[method].statement : MULTIPLE_AUTHENTICATION,
    authenticationInstant: secondFactorAt ?? authenticatedAt,
    claims: [
      claim('insideCorporateNetwork', [String(insideCorporateNetwork)]),
      claim('authenticationMethod', methods),
      claim('authenticationMethods', methods),
      ...(staysSignedIn ? [claim('staysSignedIn', ['true'])] : []),
    ],
  };
}

/**
 * A ticket alone is stated as "Windows or a second factor" only to whoever asks for that, as AD FS does: Entra takes the
 * value for multifactor authentication, and an ordinary silent sign-in must not count as one.
 */
function methodReferences({ method, secondFactorAt, windowsOrSecondFactorAsked }: SignInFacts): readonly string[] {
  const second = secondFactorAt !== undefined;
  const either = second || (method === 'kerberos' && windowsOrSecondFactorAsked);
  return [
    METHODS[method].reference,
    ...(second ? [MULTIPLE_AUTHENTICATION] : []),
    ...(either ? [WINDOWS_OR_MULTIPLE_AUTHENTICATION] : []),
  ];
}

function claim(which: keyof typeof SESSION_CLAIMS, values: readonly string[]): MappedClaim {
  return { ...SESSION_CLAIMS[which], values, source: SOURCE };
}
