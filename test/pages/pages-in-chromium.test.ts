/**
 * Every page in a real browser: judged by axe, by light and in the dark, on a narrow screen, by keyboard, without
 * JavaScript. Screenshots of all go to .cache/screenshots/pages/, to be looked at.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html, toText } from '../../src/pages/html.ts';
import type { Language } from '../../src/pages/language.ts';
import { postingPage } from '../../src/pages/posting-page.ts';
import { secondFactorPage } from '../../src/pages/second-factor-page.ts';
import { signInPage } from '../../src/pages/sign-in-page.ts';
import { counterpart } from '../counterparts.ts';
import { launch, servePages } from './browser.ts';
import type { PageServer } from './browser.ts';
import { attribute, everyElement, readPage } from './read-page.ts';
import { BRANDING, contextOf, sampleNamed, SAMPLE_PAGES } from './sample-pages.ts';

const chromium = counterpart('chromium');
const screenshots = join(import.meta.dirname, '..', '..', '.cache', 'screenshots', 'pages');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let browser: Browser;
let server: PageServer;

describe.skipIf(chromium === undefined)('in Chromium', () => {
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    [browser, server] = await Promise.all([launch(chromium ?? ''), servePages()]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), server.close()]);
  });

  describe('every page', () => {
    const looks: readonly (readonly [string, Language, BrowserContextOptions])[] = [
      ['light', 'en', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
      ['light', 'de', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
      ['dark-narrow', 'en', { colorScheme: 'dark', viewport: { width: 320, height: 640 } }],
      ['dark-narrow', 'de', { colorScheme: 'dark', viewport: { width: 320, height: 640 } }],
    ];
    test.each(looks)(
      'has no violation, no scrolling sideways and no complaint of the browser: %s, %s',
      async (look, language, options) => {
        const found: string[] = [];
        await withTab(options, async (tab) => {
          tab.on('console', (message) => found.push(`${tab.url()}: ${message.text()}`));
          const context = contextOf(language);
          const judged = new Set<string>();
          for (const { name, write } of SAMPLE_PAGES) {
            // It posts itself away; see below.
            if (name === 'posting') continue;
            const page = write(context);
            const elements = lookOf(page.html);
            const known = judged.has(elements);
            judged.add(elements);
            // Other words in the same elements can only need more room.
            if (known && look === 'light') continue;
            server.show(`/${language}/${name}`, page, context.assets);
            await tab.goto(`${server.origin}/${language}/${name}`);
            if (await scrollsSideways(tab)) found.push(`${name}: scrolls sideways`);
            if (!known) found.push(...(await judge(tab)).map((violation) => `${name}: ${violation}`));
            await tab.screenshot({ path: join(screenshots, `${name}.${language}.${look}.png`), fullPage: true });
          }
        });
        expect(found).toEqual([]);
      },
      240_000,
    );

    test('can be read whatever colour the organisation has', { timeout: 120_000 }, async () => {
      const found: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await withTab({ colorScheme }, async (tab) => {
          for (const accentColour of ['#ffcc00', '#000000', '#ffffff', '#e4002b', '#00a651']) {
            const context = contextOf('en', { ...BRANDING, accentColour });
            for (const name of ['sign-in-wrong', 'account', 'enrolment-choice']) {
              const path = `/${accentColour.slice(1)}/${name}`;
              server.show(path, sampleNamed(name).write(context), context.assets);
              await tab.goto(server.origin + path);
              found.push(...(await judge(tab)).map((violation) => `${path}, ${colorScheme}: ${violation}`));
              await tab.screenshot({ path: join(screenshots, `${name}.${accentColour.slice(1)}.${colorScheme}.png`) });
            }
          }
        });
      }
      expect(found).toEqual([]);
    });

    test('holds names and words of any length', async () => {
      const branding = { ...BRANDING, organisationName: `${'Verwaltungsgemeinschaft'.repeat(4)} mbH & Co. KG` };
      const context = contextOf('de', branding);
      const userName = `${'karl-theodor.'.repeat(12)}@${'unterabteilung.'.repeat(8)}example.test`;
      const found: string[] = [];
      await withTab({ viewport: { width: 320, height: 640 } }, async (tab) => {
        for (const { name, write } of SAMPLE_PAGES) {
          if (name.includes('totp') || name === 'posting') continue;
          server.show(
            `/long/${name}`,
            write(context, (text) => (text.includes('@') ? userName : text)),
            context.assets,
          );
          await tab.goto(`${server.origin}/long/${name}`);
          if (await scrollsSideways(tab)) found.push(name);
          if (name === 'account') await tab.screenshot({ path: join(screenshots, 'long-names.png'), fullPage: true });
        }
      });
      expect(found).toEqual([]);
    });

    test('at 200 % zoom shows what went wrong together with the field that has the focus', async () => {
      const context = contextOf('de');
      await withTab({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, async (tab) => {
        for (const name of [
          'sign-in-wrong',
          'change-password-policy',
          'second-factor-totp-wrong',
          'enrol-totp-wrong',
        ]) {
          server.show(`/zoom/${name}`, sampleNamed(name).write(context), context.assets);
          await tab.goto(`${server.origin}/zoom/${name}`);
          await tab.waitForFunction('scrollY > 0 || document.body.scrollHeight <= innerHeight');
          await tab.screenshot({ path: join(screenshots, `${name}.zoomed.png`) });
          const box = await tab.locator('#told').boundingBox();
          const field = await tab.locator(':focus').boundingBox();
          expect(box?.y, name).toBeGreaterThanOrEqual(0);
          expect((field?.y ?? 400) + (field?.height ?? 0), name).toBeLessThanOrEqual(400);
        }
      });
    });

    test('of recovery codes prints black on white, without what cannot be pressed on paper', async () => {
      const context = contextOf('de');
      server.show('/print', sampleNamed('recovery-codes').write(context), context.assets);
      await withTab({ colorScheme: 'dark' }, async (tab) => {
        await tab.goto(`${server.origin}/print`);
        await tab.emulateMedia({ media: 'print' });
        await tab.screenshot({ path: join(screenshots, 'recovery-codes.print.png') });
        expect(await tab.locator('.button').isVisible()).toBe(false);
        expect(await tab.locator('.codes code').last().isVisible()).toBe(true);
        expect(await tab.evaluate('getComputedStyle(document.querySelector("code")).color')).toBe('rgb(0, 0, 0)');
      });
    });

    test('keeps its outlines where the system’s colours replace ours', async () => {
      const context = contextOf('en');
      await withTab({ forcedColors: 'active' }, async (tab) => {
        for (const name of ['sign-in-wrong', 'account', 'recovery-codes']) {
          server.show(`/forced/${name}`, sampleNamed(name).write(context), context.assets);
          await tab.goto(`${server.origin}/forced/${name}`);
          await tab.screenshot({ path: join(screenshots, `${name}.forced-colours.png`) });
          const width = await tab.evaluate('getComputedStyle(document.querySelector(".button")).borderTopWidth');
          expect(width).toBe('2px');
        }
      });
    });
  });

  describe('by keyboard', () => {
    test('Tab reaches everything in reading order, and Enter signs in', async () => {
      const context = contextOf('en');
      const view = { action: '/done?a=1&b=%22', csrf: 'c"<', offersToStaySignedIn: true, changePasswordHref: '/p' };
      server.show('/keyboard', signInPage(context, view), context.assets);
      await withTab({}, async (tab) => {
        await tab.goto(`${server.origin}/keyboard`);
        const reached: unknown[] = [];
        for (let count = 0; count < 6; count++) {
          reached.push(await tab.evaluate('document.activeElement.id || document.activeElement.textContent.trim()'));
          expect(await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
          await tab.keyboard.press('Tab');
        }
        expect(reached).toEqual(['username', 'password', 'stay', 'Sign in', 'Change password', BRANDING.help?.text]);
        await tab.focus('#username');
        await tab.keyboard.type('nöra@example.test');
        await tab.keyboard.press('Tab');
        await tab.keyboard.type('pass "word" &');
        await tab.keyboard.press('Tab');
        await tab.keyboard.press('Space');
        await tab.keyboard.press('Enter');
        await tab.waitForURL('**/done**');
      });
      const fields = [
        ['csrf', 'c"<'],
        ['step', 'password'],
        ['username', 'nöra@example.test'],
        ['password', 'pass "word" &'],
        ['stay', 'yes'],
      ];
      expect(server.takePosted()).toEqual([{ path: '/done?a=1&b=%22', fields }]);
    });

    test('removing a factor takes two presses', async () => {
      const context = contextOf('en');
      server.show('/account', sampleNamed('account').write(context), context.assets);
      await withTab({ javaScriptEnabled: false }, async (tab) => {
        await tab.goto(`${server.origin}/account`);
        const button = tab.getByRole('button', { name: 'Remove now Laptop' });
        expect(await button.isVisible()).toBe(false);
        await tab.locator('summary', { hasText: 'Laptop' }).press('Enter');
        await button.press('Enter');
        await tab.waitForURL('**/wsf/**');
      });
      const [posted] = server.takePosted();
      expect(posted?.fields.slice(1)).toEqual([
        ['step', 'remove-factor'],
        ['id', 'f2'],
      ]);
    });
  });

  describe('without JavaScript', () => {
    test('the passkey page says so, and leads to another way', async () => {
      const context = contextOf('en');
      const others = [{ kind: 'totp', href: '?way=totp' }] as const;
      const view = { action: '/x', csrf: 'c', userName: 'nora', chosen: 'passkey', others, signOutHref: '/o' } as const;
      server.show('/no-script', secondFactorPage(context, view), context.assets);
      await withTab({ javaScriptEnabled: false }, async (tab) => {
        await tab.goto(`${server.origin}/no-script`);
        expect(await tab.getByText('Passkeys need JavaScript').isVisible()).toBe(true);
        expect(await tab.locator('#passkey-button').isVisible()).toBe(false);
        expect(await tab.getByRole('link', { name: 'Use the authenticator app' }).isVisible()).toBe(true);
        await tab.screenshot({ path: join(screenshots, 'second-factor-passkey.no-script.png') });
      });
    });

    test('the posting page waits for a press', async () => {
      await withTab({ javaScriptEnabled: false }, async (tab) => {
        const arrived = await post(tab, [['wctx', 'a&b']], async () => {
          await tab.screenshot({ path: join(screenshots, 'posting.no-script.png') });
          await tab.getByRole('button', { name: 'Continue' }).click();
        });
        expect(arrived).toEqual([['wctx', 'a&b']]);
      });
    });
  });

  describe('the posting page', () => {
    const VALUES = [
      'estsredirect=2&estsrequest=rQIIA%2bA',
      '<t:R a="1">\u00e4&amp;&#10;</t:R>',
      '\' " ` \u2028 \u{1F600} \uFEFF \u0085 \u00a0 ',
      '\u202Etfel\u202C שלום',
      'a\tb',
      '',
    ];

    test('sends its values at once, byte for byte', async () => {
      const fields = VALUES.map((value, index) => [`f"${index}`, value] as const);
      await withTab({}, async (tab) => {
        expect(await post(tab, fields)).toEqual(fields);
      });
    });

    test('is calm while the application takes its time, and cannot be sent twice', async () => {
      await withTab({}, async (tab) => {
        // An answer without content leaves the page as it is.
        await tab.route(/^https:/, async (route) => route.fulfill({ status: 204 }));
        await post(tab, [['wctx', '1']]);
        expect(await tab.getByRole('button').count()).toBe(0);
        expect(await judge(tab)).toEqual([]);
        await tab.screenshot({ path: join(screenshots, 'posting.png') });
      });
    });

    test('a field may be called submit', async () => {
      await withTab({}, async (tab) => {
        expect(await post(tab, [['submit', '1']])).toEqual([['submit', '1']]);
      });
    });

    test('line ends alone are the browser’s: whoever must have them back refuses them', async () => {
      await withTab({}, async (tab) => {
        expect(await post(tab, [['wctx', 'a\nb\rc\r\nd']])).toEqual([['wctx', 'a\r\nb\r\nc\r\nd']]);
      });
    });
  });

  test('reads any text back as it was written, control characters too', async () => {
    const units = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('');
    const texts = [
      units,
      units.split('').toReversed().join(''),
      '</p><script>',
      '"><img src=x onerror=alert(1)>',
      '\uD800x\uDC00',
    ];
    const documents = texts.map((text) => toText(html`<p title="${text}">${text}</p>`));
    await withTab({}, async (tab) => {
      const read = await tab.evaluate(`(${readBack})(${JSON.stringify(documents)})`);
      const carried = texts.map((text) => text.toWellFormed().replaceAll('\0', '\uFFFD'));
      expect(read).toEqual(carried.map((text) => [1, text, text]));
    });
  });
});

