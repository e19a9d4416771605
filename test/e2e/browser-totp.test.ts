/** An authenticator app as second factor: set up, asked for, lost. The codes are made by oathtool. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolmentCodeFor, mortiseCommand } from './browser/administrator.ts';
import {
  chooseApp,
  codeOf,
  enrolApp,
  oathtool,
  readQrCode,
  secretOn,
  setUpApp,
  wrongCode,
  zbarimg,
} from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { openApplication, press, titleOf, told, typeCode, typePassword, upn } from './browser/steps.ts';
import type { Who, Wishes } from './browser/steps.ts';
import { codesOf, expectSignedIn, expectSilenceOf, METHODS } from './browser/verdict.ts';
import type { BrowserSettings } from './configuration.ts';
import type { Mortise } from './mortise.ts';

const ORGANISATION = 'Example: works';
const INSIDE: BrowserSettings = {
  signIn: { corporateNetworks: ['127.0.0.0/8'], branding: { organisationName: ORGANISATION } },
};
const MFA = { mfa: '1' };

describe.skipIf(!browserAvailable || oathtool === undefined)(
  'with an authenticator app, in the browser',
  PATIENCE,
  () => {
    let place: Place;
    beforeAll(async () => {
      place = await openPlace();
    });
    afterAll(async () => {
      await place?.close();
    });

    /** Up to what follows the password. */
    const arrive = async (who: Who = 'usual', wishes: Wishes = MFA): Promise<Person> => {
      const person = await place.person();
      await openApplication(person.page, place.entra, who, wishes);
      await typePassword(person.page);
      return person;
    };
    /** Somebody who has one. */
    const enrolled = async (mortise: Mortise) => {
      const { page } = await arrive();
      return enrolApp(page, mortise);
    };

    test('it is set up on a named network, and Entra reads that it was used', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const person = await arrive();
      const { page } = person;
      expect(await titleOf(page)).toBe('Set up a second factor');
      const { secret, recoveryCodes } = await setUpApp(page, mortise);
      expect(await titleOf(page)).toBe('Your recovery codes');
      expect(new Set(recoveryCodes).size).toBe(10);
      await press(page, 'Continue', 'link');
      const { signIn, claims, recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(claims).toMatchObject({
        authenticationmethod: [METHODS.password, METHODS.multiple, METHODS.windowsOrMultiple],
        authnmethodsreferences: [METHODS.password, METHODS.multiple, METHODS.windowsOrMultiple],
        insidecorporatenetwork: ['true'],
      });
      expect(await page.locator('main').innerText()).toContain(
        'stated in AuthenticationStatement@AuthenticationMethod',
      );
      expect(recorded).toEqual(['session-opened', 'second-factor-added', 'issued']);
      await expectSilenceOf(mortise, [secret, ...recoveryCodes], []);
    });

    test.skipIf(zbarimg === undefined)('the QR code says what the page says, to whoever scans it', async () => {
      await place.federatedMortise(INSIDE);
      const { page } = await arrive();
      await chooseApp(page);
      const read = new URL(await readQrCode(page, place.lab.folder));
      expect([read.protocol, read.host]).toEqual(['otpauth:', 'totp']);
      expect(decodeURIComponent(read.pathname)).toBe(`/Example  works:${upn('usual')}`);
      expect(read.searchParams.get('secret')).toBe(await secretOn(page));
      expect(read.searchParams.get('issuer')).toBe('Example  works');
      expect(await page.getByRole('link', { name: 'Open the app' }).getAttribute('href')).toBe(read.href);
    });

    test('the next sign-in asks for a code: a wrong one is told, a used one too, the right one signs in', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { secret } = await enrolled(mortise);
      const person = await arrive();
      const { page } = person;
      expect(await titleOf(page)).toBe('Enter the code from your app');
      await typeCode(page, await wrongCode(secret, mortise));
      expect(await told(page)).toContain('not right');
      const code = await codeOf(secret, mortise);
      await typeCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
      const { signIn, recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(recorded).toEqual(['session-opened', 'second-factor-wrong', 'second-factor-passed', 'issued']);
      const other = await arrive();
      await typeCode(other.page, code);
      expect(await told(other.page)).toContain('used already');
      await expectSilenceOf(mortise, [secret, code], []);
    });

    test('a recovery code stands in for it, once', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { recoveryCodes } = await enrolled(mortise);
      const [code = ''] = recoveryCodes;
      const person = await arrive();
      await press(person.page, 'Use a recovery code', 'link');
      await typeCode(person.page, code.toLowerCase().replace('-', ' '));
      const { signIn, recorded } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(recorded).toEqual(['session-opened', 'second-factor-passed', 'issued']);
      const other = await arrive();
      await press(other.page, 'Use a recovery code', 'link');
      await typeCode(other.page, code);
      expect(await told(other.page)).toContain('not right');
      await expectSilenceOf(mortise, recoveryCodes, []);
    });

    test('away from the named networks the password alone sets none up, an administrator’s code does', async () => {
      const mortise = await place.federatedMortise();
      const person = await arrive();
      const { page } = person;
      expect(await titleOf(page)).toBe('A second factor is needed');
      const address = page.url();
      // Neither by the address of the page that sets one up.
      for (const show of ['enrol-totp', 'enrol-passkey', 'recovery-codes']) {
        await page.goto(`${address}&mortise=${show}`);
        expect(await titleOf(page)).toBe('A second factor is needed');
      }
      await page.goto(address);
      await typeCode(page, '00000-00000', 'Continue');
      expect(await told(page)).toContain('not right');
      const code = await enrolmentCodeFor(mortise, upn('usual'));
      await typeCode(page, code, 'Continue');
      expect(await titleOf(page)).toBe('Set up a second factor');
      await setUpApp(page, mortise);
      await press(page, 'Continue', 'link');
      const { signIn, claims } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      expect(claims['insidecorporatenetwork']).toEqual(['false']);
      expect(await codesOf(mortise)).toEqual([
        'session-opened',
        'enrolment-code-wrong',
        'enrolment-code-made',
        'enrolment-code-used',
        'second-factor-added',
        'issued',
      ]);
      await expectSilenceOf(mortise, [code], []);
    });

    test('lost: an administrator takes it away, and the next sign-in sets up another', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      const { secret } = await enrolled(mortise);
      const printed = await mortiseCommand(mortise, ['second-factor', 'reset', upn('usual')]);
      expect(printed).toContain('1 session was ended');
      const person = await arrive();
      expect(await titleOf(person.page)).toBe('Set up a second factor');
      const app = await setUpApp(person.page, mortise);
      expect(app.secret).not.toBe(secret);
      await press(person.page, 'Continue', 'link');
      await expectSignedIn(place, person, mortise, 'usual');
      expect(await codesOf(mortise)).toContain('second-factors-reset');
    });

    test('whoever sees the password over a shoulder does not get to set one up instead', async () => {
      const mortise = await place.federatedMortise(INSIDE);
      await enrolled(mortise);
      const { page } = await arrive();
      const address = page.url();
      for (const show of ['enrol-totp', 'enrol-passkey', 'recovery-codes']) {
        await page.goto(`${address}&mortise=${show}`);
        expect(await titleOf(page)).toBe('Enter the code from your app');
      }
      await page.goto(mortise.urls.accountUri);
      expect(await titleOf(page)).toBe('Enter the code from your app');
    });

    test.each([
      ['always', { policy: 'always' }, INSIDE.signIn],
      ['outside of the named networks', { policy: 'outsideCorporateNetworks' }, undefined],
    ] as const)('the policy asks for one without Entra’s asking: %s', async (_, secondFactor, signIn) => {
      const mortise = await place.federatedMortise({ application: { secondFactor }, ...(signIn && { signIn }) });
      const { page } = await arrive('usual', {});
      expect(await titleOf(page)).toMatch(/second factor/);
      expect(await codesOf(mortise)).toEqual(['session-opened']);
    });

    test('the policy asks for none on the named networks', async () => {
      const application = { secondFactor: { policy: 'outsideCorporateNetworks' } } as const;
      const mortise = await place.federatedMortise({ ...INSIDE, application });
      const person = await arrive('usual', {});
      await expectSignedIn(place, person, mortise, 'usual');
    });
  },
);
