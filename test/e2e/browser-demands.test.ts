/** What Entra asks of a sign-in beside the person: a second factor, one of a certain age, a fresh sign-in. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, enrolApp, oathtool, setUpApp } from './browser/authenticator-app.ts';
import type { App } from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { arriveAtEntra, openApplication, press, titleOf, typeCode, typePassword, upn } from './browser/steps.ts';
import { codesOf, expectSignedIn, lastAnswer, METHODS } from './browser/verdict.ts';
import { serveWeb } from './browser/web-server.ts';
import type { BrowserSettings } from './configuration.ts';
import type { Mortise } from './mortise.ts';

const INSIDE: BrowserSettings = { signIn: { corporateNetworks: ['127.0.0.0/8'] } };
const NEVER: BrowserSettings = { application: { secondFactor: { policy: 'never' } } };
const MFA = { mfa: '1' };
const CODE = 'Enter the code from your app';

describe.skipIf(!browserAvailable || oathtool === undefined)('what Entra asks for, in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  const signedIn = async (mortise: Mortise): Promise<Person> => {
    const person = await place.person();
    await openApplication(person.page, place.entra, 'usual');
    await typePassword(person.page);
    await expectSignedIn(place, person, mortise, 'usual');
    return person;
  };
  /** Somebody who has used a second factor in this window. */
  const confirmed = async (mortise: Mortise): Promise<{ person: Person; app: App }> => {
    const person = await place.person();
    await openApplication(person.page, place.entra, 'usual', MFA);
    await typePassword(person.page);
    const app = await enrolApp(person.page, mortise);
    await expectSignedIn(place, person, mortise, 'usual');
    return { person, app };
  };

  describe('a second factor', () => {
    test('is asked of somebody whose session is without one', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const person = await signedIn(mortise);
      await openApplication(person.page, place.entra, 'usual', MFA);
      expect(await titleOf(person.page)).toBe('Set up a second factor');
      await setUpApp(person.page, mortise);
      await press(person.page, 'Continue', 'link');
      const { signIn, recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(recorded).toEqual(['second-factor-added', 'issued']);
    });

    test('that was used in the session is enough, however long ago, where no age is asked', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { person } = await confirmed(mortise);
      // Entra takes no assertion from further in the future.
      mortise.passTime(200_000);
      await openApplication(person.page, place.entra, 'usual', MFA);
      const { signIn, recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(recorded).toEqual(['issued']);
    });

    test('that is older than mfa_max_age is asked for again, once', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { person, app } = await confirmed(mortise);
      mortise.passTime(120_000);
      await openApplication(person.page, place.entra, 'usual', { ...MFA, mfa_max_age: '600' });
      expect((await expectSignedIn(place, person, mortise, 'usual')).recorded).toEqual(['issued']);
      await openApplication(person.page, place.entra, 'usual', { ...MFA, mfa_max_age: '60' });
      expect(await titleOf(person.page)).toBe(CODE);
      await typeCode(person.page, await codeOf(app.secret, mortise));
      const { signIn, recorded, issued } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(recorded).toEqual(['second-factor-passed', 'issued']);
      expect(signIn.authenticatedAt?.getTime()).toBeGreaterThan(issued.recordedAt.getTime() - 60_000);
    });

    test('where Entra does not believe the identity provider is not asked for here', async () => {
      const mortise = await place.federatedMortise(INSIDE, { federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' });
      const { page } = await place.person();
      await openApplication(page, place.entra, 'usual', MFA);
      await typePassword(page);
      await arriveAtEntra(page, place.entra);
      expect(await titleOf(page)).toContain('Entra would now ask for its own second factor');
      expect(await codesOf(mortise)).toEqual(['session-opened', 'issued']);
    });

    test('is Entra’s own affair where the policy is never to ask, and the record says that it was asked for', async () => {
      const mortise = await place.federatedMortise(NEVER);
      const { page } = await place.person();
      await openApplication(page, place.entra, 'usual', MFA);
      await typePassword(page);
      await arriveAtEntra(page, place.entra);
      expect(await titleOf(page)).toContain('Entra would now ask for its own second factor (AADSTS50076)');
      const [record] = await mortise.store.activities.list({ limit: 1 });
      expect(record?.notes).toContain('a second factor was asked for; the policy is never to ask for one');
    });

    test('that Entra enforces and the policy never asks for ends in a loop, which Entra stops', async () => {
      const mortise = await place.federatedMortise(NEVER, { federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' });
      const { page } = await place.person();
      await openApplication(page, place.entra, 'usual', MFA);
      await typePassword(page);
      await page.getByText('a loop').waitFor();
      expect(await page.locator('main').innerText()).toContain('AADSTS50074');
      expect(lastAnswer(place.entra).refusal).toMatchObject({ check: 'DBL-WSF-03', error: 'AADSTS50074' });
      expect(await codesOf(mortise)).toEqual(['session-opened', 'issued', 'issued', 'issued']);
    });
  });

  test('an application that sends the same request again and again is stopped, with a page that says so', async () => {
    const answers: string[] = [];
    const application = await serveWeb(place.tls, 'elsewhere.localhost', ({ fields }, response) => {
      answers.push(fields.get('wctx') ?? '');
      response.writeHead(303, { Location: `${mortise.urls.passiveSignInUri}?${request}` }).end();
    });
    const mortise = await place.federatedMortise({ application: { replyUrl: `${application}/answer` } });
    const request = new URLSearchParams({
      wa: 'wsignin1.0',
      wtrealm: 'urn:federation:MicrosoftOnline',
      wctx: 'a state & so on',
      'client-request-id': 'b7f0c7cb-6a1c-4a52-9f0e-0a3f1c2d4e5f',
    }).toString();
    const { page } = await place.person();
    await page.goto(`${mortise.urls.passiveSignInUri}?${request}`);
    await typePassword(page, { userName: upn('usual') });
    await page.getByRole('heading', { name: 'The sign-in was stopped' }).waitFor();
    expect(answers).toEqual(Array.from({ length: 5 }, () => 'a state & so on'));
    expect(await codesOf(mortise)).toEqual(['session-opened', ...answers.map(() => 'issued'), 'sign-in-loops']);
    // Another request of the same session is none of that loop: it is answered, and leads back into it.
    await page.goto(`${mortise.urls.passiveSignInUri}?${request.replace('b7f0c7cb', 'a7f0c7cb')}`);
    await page.getByRole('heading', { name: 'The sign-in was stopped' }).waitFor();
    expect(answers).toHaveLength(6);
  });

  test.each([
    ['translateToFreshPasswordAuthentication', undefined],
    ['disabled', 'disabled'],
    ['nativeSupport', 'nativeSupport'],
  ] as const)('a fresh sign-in is one, though a session lives: promptLoginBehavior %s', async (_, behavior) => {
    const mortise = await place.federatedMortise({}, behavior === undefined ? {} : { promptLoginBehavior: behavior });
    const person = await signedIn(mortise);
    const { page } = person;
    // The application asks twice: each time is one.
    for (let time = 0; time < 2; time++) {
      await openApplication(page, place.entra, 'usual', { prompt: 'login' });
      expect(await titleOf(page)).toBe('Sign in');
      await typePassword(page);
      const { recorded, claims } = await expectSignedIn(place, person, mortise, 'usual');
      expect(recorded).toEqual(['session-opened', 'issued']);
      expect(claims['authenticationmethod']).toEqual([METHODS.password]);
      expect(await page.locator('main').innerText()).toContain('asked for, and done');
    }
    await openApplication(page, place.entra, 'usual');
    expect((await expectSignedIn(place, person, mortise, 'usual')).recorded).toEqual(['issued']);
  });

  test('a fresh sign-in with a second factor asks for both', async () => {
    const mortise = await place.federatedMortise(INSIDE);
    const { person, app } = await confirmed(mortise);
    await openApplication(person.page, place.entra, 'usual', { ...MFA, prompt: 'login' });
    expect(await titleOf(person.page)).toBe('Sign in');
    await typePassword(person.page);
    expect(await titleOf(person.page)).toBe(CODE);
    await typeCode(person.page, await codeOf(app.secret, mortise));
    const { signIn, recorded } = await expectSignedIn(place, person, mortise, 'usual');
    expect(signIn.secondFactor).toBe(true);
    expect(recorded).toEqual(['session-opened', 'second-factor-passed', 'issued']);
  });
});
