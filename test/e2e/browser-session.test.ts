/** A session in the browser: how long it is good, what ends it, and who stays signed in. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNTDISABLE, NORMAL_ACCOUNT } from '../../lab/accounts.ts';
import { labPersonDn, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { setPassword } from './active-directory.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { openApplication, press, titleOf, typePassword, upn } from './browser/steps.ts';
import type { Typed, Who } from './browser/steps.ts';
import { codesOf, expectSignedIn } from './browser/verdict.ts';
import type { Mortise } from './mortise.ts';

const SESSION = '__Host-mortise-session';
const HOURS = 3_600_000;
const FRESH = 'Lab-Fresh-Passw0rd';

describe.skipIf(!browserAvailable)('a session, in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  const signIn = async (mortise: Mortise, who: Who = 'usual', person?: Person, typed: Typed = {}): Promise<Person> => {
    const somebody = person ?? (await place.person());
    await openApplication(somebody.page, place.entra, who);
    await typePassword(somebody.page, typed);
    await expectSignedIn(place, somebody, mortise, who);
    return somebody;
  };
  const cookieOf = async ({ context }: Person, { urls }: Mortise) =>
    (await context.cookies(urls.passiveSignInUri)).find(({ name }) => name === SESSION);

  test('signs in to the next application without a page, and its cookie is for this host and no script', async () => {
    const mortise = await place.federatedMortise();
    const person = await signIn(mortise);
    const cookie = await cookieOf(person, mortise);
    expect(cookie).toMatchObject({
      domain: 'sso.localhost',
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      expires: -1,
    });
    await openApplication(person.page, place.entra, 'usual');
    const { recorded, claims } = await expectSignedIn(place, person, mortise, 'usual');
    expect(recorded).toEqual(['issued']);
    expect(claims).not.toHaveProperty('psso');
    expect((await cookieOf(person, mortise))?.value).toBe(cookie?.value);
    // The store, were somebody to read it, opens no session.
    for (const file of ['mortise.sqlite', 'mortise.sqlite-wal']) {
      const kept = await readFile(join(mortise.folder, file));
      expect(kept.includes(cookie?.value ?? '')).toBe(false);
    }
  });

  test('is another one after each sign-in: an old cookie opens nothing', async () => {
    const mortise = await place.federatedMortise();
    const person = await signIn(mortise);
    const old = await cookieOf(person, mortise);
    await openApplication(person.page, place.entra, 'usual', { prompt: 'login' });
    await typePassword(person.page);
    await expectSignedIn(place, person, mortise, 'usual');
    expect((await cookieOf(person, mortise))?.value).not.toBe(old?.value);
    const thief = await place.person();
    if (old !== undefined) await thief.context.addCookies([old]);
    await openApplication(thief.page, place.entra, 'usual');
    expect(await titleOf(thief.page)).toBe('Sign in');
  });

  describe('is ended', () => {
    const expectEnded = async ({ page }: Person, who: Who = 'usual'): Promise<void> => {
      await openApplication(page, place.entra, who);
      expect(await titleOf(page)).toBe('Sign in');
    };

    test('by signing out at Entra, and the application is told', async () => {
      const sloEndpoint = `${place.entra.urls.login}/login.srf`;
      const mortise = await place.federatedMortise({ application: { sloEndpoint } });
      const person = await signIn(mortise);
      const told = person.page.waitForResponse((response) => response.url().includes('wsignoutcleanup1.0'));
      await press(person.page, 'Sign out', 'link');
      expect(await titleOf(person.page)).toBe('You are signed out');
      expect((await told).status()).toBe(200);
      expect(await cookieOf(person, mortise)).toBeUndefined();
      expect((await codesOf(mortise)).at(-1)).toBe('session-ended');
      await expectEnded(person);
    });

    test('and the browser is led back to an address of the application, and to no other', async () => {
      const mortise = await place.federatedMortise();
      const { page } = await signIn(mortise);
      const leave = async (wreply: string): Promise<string> => {
        const query = new URLSearchParams({ wa: 'wsignout1.0', wreply }).toString();
        await page.goto(`${mortise.urls.passiveSignInUri}?${query}`);
        return page.url();
      };
      expect(await leave(`${place.entra.urls.login}/?signed=out`)).toBe(`${place.entra.urls.login}/?signed=out`);
      for (const elsewhere of ['https://elsewhere.localhost/', '//elsewhere.localhost/', '/\\elsewhere.localhost'])
        expect(await leave(elsewhere)).toContain(mortise.urls.passiveSignInUri);
    });

    test('to sign in as somebody else, where the one before was going', async () => {
      const mortise = await place.federatedMortise({ signIn: { corporateNetworks: ['127.0.0.0/8'] } });
      const person = await place.person();
      const { page } = person;
      await page.goto(`${place.entra.urls.login}/?domain_hint=${place.lab.domain}&mfa=1`);
      await typePassword(page, { userName: upn('usual') });
      await press(page, 'Sign in as somebody else', 'link');
      expect(await titleOf(page)).toBe('You are signed out');
      await press(page, 'Sign in again', 'link');
      await typePassword(page, { userName: upn('finePolicy') });
      expect(await page.locator('.person').innerText()).toContain(upn('finePolicy'));
      expect(await codesOf(mortise)).toEqual(['session-opened', 'session-ended', 'session-opened']);
    });

    test('and no link of somebody else’s leads elsewhere from there', async () => {
      const mortise = await place.federatedMortise();
      const { page } = await place.person();
      for (const back of [
        'https://elsewhere.localhost/',
        '//elsewhere.localhost/adfs/ls/',
        '/\\\\elsewhere.localhost',
        '/x',
      ]) {
        await page.goto(`${mortise.urls.passiveSignInUri}?wa=wsignout1.0&mortise=${encodeURIComponent(back)}`);
        expect(await titleOf(page)).toBe('You are signed out');
        expect(await page.getByRole('link').count()).toBe(0);
      }
    });

    test('when the account is disabled in AD', async () => {
      const mortise = await place.federatedMortise();
      const dn = labPersonDn(PASSWORD_PEOPLE.toChange);
      const person = await signIn(mortise, 'toChange');
      await place.lab.modify(dn, { userAccountControl: NORMAL_ACCOUNT | ACCOUNTDISABLE });
      await openApplication(person.page, place.entra, 'toChange');
      expect(await titleOf(person.page)).toBe('You could not be signed in');
      expect((await codesOf(mortise)).at(-1)).toBe('account-disabled');
      await place.lab.modify(dn, { userAccountControl: NORMAL_ACCOUNT });
      await expectEnded(person, 'toChange');
    });

    test('when the account is deleted in AD', async () => {
      const mortise = await place.federatedMortise();
      const person = await signIn(mortise, 'mailNotUpn');
      await place.lab.remove(labPersonDn(PASSWORD_PEOPLE.mailNotUpn));
      await openApplication(person.page, place.entra, 'mailNotUpn');
      expect(await titleOf(person.page)).toBe('You could not be signed in');
      expect((await codesOf(mortise)).at(-1)).toBe('directory-entry-missing');
      await expectEnded(person, 'mailNotUpn');
    });

    test('when the password is changed elsewhere', async () => {
      const mortise = await place.federatedMortise();
      const person = await signIn(mortise, 'toChangeToo');
      await setPassword(place.lab, labPersonDn(PASSWORD_PEOPLE.toChangeToo), FRESH);
      await expectEnded(person, 'toChangeToo');
      expect((await codesOf(mortise)).at(-1)).toBe('session-ended');
      await typePassword(person.page, { password: FRESH });
      await expectSignedIn(place, person, mortise, 'toChangeToo');
    });

    test.each([
      ['at its end', {}, 8 * HOURS + 1],
      ['at its end, as the settings have it', { sessionMinutes: 60 }, HOURS + 1],
    ])('%s', async (_, settings, ms) => {
      const mortise = await place.federatedMortise({ signIn: settings });
      const person = await signIn(mortise);
      mortise.passTime(ms);
      await expectEnded(person);
    });
  });

  describe('stays', () => {
    test.each([
      ['when the browser is closed, for who chose to stay signed in', true],
      ['not, for who did not', false],
    ])('%s', async (_, stay) => {
      const mortise = await place.federatedMortise();
      const first = await place.ownProfile();
      await signIn(mortise, 'usual', first, { stay });
      const cookie = await cookieOf(first, mortise);
      if (stay) expect(Math.abs((cookie?.expires ?? 0) * 1000 - Date.now() - 24 * HOURS)).toBeLessThan(60_000);
      else expect(cookie?.expires).toBe(-1);
      await first.context.close();
      const later = await place.ownProfile({ folder: first.folder });
      await openApplication(later.page, place.entra, 'usual');
      if (!stay) return expect(await titleOf(later.page)).toBe('Sign in');
      const { claims, recorded } = await expectSignedIn(place, later, mortise, 'usual');
      expect(recorded).toEqual(['issued']);
      expect(claims['psso']).toEqual(['true']);
    });

    test('for who told Entra so', async () => {
      const mortise = await place.federatedMortise();
      const person = await place.person();
      await openApplication(person.page, place.entra, 'usual', { kmsi: '1' });
      await typePassword(person.page);
      const { claims } = await expectSignedIn(place, person, mortise, 'usual');
      expect(claims['psso']).toEqual(['true']);
      expect((await cookieOf(person, mortise))?.expires).toBeGreaterThan(0);
    });

    test('for nobody where the settings do not allow it', async () => {
      const mortise = await place.federatedMortise({ signIn: { staySignedInMinutes: 0 } });
      const person = await place.person();
      await openApplication(person.page, place.entra, 'usual', { kmsi: '1' });
      expect(await person.page.getByLabel('Stay signed in').count()).toBe(0);
      await typePassword(person.page);
      const { claims } = await expectSignedIn(place, person, mortise, 'usual');
      expect(claims).not.toHaveProperty('psso');
      expect((await cookieOf(person, mortise))?.expires).toBe(-1);
    });
  });

  test('is one for all tabs: two that were open at once both come through', async () => {
    const mortise = await place.federatedMortise();
    const one = await place.person();
    const other = { ...one, page: await one.context.newPage() };
    await openApplication(one.page, place.entra, 'usual');
    await openApplication(other.page, place.entra, 'usual');
    await typePassword(one.page);
    await expectSignedIn(place, one, mortise, 'usual');
    await typePassword(other.page);
    await expectSignedIn(place, other, mortise, 'usual');
  });
});
