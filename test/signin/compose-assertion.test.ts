/** What an assertion says beside its claims: whose it is, for whom, and from when to when. */
import { describe, expect, test } from 'vitest';
import type { MappedSubject } from '../../src/mapping/claims.ts';
import { composeAssertion } from '../../src/signin/compose-assertion.ts';
import { applicationWith } from '../mapping/application.ts';

const NOW = new Date('2026-03-04T05:06:07.089Z');
const ISSUER = 'https://sso.example.test/applications/4afaa6b9-1497-44b6-b1ce-1a6d396f7f7e';
const HOUR = 3_600_000;
const AT = new Date('2026-03-04T04:00:00.000Z');
const PROOF = { method: 'urn:federation:authentication:windows', at: AT, lifetimeMs: HOUR };
const UUID = '0b6f3c0e-6f0a-4f0e-8c39-1f6c7a3a0d11';
const SUBJECT: MappedSubject = {
  nameIdentifier: {
    value: 'h9RUd8MfBkKelc4BLxWG5Q==',
    format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    source: 'objectGUID',
  },
  claims: [{ name: 'accounttype', namespace: 'http://schemas.microsoft.com/ws/2012/01', values: ['DJ'], source: 'DJ' }],
};

const composed = (notBeforeSkewSeconds: number) =>
  composeAssertion({ ...applicationWith(), notBeforeSkewSeconds }, ISSUER, SUBJECT, PROOF, NOW, UUID);

describe('the times', () => {
  test('it ends its lifetime after it was issued, whenever the proof was given', () => {
    const { issueInstant, notOnOrAfter } = composed(60);
    expect(issueInstant).toEqual(NOW);
    expect(notOnOrAfter.toISOString()).toBe('2026-03-04T06:06:07.089Z');
  });

  test.each([
    [0, '2026-03-04T05:06:07.089Z'],
    [60, '2026-03-04T05:05:07.089Z'],
    [300, '2026-03-04T05:01:07.089Z'],
  ])('with %i s of notBeforeSkewSeconds it begins at %s, and ends no earlier', (seconds, notBefore) => {
    const assertion = composed(seconds);
    expect(assertion.notBefore.toISOString()).toBe(notBefore);
    expect(assertion.notOnOrAfter).toEqual(composed(0).notOnOrAfter);
  });
});

test('issuer, audience and method are what Entra compares to the letter', () => {
  expect(composed(60)).toMatchObject({
    issuer: ISSUER,
    audience: 'urn:federation:MicrosoftOnline',
    authenticationMethod: 'urn:federation:authentication:windows',
    authenticationInstant: AT,
  });
});

test('the id begins with no digit: it is an xsd:ID', () => {
  expect(composed(60).id).toBe(`_${UUID}`);
});
