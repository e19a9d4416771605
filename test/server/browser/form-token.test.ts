/** A form's token: of one browser, under one key, and of no other text. */
import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formKey,
  formToken,
  isFormToken,
  isFromElsewhere,
  isVisit,
  newVisit,
} from '../../../src/server/browser/form-token.ts';

const MASTER = Buffer.alloc(32, 7).toString('base64');
const KEY = formKey(MASTER);
const VISIT = newVisit(randomBytes);

describe('a token', () => {
  test('is the same as long as master key and cookie are, over restarts too', () => {
    expect(formToken(formKey(MASTER), VISIT)).toBe(formToken(KEY, VISIT));
    expect(isFormToken(KEY, VISIT, formToken(KEY, VISIT))).toBe(true);
  });

  test('is another one under another master key, and of another cookie', () => {
    const other = formKey(Buffer.alloc(32, 8).toString('base64'));
    expect(isFormToken(other, VISIT, formToken(KEY, VISIT))).toBe(false);
    expect(isFormToken(KEY, newVisit(randomBytes), formToken(KEY, VISIT))).toBe(false);
  });

  test('nothing else is one', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', minLength: 43, maxLength: 43 })), (text) => {
        expect(isFormToken(KEY, VISIT, text)).toBe(false);
      }),
    );
  });

  test('without a cookie of ours there is none, whatever it is of', () => {
    for (const visit of [undefined, '', 'x', `${VISIT}x`, `${VISIT.slice(1)}=`])
      expect(isFormToken(KEY, visit, formToken(KEY, visit ?? '')), visit).toBe(false);
  });
});

describe('a visit', () => {
  test('has 128 random bits', () => {
    expect(Buffer.from(VISIT, 'base64url')).toHaveLength(16);
    expect(isVisit(VISIT)).toBe(true);
    expect(new Set(Array.from({ length: 100 }, () => newVisit(randomBytes))).size).toBe(100);
  });
});

describe('Sec-Fetch-Site', () => {
  test.each([
    ['same-origin', false],
    ['none', false],
    [undefined, false],
    ['same-site', true],
    ['cross-site', true],
    ['Same-Origin', true],
    ['', true],
  ])('%s: from elsewhere %s', (site, elsewhere) => {
    expect(isFromElsewhere(site)).toBe(elsewhere);
  });
});
