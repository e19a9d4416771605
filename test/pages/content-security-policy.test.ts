import { describe, expect, test } from 'vitest';
import {
  forPosting,
  imageOrigin,
  withImagesFrom,
  WITH_PASSKEY_SCRIPT,
  WITHOUT_SCRIPT,
} from '../../src/pages/content-security-policy.ts';

/** CSP Level 3 §2.2.1, so far as these policies need it. */
const directives = (policy: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    policy.split('; ').map((directive) => [directive.split(' ')[0] ?? '', directive.split(' ').slice(1)]),
  );

const CLOSED = {
  'default-src': ["'none'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};

describe('the policies', () => {
  test('of a page without a script', () => expect(directives(WITHOUT_SCRIPT)).toEqual(CLOSED));

  test('of a page with the passkey script', () => {
    expect(directives(WITH_PASSKEY_SCRIPT)).toEqual({ ...CLOSED, 'script-src': ["'self'"] });
  });

  test('of the page that posts itself', () => {
    expect(directives(forPosting('abc='))).toEqual({
      ...CLOSED,
      'script-src': ["'sha256-abc='"],
      'form-action': ['https:'],
    });
  });

  test('of the page after sign-out: each origin once', () => {
    expect(directives(withImagesFrom(['https://a.test/x', 'https://a.test/y', 'https://b.test:8443/?z']))).toEqual({
      ...CLOSED,
      'img-src': ["'self'", 'https://a.test', 'https://b.test:8443'],
    });
  });
});

describe('the origin of an image', () => {
  test.each([
    ['https://login.example.test/login.srf?wa=wsignoutcleanup1.0', 'https://login.example.test'],
    ['https://LOGIN.example.test:443/', 'https://login.example.test'],
    ['https://user:pass@login.example.test/', 'https://login.example.test'],
    ['https://bücher.example.test/', 'https://xn--bcher-kva.example.test'],
  ])('%s: %s', (address, origin) => expect(imageOrigin(address)).toBe(origin));

  test.each([
    'http://a.test/',
    'javascript:alert(1)',
    'data:image/png,x',
    '//a.test',
    'https://',
    'https://a.test;script-src/',
    "https://a'.test/",
    'https://a,b.test/',
    'https://*.test/',
    'https://[::1]/',
    '',
  ])('%s has none', (address) => expect(imageOrigin(address)).toBeUndefined());
});
