/** Which pictures are served as a logo, and as what; an SVG is in svg.test.ts. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logoDefect, MAX_LOGO_BYTES, readLogo } from '../../src/config/logo.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const PNG = hex('89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52');
const JPEG = hex('ff d8 ff e0 00 10 4a 46 49 46 00 01');
const WEBP = Buffer.from('RIFF\x0a\x00\x00\x00WEBPVP8L', 'latin1');
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
const BYTE_ORDER_MARK = hex('ef bb bf');

describe('a logo is what it holds', () => {
  test.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', WEBP],
    ['image/svg+xml', SVG],
    ['image/svg+xml', Buffer.concat([BYTE_ORDER_MARK, SVG])],
    ['image/svg+xml', Buffer.concat([Buffer.from('\n<!-- a drawing -->\n'), SVG])],
  ])('%s', (type, bytes) => {
    expect(readLogo(bytes)).toEqual({ bytes, type });
    expect(logoDefect(bytes)).toBeUndefined();
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a GIF', Buffer.from('GIF89a')],
    ['an icon', hex('00 00 01 00 01 00')],
    ['a packed SVG', hex('1f 8b 08 00')],
    ['sound in RIFF', Buffer.from('RIFF\x0a\x00\x00\x00WAVEfmt ', 'latin1')],
    ['text', Buffer.from('logo')],
    ['an SVG in UTF-16', Buffer.from('\uFEFF<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
    ['a PNG that went through a text transfer', hex('89 50 4e 47 0a 1a 0a')],
  ])('%s is none', (_, bytes) => {
    expect(readLogo(bytes)).toBeUndefined();
    expect(logoDefect(bytes)?.message).toBe('is neither PNG, JPEG, WebP nor SVG');
  });

  test('a page is none, though it begins as an SVG may', () => {
    for (const page of ['<html/>', '<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>']) {
      expect(readLogo(Buffer.from(page))).toBeUndefined();
      expect(logoDefect(Buffer.from(page))?.message).toBe('is neither a picture nor an SVG');
    }
  });
});

test('256 KiB are taken, and not a byte more', () => {
  const picture = (length: number): Buffer => Buffer.concat([PNG], length);
  expect(readLogo(picture(MAX_LOGO_BYTES))?.type).toBe('image/png');
  expect(readLogo(picture(MAX_LOGO_BYTES + 1))).toBeUndefined();
  expect(logoDefect(picture(MAX_LOGO_BYTES + 1))?.message).toBe('holds 262145 bytes, more than 256 KiB');
});

test('whatever the bytes, there is a logo or a reason', () => {
  const beginning = fc.constantFrom(PNG, JPEG, WEBP, SVG, Buffer.from('<'), Buffer.alloc(0));
  fc.assert(
    fc.property(beginning, fc.uint8Array({ maxLength: 64 }), (first, rest) => {
      const bytes = Buffer.concat([first, rest]);
      expect(readLogo(bytes) === undefined).toBe(logoDefect(bytes) !== undefined);
    }),
  );
});
