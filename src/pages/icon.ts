/** The icon in a browser's tab: a tenon in its mortise, in the organisation's colour. */
import { textOn } from './colour.ts';
import type { Colour } from './colour.ts';

export const ICON_TYPE = 'image/svg+xml';

export const writeIcon = (accent: Colour): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="${accent}"/>` +
  `<path d="M2 3h5v3h5v4H7v3H2z" fill="${textOn(accent)}"/><path d="M8 3h6v10H8v-2h5V5H8z" fill="${textOn(accent)}"/></svg>\n`;
