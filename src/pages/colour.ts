/**
 * Colours that can be read: contrast as WCAG 2.2 measures it, and the organisation's colour brought to it. Owns: the
 * arithmetic. Does not own: which colours the pages have (palette.ts).
 */

/** `#rrggbb` */
export type Colour = string;

/** WCAG 2.2 §1.4.3: text. */
export const TEXT_CONTRAST = 4.5;

/** WCAG 2.2 §1.4.11: the outline of a field, the ring around what has the focus. */
export const OUTLINE_CONTRAST = 3;

const BLACK = '#000000';
const WHITE = '#ffffff';

function channels(colour: Colour): readonly [number, number, number] {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new Error('a colour is written #rrggbb');
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** From 1 (alike) to 21 (black on white). */
export function contrast(one: Colour, other: Colour): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((lighter ?? 0) + 0.05) / ((darker ?? 0) + 0.05);
}

/** Black or white, whichever reads better on the colour: one of them has a contrast of at least 4.58. */
export function textOn(colour: Colour): Colour {
  return contrast(colour, WHITE) >= contrast(colour, BLACK) ? WHITE : BLACK;
}

/** `share` of the first colour, the rest of the second. */
export function mix(one: Colour, other: Colour, share: number): Colour {
  const base = channels(other);
  const mixed = channels(one).map((channel, index) => Math.round(channel * share + (base[index] ?? 0) * (1 - share)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** The colour itself where it stands out from all the grounds; otherwise it made darker or lighter until it does. */
export function standingOut(colour: Colour, grounds: readonly Colour[], ratio: number): Colour {
  const end = textOn(grounds[0] ?? WHITE);
  for (let share = 1; share > 0; share -= 0.05) {
    const candidate = mix(colour, end, share);
    if (grounds.every((ground) => contrast(candidate, ground) >= ratio)) return candidate;
  }
  return end;
}
