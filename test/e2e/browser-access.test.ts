/** People who use a browser differently: without JavaScript, without a mouse, and in another language. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { codeOf, oathtool, secretOn, setUpApp } from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Place } from './browser/place.ts';
import { openApplication, press, titleOf, typeChange, typeCode, typePassword, upn } from './browser/steps.ts';
import { expectSignedIn } from './browser/verdict.ts';
import type { BrowserSettings } from './configuration.ts';

const INSIDE: BrowserSettings = { signIn: { corporateNetworks: ['127.0.0.0/8'] } };
const MFA = { mfa: '1' };
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

describe.skipIf(!browserAvailable || oathtool === undefined)('in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  describe('without JavaScript', () => {
    test('a person signs in with a password, and presses once more to go on', async () => {
      const mortise = await place.federatedMortise();
      const person = await place.person(WITHOUT_SCRIPT);
      await openApplication(person.page, place.entra, 'usual');
      await typePassword(person.page);
      expect(await titleOf(person.page)).toBe('Signing you in');
      await press(person.page, 'Continue');
      const { recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(recorded).toEqual(['session-opened', 'issued']);
    });

    test('an authenticator app is set up and used, and a person signs out', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const first = await place.person(WITHOUT_SCRIPT);
      await openApplication(first.page, place.entra, 'usual', MFA);
      await typePassword(first.page);
      const { secret } = await setUpApp(first.page, mortise);
      await press(first.page, 'Continue', 'link');
      await press(first.page, 'Continue');
      expect((await expectSignedIn(place, first, mortise, 'usual')).signIn.secondFactor).toBe(true);
      await press(first.page, 'Sign out', 'link');
      expect(await titleOf(first.page)).toBe('You are signed out');

      mortise.passTime(30_000);
      await openApplication(first.page, place.entra, 'usual', MFA);
      await typePassword(first.page);
      await typeCode(first.page, await codeOf(secret, mortise));
      await press(first.page, 'Continue');
      expect((await expectSignedIn(place, first, mortise, 'usual')).signIn.secondFactor).toBe(true);
    });

    test('a password that must be changed is changed', async () => {
      const mortise = await place.federatedMortise();
      const person = await place.person(WITHOUT_SCRIPT);
      await openApplication(person.page, place.entra, 'mustChange');
      await typePassword(person.page);
      await typeChange(person.page, { fresh: 'Lab-Fresh-Passw0rd' });
      await press(person.page, 'Continue');
      await expectSignedIn(place, person, mortise, 'mustChange');
    });
  });

  describe('with the keyboard alone', () => {
    /** Enter on what has the focus, until something else is shown. */
    const enter = async (page: Page): Promise<void> => {
      await Promise.all([page.waitForEvent('framenavigated'), page.keyboard.press('Enter')]);
    };
    /** Chromium lets no key through to a page before it has drawn it. */
    const drawn = async (page: Page): Promise<void> => {
      await page.waitForLoadState();
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    };
    const focused = (page: Page): Promise<string> =>
      page.evaluate<string>('document.activeElement.name || document.activeElement.innerText');
    const tabTo = async (page: Page, wanted: string): Promise<void> => {
      await drawn(page);
      for (let count = 0; (await focused(page)) !== wanted; count++) {
        expect(count, `Tab does not reach ${wanted}`).toBeLessThan(20);
        await page.keyboard.press('Tab');
      }
    };

    test('a person whose name is known types the password and presses Enter', async () => {
      const mortise = await place.federatedMortise();
      const person = await place.person();
      await openApplication(person.page, place.entra, 'usual');
      await drawn(person.page);
      expect(await focused(person.page)).toBe('password');
      await person.page.keyboard.type(PERSON_PASSWORD);
      await enter(person.page);
      await expectSignedIn(place, person, mortise, 'usual');
    });

    test('everything on the way is reached by Tab: name, password, staying signed in, an app, its code', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const person = await place.person();
      const { page } = person;
      await page.goto(`${place.entra.urls.login}/?domain_hint=${place.lab.domain}&mfa=1`);
      await drawn(page);
      expect(await focused(page)).toBe('username');
      await page.keyboard.type(upn('usual'));
      await tabTo(page, 'password');
      await page.keyboard.type(PERSON_PASSWORD);
      await tabTo(page, 'stay');
      await page.keyboard.press('Space');
      await tabTo(page, 'Sign in');
      await enter(page);
      await drawn(page);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toContain('Authenticator app');
      await enter(page);
      await tabTo(page, 'code');
      await page.keyboard.type(await codeOf(await secretOn(page), mortise));
      await enter(page);
      await tabTo(page, 'Continue');
      await enter(page);
      const { claims, signIn } = await expectSignedIn(place, person, mortise, 'usual');
      expect([signIn.secondFactor, claims['psso']]).toEqual([true, ['true']]);
    });

    test('after a mistake the focus is where it can be mended', async () => {
      await place.federatedMortise();
      const { page } = await place.person();
      await openApplication(page, place.entra, 'toAttack');
      await drawn(page);
      await page.keyboard.type('not-a-real password');
      await enter(page);
      expect(await page.title()).toMatch(/^Error: Sign in/);
      expect(await focused(page)).toBe('password');
      const field = page.getByLabel('Password', { exact: true });
      expect(await field.getAttribute('aria-describedby')).toBe('told');
      expect(await field.inputValue()).toBe('');
    });
  });

  test.each([
    ['mkt of Entra before the browser’s own', 'en-US', { mkt: 'de-AT' }, 'de'],
    ['the browser’s own', 'de-CH', {}, 'de'],
    ['lc of Entra, a number of Windows', 'de-DE', { lc: '2057' }, 'en'],
    ['the language of the settings for one that is not there', 'ja-JP', {}, 'en'],
  ])('the language is: %s', async (_, locale, wishes, language) => {
    await place.federatedMortise();
    const { page } = await place.person({ locale });
    await openApplication(page, place.entra, 'usual', wishes);
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await titleOf(page)).toBe(language === 'de' ? 'Anmelden' : 'Sign in');
  });
});
