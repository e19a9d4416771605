import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast, mix, standingOut, textOn } from '../../src/pages/colour.ts';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('contrast', () => {
  // The values that the WCAG contrast checkers show.
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#FFFFFF', 4.48],
    ['#0000ff', '#ffffff', 8.59],
  ])('of %s on %s is %d', (one, other, expected) => {
    expect(contrast(one, other)).toBeCloseTo(expected, 2);
    expect(contrast(other, one)).toBeCloseTo(expected, 2);
  });

  test.each(['red', '#fff', '#12345g', '', '#1234567'])('%j is no colour', (text) => {
    expect(() => contrast(text, '#000000')).toThrow('#rrggbb');
  });
});

describe('the text on a colour', () => {
  test.each([
    ['#1f5fa8', '#ffffff'],
    ['#ffcc00', '#000000'],
    ['#000000', '#ffffff'],
    ['#ffffff', '#000000'],
  ])('%s: %s', (ground, expected) => expect(textOn(ground)).toBe(expected));

  test('can be read on any', () => {
    fc.assert(
      fc.property(colour, (ground) => {
        expect(contrast(textOn(ground), ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});

describe('a colour made to stand out', () => {
  test('stays as it is where it does already', () => {
    expect(standingOut('#1f5fa8', ['#ffffff'], 4.5)).toBe('#1f5fa8');
  });

  test('is made darker on white, lighter on black', () => {
    expect(standingOut('#ffcc00', ['#ffffff'], 4.5)).toMatch(/^#[0-9a-f]{6}$/);
    fc.assert(
      fc.property(colour, fc.constantFrom('#ffffff', '#000000'), (given, ground) => {
        expect(contrast(standingOut(given, [ground], 4.5), ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  test('a mix is between its colours', () => {
    expect(mix('#ffffff', '#000000', 0.5)).toBe('#808080');
    expect(mix('#123456', '#abcdef', 1)).toBe('#123456');
    expect(mix('#123456', '#abcdef', 0)).toBe('#abcdef');
  });
});
