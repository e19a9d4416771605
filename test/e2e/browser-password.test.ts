/** People sign in with their password of a real Active Directory in a real browser, and change it there. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, labPersonImmutableId, LONG_PASSWORD, LOCKOUT, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { lockInAd } from './active-directory.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { openApplication, press, titleOf, told, typeChange, typePassword, upn } from './browser/steps.ts';
import type { Who } from './browser/steps.ts';
import { codesOf, expectSignedIn, expectSilenceOf, METHODS } from './browser/verdict.ts';

const WRONG = 'not-a-real password';
const FRESH = 'Lab-Fresh-Passw0rd';

describe.skipIf(!browserAvailable)('with a password, in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  test('a person is signed in, and Entra reads who, how and from where', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    const { page } = person;
    const urls: string[] = [];
    page.on('request', (request) => urls.push(request.url()));
    await openApplication(page, place.entra, 'usual');
    expect(await titleOf(page)).toBe('Sign in');
    expect(await page.getByLabel('User name').inputValue()).toBe(upn('usual'));
    await typePassword(page);
    const { signIn, claims, recorded, issued } = await expectSignedIn(place, person, mortise, 'usual');
    expect(claims).toEqual({
      UPN: [upn('usual')],
      ImmutableID: [labPersonImmutableId(PASSWORD_PEOPLE.usual)],
      insidecorporatenetwork: ['false'],
      authenticationmethod: [METHODS.password],
      authnmethodsreferences: [METHODS.password],
    });
    expect(signIn.secondFactor).toBe(false);
    expect(recorded).toEqual(['session-opened', 'issued']);
    expect(issued).toMatchObject({ endpoint: 'passive', subject: { kind: 'person' } });
    await expectSilenceOf(mortise, [PERSON_PASSWORD], urls);
  });

  test('a person is signed in whom an application names by login_hint', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    const hint = new URLSearchParams({ login_hint: upn('usual') }).toString();
    await person.page.goto(`${place.entra.urls.login}/${place.lab.domain}/oauth2/authorize?${hint}`);
    await typePassword(person.page);
    await expectSignedIn(place, person, mortise, 'usual');
  });

  test('a person types the user name where Entra knows the domain alone', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    await person.page.goto(`${place.entra.urls.login}/?domain_hint=${place.lab.domain}`);
    await typePassword(person.page, { userName: upn('usual') });
    await expectSignedIn(place, person, mortise, 'usual');
  });

  test('wrong, unknown and locked look alike to the byte, and differ in the record', async () => {
    const mortise = await place.federatedMortise();
    await lockInAd(place.lab, labPersonDn(PASSWORD_PEOPLE.toLock), LOCKOUT.threshold);
    const { page: first } = await place.person();
    await first.goto(`${place.entra.urls.login}/?domain_hint=${place.lab.domain}`);
    const address = first.url();
    const seen = async (userName: string, password: string): Promise<string> => {
      const { page } = await place.person();
      await page.goto(address);
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await typePassword(page, { userName, password });
      const { status, text } = await answer.then(async (got) => ({ status: got.status(), text: await got.text() }));
      expect(await told(page)).toContain('not right');
      return `${status} ${text}`.replaceAll(userName, 'NAME').replace(/name="csrf" value="[^"]+"/g, 'csrf');
    };
    const wrong = await seen(upn('toGuess'), WRONG);
    expect(wrong).toContain('200 <!doctype html>');
    expect(await seen(`nobody@${place.lab.domain}`, WRONG)).toBe(wrong);
    expect(await seen(upn('toLock'), PERSON_PASSWORD)).toBe(wrong);
    expect(await seen(upn('disabled'), WRONG)).toBe(wrong);
    const codes = ['password-wrong', 'password-account-unknown', 'account-locked-out', 'password-wrong'];
    expect(await codesOf(mortise)).toEqual(codes);
    await expectSilenceOf(mortise, [WRONG, PERSON_PASSWORD], []);
  });

  test('after a wrong password the right one signs in, on the same page', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    // Of the others AD has counted wrong ones already, and Mortise heeds that.
    await openApplication(person.page, place.entra, 'toAttack');
    await typePassword(person.page, { password: WRONG });
    await typePassword(person.page);
    const { recorded } = await expectSignedIn(place, person, mortise, 'toAttack');
    expect(recorded).toEqual(['password-wrong', 'session-opened', 'issued']);
  });

  test('a disabled account is told with the right password, with an id to tell the help desk', async () => {
    const mortise = await place.federatedMortise({ signIn: { branding: { helpText: 'Help desk, telephone 1234' } } });
    const { page } = await place.person();
    await openApplication(page, place.entra, 'disabled');
    await typePassword(page);
    expect(await titleOf(page)).toBe('You could not be signed in');
    expect(await page.locator('.help-desk').innerText()).toBe('Help desk, telephone 1234');
    const [record] = await mortise.store.activities.list({ limit: 1 });
    expect(record?.refusal?.code).toBe('account-disabled');
    expect(await page.locator('main').innerText()).toContain(record?.id);
  });

  describe('that must be changed first', () => {
    /** Whoever still has the old one is out. */
    const expectDead = async (who: Who, password: string): Promise<void> => {
      const { page } = await place.person();
      await openApplication(page, place.entra, who);
      await typePassword(page, { password });
      expect(await told(page)).toContain('not right');
    };
    const changes = async (who: Who, { page }: Person): Promise<void> => {
      await openApplication(page, place.entra, who);
      await typePassword(page);
      expect(await titleOf(page)).toBe('Change your password');
    };

    test.each([
      ['expired', 'password-expired', 'has expired'],
      ['mustChange', 'password-must-change', 'must be changed'],
    ] as const)('%s: changed in AD, signed in with the new one, and the old one is dead', async (who, code, why) => {
      const mortise = await place.federatedMortise();
      const person = await place.person();
      await changes(who, person);
      expect(await person.page.locator('main').innerText()).toContain(why);
      await typeChange(person.page, { fresh: FRESH });
      const { recorded } = await expectSignedIn(place, person, mortise, who);
      expect(recorded).toEqual([code, 'password-changed', 'issued']);
      await expectDead(who, PERSON_PASSWORD);
      const again = await place.person();
      await openApplication(again.page, place.entra, who);
      await typePassword(again.page, { password: FRESH });
      await expectSignedIn(place, again, mortise, who);
      await expectSilenceOf(mortise, [PERSON_PASSWORD, FRESH], []);
    });

    test('where people may not change it, the page says where else', async () => {
      const mortise = await place.federatedMortise({ allowPasswordChanges: false });
      const { page } = await place.person();
      await openApplication(page, place.entra, 'mustChangeToo');
      expect(await page.getByRole('link', { name: 'Change password' }).count()).toBe(0);
      await typePassword(page);
      expect(await titleOf(page)).toBe('Your password must be changed');
      expect(await page.locator('main').innerText()).toContain('Ctrl+Alt+Del');
      expect(await codesOf(mortise)).toEqual(['password-must-change']);
    });
  });

  test('a user name mistyped where it is changed can be corrected', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    const { page } = person;
    await openApplication(page, place.entra, 'toChangeTwice');
    await press(page, 'Change password', 'link');
    const userName = page.getByLabel('User name');
    await userName.fill(`${upn('toChangeTwice')}e`);
    await typeChange(page, { fresh: FRESH });
    expect(await told(page)).toContain('not right');
    await userName.fill(upn('toChangeTwice'));
    await typeChange(page, { fresh: FRESH });
    await expectSignedIn(place, person, mortise, 'toChangeTwice');
  });

  test('that AD’s rules do not allow is told, as are two that differ, until one is right', async () => {
    const mortise = await place.federatedMortise();
    const person = await place.person();
    const { page } = person;
    await openApplication(page, place.entra, 'longPassword');
    await press(page, 'Change password', 'link');
    await typeChange(page, { fresh: FRESH, again: `${FRESH}!` });
    expect(await told(page)).toContain('not alike');
    await typeChange(page, { fresh: 'Short-1' });
    expect(await told(page)).toContain('rules do not allow');
    await typeChange(page, { old: WRONG, fresh: FRESH });
    expect(await told(page)).toContain('current password is not right');
    expect(FRESH.length).toBeGreaterThanOrEqual(LONG_PASSWORD);
    await typeChange(page, { fresh: FRESH });
    const { recorded } = await expectSignedIn(place, person, mortise, 'longPassword');
    expect(recorded).toEqual(['password-change-policy', 'password-wrong', 'password-changed', 'issued']);
  });
});
