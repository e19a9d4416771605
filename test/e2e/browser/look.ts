/**
 * How a page looks and whether everybody can use it: pictures of it by light and in the dark, on a narrow screen, and
 * zoomed; axe's judgement of each. The pictures are kept below .cache/screenshots/e2e/, to be looked at.
 */
import { mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = join(import.meta.dirname, '..', '..', '..', '.cache', 'screenshots', 'e2e');

/** WCAG 2.2 A and AA, and what axe's authors recommend besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Look {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

const DESKTOP = { width: 1280, height: 800 };

const LOOKS: readonly Look[] = [
  { name: 'light', colorScheme: 'light', ...DESKTOP },
  { name: 'dark', colorScheme: 'dark', ...DESKTOP },
  // WCAG 2.2 §1.4.10: 320 CSS pixels are what 1280 become at 400 % zoom.
  { name: 'narrow', colorScheme: 'light', width: 320, height: 640 },
  // §1.4.4: 200 % zoom.
  { name: 'zoomed', colorScheme: 'dark', width: 640, height: 400 },
];

/** @param name of the page, with its language */
export async function expectGoodLook(page: Page, name: string): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const found: string[] = [];
  for (const { name: look, colorScheme, ...viewport } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (width > viewport.width) found.push(`${look}: ${width} pixels wide in a window of ${viewport.width}`);
    found.push(...(await violationsOf(page)).map((violation) => `${look}: ${violation}`));
    await page.screenshot({ path: join(PICTURES, `${name}.${look}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(DESKTOP);
  expect(found, name).toEqual([]);
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The debugger runs the script, so the page's own policy stays in force. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`;
  const result = await page.evaluate<{ readonly violations: readonly Violation[] }>(`${AXE};${run}`);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
