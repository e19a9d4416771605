/** Sign-in by user name and password, from the request to the record, against the sample directory. */
import { describe, expect, test } from 'vitest';
import {
  SAMPLE_NETBIOS_NAME,
  SAMPLE_PEOPLE,
  SAMPLE_PERSON_PASSWORD as RIGHT,
} from '../../src/directory/sample-domain.ts';
import { openPasswordGround } from './password-ground.ts';

const UPN = 'nora.keller@corp.example.test';
const MAIL = 'nora.keller@example.test';

describe('the person', () => {
  test('gets an assertion for the password, without device rows', async () => {
    const ground = await openPasswordGround();
    const outcome = await ground.ask({ username: UPN });
    expect(ground.codeOf(outcome)).toBe('issued');
    const assertion = outcome.kind === 'issued' ? outcome.token.assertion : '';
    expect(assertion).toContain('AuthenticationMethod="urn:oasis:names:tc:SAML:1.0:am:password"');
    expect(assertion).toContain('AttributeName="ImmutableID"');
    for (const row of ['accounttype', 'onpremobjectguid', 'primarysid'])
      expect(assertion, row).not.toContain(`AttributeName="${row}"`);
    const record = await ground.lastRecord();
    expect(record).toMatchObject({
      outcome: 'issued',
      principal: UPN,
      subject: { kind: 'person', name: 'nora.keller' },
    });
    expect(record.steps.map(({ name }) => name)).toEqual([
      'network',
      'request',
      'directory',
      'password',
      'account',
      'entry',
      'user',
      'claims',
      'sign',
    ]);
  });

  test.each([
    ['the UPN', UPN, {}],
    ['the UPN in other case', UPN.toUpperCase(), {}],
    ['DOMAIN\\name', `${SAMPLE_NETBIOS_NAME}\\nora.keller`, {}],
    ['domain\\name in lower case', 'corp\\nora.keller', {}],
    ['the mail address, where that is matched', MAIL, { userAttributeUsernameMatch: undefined }],
    ['the mail address, named outright', MAIL, { userAttributeUsernameMatch: 'email' }],
  ])('is found by %s', async (_, username, changes) => {
    const ground = await openPasswordGround(changes);
    expect(ground.codeOf(await ground.ask({ username }))).toBe('issued');
  });

  test.each([
    ['the mail address, where the UPN is matched', MAIL, {}],
    ['the UPN, where the mail address is matched', UPN, { userAttributeUsernameMatch: 'email' }],
    ['a name alone', 'nora.keller', {}],
    ['another domain', 'OTHER\\nora.keller', {}],
    ['a computer', `${SAMPLE_NETBIOS_NAME}\\DESKTOP-01$`, {}],
    ['a filter', '*@corp.example.test', {}],
    ['a filter behind a domain', `${SAMPLE_NETBIOS_NAME}\\*`, {}],
    ['a null character', `${UPN}\0`, {}],
    ['two at signs', `x@${UPN}`, {}],
    ['nobody', 'nobody@corp.example.test', {}],
    ['too long a name', `${'n'.repeat(2000)}@corp.example.test`, {}],
  ])('is not found by %s', async (_, username, changes) => {
    const ground = await openPasswordGround(changes);
    const outcome = await ground.ask({ username });
    expect(outcome).toMatchObject({ kind: 'refused', shownAs: 'password-wrong' });
    expect(ground.codeOf(outcome)).toBe('password-account-unknown');
  });

  test('two with one mail address are a refusal, never the first', async () => {
    const ground = await openPasswordGround({ userAttributeUsernameMatch: 'email' });
    const outcome = await ground.ask({ username: 'eva.braun@example.test' });
    expect(ground.codeOf(outcome)).toBe('directory-entry-ambiguous');
    expect(outcome).toMatchObject({ shownAs: 'password-wrong' });
  });
});

describe('what AD says', () => {
  const upnOf = (account: string): string => `${account}@corp.example.test`;
  test.each([
    ['a wrong password', SAMPLE_PEOPLE.usual, 'wrong', 'password-wrong', 'password-wrong'],
    ['a locked account', SAMPLE_PEOPLE.locked, RIGHT, 'account-locked-out', 'password-wrong'],
    ['a locked account, wrong password', SAMPLE_PEOPLE.locked, 'wrong', 'account-locked-out', 'password-wrong'],
    ['a disabled account, wrong password', SAMPLE_PEOPLE.disabled, 'wrong', 'password-wrong', 'password-wrong'],
    ['a disabled account', SAMPLE_PEOPLE.disabled, RIGHT, 'account-disabled', undefined],
    ['a password to be changed', SAMPLE_PEOPLE.mustChange, RIGHT, 'password-must-change', undefined],
    ['a password to be changed, wrong', SAMPLE_PEOPLE.mustChange, 'wrong', 'password-wrong', 'password-wrong'],
    ['an empty password', SAMPLE_PEOPLE.usual, '', 'password-wrong', 'password-wrong'],
  ])('of %s', async (_, account, password, code, shownAs) => {
    const ground = await openPasswordGround();
    const outcome = await ground.ask({ username: upnOf(account), password });
    expect(ground.codeOf(outcome)).toBe(code);
    expect(outcome.kind === 'refused' ? outcome.shownAs : 'issued').toBe(shownAs);
  });

  test('a directory that is down is said so', async () => {
    const ground = await openPasswordGround();
    await ground.directory.close();
    const outcome = await ground.ask({ username: UPN });
    expect(ground.codeOf(outcome)).toBe('directory-down');
    expect(outcome).not.toHaveProperty('shownAs');
  });
});

