/** What is stated of a sign-in follows from what happened, and a second factor is stated only where one was used. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionClaims } from '../../src/signin/session-claims.ts';
import type { SessionClaims, SignInFacts } from '../../src/signin/session-claims.ts';

const SIGNED_IN = new Date('2026-03-04T05:06:07.089Z');
const SECOND = new Date('2026-03-04T06:00:00.000Z');

const PASSWORD: SignInFacts = {
  method: 'password',
  authenticatedAt: SIGNED_IN,
  secondFactorAt: undefined,
  windowsOrSecondFactorAsked: false,
  insideCorporateNetwork: false,
  staysSignedIn: false,
};

const METHOD = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/authenticationmethod';
const METHODS = 'http://schemas.microsoft.com/claims/authnmethodsreferences';
const INSIDE = 'http://schemas.microsoft.com/ws/2012/01/insidecorporatenetwork';
const PSSO = 'http://schemas.microsoft.com/2014/03/psso';
const BY_PASSWORD = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password';
const BY_WINDOWS = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows';
const MULTIPLE = 'http://schemas.microsoft.com/claims/multipleauthn';
const WIA_OR_MULTIPLE = 'http://schemas.microsoft.com/claims/wiaormultiauthn';

/** Values by namespace and name, as relying parties call a claim. */
const stated = ({ claims }: SessionClaims): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(claims.map(({ name, namespace, values }) => [`${namespace}/${name}`, values]));

const facts: fc.Arbitrary<SignInFacts> = fc.record({
  method: fc.constantFrom('password', 'kerberos'),
  authenticatedAt: fc.constant(SIGNED_IN),
  secondFactorAt: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
  windowsOrSecondFactorAsked: fc.boolean(),
  insideCorporateNetwork: fc.boolean(),
  staysSignedIn: fc.boolean(),
});

describe('the claims of a session', () => {
  test('by password, from outside', () => {
    const session = sessionClaims(PASSWORD);
    expect(session.authenticationMethod).toBe('urn:oasis:names:tc:SAML:1.0:am:password');
    expect(session.authenticationInstant).toBe(SIGNED_IN);
    expect(stated(session)).toEqual({ [INSIDE]: ['false'], [METHOD]: [BY_PASSWORD], [METHODS]: [BY_PASSWORD] });
  });

  test('by Kerberos, inside, staying signed in', () => {
    const session = sessionClaims({
      ...PASSWORD,
      method: 'kerberos',
      insideCorporateNetwork: true,
      staysSignedIn: true,
    });
    expect(session.authenticationMethod).toBe('urn:federation:authentication:windows');
    const methods = [BY_WINDOWS];
    expect(stated(session)).toEqual({ [INSIDE]: ['true'], [METHOD]: methods, [METHODS]: methods, [PSSO]: ['true'] });
  });

  test.each([
    ['kerberos', [BY_WINDOWS, WIA_OR_MULTIPLE]],
    ['password', [BY_PASSWORD]],
  ] as const)('by %s, where Windows or a second factor is asked for', (method, methods) => {
    const session = sessionClaims({ ...PASSWORD, method, windowsOrSecondFactorAsked: true });
    expect(stated(session)[METHOD]).toEqual(methods);
    expect(stated(session)[METHODS]).toEqual(methods);
    expect(session.authenticationMethod).not.toBe(MULTIPLE);
  });

  test.each([
    ['password', BY_PASSWORD],
    ['kerberos', BY_WINDOWS],
  ] as const)('by %s and a second factor: both, and the time of the second', (method, reference) => {
    const session = sessionClaims({ ...PASSWORD, method, secondFactorAt: SECOND });
    expect(session.authenticationMethod).toBe(MULTIPLE);
    expect(session.authenticationInstant).toBe(SECOND);
    expect(stated(session)[METHOD]).toEqual([reference, MULTIPLE, WIA_OR_MULTIPLE]);
    expect(stated(session)[METHODS]).toEqual([reference, MULTIPLE, WIA_OR_MULTIPLE]);
  });

  test('multipleauthn stands anywhere exactly when there was a second factor', () => {
    fc.assert(
      fc.property(facts, (arbitrary) => {
        const session = sessionClaims(arbitrary);
        const used = arbitrary.secondFactorAt !== undefined;
        expect(JSON.stringify(session).includes('multipleauthn')).toBe(used);
        expect(session.authenticationMethod === MULTIPLE).toBe(used);
        expect(stated(session)[METHOD]?.includes(MULTIPLE)).toBe(used);
        expect(stated(session)[METHODS]?.includes(MULTIPLE)).toBe(used);
      }),
    );
  });

  test('wiaormultiauthn stands for a second factor, and for Kerberos where it is asked for; windows for Kerberos alone', () => {
    fc.assert(
      fc.property(facts, (arbitrary) => {
        const text = JSON.stringify(sessionClaims(arbitrary).claims);
        const kerberos = arbitrary.method === 'kerberos';
        const asked = kerberos && arbitrary.windowsOrSecondFactorAsked;
        expect(text.includes('wiaormultiauthn')).toBe(asked || arbitrary.secondFactorAt !== undefined);
        expect(text.includes('authenticationmethod/windows')).toBe(kerberos);
        expect(text.includes('authenticationmethod/password')).toBe(!kerberos);
      }),
    );
  });

  test('every claim has a value, a source, and comes once', () => {
    fc.assert(
      fc.property(facts, (arbitrary) => {
        const { claims } = sessionClaims(arbitrary);
        expect(claims.every(({ values, source }) => values.length > 0 && source === 'the session')).toBe(true);
        expect(new Set(claims.map(({ name, namespace }) => `${namespace}/${name}`)).size).toBe(claims.length);
      }),
    );
  });
});
