import { describe, expect, test } from 'vitest';
import { changePasswordPage } from '../../src/pages/change-password-page.ts';
import type { ChangePasswordView } from '../../src/pages/views.ts';
import { attribute, elements, focused, hiddenFields, links, markedWrong, readPage, typedFields } from './read-page.ts';
import { contextOf } from './sample-pages.ts';

const VIEW: ChangePasswordView = { action: '/x', csrf: 'token', userName: 'nora', reason: 'expired' };
const page = (view: Partial<ChangePasswordView> = {}) =>
  readPage(changePasswordPage(contextOf('en'), { ...VIEW, ...view }).html);

describe('the form', () => {
  test('asks for the old password and twice for the new one', () => {
    expect(hiddenFields(page())).toEqual([
      ['csrf', 'token'],
      ['step', 'change-password'],
    ]);
    expect(typedFields(page())).toEqual([
      ['username', 'username'],
      ['old-password', 'current-password'],
      ['new-password', 'new-password'],
      ['new-password-again', 'new-password'],
    ]);
  });

  test('says no password', () => {
    const passwords = elements(page({ problem: 'mismatch' }), 'input').filter(
      (input) => attribute(input, 'type') === 'password',
    );
    expect(passwords.map((input) => attribute(input, 'value'))).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    [true, 'nora', ''],
    [true, '', undefined],
    [false, 'nora', undefined],
  ] as const)('of the own account: %j; the name %j is read only: %j', (ownAccount, userName, expected) => {
    const root = page({ reason: 'wanted', ownAccount, userName });
    const [name] = elements(root, 'input').filter((input) => attribute(input, 'name') === 'username');
    expect(attribute(name, 'readonly')).toBe(expected);
    expect(focused(root)).toBe(userName === '' ? 'username' : 'old-password');
  });

  test('may be left where that is allowed', () => {
    expect(links(page())).toEqual([]);
    expect(links(page({ cancelHref: '/back' }))).toEqual(['/back']);
  });
});

test.each([
  ['wrong', ['username', 'old-password']],
  ['mismatch', ['new-password', 'new-password-again']],
  ['same', ['new-password', 'new-password-again']],
  ['policy', ['new-password', 'new-password-again']],
  ['empty', ['username', 'old-password', 'new-password', 'new-password-again']],
  ['not-allowed', []],
  ['busy', []],
  ['page-expired', []],
] as const)('%s marks %j', (problem, expected) => expect(markedWrong(page({ problem }))).toEqual(expected));
