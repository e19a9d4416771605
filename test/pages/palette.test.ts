import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast } from '../../src/pages/colour.ts';
import { darkPalette, lightPalette } from '../../src/pages/palette.ts';
import type { Palette } from '../../src/pages/palette.ts';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

type Pair = readonly [keyof Palette, keyof Palette];

/** What stands on what, with WCAG 2.2 §1.4.3. */
const TEXTS: readonly Pair[] = [
  ['text', 'card'],
  ['text', 'field'],
  ['text', 'ground'],
  ['quiet', 'card'],
  ['quiet', 'ground'],
  ['link', 'card'],
  ['link', 'ground'],
  ['onAccent', 'accent'],
  ['onAccent', 'accentPressed'],
  ['problem', 'problemGround'],
  ['done', 'doneGround'],
];

/** WCAG 2.2 §1.4.11 */
const OUTLINES: readonly Pair[] = [
  ['outline', 'card'],
  ['outline', 'field'],
  ['problem', 'card'],
  ['problem', 'field'],
  ['accentEdge', 'card'],
  ['link', 'field'],
];

describe.each([
  ['light', lightPalette],
  ['dark', darkPalette],
])('%s', (_name, palette) => {
  test('everything can be read, whatever colour the organisation has', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const colours = palette(accent);
        const below = [
          ...TEXTS.filter(([text, on]) => contrast(colours[text], colours[on]) < 4.5),
          ...OUTLINES.filter(([line, on]) => contrast(colours[line], colours[on]) < 3),
        ];
        expect(below).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['#000000', '#ffffff', '#ffcc00', '#ff0000', '#1f5fa8', '#777777', '#00ff00'])('also %s', (accent) => {
    const colours = palette(accent);
    expect(TEXTS.filter(([text, on]) => contrast(colours[text], colours[on]) < 4.5)).toEqual([]);
  });
});
