/**
 * One Mortise, two federated root domains and a sub-domain, judged by the local Entra: each person's assertion has the issuer
 * of his own domain, with issuerid beside it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AcceptedClaims } from '../../src/rehearsal/entra/token-claims.ts';
import { SAMPLE_DOMAIN, SAMPLE_PEOPLE } from '../../src/directory/sample-domain.ts';
import { federationSettings } from '../../src/entra/federation-settings.ts';
import { discoverRealm } from '../../src/rehearsal/discovery.ts';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import type { Plan } from '../../src/rehearsal/plan.ts';
import { rehearseJoin } from '../../src/rehearsal/rehearse.ts';
import { rehearseBrowser } from '../../src/rehearsal/rehearse-browser.ts';
import { rehearseSignIn } from '../../src/rehearsal/rehearse-sign-in.ts';
import { SAMPLE_SECOND_DOMAIN } from '../../src/rehearsal/sample-configuration.ts';
import { SAMPLE_SUB_DOMAIN } from '../../src/rehearsal/sample-entra.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { World } from '../../src/rehearsal/world.ts';

const silent = (): void => undefined;
const TWO_DOMAINS: Plan = { ...SOUND_PLAN, secondDomain: 'own addresses' };
const worlds: World[] = [];

async function open(plan: Plan): Promise<World> {
  const world = await openWorld(plan, { fallback: 'disabled', port: 0 });
  worlds.push(world);
  return world;
}

/** A join and a sign-in; what Entra accepted of each. */
async function joinAndSignIn(plan: Plan) {
  const world = await open(plan);
  const join = await rehearseJoin(world, silent);
  if (join.joined === undefined) throw new Error('the device did not join');
  const signIn = await rehearseSignIn(world, join.joined, undefined, silent);
  const acceptedOf = (id: string): AcceptedClaims | undefined => world.entra.lastAcceptedClaims(id);
  return { world, signIn, device: acceptedOf(join.requestId), person: acceptedOf(signIn.requestId) };
}

const issuersOf = ({ configuration }: World): readonly string[] =>
  configuration.environment.applications.map(
    (application) =>
      federationSettings({
        publicBaseUrl: configuration.server.publicBaseUrl,
        application,
        signingCertificate: new Uint8Array(),
      }).IssuerUri,
  );
const issuerIds = (accepted: AcceptedClaims | undefined): readonly string[] | undefined =>
  accepted?.claims.filter(({ name }) => name === 'issuerid').map(({ value }) => value);

let ofFirst: Awaited<ReturnType<typeof joinAndSignIn>>;
let ofSecond: Awaited<ReturnType<typeof joinAndSignIn>>;
let ofSub: Awaited<ReturnType<typeof joinAndSignIn>>;
beforeAll(async () => {
  ofFirst = await joinAndSignIn(TWO_DOMAINS);
  ofSecond = await joinAndSignIn({ ...TWO_DOMAINS, person: SAMPLE_PEOPLE.otherSuffix });
  ofSub = await joinAndSignIn({ ...TWO_DOMAINS, upnSuffix: SAMPLE_SUB_DOMAIN });
});
afterAll(async () => {
  for (const world of worlds) await world.close();
});

test('each domain has an issuer of its own', () => {
  expect(new Set(issuersOf(ofFirst.world)).size).toBe(2);
});

test('a device and a person of the first domain get the first issuer, and issuerid beside it', () => {
  const [first] = issuersOf(ofFirst.world);
  for (const accepted of [ofFirst.device, ofFirst.person]) {
    expect(accepted?.issuer).toBe(first);
    expect(issuerIds(accepted)).toEqual([first]);
  }
});

test('a person of the second domain gets the second issuer, on a device that joined by the first', () => {
  const [first, second] = issuersOf(ofSecond.world);
  expect(ofSecond.signIn.person.userPrincipalName).toMatch(/@example\.test$/);
  expect([ofSecond.device?.issuer, ofSecond.person?.issuer]).toEqual([first, second]);
  expect(issuerIds(ofSecond.person)).toEqual([second]);
});

test('a person of a sub-domain gets the issuer of the domain above it', () => {
  expect(ofSub.signIn.person.userPrincipalName).toMatch(/@eu\.corp\.example\.test$/);
  const [first] = issuersOf(ofSub.world);
  expect(ofSub.person?.issuer).toBe(first);
  expect(issuerIds(ofSub.person)).toEqual([first]);
});

test.each([
  [SAMPLE_SECOND_DOMAIN, 1],
  [SAMPLE_SUB_DOMAIN, 0],
] as const)('a device whose service connection point names %s gets that domain’s issuer', async (name, index) => {
  const world = await open({ ...TWO_DOMAINS, scpName: () => name });
  const { requestId, joinedBy } = await rehearseJoin(world, silent);
  const accepted = world.entra.lastAcceptedClaims(requestId);
  const issuer = issuersOf(world)[index];
  expect([joinedBy, accepted?.issuer, issuerIds(accepted)]).toEqual(['federation', issuer, [issuer]]);
});

test('in the browser each domain’s person comes by its own application, and Entra reads its issuer', async () => {
  const world = await open({ ...TWO_DOMAINS, person: SAMPLE_PEOPLE.otherSuffix });
  expect((await rehearseBrowser(world, { mishap: undefined }, silent)).accepted).toBe(true);
  const [first, second] = issuersOf(world);
  expect(
    world.entra
      .signIns()
      .map(({ userPrincipalName, acceptedClaims }) => [
        userPrincipalName.split('@')[1],
        acceptedClaims.issuer,
        issuerIds(acceptedClaims),
      ]),
  ).toEqual([
    [SAMPLE_SECOND_DOMAIN, second, [second]],
    [SAMPLE_SECOND_DOMAIN, second, [second]],
    [SAMPLE_DOMAIN, first, [first]],
  ]);
});

test('the realm of a sub-domain leads to its parent’s metadata, and that of the second domain to its own', async () => {
  const { device } = ofFirst.world;
  const metadataOf = async (domain: string) => (await discoverRealm(device.http, device.login, domain)).metadataUrl;
  const [first, sub, second] = [
    await metadataOf('corp.example.test'),
    await metadataOf(SAMPLE_SUB_DOMAIN),
    await metadataOf(SAMPLE_SECOND_DOMAIN),
  ];
  expect(sub).toBe(first);
  expect(second).not.toBe(first);
});

test('with one domain there is no issuerid', async () => {
  const { device } = await joinAndSignIn(SOUND_PLAN);
  expect(issuerIds(device)).toEqual([]);
});
