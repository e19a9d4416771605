import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { makeAssets } from '../../src/pages/assets.ts';

const assets = makeAssets({ accentColour: '#1f5fa8' });
const css = assets.files.get(assets.stylesheet)?.body.toString() ?? '';
const icon = assets.files.get(assets.icon)?.body.toString() ?? '';
const script = assets.files.get(assets.passkeyScript)?.body.toString() ?? '';

describe('the files', () => {
  test('have names with their digest, and types', () => {
    expect([...assets.files].map(([path, { type }]) => [path, type])).toEqual([
      [`/assets/style-${digest(css)}.css`, 'text/css; charset=utf-8'],
      [`/assets/passkey-${digest(script)}.js`, 'text/javascript; charset=utf-8'],
      [`/assets/icon-${digest(icon)}.svg`, 'image/svg+xml'],
    ]);
  });

  test('another colour is another style sheet, and the same script', () => {
    const other = makeAssets({ accentColour: '#aa0000' });
    expect(other.stylesheet).not.toBe(assets.stylesheet);
    expect(other.passkeyScript).toBe(assets.passkeyScript);
    expect(makeAssets({ accentColour: '#1f5fa8' }).stylesheet).toBe(assets.stylesheet);
  });

  test.each(['red', '#fff', '#1f5fa8;}body{display:none', ''])('%j is no colour', (accentColour) => {
    expect(() => makeAssets({ accentColour })).toThrow('#rrggbb');
  });
});

describe('the style sheet', () => {
  test('asks nothing of an old web view that would leave a page bare', () => {
    expect(css).not.toMatch(/var\(|--[a-z]|@import|url\(|@layer|:is\(|:where\(|display:\s*(?:grid|flex)/);
  });

  test('moves nothing', () => expect(css).not.toMatch(/transition|animation|transform/));

  test('is balanced, and every rule whole', () => {
    expect(css.split('{')).toHaveLength(css.split('}').length);
    expect(css).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe('the passkey script', () => {
  test('is a script, and in words that old web views know', () => {
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/=>|`|\b(?:const|let|class|async|await|import|export)\b|\?\.|\?\?|\.\.\./);
  });
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
