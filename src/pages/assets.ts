/**
 * The files that pages load: one style sheet, one script, one icon, under names with their digest, so that browsers may keep them
 * for ever and never keep an old one. Owns: names and types. Does not own: serving them (server/).
 */
import { createHash } from 'node:crypto';
import { darkPalette, lightPalette } from './palette.ts';
import { ICON_TYPE, writeIcon } from './icon.ts';
import type { Branding } from './page.ts';
import { PASSKEY_SCRIPT } from './passkey-script.ts';
import { writeStylesheet } from './stylesheet.ts';

export interface Asset {
  readonly body: Buffer;
  /** For `Content-Type`. */
  readonly type: string;
}

export interface Assets {
  readonly stylesheet: string;
  readonly passkeyScript: string;
  readonly icon: string;
  /** By path: `/assets/style-<digest>.css`. A path not among them is a 404. */
  readonly files: ReadonlyMap<string, Asset>;
}

/** The organisation's colour is written into the style sheet: so no page needs a style of its own. */
export function makeAssets({ accentColour }: Pick<Branding, 'accentColour'>): Assets {
  const css = Buffer.from(writeStylesheet(lightPalette(accentColour), darkPalette(accentColour)));
  const script = Buffer.from(PASSKEY_SCRIPT);
  const svg = Buffer.from(writeIcon(accentColour));
  const stylesheet = `/assets/style-${digestOf(css)}.css`;
  const passkeyScript = `/assets/passkey-${digestOf(script)}.js`;
  const icon = `/assets/icon-${digestOf(svg)}.svg`;
  const files = new Map<string, Asset>([
    [stylesheet, { body: css, type: 'text/css; charset=utf-8' }],
    [passkeyScript, { body: script, type: 'text/javascript; charset=utf-8' }],
    [icon, { body: svg, type: ICON_TYPE }],
  ]);
  return { stylesheet, passkeyScript, icon, files };
}

function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}
