/** People sign in with user name and password against a real Active Directory: every answer of it, and its lockout. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERSON_PASSWORD } from '../../lab/accounts.ts';
import {
  labPersonDn,
  labPersonUpn,
  LOCKOUT,
  NON_ASCII_PASSWORD,
  PASSWORD_PEOPLE,
  SAME_MAIL,
} from '../../lab/people.ts';
import { labAvailable } from '../../lab/samba.ts';
import { lockInAd } from './active-directory.ts';
import { ask } from './curl.ts';
import { claimsOf, expectIssued } from './expectations.ts';
import type { Mortise } from './mortise.ts';
import { askByPassword, codeIn, withoutIds } from './password-request.ts';
import type { PasswordAnswer } from './password-request.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const WRONG = 'not-a-real password';
const STRANGER = '127.66.0.7';
type Who = keyof typeof PASSWORD_PEOPLE;
const upn = (who: Who): string => labPersonUpn(PASSWORD_PEOPLE[who]);

describe.skipIf(!labAvailable)('a person with a password', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(async () => {
    await site?.close();
  });
  const start = (): Promise<Mortise> => site.mortise();
  const expectSilence = async (mortise: Mortise, ...answers: readonly PasswordAnswer[]): Promise<void> => {
    const records = JSON.stringify(await mortise.store.activities.list({ limit: 1000 }));
    const kept = records + mortise.log() + answers.map(({ body }) => body).join('');
    expect(mortise.log()).not.toBe('');
    for (const secret of [PERSON_PASSWORD, WRONG, 'not-a-real', Buffer.from(PERSON_PASSWORD).toString('base64')])
      expect(kept).not.toContain(secret);
  };
  /** What was told, and what was recorded. */
  const codesOf = async (mortise: Mortise, answer: PasswordAnswer): Promise<readonly unknown[]> => [
    codeIn(answer.body),
    (await mortise.recordOf(answer.requestId)).refusal?.code,
  ];
  const number = async (who: Who, attribute: string): Promise<number> =>
    Number((await site.lab.read(labPersonDn(PASSWORD_PEOPLE[who]), attribute))?.map(String)[0] ?? 0);

  test.each(['13', '2005'] as const)('gets a person’s assertion at usernamemixed %s', async (version) => {
    const mortise = await start();
    const answer = await askByPassword(mortise, { username: upn('usual'), version });
    expect(answer.status, answer.body).toBe(200);
    const record = await mortise.recordOf(answer.requestId);
    expect(record).toMatchObject({ outcome: 'issued', subject: { kind: 'person', name: expect.any(String) } });
    expect(claimsOf(record)['UPN']).toBe(upn('usual'));
    expect(claimsOf(record)).not.toHaveProperty('accounttype');
    expect(answer.body).toContain('urn:oasis:names:tc:SAML:1.0:am:password');
    await expectSilence(mortise, answer);
  });

  test('signs in with a password beyond ASCII, and by DOMAIN\\name', async () => {
    const mortise = await start();
    for (const username of [upn('nonAscii'), `CORP\\${PASSWORD_PEOPLE.nonAscii}`]) {
      const answer = await askByPassword(mortise, { username, password: NON_ASCII_PASSWORD });
      expect(answer.status, answer.body).toBe(200);
    }
  });

  test.each([
    ['expired', 'password-expired'],
    ['mustChange', 'password-must-change'],
    ['disabled', 'account-disabled'],
    ['logonHours', 'password-logon-hours'],
    ['workstation', 'password-workstation'],
    ['accountExpired', 'account-expired'],
  ] as const)('%s: told with the right password as %s, and with a wrong one as a wrong one', async (who, code) => {
    const mortise = await start();
    const wrong = await askByPassword(mortise, { username: upn(who), password: WRONG });
    expect(await codesOf(mortise, wrong)).toEqual(['password-wrong', 'password-wrong']);
    const right = await askByPassword(mortise, { username: upn(who) });
    expect(right.status).toBe(500);
    expect(await codesOf(mortise, right)).toEqual([code, code]);
    await expectSilence(mortise, wrong, right);
  });

  test('wrong, unknown and locked look alike to whoever asks, and differ in the record', async () => {
    const mortise = await start();
    await lockInAd(site.lab, labPersonDn(PASSWORD_PEOPLE.toLock), LOCKOUT.threshold);
    const answers = {
      wrong: await askByPassword(mortise, { username: upn('toGuess'), password: WRONG }),
      unknown: await askByPassword(mortise, { username: `nobody@${site.lab.domain}`, password: WRONG }),
      otherName: await askByPassword(mortise, { username: SAME_MAIL }),
      locked: await askByPassword(mortise, { username: upn('toLock') }),
    };
    for (const answer of Object.values(answers)) {
      expect(answer.status).toBe(500);
      expect(withoutIds(answer.body)).toBe(withoutIds(answers.wrong.body));
      expect(codeIn(answer.body)).toBe('password-wrong');
    }
    const recorded = async (answer: PasswordAnswer): Promise<unknown> => (await codesOf(mortise, answer))[1];
    expect(await recorded(answers.wrong)).toBe('password-wrong');
    expect(await recorded(answers.unknown)).toBe('password-account-unknown');
    // The domain's people are matched by UPN; a mail address that is none finds nobody.
    expect(await recorded(answers.otherName)).toBe('password-account-unknown');
    expect(await recorded(answers.locked)).toBe('account-locked-out');
    await expectSilence(mortise, ...Object.values(answers));
  });

  test('is not locked out in AD by a stranger who guesses, and signs in meanwhile', async () => {
    const mortise = await start();
    const username = upn('toAttack');
    expect((await askByPassword(mortise, { username })).status).toBe(200);
    const codes: unknown[] = [];
    for (let index = 0; index < 2 * LOCKOUT.threshold; index++) {
      const answer = await askByPassword(mortise, { username, password: `${WRONG} ${index}`, from: STRANGER });
      expect(codeIn(answer.body)).toBe('password-wrong');
      codes.push((await mortise.recordOf(answer.requestId)).refusal?.code);
      expect(await number('toAttack', 'badPwdCount')).toBeLessThan(LOCKOUT.threshold);
    }
    expect(codes.at(0)).toBe('password-wrong');
    expect(codes.at(-1)).toBe('password-attempts-exhausted');
    expect(await number('toAttack', 'lockoutTime')).toBe(0);
    const familiar = await askByPassword(mortise, { username });
    expect(familiar.status, familiar.body).toBe(200);
  });

  test('gets a person’s assertion for a ticket at windowstransport too', async () => {
    const mortise = await start();
    const { env } = await site.lab.kinit(PASSWORD_PEOPLE.usual, PERSON_PASSWORD);
    const record = await expectIssued(mortise, await ask(mortise, { env }));
    expect(record.subject).toMatchObject({ kind: 'person' });
    expect(claimsOf(record)['UPN']).toBe(upn('usual'));
    for (const ofDevices of ['accounttype', 'primarysid', 'onpremobjectguid'])
      expect(Object.keys(claimsOf(record))).not.toContain(ofDevices);
  });
});