/** Runs in the browser: how many elements there are, the attribute and the text. */
const readBack = `documents => documents.map((text) => {
  const { body } = new DOMParser().parseFromString(text, 'text/html');
  return [body.querySelectorAll('*').length, body.firstChild.title, body.firstChild.textContent];
})`;

async function withTab(options: BrowserContextOptions, use: (tab: Tab) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  // Nothing leaves this machine.
  await context.route(/^https:/, async (route) => route.fulfill({ contentType: 'text/html', body: 'arrived' }));
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
  }
}

/** Elements, their classes and roles: pages that differ in words alone look alike to axe. */
function lookOf(page: string): string {
  const all = everyElement(readPage(page));
  return JSON.stringify(
    all.map((element) => [
      element.name,
      attribute(element, 'class'),
      attribute(element, 'role'),
      attribute(element, 'aria-invalid'),
    ]),
  );
}

async function scrollsSideways(tab: Tab): Promise<boolean> {
  return (await tab.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) as boolean;
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** The policy forbids scripts by tag; the debugger’s evaluation is not held to it. */
async function judge(tab: Tab): Promise<readonly string[]> {
  await tab.evaluate(axe);
  const run = `axe.run({ runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] })`;
  const { violations } = (await tab.evaluate(run)) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

/** Opens the posting page and returns what arrives at the application. */
async function post(
  tab: Tab,
  fields: readonly (readonly [string, string])[],
  press: () => Promise<void> = async () => {},
): Promise<readonly (readonly [string, string])[]> {
  const context = contextOf('en');
  server.show('/posting', postingPage(context, { replyUrl: 'https://rp.test/in?a=1', fields }), context.assets);
  const come = async (): Promise<void> => {
    // The page is left before it has loaded.
    await tab.goto(`${server.origin}/posting`, { waitUntil: 'commit' });
    await press();
  };
  const [request] = await Promise.all([tab.waitForRequest((asked) => asked.method() === 'POST'), come()]);
  expect(request.url()).toBe('https://rp.test/in?a=1');
  return [...new URLSearchParams(request.postData() ?? '')];
}
