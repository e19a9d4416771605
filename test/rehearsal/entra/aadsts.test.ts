/** The texts that are known to the letter, and the placeholder that stays. */
import { expect, test } from 'vitest';
import { AADSTS, aadstsBody, aadstsText } from '../../../src/rehearsal/entra/aadsts.ts';
import type { AadstsCode } from '../../../src/rehearsal/entra/aadsts.ts';

test('51004 hides the account as the service does', () => {
  expect(aadstsText(51004, { tenant: '07ec9af2-7ce5-4ab7-8638-115736bbf990' })).toBe(
    'The user account {EUII Hidden} does not exist in the 07ec9af2-7ce5-4ab7-8638-115736bbf990 directory. To sign into this application, the account must be added to the directory.',
  );
});

test('50107 names the issuer', () => {
  expect(aadstsText(50107, { name: 'https://a/$&' })).toBe(
    "The requested federation realm object 'https://a/$&' does not exist.",
  );
});

test('each code gives a body that carries it', () => {
  const stamp = { traceId: 't', correlationId: 'c', now: new Date('2025-07-09T02:14:21.987Z') };
  for (const code of Object.keys(AADSTS).map(Number) as AadstsCode[]) {
    const body = aadstsBody(code, {}, stamp);
    expect(body.error_description).toMatch(
      new RegExp(`^AADSTS${code}: .+\\r\\nTrace ID: t\\r\\nCorrelation ID: c\\r\\nTimestamp: 2025-07-09 02:14:21Z$`),
    );
    expect(body).toMatchObject({ error: AADSTS[code].error, error_codes: [code], timestamp: '2025-07-09 02:14:21Z' });
  }
});
