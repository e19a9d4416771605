/** What a refusal is to a browser: one thing to do, and a status that no proxy takes for success or for a challenge. */
import { describe, expect, test } from 'vitest';
import { refusals } from '../../../src/refusal.ts';
import type { RefusalCode } from '../../../src/refusal.ts';
import { adviceFor, statusFor } from '../../../src/server/browser/advice.ts';
import { EN } from './browser.ts';

const CODES = Object.keys(refusals) as readonly RefusalCode[];

describe('every refusal', () => {
  test('has advice that there are words for', () => {
    for (const code of CODES) {
      expect(EN.refused.titles[adviceFor(code)], code).toBeTruthy();
      expect(EN.refused.explanations[adviceFor(code)], code).toBeTruthy();
    }
  });

  test('has a status of an error, and never asks for credentials', () => {
    for (const code of CODES) {
      const status = statusFor(code);
      expect(status >= 400 && status < 600 && status !== 401 && status !== 407, `${code}: ${status}`).toBe(true);
    }
  });

  test('is of the server where it is the server’s', () => {
    const servers = CODES.filter((code) => statusFor(code) >= 500);
    expect(servers).toContain('internal-error');
    expect(servers).toContain('directory-down');
    expect(servers.filter((code) => code.startsWith('password') || code.startsWith('wsfed'))).toEqual([]);
  });
});

describe('the advice', () => {
  test.each<[RefusalCode, string]>([
    ['directory-down', 'retry'],
    ['wtrealm-unknown', 'start-again'],
    ['session-ended', 'start-again'],
    ['password-logon-hours', 'not-today'],
    ['password-expired', 'change-password-elsewhere'],
    ['wauth-not-met', 'company-network'],
    ['enrolment-not-allowed', 'company-network'],
    ['sign-in-loops', 'loop'],
    ['account-disabled', 'help-desk'],
    ['anchor-missing', 'help-desk'],
    ['second-factor-missing', 'help-desk'],
  ])('of %s: %s', (code, advice) => {
    expect(adviceFor(code)).toBe(advice);
  });
});
