import { describe, expect, test } from 'vitest';
import { enrolPasskeyPage } from '../../src/pages/enrol-passkey-page.ts';
import { enrolTotpPage } from '../../src/pages/enrol-totp-page.ts';
import { enrolmentChoicePage, enrolmentGatePage } from '../../src/pages/enrolment-pages.ts';
import { trustedSvg } from '../../src/pages/html.ts';
import { recoveryCodesPage } from '../../src/pages/recovery-codes-page.ts';
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

const CONTEXT = contextOf('en');
const FORM = { action: '/x', csrf: 'token', userName: 'nora' };

describe('the gate', () => {
  const gate = (view: object = {}) =>
    readPage(enrolmentGatePage(CONTEXT, { ...FORM, signOutHref: '/out', ...view }).html);

  test('says both ways, and takes the administrator’s code', () => {
    const root = gate();
    expect(allText(root)).toContain('From the company network');
    expect(allText(root)).toContain('With a one-time code');
    expect(hiddenFields(root)).toEqual([
      ['csrf', 'token'],
      ['step', 'enrolment-code'],
    ]);
    expect(typedFields(root)).toEqual([['code', 'one-time-code']]);
    expect(links(root)).toEqual(['/out']);
  });

  test('is there to be read first, and to be corrected after a mistake', () => {
    expect(focused(gate())).toBeUndefined();
    expect(focused(gate({ problem: 'wrong' }))).toBe('code');
    expect(markedWrong(gate({ problem: 'wrong' }))).toEqual(['code']);
    expect(markedWrong(gate({ problem: 'page-expired' }))).toEqual([]);
  });
});

test('the choice leads to each, and away', () => {
  const choice = { userName: 'nora', totpHref: '/totp', passkeyHref: '/passkey', signOutHref: '/out' };
  expect(links(readPage(enrolmentChoicePage(CONTEXT, choice).html))).toEqual(['/totp', '/passkey', '/out']);
});

describe('the authenticator app', () => {
  const uri = 'otpauth://totp/a:b?secret=ABCDEFGHIJ&issuer=a';
  const view = { ...FORM, qrSvg: trustedSvg('<svg viewBox="0 0 1 1"><path d="M0,0"/></svg>'), uri, backHref: '/back' };
  const page = (secret: string) => readPage(enrolTotpPage(CONTEXT, { ...view, secret }).html);

  test('gets its key as a drawing with a name, as text in groups of four, and as a link', () => {
    const root = page('ABCDEFGHIJ');
    const [image] = everyElement(root).filter((element) => attribute(element, 'role') === 'img');
    expect(attribute(image, 'aria-label')).toMatch(/^QR code/);
    expect(elements(image ?? root, 'path')).toHaveLength(1);
    expect(elements(root, 'code').map(({ text }) => text)).toEqual(['ABCD EFGH IJ']);
    expect(links(root)).toEqual([uri, '/back']);
  });

  test.each([
    ['', ''],
    ['ABC', 'ABC'],
    ['ABCD', 'ABCD'],
    ['ABCDE', 'ABCD E'],
    ['ABCDEFGH', 'ABCD EFGH'],
  ])('%j reads %j', (secret, shown) => expect(elements(page(secret), 'code')[0]?.text).toBe(shown));

  test('confirms with a code', () => {
    expect(hiddenFields(page('A'))).toEqual([
      ['csrf', 'token'],
      ['step', 'enrol-totp'],
    ]);
    expect(typedFields(page('A'))).toEqual([['code', 'one-time-code']]);
  });
});

test('a passkey is set up with its options and a name that may be left out', () => {
  const options = { challenge: 'x', user: { id: 'y' } };
  const root = readPage(enrolPasskeyPage(CONTEXT, { ...FORM, options, backHref: '/back' }).html);
  expect(hiddenFields(root)).toEqual([
    ['csrf', 'token'],
    ['step', 'enrol-passkey'],
    ['response', ''],
  ]);
  expect(typedFields(root)).toEqual([['name', 'off']]);
  expect(attribute(elements(root, 'input').at(-1), 'required')).toBeUndefined();
  const box = everyElement(root).find((element) => attribute(element, 'id') === 'passkey');
  expect(attribute(box, 'data-ceremony')).toBe('create');
  expect(JSON.parse(attribute(box, 'data-options') ?? '')).toEqual(options);
  expect(links(root)).toEqual(['/back']);
});

test('recovery codes are shown, one by one, and nothing else can be done', () => {
  const root = readPage(
    recoveryCodesPage(CONTEXT, { userName: 'nora', codes: ['a-1', 'b-2'], continueHref: '/on' }).html,
  );
  expect(elements(root, 'code').map(({ text }) => text)).toEqual(['a-1', 'b-2']);
  expect(links(root)).toEqual(['/on']);
  expect(elements(root, 'form')).toEqual([]);
});
