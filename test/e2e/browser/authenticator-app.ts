/**
 * A phone with an authenticator app, made of other people's programs: zbarimg reads the QR code of the page, oathtool
 * makes the codes (RFC 6238).
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { run } from '../../../lab/run.ts';
import { counterpart } from '../../counterparts.ts';
import type { Mortise } from '../mortise.ts';
import { press, typeCode } from './steps.ts';

export const oathtool = counterpart('oathtool');
export const zbarimg = counterpart('zbarimg');

/** The code that an app shows now, by the clock of the server. */
export async function codeOf(secret: string, mortise: Mortise): Promise<string> {
  const time = mortise.now().toISOString().replace('T', ' ').slice(0, 19);
  const code = await run('oathtool', ['--totp', '--base32', `--now=${time} UTC`, secret]);
  return code.trim();
}

/** A code that is not right now, nor was or will be around now. */
export async function wrongCode(secret: string, mortise: Mortise): Promise<string> {
  const time = new Date(mortise.now().getTime() - 120_000).toISOString().replace('T', ' ').slice(0, 19);
  const around = await run('oathtool', ['--totp', '--base32', `--now=${time} UTC`, '--window=8', secret]);
  return around.includes('000000') ? '111111' : '000000';
}

/** The key that the page shows, as a person types it off. */
export const secretOn = async (page: Page): Promise<string> =>
  (await page.locator('code.key').innerText()).replaceAll(/\s/g, '');

export async function readQrCode(page: Page, folder: string): Promise<string> {
  const path = join(folder, 'qr.png');
  await page.locator('.qr').screenshot({ path });
  return (await run('zbarimg', ['--quiet', '--raw', path])).trim();
}

export interface App {
  readonly secret: string;
  /** As they were shown, once. */
  readonly recoveryCodes: readonly string[];
}

/** On the page “Set up a second factor”. */
export const chooseApp = (page: Page): Promise<void> => press(page, /^Authenticator app/, 'link');

/** From there on; ends on the page with the recovery codes. */
export async function setUpApp(page: Page, mortise: Mortise): Promise<App> {
  await chooseApp(page);
  const secret = await secretOn(page);
  await typeCode(page, await codeOf(secret, mortise));
  return {
    secret,
    recoveryCodes: await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts(),
  };
}

/** The same, and on to where the person was going. */
export async function enrolApp(page: Page, mortise: Mortise): Promise<App> {
  const app = await setUpApp(page, mortise);
  await press(page, 'Continue', 'link');
  // The next sign-in comes later, with a code of its own.
  mortise.passTime(30_000);
  return app;
}
