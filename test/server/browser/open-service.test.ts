/** From the configuration to the pages: the organisation's name, colour, help desk and logo, served so that none can act. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attribute, elements } from '../../pages/read-page.ts';
import { openBrowser } from './browser.ts';
import { openSite, useWorkspace } from './site.ts';

useWorkspace();

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>';
const BRANDING = { organisationName: 'Müller & <Söhne>', accentColour: '#123456' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-logo-'));
  writeFileSync(join(folder, 'logo.svg'), SVG);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('branding', () => {
  test('stands on the page, as text', async () => {
    const branding = { ...BRANDING, helpText: 'IT <desk>', helpUrl: 'https://help.example.test/?a&b' };
    const page = await openBrowser(await openSite({ signIn: { branding } })).open();
    const named = elements(page.root, 'p').find((element) => attribute(element, 'class') === 'organisation');
    expect(named?.text).toBe('Müller & <Söhne>');
    const help = elements(page.root, 'a').find(({ text }) => text === 'IT <desk>');
    expect(attribute(help, 'href')).toBe('https://help.example.test/?a&b');
    const [style = ''] = /\/assets\/style-[0-9a-f]+\.css/.exec(page.text) ?? [];
    expect((await openBrowser(await openSite({ signIn: { branding } })).send(style)).text).toContain('#123456');
  });

  test('a logo is served under its digest, as what it is, and can do nothing when it is opened by itself', async () => {
    const branding = { ...BRANDING, logoFile: join(folder, 'logo.svg') };
    const browser = openBrowser(await openSite({ signIn: { branding } }));
    const page = await browser.open();
    const logo = elements(page.root, 'img').find((image) => attribute(image, 'class') === 'logo');
    const address = attribute(logo, 'src') ?? '';
    expect([address.replace(/[0-9a-f]{16}$/, ''), attribute(logo, 'alt')]).toEqual([
      '/assets/logo-',
      'Müller & <Söhne>',
    ]);
    const answer = await browser.send(address);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, SVG, 'image/svg+xml']);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(answer.headers['content-security-policy']).toContain('sandbox');
  });

  test('without one there is no address for it', async () => {
    const page = await openBrowser(await openSite({ signIn: { branding: BRANDING } })).open();
    expect(elements(page.root, 'img')).toEqual([]);
  });
});
