/**
 * The colours of the pages by light and in the dark, around the organisation's own. Owns: which colour has which task.
 * Does not own: the style sheet (stylesheet.ts).
 */
import { mix, OUTLINE_CONTRAST, standingOut, textOn, TEXT_CONTRAST } from './colour.ts';
import type { Colour } from './colour.ts';

export interface Palette {
  /** Around the card. */
  readonly ground: Colour;
  readonly card: Colour;
  readonly cardEdge: Colour;
  readonly text: Colour;
  /** Text of less weight: hints, the foot. */
  readonly quiet: Colour;
  /** The outline of a field. */
  readonly outline: Colour;
  readonly field: Colour;
  /** A button, and the text on it. */
  readonly accent: Colour;
  readonly onAccent: Colour;
  readonly accentPressed: Colour;
  readonly accentEdge: Colour;
  /** Links, and the ring around what has the focus. */
  readonly link: Colour;
  readonly problem: Colour;
  readonly problemGround: Colour;
  readonly done: Colour;
  readonly doneGround: Colour;
}

export function lightPalette(accent: Colour): Palette {
  return around(accent, {
    ground: mix(accent, '#f6f7f9', 0.03),
    card: '#ffffff',
    cardEdge: '#dfe2e7',
    text: '#1c2128',
    quiet: '#525b66',
    outline: '#7b8490',
    field: '#ffffff',
    problem: '#9b1c1c',
    problemGround: '#fdf1f0',
    done: '#1d5e34',
    doneGround: '#eff8f1',
  });
}

export function darkPalette(accent: Colour): Palette {
  return around(accent, {
    ground: mix(accent, '#121417', 0.04),
    card: '#1d2025',
    cardEdge: '#33383f',
    text: '#eceef1',
    quiet: '#aab2bc',
    outline: '#7f8894',
    field: '#15181c',
    problem: '#ffb4ab',
    problemGround: '#331d1c',
    done: '#9fdcb1',
    doneGround: '#17291d',
  });
}

type Neutral = Omit<Palette, 'accent' | 'onAccent' | 'accentPressed' | 'accentEdge' | 'link'>;

function around(accent: Colour, neutral: Neutral): Palette {
  const onAccent = textOn(accent);
  const grounds = [neutral.card, neutral.ground];
  return {
    ...neutral,
    accent,
    onAccent,
    // Away from the text on it, so that pressing never costs contrast.
    accentPressed: mix(onAccent === '#ffffff' ? '#000000' : '#ffffff', accent, 0.18),
    accentEdge: standingOut(accent, grounds, OUTLINE_CONTRAST),
    link: standingOut(accent, grounds, TEXT_CONTRAST),
  };
}
