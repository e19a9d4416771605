/**
 * A tour of every page as it comes in a real sign-in, in both languages: what axe says, by light and in the dark, on a
 * narrow screen and zoomed. That no page breaks its own policy is held for every window (browser/place.ts).
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import type { Language } from '../../src/pages/language.ts';
import { textsOf } from '../../src/pages/texts/texts.ts';
import { codeOf, oathtool, secretOn } from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { expectGoodLook, violationsOf } from './browser/look.ts';
import { addAuthenticator } from './browser/passkey.ts';
import { openPlace } from './browser/place.ts';
import type { Place } from './browser/place.ts';
import { arriveAtEntra, openApplication, titleOf } from './browser/steps.ts';
import type { Who } from './browser/steps.ts';
import { codesOf } from './browser/verdict.ts';
import type { Mortise } from './mortise.ts';

const MINUTES = 60_000;
const BRANDING = {
  organisationName: 'Example AG',
  logoFile: join(import.meta.dirname, 'browser', 'logo.svg'),
  accentColour: '#7a2f8f',
  helpText: 'Help desk · Hilfe: telephone 1234',
  helpUrl: 'https://help.example.test/',
};

describe.skipIf(!browserAvailable || oathtool === undefined)('every page, on the way', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  const start = (corporateNetworks: readonly string[]): Promise<Mortise> =>
    place.federatedMortise({ signIn: { corporateNetworks: [...corporateNetworks], branding: BRANDING } });
  const go = async (page: Page, work: () => Promise<unknown>): Promise<void> => {
    await Promise.all([page.waitForEvent('framenavigated'), work()]);
  };
  const submit = (page: Page): Promise<void> =>
    go(page, () => page.locator('main button[type=submit]').first().click());
  const follow = (page: Page, name: string): Promise<void> =>
    go(page, () => page.getByRole('link', { name }).first().click());

  describe.each([
    ['en', 'usual', 'expired', 'disabled'],
    ['de', 'toChange', 'expiredToo', 'disabledToo'],
  ] as const)('in %s', (language: Language, who: Who, expired: Who, disabled: Who) => {
    const texts = textsOf(language);
    const wishes = { mfa: '1', mkt: language === 'de' ? 'de-DE' : 'en-US' };
    const locale = language === 'de' ? 'de-CH' : 'en-GB';
    const visitor = async (): Promise<Page> => (await place.person({ locale })).page;
    const typePassword = async (page: Page, password = PERSON_PASSWORD): Promise<void> => {
      await page.getByLabel(texts.password, { exact: true }).fill(password);
      await submit(page);
    };
    const look = async (page: Page, name: string, title: string): Promise<void> => {
      expect(await titleOf(page)).toBe(title.replaceAll('\u00AD', ''));
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await expectGoodLook(page, `${name}.${language}`);
    };

    test('the password: the form, and what may be wrong with it', { timeout: 2 * MINUTES }, async () => {
      const mortise = await start([]);
      const page = await visitor();
      await openApplication(page, place.entra, who, wishes);
      await look(page, 'sign-in', texts.signIn.title);
      await typePassword(page, 'not-a-real password');
      await look(page, 'sign-in-wrong', texts.signIn.title);
      await follow(page, texts.signIn.changePassword);
      await look(page, 'change-password', texts.changePassword.title);
      await page.getByLabel(texts.changePassword.oldPassword).fill('one');
      await page.getByLabel(texts.changePassword.newPassword, { exact: true }).fill('two');
      await page.getByLabel(texts.changePassword.again).fill('three');
      await submit(page);
      await look(page, 'change-password-mismatch', texts.changePassword.title);
      await openApplication(page, place.entra, expired, wishes);
      await typePassword(page);
      await look(page, 'change-password-expired', texts.changePassword.title);
      await openApplication(page, place.entra, disabled, wishes);
      await typePassword(page);
      await look(page, 'refused', texts.refused.titles['help-desk']);
      await page.goto(mortise.urls.passiveSignInUri);
      await look(page, 'home', texts.home.title(BRANDING.organisationName));
      await page.goto(`${mortise.urls.passiveSignInUri}?wa=wsignin1.0`);
      await look(page, 'start-again', texts.refused.titles['start-again']);
    });

    test('the second factor: set up, asked for, looked after', { timeout: 4 * MINUTES }, async () => {
      const elsewhere = await start([]);
      const outside = await visitor();
      await openApplication(outside, place.entra, who, wishes);
      await typePassword(outside);
      await look(outside, 'enrolment-gate', texts.enrolmentGate.title);
      await outside.getByLabel(texts.enrolmentGate.code).fill('00000-00000');
      await submit(outside);
      await look(outside, 'enrolment-gate-wrong', texts.enrolmentGate.title);
      expect(await codesOf(elsewhere)).toEqual(['session-opened', 'enrolment-code-wrong']);

      const mortise = await start(['127.0.0.0/8']);
      const person = await place.person({ locale });
      const { page } = person;
      await addAuthenticator(person);
      await openApplication(page, place.entra, who, wishes);
      await typePassword(page);
      await look(page, 'enrolment-choice', texts.enrolmentChoice.title);
      await follow(page, texts.ways.totp);
      await look(page, 'enrol-app', texts.enrolTotp.title);
      const secret = await secretOn(page);
      await page.getByLabel(texts.enrolTotp.code, { exact: true }).fill('1');
      await submit(page);
      await look(page, 'enrol-app-wrong', texts.enrolTotp.title);
      await page.getByLabel(texts.enrolTotp.code, { exact: true }).fill(await codeOf(secret, mortise));
      await submit(page);
      await look(page, 'recovery-codes', texts.recoveryCodes.title);
      await follow(page, texts.continue);
      await arriveAtEntra(page, place.entra);

      await page.goto(mortise.urls.accountUri);
      await look(page, 'account', texts.account.title);
      await follow(page, texts.account.addPasskey);
      await look(page, 'enrol-passkey', texts.enrolPasskey.title);
      await submit(page);
      await look(page, 'account-added', texts.account.title);
      await page.getByText(texts.account.newCodes).click();
      await page.getByText(texts.account.remove).first().click();
      await look(page, 'account-unfolded', texts.account.title);
      await follow(page, texts.account.signOut);
      await look(page, 'signed-out', texts.signedOut.title);

      mortise.passTime(MINUTES);
      await openApplication(page, place.entra, who, wishes);
      await typePassword(page);
      await look(page, 'second-factor-passkey', texts.secondFactor.titles.passkey);
      await follow(page, texts.secondFactor.others.totp);
      await look(page, 'second-factor-app', texts.secondFactor.titles.totp);
      await page.getByLabel(texts.secondFactor.labels.totp, { exact: true }).fill('1');
      await submit(page);
      await look(page, 'second-factor-app-wrong', texts.secondFactor.titles.totp);
      await follow(page, texts.secondFactor.others.recovery);
      await look(page, 'second-factor-recovery', texts.secondFactor.titles.recovery);
    });

    test('the answer, while the application takes its time', async () => {
      await start([]);
      const page = await visitor();
      await page.route('**/login.srf', (route) => route.abort('aborted'));
      await openApplication(page, place.entra, 'usual', { mkt: wishes.mkt });
      await typePassword(page);
      await look(page, 'posting', texts.posting.title);
    });
  });

  test('and the judges are awake: a picture without words, a script that no policy allows', async () => {
    await start([]);
    const { page } = await place.person({ expected: /Executing inline script violates/ });
    const refusals: string[] = [];
    page.on('console', (message) => refusals.push(message.text()));
    await openApplication(page, place.entra, 'usual');
    const heard = page.waitForEvent('console');
    await page.evaluate(`document.querySelector('main').innerHTML = '<img src="/assets/none">';
      document.body.appendChild(document.createElement('script')).text = 'document.title = "broken"'`);
    await heard;
    expect(refusals.join()).toContain('violates the following Content Security Policy directive');
    expect(await page.title()).not.toBe('broken');
    expect((await violationsOf(page)).join()).toContain('image-alt');
  });
});
