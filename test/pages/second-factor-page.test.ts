import { describe, expect, test } from 'vitest';
import { secondFactorPage } from '../../src/pages/second-factor-page.ts';
import type { SecondFactorView } from '../../src/pages/views.ts';
import {
  allText,
  attribute,
  elements,
  everyElement,
  focused,
  hiddenFields,
  links,
  markedWrong,
  readPage,
  typedFields,
} from './read-page.ts';
import { contextOf } from './sample-pages.ts';

const VIEW: SecondFactorView = {
  action: '/x',
  csrf: 'token',
  userName: 'nora',
  chosen: 'totp',
  others: [],
  signOutHref: '/out',
};
const page = (view: Partial<SecondFactorView> = {}) =>
  readPage(secondFactorPage(contextOf('en'), { ...VIEW, ...view }).html);

describe('the form', () => {
  test.each([
    ['totp', 'one-time-code', 'numeric'],
    ['recovery', 'off', undefined],
  ] as const)('of %s asks for a code', (chosen, autocomplete, inputMode) => {
    const root = page({ chosen });
    expect(hiddenFields(root)).toEqual([
      ['csrf', 'token'],
      ['step', chosen],
    ]);
    expect(typedFields(root)).toEqual([['code', autocomplete]]);
    expect(attribute(elements(root, 'input').at(-1), 'inputmode')).toBe(inputMode);
    expect(focused(root)).toBe('code');
    expect(elements(root, 'script')).toEqual([]);
  });

  test('of a passkey has the options for the script, and a place for its answer', () => {
    const passkeyOptions = { challenge: 'a"<>&b', allowCredentials: [{ id: 'x' }] };
    const root = page({ chosen: 'passkey', passkeyOptions });
    expect(hiddenFields(root)).toEqual([
      ['csrf', 'token'],
      ['step', 'passkey'],
      ['response', ''],
    ]);
    expect(typedFields(root)).toEqual([]);
    const box = everyElement(root).find((element) => attribute(element, 'id') === 'passkey');
    expect(attribute(box, 'data-ceremony')).toBe('get');
    expect(JSON.parse(attribute(box, 'data-options') ?? '')).toEqual(passkeyOptions);
    expect(elements(root, 'script')).toHaveLength(1);
  });

  test('tells whose sign-in it is, apart from the words around', () => {
    expect(elements(page({ userName: 'נורה' }), 'bdi').map(({ text }) => text)).toEqual(['נורה']);
  });
});

test('other ways and the way out are links', () => {
  const others = [
    { kind: 'passkey', href: '?way=passkey' },
    { kind: 'recovery', href: '?way=recovery' },
  ] as const;
  expect(links(page({ others }))).toEqual(['?way=passkey', '?way=recovery', '/out']);
  expect(links(page())).toEqual(['/out']);
  expect(allText(page())).not.toContain('Not at hand?');
});

test.each([
  ['wrong', ['code']],
  ['used', ['code']],
  ['attempts', ['code']],
  ['empty', ['code']],
  ['page-expired', []],
] as const)('%s marks %j', (problem, expected) => expect(markedWrong(page({ problem }))).toEqual(expected));

test('the button of a passkey that failed says so', () => {
  const [button] = elements(page({ chosen: 'passkey', problem: 'passkey-failed' }), 'button');
  expect(attribute(button, 'aria-describedby')).toBe('told');
  expect(attribute(elements(page({ chosen: 'passkey' }), 'button')[0], 'aria-describedby')).toBeUndefined();
});
