/**
 * The organisation's logo: what kind of picture a file is, by its content, and whether it may be served.
 *
 * The type that a browser is told comes from here and never from the file's name. Owns: formats and size. Does not own:
 * what an SVG may hold (svg.ts).
 */
import { svgDefect } from './svg.ts';
import type { LogoDefect } from './svg.ts';

export type LogoType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/svg+xml';

export interface Logo {
  readonly bytes: Uint8Array;
  readonly type: LogoType;
}

export const MAX_LOGO_BYTES = 256 * 1024;

/** The logo, or undefined when it is none that Mortise serves (`logoDefect` says why). */
export function readLogo(bytes: Uint8Array): Logo | undefined {
  const type = typeOf(bytes);
  return type === undefined || logoDefect(bytes) !== undefined ? undefined : { bytes, type };
}

export function logoDefect(bytes: Uint8Array): LogoDefect | undefined {
  if (bytes.length > MAX_LOGO_BYTES) {
    return { message: `holds ${bytes.length} bytes, more than 256 KiB`, fix: 'Make the picture smaller' };
  }
  const type = typeOf(bytes);
  if (type === undefined) {
    return { message: 'is neither PNG, JPEG, WebP nor SVG', fix: 'Convert it to one of these' };
  }
  return type === 'image/svg+xml' ? svgDefect(bytes) : undefined;
}

/** In hexadecimal: [PNG] §5.2, [JPEG] §B.1.1.3 with the marker that follows SOI, RFC 9649 §2.4; SVG is text. */
const BEGINNINGS: readonly (readonly [type: LogoType, beginning: RegExp])[] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/webp', /^52494646.{8}57454250565038(?:20|4c|58)/],
  ['image/svg+xml', /^(?:efbbbf)?(?:09|0a|0d|20)*3c/],
];

function typeOf(bytes: Uint8Array): LogoType | undefined {
  const beginning = Buffer.from(bytes.subarray(0, 1024)).toString('hex');
  return BEGINNINGS.find(([, pattern]) => pattern.test(beginning))?.[0];
}
