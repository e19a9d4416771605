/** Passkeys as second factor, with the authenticator that Chromium plays; and the page of one's own second factors. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, enrolApp, oathtool } from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { addAuthenticator } from './browser/passkey.ts';
import type { Authenticator } from './browser/passkey.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { openApplication, press, titleOf, told, typeChange, typeCode, typePassword, upn } from './browser/steps.ts';
import { codesOf, expectSignedIn, METHODS } from './browser/verdict.ts';
import type { BrowserSettings } from './configuration.ts';
import type { Mortise } from './mortise.ts';

const INSIDE: BrowserSettings = { signIn: { corporateNetworks: ['127.0.0.0/8'] } };
const MFA = { mfa: '1' };

describe.skipIf(!browserAvailable || oathtool === undefined)('with a passkey, in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  const arrive = async ({ page }: Person): Promise<void> => {
    await openApplication(page, place.entra, 'usual', MFA);
    await typePassword(page);
  };
  /** Ends with the page of recovery codes. */
  const setUp = async (person: Person): Promise<Authenticator> => {
    const authenticator = await addAuthenticator(person);
    await arrive(person);
    await press(person.page, /^Passkey/, 'link');
    await person.page.getByLabel('Name of the passkey').fill('Laptop');
    await press(person.page, 'Set up passkey');
    return authenticator;
  };
  /** At Mortise's own end, as Entra sends people there. */
  const signOut = async ({ page }: Person): Promise<void> => {
    await press(page, 'Sign out', 'link');
    expect(await titleOf(page)).toBe('You are signed out');
  };

  test('one is set up on a named network and used at the next sign-in: nothing to type but the password', async () => {
    const mortise = await place.federatedMortise(INSIDE);
    const person = await place.person();
    const { page } = person;
    const authenticator = await setUp(person);
    expect(await titleOf(page)).toBe('Your recovery codes');
    await press(page, 'Continue', 'link');
    const first = await expectSignedIn(place, person, mortise, 'usual');
    expect(first.signIn.secondFactor).toBe(true);
    expect(first.recorded).toEqual(['session-opened', 'second-factor-added', 'issued']);
    const [before, ...others] = await authenticator.passkeys();
    expect([before?.rpId, others]).toEqual(['sso.localhost', []]);

    await signOut(person);
    await arrive(person);
    expect(await titleOf(page)).toBe('Use your passkey');
    await press(page, 'Use passkey');
    const { signIn, claims, recorded } = await expectSignedIn(place, person, mortise, 'usual');
    expect(signIn.secondFactor).toBe(true);
    expect(claims['authnmethodsreferences']).toContain(METHODS.multiple);
    expect(recorded).toEqual(['session-opened', 'second-factor-passed', 'issued']);
    const [after] = await authenticator.passkeys();
    expect(after?.signCount).toBeGreaterThan(before?.signCount ?? Infinity);
  });

  test('who does not confirm is told, and may try again or use a recovery code', async () => {
    const mortise = await place.federatedMortise(INSIDE);
    const person = await place.person();
    const { page } = person;
    const authenticator = await setUp(person);
    const [code = ''] = await page.getByRole('listitem').allInnerTexts();
    await press(page, 'Continue', 'link');
    await expectSignedIn(place, person, mortise, 'usual');
    await signOut(person);

    await authenticator.forgetAll();
    await arrive(person);
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await page.locator('#passkey-problem p').waitFor();
    expect(await page.locator('#passkey-problem').innerText()).toContain('was not used');
    await press(page, 'Use a recovery code', 'link');
    await typeCode(page, code);
    const { signIn } = await expectSignedIn(place, person, mortise, 'usual');
    expect(signIn.secondFactor).toBe(true);
  });

  test('a device that has one of this person already says so', async () => {
    const mortise = await place.federatedMortise(INSIDE);
    const person = await place.person();
    const { page } = person;
    await setUp(person);
    await page.goto(mortise.urls.accountUri);
    await press(page, 'Add a passkey', 'link');
    await page.getByRole('button', { name: 'Set up passkey' }).click();
    await page.locator('#passkey-problem p').waitFor();
    expect(await page.locator('#passkey-problem').innerText()).toContain('set up for you already');
  });

  test('where JavaScript is off the page says that passkeys need it, and an app does not', async () => {
    const mortise = await place.federatedMortise(INSIDE);
    const { page } = await place.person({ javaScriptEnabled: false });
    await openApplication(page, place.entra, 'usual', MFA);
    await typePassword(page);
    await press(page, /^Passkey/, 'link');
    expect(await page.locator('main').innerText()).toContain('Passkeys need JavaScript');
    expect(await page.getByRole('button').count()).toBe(0);
    await press(page, 'Back', 'link');
    await enrolApp(page, mortise);
    expect(await codesOf(mortise)).toEqual(['session-opened', 'second-factor-added', 'issued']);
  });

  describe('on the page of one’s own second factors', () => {
    const factors = async ({ page }: Person): Promise<readonly string[]> => page.locator('.factor').allInnerTexts();
    const openAccount = async ({ page }: Person, { urls }: Mortise): Promise<void> => {
      await page.goto(urls.accountUri);
    };
    const remove = async ({ page }: Person, name: string): Promise<void> => {
      const factor = page.locator('.factors li').filter({ hasText: name });
      await factor.locator('summary').click();
      await Promise.all([page.waitForEvent('framenavigated'), factor.getByRole('button').click()]);
    };

    test('an app and a passkey are added, the last one cannot be removed, recovery codes are made anew', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const person = await place.person();
      const { page } = person;
      await addAuthenticator(person);
      await openAccount(person, mortise);
      await typePassword(page, { userName: upn('usual') });
      expect(await titleOf(page)).toBe('Your sign-in');
      expect(await page.locator('main').innerText()).toContain('You have not set up a second factor.');
      await press(page, 'Add an authenticator app', 'link');
      const secret = (await page.locator('code.key').innerText()).replaceAll(' ', '');
      await typeCode(page, await codeOf(secret, mortise));
      const first = await page.getByRole('listitem').allInnerTexts();
      await press(page, 'Continue', 'link');
      expect(await factors(person)).toEqual(['Authenticator']);
      await remove(person, 'Authenticator');
      expect(await told(page)).toContain('your last second factor');

      await press(page, 'Add a passkey', 'link');
      await page.getByLabel('Name of the passkey').fill('<b>Laptop</b>');
      await press(page, 'Set up passkey');
      expect(await page.getByRole('status').innerText()).toBe('The second factor has been set up.');
      expect(await factors(person)).toEqual(['Authenticator', '<b>Laptop</b>']);
      await remove(person, 'Authenticator');
      expect(await page.getByRole('status').innerText()).toBe('The second factor has been removed.');
      expect(await factors(person)).toEqual(['<b>Laptop</b>']);

      await page.getByText('New recovery codes').click();
      await press(page, 'Make new codes');
      const second = await page.getByRole('listitem').allInnerTexts();
      expect(second).toHaveLength(10);
      expect(first.filter((code) => second.includes(code))).toEqual([]);
      await press(page, 'Continue', 'link');
      await signOut(person);
      expect(await codesOf(mortise)).toEqual([
        'session-opened',
        'second-factor-added',
        'second-factor-last',
        'second-factor-added',
        'second-factor-removed',
        'recovery-codes-made',
        'session-ended',
      ]);
    });

    test('whoever has a second factor uses it first, and then changes the password too', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { page: enrolling } = await place.person();
      await openApplication(enrolling, place.entra, 'toChange', MFA);
      await typePassword(enrolling);
      const { secret } = await enrolApp(enrolling, mortise);

      const person = await place.person();
      await openAccount(person, mortise);
      await typePassword(person.page, { userName: upn('toChange') });
      expect(await titleOf(person.page)).toBe('Enter the code from your app');
      await typeCode(person.page, await codeOf(secret, mortise));
      expect(await factors(person)).toEqual(['Authenticator']);
      await press(person.page, 'Change password', 'link');
      const userName = person.page.getByLabel('User name');
      expect([await userName.inputValue(), await userName.isEditable()]).toEqual([upn('toChange'), false]);
      await typeChange(person.page, { fresh: 'Lab-Fresh-Passw0rd' });
      // The session is a new one, which has not used the second factor.
      mortise.passTime(30_000);
      await typeCode(person.page, await codeOf(secret, mortise));
      expect(await titleOf(person.page)).toBe('Your sign-in');
      expect(await codesOf(mortise)).toContain('password-changed');
    });
  });
});
