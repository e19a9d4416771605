/** What a person does in a window, from an application of Entra's to its own word about the sign-in. */
import type { Page } from 'playwright-core';
import { PERSON_PASSWORD } from '../../../lab/accounts.ts';
import { labPersonUpn, PASSWORD_PEOPLE } from '../../../lab/people.ts';
import type { LocalEntra } from '../../../src/rehearsal/entra/local-entra.ts';

export type Who = keyof typeof PASSWORD_PEOPLE;

export const upn = (who: Who): string => labPersonUpn(PASSWORD_PEOPLE[who]);

/** Query of Entra's start page: `mfa`, `prompt`, `mkt`, …. */
export type Wishes = Readonly<Record<string, string>>;

/** An application wants this person signed in. */
export async function openApplication(page: Page, entra: LocalEntra, who: Who, wishes: Wishes = {}): Promise<void> {
  const query = new URLSearchParams({ username: upn(who), ...wishes }).toString();
  await page.goto(`${entra.urls.login}/?${query}`);
}

/** Mortise's answer has arrived, whatever Entra makes of it. */
export const arriveAtEntra = (page: Page, { urls }: LocalEntra): Promise<void> =>
  page.waitForURL(`${urls.login}/login.srf`);

export const titleOf = async (page: Page): Promise<string> =>
  (await page.getByRole('heading', { level: 1 }).innerText()).replaceAll('\u00AD', '');

/** Presses a button of a form, or follows a link, and waits for what comes. */
export async function press(page: Page, name: string | RegExp, role: 'button' | 'link' = 'button'): Promise<void> {
  const pressed = page.getByRole(role, { name, exact: true });
  await Promise.all([page.waitForEvent('framenavigated'), pressed.click()]);
}

export interface Typed {
  /** Left as it is when absent. */
  readonly userName?: string;
  readonly password?: string;
  readonly stay?: boolean;
}

/** On the page “Sign in”. */
export async function typePassword(page: Page, { userName, password = PERSON_PASSWORD, stay }: Typed = {}) {
  if (userName !== undefined) await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password', { exact: true }).fill(password);
  if (stay === true) await page.getByLabel('Stay signed in').check();
  await press(page, 'Sign in');
}

export interface Change {
  readonly old?: string;
  readonly fresh: string;
  readonly again?: string;
}

/** On the page “Change your password”. */
export async function typeChange(page: Page, { old = PERSON_PASSWORD, fresh, again = fresh }: Change): Promise<void> {
  await page.getByLabel('Current password').fill(old);
  await page.getByLabel('New password', { exact: true }).fill(fresh);
  await page.getByLabel('New password again').fill(again);
  await press(page, 'Change password');
}

/** On a page that asks for a code. */
export async function typeCode(page: Page, code: string, button = 'Confirm'): Promise<void> {
  await page.getByLabel(/code$/i).fill(code);
  await press(page, button);
}

/** What stands in the box above the form. */
export const told = async (page: Page): Promise<string> => page.getByRole('alert').innerText();
