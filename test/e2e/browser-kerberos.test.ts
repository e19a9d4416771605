/** Silent sign-in: Chromium with tickets of a real KDC, and what a person sees who has none. */
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNTDISABLE, COMPUTER_PASSWORD, COMPUTERS, NORMAL_ACCOUNT, PERSON_PASSWORD } from '../../lab/accounts.ts';
import { labPersonDn, PASSWORD_PEOPLE } from '../../lab/people.ts';
import { account, addGroups } from './active-directory.ts';
import { enrolApp, oathtool } from './browser/authenticator-app.ts';
import { browserAvailable, PATIENCE } from './browser/chromium.ts';
import { openPlace } from './browser/place.ts';
import type { Person, Place } from './browser/place.ts';
import { openApplication, titleOf, told, typePassword } from './browser/steps.ts';
import { codesOf, expectSignedIn, METHODS } from './browser/verdict.ts';

const OWN = ['127.0.0.0/8'];
const ELSEWHERE = ['192.0.2.0/24'];

describe.skipIf(!browserAvailable)('with a Kerberos ticket, in the browser', PATIENCE, () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(async () => {
    await place?.close();
  });

  /** As on a computer of the domain, with the policy that an administrator sets. */
  const withTicket = async (principal: string, password = PERSON_PASSWORD): Promise<Person> => {
    const { env } = await place.lab.kinit(principal, password);
    return place.ownProfile({ env, ticketsFor: '*.localhost' });
  };
  /** Statuses of Mortise's answers, but for those that the browser answered by itself. */
  const listen = ({ page }: Person): readonly number[] => {
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.startsWith('/wsf/')) statuses.push(response.status());
    });
    return statuses;
  };

  test('a person is signed in without seeing a form', async () => {
    const mortise = await place.federatedMortise({ signIn: { corporateNetworks: OWN } });
    const person = await withTicket(PASSWORD_PEOPLE.usual);
    const statuses = listen(person);
    await openApplication(person.page, place.entra, 'usual');
    const { claims, recorded, issued } = await expectSignedIn(place, person, mortise, 'usual');
    expect(claims).toMatchObject({
      insidecorporatenetwork: ['true'],
      authenticationmethod: [METHODS.windows],
      authnmethodsreferences: [METHODS.windows],
    });
    expect(recorded).toEqual(['session-opened', 'issued']);
    expect(statuses).toEqual([200]);
    expect(mortise.log()).toContain('asked for a Kerberos ticket');
    const { objectGUID } = await account(place.lab, PASSWORD_PEOPLE.usual);
    expect(issued.subject).toMatchObject({ kind: 'person', objectGUID });
    // The session is there now: nobody is asked for a ticket.
    await openApplication(person.page, place.entra, 'usual');
    const again = await expectSignedIn(place, person, mortise, 'usual');
    expect(again.recorded).toEqual(['issued']);
    expect(mortise.log().split('asked for a Kerberos ticket')).toHaveLength(2);
  });

  test('a person in 1,000 groups is signed in with a ticket as large as that', async () => {
    const who = 'mailNotUpn';
    await addGroups(place.lab, 1_000, labPersonDn(PASSWORD_PEOPLE[who]));
    const mortise = await place.federatedMortise();
    const { env } = await place.lab.kinit(PASSWORD_PEOPLE[who], PERSON_PASSWORD);
    const sizeOfCache = async (): Promise<number> => (await stat(env['KRB5CCNAME']?.replace('FILE:', '') ?? '')).size;
    const before = await sizeOfCache();
    const person = await place.ownProfile({ env, ticketsFor: '*.localhost' });
    await openApplication(person.page, place.entra, who);
    const { recorded } = await expectSignedIn(place, person, mortise, who);
    expect(recorded).toEqual(['session-opened', 'issued']);
    // In base64, as the browser sends it, a third more.
    expect((await sizeOfCache()) - before).toBeGreaterThan(8_000);
  });

  test.each([
    ['has no ticket', { KRB5CCNAME: 'MEMORY:none' }, '*.localhost'],
    ['has not been told to give this host tickets', undefined, undefined],
  ])('a browser that %s shows the form of the same answer', async (_, noTickets, ticketsFor) => {
    const mortise = await place.federatedMortise();
    const { env } = await place.lab.kinit(PASSWORD_PEOPLE.usual, PERSON_PASSWORD);
    const person = await place.ownProfile({
      env: { ...env, ...noTickets },
      ...(ticketsFor !== undefined && { ticketsFor }),
    });
    const statuses = listen(person);
    await openApplication(person.page, place.entra, 'usual');
    expect(await titleOf(person.page)).toBe('Sign in');
    expect(await person.page.getByRole('alert').count()).toBe(0);
    expect(statuses).toEqual([401]);
    await typePassword(person.page);
    const { claims, recorded } = await expectSignedIn(place, person, mortise, 'usual');
    expect(claims['authenticationmethod']).toEqual([METHODS.password]);
    expect(recorded).toEqual(['session-opened', 'issued']);
  });

  test.each([
    ['whose network is not named', { networks: ELSEWHERE }],
    ['whose User-Agent is not named', { userAgents: ['Firefox/', '=~Edg/\\d+'] }],
    ['anywhere, where it is turned off', { enabled: false }],
  ])('a browser %s is not asked for a ticket', async (_, silent) => {
    const mortise = await place.federatedMortise({ signIn: { silent } });
    const person = await withTicket(PASSWORD_PEOPLE.usual);
    const statuses = listen(person);
    await openApplication(person.page, place.entra, 'usual');
    expect(await titleOf(person.page)).toBe('Sign in');
    expect(statuses).toEqual([200]);
    expect(mortise.log()).not.toContain('asked for a Kerberos ticket');
  });

  test('a browser is asked whose User-Agent a regular expression names', async () => {
    const mortise = await place.federatedMortise({ signIn: { silent: { userAgents: ['=~Chrome/\\d+\\.'] } } });
    const person = await withTicket(PASSWORD_PEOPLE.usual);
    await openApplication(person.page, place.entra, 'usual');
    await expectSignedIn(place, person, mortise, 'usual');
  });

  describe('and a second factor', () => {
    const addressWith = async (wauth: string): Promise<string> => {
      const { page } = await place.person();
      await openApplication(page, place.entra, 'usual');
      return `${page.url()}&wauth=${encodeURIComponent(wauth)}`;
    };

    test.skipIf(oathtool === undefined)('a person who used both is said to have used both', async () => {
      const mortise = await place.federatedMortise({ signIn: { corporateNetworks: OWN } });
      const person = await withTicket(PASSWORD_PEOPLE.usual);
      await openApplication(person.page, place.entra, 'usual', { mfa: '1' });
      await enrolApp(person.page, mortise);
      const { claims, signIn } = await expectSignedIn(place, person, mortise, 'usual');
      expect(signIn.secondFactor).toBe(true);
      const methods = [METHODS.windows, METHODS.multiple, METHODS.windowsOrMultiple];
      expect(claims).toMatchObject({ authenticationmethod: methods, authnmethodsreferences: methods });
    });

    test('where one of the two is asked for, a ticket is one', async () => {
      const mortise = await place.federatedMortise();
      const person = await withTicket(PASSWORD_PEOPLE.usual);
      await person.page.goto(await addressWith(METHODS.windowsOrMultiple));
      const { claims } = await expectSignedIn(place, person, mortise, 'usual');
      expect(claims['authnmethodsreferences']).toEqual([METHODS.windows, METHODS.windowsOrMultiple]);
    });

    test('where one of the two is asked for, a password is none: the second factor is asked for', async () => {
      await place.federatedMortise({ signIn: { corporateNetworks: OWN } });
      const { page } = await place.person();
      await page.goto(await addressWith(METHODS.windowsOrMultiple));
      await typePassword(page);
      expect(await titleOf(page)).toBe('Set up a second factor');
    });

    test('where nothing but a ticket will do, a browser without one is told at once where it would have one', async () => {
      const mortise = await place.federatedMortise();
      const address = await addressWith(METHODS.windows);
      const { page } = await place.person();
      await page.goto(address);
      expect(await titleOf(page)).toBe('Only from the company network');
      const person = await withTicket(PASSWORD_PEOPLE.usual);
      await person.page.goto(address);
      await expectSignedIn(place, person, mortise, 'usual');
    });
  });

  test('where Entra wants the person asked again, a ticket does not do', async () => {
    const mortise = await place.federatedMortise();
    const person = await withTicket(PASSWORD_PEOPLE.usual);
    await openApplication(person.page, place.entra, 'usual', { prompt: 'login' });
    expect(await titleOf(person.page)).toBe('Sign in');
    await typePassword(person.page);
    const { claims } = await expectSignedIn(place, person, mortise, 'usual');
    expect(claims['authenticationmethod']).toEqual([METHODS.password]);
  });

  test('a computer’s ticket signs nobody in: the form, with a word about it, and the record says why', async () => {
    const mortise = await place.federatedMortise();
    const person = await withTicket(`${COMPUTERS.consistent}$`, COMPUTER_PASSWORD);
    await openApplication(person.page, place.entra, 'usual');
    expect(await told(person.page)).toContain('could not be signed in automatically');
    expect(await codesOf(mortise)).toEqual(['not-a-person']);
    await typePassword(person.page);
    await expectSignedIn(place, person, mortise, 'usual');
  });

  test('a person who is disabled in AD while the ticket is still good is not signed in', async () => {
    const mortise = await place.federatedMortise();
    const tickets = await place.lab.kinit(PASSWORD_PEOPLE.toChange, PERSON_PASSWORD);
    await tickets.request('HTTP/sso.localhost');
    const person = await place.ownProfile({ env: tickets.env, ticketsFor: '*.localhost' });
    const userAccountControl = NORMAL_ACCOUNT | ACCOUNTDISABLE;
    await place.lab.modify(labPersonDn(PASSWORD_PEOPLE.toChange), { userAccountControl });
    await openApplication(person.page, place.entra, 'toChange');
    expect(await told(person.page)).toContain('could not be signed in automatically');
    expect(await codesOf(mortise)).toEqual(['account-disabled']);
  });
});
