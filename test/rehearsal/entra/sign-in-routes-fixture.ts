/** One local Entra and a browser at it, for one file of tests; and how a refusal shows. */
import { afterAll, beforeEach, expect } from 'vitest';
import { NOW, signingIdentity } from './assertion-fixture.ts';
import { openBrowser, signedPerson, trust2005 } from './sign-in-fixture.ts';
import type { BrowserReply, PersonOptions } from './sign-in-fixture.ts';

export const idp = await signingIdentity();
export const stranger = await signingIdentity();
export const USER = 'username=nora.keller%40contoso.example';
export const PASSIVE = 'https://sts.contoso.example/wsf/prp/1';

export const browser = await openBrowser(idp);

afterAll(() => browser.entra.close());
beforeEach(() => {
  browser.clock.now = NOW;
  browser.federate({});
  browser.entra.setPolicy({ requireSecondFactor: false });
});

export const good = (options: PersonOptions = {}): string => trust2005(signedPerson(idp, options));
export const lastRequest = () => browser.entra.requests().at(-1);

/** The page shows the code and the check, and the log has both. */
export function expectRefused(reply: BrowserReply, check: string, code: number, found: string): void {
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(reply.text).toContain(`AADSTS${code}: `);
  expect(reply.text).toContain(`<strong>${check}</strong>: `);
  const { refusal } = lastRequest() ?? {};
  expect(refusal).toMatchObject({ check, error: `AADSTS${code}` });
  expect(refusal?.found).toContain(found);
}
