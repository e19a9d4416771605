/** From a known person to a signed assertion: mapping and session together, and whose word stands where both have one. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MappedClaim } from '../../src/mapping/claims.ts';
import { lookUpAgain } from '../../src/gateway/look-up-again.ts';
import { issueAssertion, knowIdentified } from '../../src/signin/issue-assertion.ts';
import type { Known, Statement } from '../../src/signin/issue-assertion.ts';
import { openRecord } from '../../src/signin/record.ts';
import type { Progress } from '../../src/signin/recorded.ts';
import { refusalFrom } from '../refusal-of.ts';
import { readWithLibxml2 } from '../saml/judges.ts';
import { NOW, openBrowserGround, useWorkspace } from './browser/browser-ground.ts';
import type { BrowserGround, Differences } from './browser/browser-ground.ts';
import { CLAIMS, readAssertion } from './browser/read-assertion.ts';

useWorkspace();

const NORA = 'c84e2b19-3f60-4d95-a7c8-0be5f9261301';
const STATEMENT: Statement = { method: 'urn:method', at: NOW, lifetimeMs: 3_600_000, claims: [] };

const progress = (): Progress => ({
  asking: { sourceAddress: '192.0.2.1', now: NOW },
  record: openRecord({ id: 'activity', recordedAt: NOW, endpoint: 'passive', sourceAddress: '192.0.2.1' }, () => 0),
  responseToken: undefined,
  showAs: undefined,
});

async function known(ground: BrowserGround, own = progress()): Promise<Known> {
  const { gateway, directory, userTypes } = ground.gateway;
  const [userType] = userTypes;
  if (userType === undefined) throw new Error('no user type');
  const found = await lookUpAgain({ userType, directory, objectGUID: NORA, now: NOW });
  return knowIdentified(own, ground.issuing, { found, gateway }, ground.dependencies);
}

async function issued(statement: Partial<Statement> = {}, differences: Differences = {}) {
  const ground = await openBrowserGround(differences);
  const own = progress();
  const person = await known(ground, own);
  const { done, activity } = await issueAssertion(
    own,
    ground.issuing,
    person,
    { ...STATEMENT, ...statement },
    ground.dependencies,
  );
  return { ground, activity, token: done.token, read: readAssertion(done.token.assertion) };
}

const claim = (name: string, namespace: string, ...values: readonly string[]): MappedClaim => ({
  name,
  namespace,
  values,
  source: 'the session',
});

describe('an assertion', () => {
  test('is signed with the application’s key, and verifies', async () => {
    const { token, ground } = await issued();
    const [key] = ground.dependencies.signingKeys;
    const reading = readWithLibxml2(token.assertion, key?.certificate ?? Buffer.alloc(0));
    expect([reading.accepted, reading.issuer]).toEqual([true, ground.issuing.issuerUri]);
    expect(token.assertion).toContain(`AssertionID="${token.assertionId}"`);
  });

  test('has the lifetime and the proof that it was asked for', async () => {
    const at = new Date(NOW.getTime() - 60_000);
    const { token, read } = await issued({ lifetimeMs: 600_000, method: 'urn:other', at });
    expect(token.issuedAt).toEqual(NOW);
    expect(read.notOnOrAfter).toEqual(new Date(NOW.getTime() + 600_000));
    expect(token.notOnOrAfter).toEqual(read.notOnOrAfter);
    expect([read.authenticationMethod, read.authenticationInstant]).toEqual(['urn:other', at]);
  });

  test('says where each claim came from, in the record alone', async () => {
    const { activity, token } = await issued();
    const row = activity.assertion?.claims.find(({ name }) => name === 'ImmutableID');
    expect(row?.source).toContain('mS-DS-ConsistencyGuid');
    expect(token.assertion).not.toContain('mS-DS-ConsistencyGuid');
  });

  test('of an application whose key is not there is none', async () => {
    const ground = await openBrowserGround();
    const person = await known(ground);
    const dependencies = { ...ground.dependencies, signingKeys: [] };
    const issuing = issueAssertion(progress(), ground.issuing, person, STATEMENT, dependencies);
    expect((await refusalFrom(issuing)).code).toBe('signing-key-unavailable');
  });

  test('lacks what has no value and is required: then there is none', async () => {
    const ground = await openBrowserGround();
    const person = await known(ground);
    const attributes = Object.fromEntries(Object.entries(person.attributes).filter(([name]) => name !== 'externalId'));
    const issuing = issueAssertion(
      progress(),
      ground.issuing,
      { ...person, attributes },
      STATEMENT,
      ground.dependencies,
    );
    expect((await refusalFrom(issuing)).code).toBe('attribute-missing');
  });
});

describe('issuerid', () => {
  const KEY = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/issuerid';
  const several = async (differences: Differences = {}) => {
    const ground = await openBrowserGround(differences);
    const issuing = { ...ground.issuing, severalDomains: true };
    const own = progress();
    const { done, activity } = await issueAssertion(
      own,
      issuing,
      await known(ground, own),
      STATEMENT,
      ground.dependencies,
    );
    return { issuing, activity, read: readAssertion(done.token.assertion), assertion: done.token.assertion };
  };

  test('stands beside the Issuer where several domains are served, and is the same', async () => {
    const { issuing, read, assertion, activity } = await several();
    expect(read.claims[KEY]).toEqual([issuing.issuerUri]);
    expect(assertion).toContain(` Issuer="${issuing.issuerUri}"`);
    expect(activity.assertion?.claims.find(({ name }) => name === 'issuerid')?.source).toBe('the application’s issuer');
  });

  test('is not there where one is', async () => {
    expect(Object.keys((await issued()).read.claims)).not.toContain(KEY);
  });
});

describe('what the session says', () => {
  test('comes beside what the mapping says, which stays as it is', async () => {
    const without = await issued();
    const { read } = await issued({ claims: [claim('method', 'urn:session', 'one', 'two')] });
    expect(read.claims['urn:session/method']).toEqual(['one', 'two']);
    expect(read.claims).toEqual({ ...without.read.claims, 'urn:session/method': ['one', 'two'] });
  });

  test('stands in place of a row of the same name in the same namespace', async () => {
    const { read, activity } = await issued({ claims: [claim('upn', 'http://schemas.xmlsoap.org/claims', 'mine')] });
    expect(read.claims).not.toHaveProperty([CLAIMS.upn]);
    expect(read.claims['http://schemas.xmlsoap.org/claims/upn']).toEqual(['mine']);
    expect(activity.assertion?.claims.filter(({ name }) => name.toLowerCase() === 'upn')).toHaveLength(1);
  });

  test('and of no other: whatever it says, each of its claims stands once, and no row of another name is lost', async () => {
    const ground = await openBrowserGround();
    const person = await known(ground);
    const rows = readAssertion((await issued()).token.assertion).names;
    const namespaces = ['http://schemas.xmlsoap.org/claims', 'urn:a', 'http://schemas.microsoft.com/claims'];
    const claims = fc.uniqueArray(
      fc.tuple(fc.constantFrom('UPN', 'upn', 'ImmutableID', 'b'), fc.constantFrom(...namespaces)),
      { selector: ([name, namespace]) => `${namespace}/${name.toLowerCase()}`, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (given) => {
        const stated = given.map(([name, namespace]) => claim(name, namespace, 'session'));
        const statement = { ...STATEMENT, claims: stated };
        const { done } = await issueAssertion(progress(), ground.issuing, person, statement, ground.dependencies);
        const { names, claims: read } = readAssertion(done.token.assertion);
        const own = stated.map(({ name, namespace }) => `${namespace}/${name}`);
        for (const name of own) expect(read[name]).toEqual(['session']);
        const lower = own.map((name) => name.toLowerCase());
        const kept = rows.filter((row) => !lower.includes(row.toLowerCase()));
        expect(names).toEqual([...kept, ...own]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('who is known', () => {
  test('is recorded with all his names', async () => {
    const ground = await openBrowserGround();
    const own = progress();
    const { user } = await known(ground, own);
    const { subject } = own.record.done('session-opened');
    expect(subject).toEqual({
      kind: 'person',
      userId: user.id,
      username: 'nora.keller',
      name: 'nora.keller',
      objectGUID: NORA,
      objectSid: 'S-1-5-21-1085031214-1563985344-725345543-1701',
      dn: 'CN=Nora Keller,OU=Staff,DC=corp,DC=example,DC=test',
    });
  });
});
