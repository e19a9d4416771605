import { describe, expect, test } from 'vitest';
import { accountPage } from '../../src/pages/account-page.ts';
import type { AccountView, EnrolledFactor } from '../../src/pages/views.ts';
import { allText, attribute, elements, everyElement, hiddenFields, links, readPage } from './read-page.ts';
import { contextOf } from './sample-pages.ts';

const AT = new Date('2026-11-25T23:59:00Z');
const APP: EnrolledFactor = { id: 'f1', kind: 'totp', name: '', createdAt: AT, lastUsedAt: undefined };
const KEY: EnrolledFactor = { id: 'f2', kind: 'passkey', name: 'Laptop', createdAt: AT, lastUsedAt: AT };
const VIEW: AccountView = {
  action: '/account',
  csrf: 'token',
  userName: 'nora',
  factors: [APP, KEY],
  recoveryCodesLeft: 7,
  addTotpHref: '/totp',
  addPasskeyHref: '/passkey',
  signOutHref: '/out',
};
const page = (view: Partial<AccountView> = {}, language: 'en' | 'de' = 'en') =>
  readPage(accountPage(contextOf(language), { ...VIEW, ...view }).html);

const ofForms = (root: ReturnType<typeof page>) => elements(root, 'form').map(hiddenFields);

describe('the account page', () => {
  test('has a form of its own to remove each factor, and one for new recovery codes', () => {
    expect(ofForms(page())).toEqual([
      [
        ['csrf', 'token'],
        ['step', 'remove-factor'],
        ['id', 'f1'],
      ],
      [
        ['csrf', 'token'],
        ['step', 'remove-factor'],
        ['id', 'f2'],
      ],
      [
        ['csrf', 'token'],
        ['step', 'new-recovery-codes'],
      ],
    ]);
  });

  test('names which factor a button removes, by its kind where it has no name', () => {
    const names = elements(page(), 'button').map((button) => allText(button).replace(/\s+/g, ' ').trim());
    expect(names).toEqual(['Remove now Authenticator app', 'Remove now Laptop', 'Make new codes']);
  });

  test('says when, in the language of the person', () => {
    expect(allText(page())).toContain('25 November 2026, not used yet.');
    expect(allText(page({}, 'de'))).toContain('zuletzt verwendet am 25. November 2026.');
  });

  test('offers no recovery codes to whoever has no second factor', () => {
    expect(ofForms(page({ factors: [], recoveryCodesLeft: 0 }))).toEqual([]);
    expect(ofForms(page({ factors: [], recoveryCodesLeft: 1 }))).toHaveLength(1);
  });

  test('leads on', () => {
    expect(links(page())).toEqual(['/totp', '/passkey', '/out']);
    expect(links(page({ changePasswordHref: '/p' }))).toEqual(['/totp', '/passkey', '/p', '/out']);
  });

  test.each([
    [0, 'You have no recovery codes left.'],
    [1, 'You have 1 recovery code.'],
    [2, 'You have 2 recovery codes.'],
  ])('%d codes: %s', (recoveryCodesLeft, text) => expect(allText(page({ recoveryCodesLeft }))).toContain(text));

  test('tells what was done, without alarm', () => {
    const root = page({ message: 'password-changed' });
    const [told] = everyElement(root).filter((element) => attribute(element, 'role') === 'status');
    expect(allText(told ?? root)).toBe('Your password has been changed.');
    expect(elements(root, 'title')[0]?.text).toMatch(/^Your sign-in/);
  });
});
