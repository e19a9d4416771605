import { expect, test } from 'vitest';
import { readLogo } from '../../src/config/logo.ts';
import { writeIcon } from '../../src/pages/icon.ts';

test.each(['#0f5c8c', '#ffffff', '#f2c14e'])('of %s: a small SVG that would pass as a logo', (accent) => {
  const svg = writeIcon(accent);
  expect([readLogo(Buffer.from(svg))?.type, svg.length < 1_000]).toEqual(['image/svg+xml', true]);
  const [ground, tenon] = [...svg.matchAll(/fill="([^"]+)"/g)].map((match) => match[1]);
  expect(ground).toBe(accent);
  expect(tenon).not.toBe(accent);
});