describe('the request', () => {
  const minutes = (count: number): Date => new Date(Date.UTC(2026, 2, 4, 12, 0) + count * 60_000);
  test.each([
    ['created four minutes ahead', { created: minutes(4), expires: minutes(14) }, 'issued'],
    ['created six minutes ahead', { created: minutes(6), expires: minutes(16) }, 'timestamp-out-of-range'],
    ['expired four minutes ago', { created: minutes(-14), expires: minutes(-4) }, 'issued'],
    ['expired six minutes ago', { created: minutes(-16), expires: minutes(-6) }, 'timestamp-out-of-range'],
    ['without a timestamp', undefined, 'timestamp-missing'],
  ])('%s', async (_, timestamp, code) => {
    const ground = await openPasswordGround();
    const outcome = await ground.ask({ username: UPN, timestamp });
    expect(ground.codeOf(outcome)).toBe(code);
    expect(outcome).not.toHaveProperty('shownAs');
  });

  test('without user name and password', async () => {
    const ground = await openPasswordGround();
    expect(ground.codeOf(await ground.ask({}))).toBe('username-token-missing');
  });
});

describe('secrets', () => {
  test('no password is in any record, whatever comes of it', async () => {
    const canary = 'C4n4ry-Passw0rd';
    const ground = await openPasswordGround({}, new Map([['nora.keller', canary]]));
    await ground.ask({ username: UPN, password: canary });
    await ground.ask({ username: 'nobody@corp.example.test', password: canary });
    await ground.ask({ username: canary, password: canary });
    await ground.ask({ username: 'omar.haddad@corp.example.test', password: canary });
    await ground.ask({ username: 'luca.rossi@example.test', password: canary });
    const records = await ground.records();
    expect(records).toHaveLength(5);
    expect(JSON.stringify(records)).not.toContain(canary);
  });
});

describe('guessing', () => {
  test('a stranger uses up the strangers’ share, and the person goes on where he is known', async () => {
    const ground = await openPasswordGround();
    expect(ground.codeOf(await ground.ask({ username: UPN, source: '198.51.100.7' }))).toBe('issued');
    const codes = new Set<string>();
    for (let n = 0; n < 12; n += 1)
      codes.add(ground.codeOf(await ground.ask({ username: UPN, password: `guess ${n}`, source: `203.0.113.${n}` })));
    expect([...codes]).toEqual(['password-wrong', 'password-attempts-exhausted']);
    expect(ground.codeOf(await ground.ask({ username: UPN, source: '203.0.113.99' })), 'right, from a stranger').toBe(
      'password-attempts-exhausted',
    );
    expect(ground.codeOf(await ground.ask({ username: UPN, source: '198.51.100.7' })), 'right, from home').toBe(
      'issued',
    );
    expect(await ground.badPasswordCount('nora.keller')).toBeLessThan(10);
  });

  test('the same wrong password counts once, however often it comes', async () => {
    const ground = await openPasswordGround();
    for (let n = 0; n < 30; n += 1)
      await ground.ask({ username: UPN, password: 'Old-Password', source: '203.0.113.1' });
    expect(await ground.badPasswordCount('nora.keller')).toBe(1);
    expect(ground.codeOf(await ground.ask({ username: UPN, source: '203.0.113.1' }))).toBe('issued');
  });

  test('thirty guesses at once never lock the account', async () => {
    const ground = await openPasswordGround();
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        ground.ask({ username: UPN, password: `guess ${n}`, source: '203.0.113.1' }),
      ),
    );
    expect(await ground.badPasswordCount('nora.keller')).toBe(4);
  });

  test('a fine-grained policy counts: one wrong password of its four for strangers', async () => {
    const ground = await openPasswordGround();
    const username = `${SAMPLE_PEOPLE.finePolicy}@corp.example.test`;
    const codes = [];
    for (let n = 0; n < 3; n += 1) codes.push(ground.codeOf(await ground.ask({ username, password: `guess ${n}` })));
    expect(codes).toEqual(['password-wrong', 'password-attempts-exhausted', 'password-attempts-exhausted']);
  });

  test('one source that tries many people waits longer and longer; who is known there does not wait', async () => {
    const ground = await openPasswordGround();
    await ground.ask({ username: UPN, source: '203.0.113.5' });
    for (let n = 0; n < 13; n += 1)
      await ground.ask({ username: `person${n}@corp.example.test`, password: 'Spring2026', source: '203.0.113.5' });
    expect(ground.slept()).toEqual([250, 500, 1000]);
    await ground.ask({ username: UPN, source: '203.0.113.5' });
    expect(ground.slept(), 'a known person').toHaveLength(3);
  });
});
