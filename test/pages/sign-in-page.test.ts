import { describe, expect, test } from 'vitest';
import { signInPage } from '../../src/pages/sign-in-page.ts';
import type { SignInView } from '../../src/pages/views.ts';
import {
  allText,
  attribute,
  elements,
  focused,
  hiddenFields,
  links,
  markedWrong,
  readPage,
  typedFields,
} from './read-page.ts';
import { contextOf } from './sample-pages.ts';

const VIEW: SignInView = { action: '/wsf/prp/3f0c?wa=wsignin1.0&wctx=a', csrf: 'token', offersToStaySignedIn: false };
const page = (view: Partial<SignInView> = {}) => readPage(signInPage(contextOf('en'), { ...VIEW, ...view }).html);

describe('the form', () => {
  test('asks for name and password, and is posted to where it was asked for', () => {
    const root = page();
    expect(attribute(elements(root, 'form')[0], 'action')).toBe(VIEW.action);
    expect(attribute(elements(root, 'form')[0], 'method')).toBe('post');
    expect(hiddenFields(root)).toEqual([
      ['csrf', 'token'],
      ['step', 'password'],
    ]);
    expect(typedFields(root)).toEqual([
      ['username', 'username'],
      ['password', 'current-password'],
    ]);
  });

  test('offers to stay signed in where that is allowed, and never beforehand', () => {
    const root = page({ offersToStaySignedIn: true });
    const box = elements(root, 'input').find((input) => attribute(input, 'name') === 'stay');
    expect(attribute(box, 'value')).toBe('yes');
    expect(attribute(box, 'checked')).toBeUndefined();
  });

  test('never says a password', () => {
    const [, password] = elements(page({ problem: 'wrong' }), 'input').filter(
      (input) => attribute(input, 'type') !== 'hidden',
    );
    expect(attribute(password, 'type')).toBe('password');
    expect(attribute(password, 'value')).toBeUndefined();
  });

  test('leads to the change of the password where there is one', () => {
    expect(links(page())).toEqual([]);
    expect(links(page({ changePasswordHref: '/p' }))).toEqual(['/p']);
  });
});

describe('the focus', () => {
  test.each([
    [undefined, 'username'],
    ['', 'username'],
    ['nora', 'password'],
  ])('of somebody named %j is on %s', (userName, expected) => {
    expect(focused(page(userName === undefined ? {} : { userName }))).toBe(expected);
  });
});

describe('what went wrong', () => {
  test.each([
    ['wrong', ['username', 'password']],
    ['empty', ['username', 'password']],
    ['ticket-failed', []],
    ['page-expired', []],
    ['cookies', []],
    ['busy', []],
  ] as const)('%s marks %j', (problem, expected) => expect(markedWrong(page({ problem }))).toEqual(expected));

  test('is the same for whoever does not exist: the page knows no more than `wrong`', () => {
    expect(allText(page({ problem: 'wrong', userName: 'nora' }))).toContain(
      'The user name or the password is not right.',
    );
  });
});
