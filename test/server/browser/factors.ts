/** People with second factors: set up through the pages as a person does, with an app or an authenticator in software. */
import { attribute, elements } from '../../pages/read-page.ts';
import { codeShown, secretFrom } from '../../signin/browser/authenticator-app.ts';
import { makeAuthenticator } from '../../signin/second-factor/authenticator.ts';
import type { Authenticator } from '../../signin/second-factor/authenticator.ts';
import type { Browser, Page } from './browser.ts';
import { HOST } from './site.ts';
import type { Differences, Site } from './site.ts';

/** The tests' own address is the company's: a first second factor may be set up. */
export const INSIDE: NonNullable<Differences['signIn']> = { corporateNetworks: ['127.0.0.0/8'] };

/** A second factor whenever somebody signs in, and the company's network. */
export const ALWAYS: Differences = { application: { secondFactor: { policy: 'always' } }, signIn: INSIDE };

const PASSKEYS_AT = { rpId: HOST, origin: `https://${HOST}` };

/** Addresses of the page's links. */
export const linksOf = ({ root }: Page): readonly string[] =>
  elements(root, 'a').map((link) => attribute(link, 'href') ?? '');

export function linkTo(page: Page, shows: string): string {
  const found = linksOf(page).find((href) => href.includes(`mortise=${shows}`));
  if (found === undefined) throw new Error(`“${page.title}” has no link to ${shows}`);
  return found;
}

/** The key that the page of an app's set-up shows. */
export function secretOn({ root }: Page): Uint8Array {
  const key = elements(root, 'code').find((element) => attribute(element, 'class')?.includes('key'));
  return secretFrom(key?.text ?? '');
}

export const codesOn = ({ root }: Page): readonly string[] =>
  elements(root, 'code')
    .map(({ text }) => text)
    .filter((text) => /^[0-9A-Z]{5}-[0-9A-Z]{5}$/.test(text));

export interface App {
  readonly secret: Uint8Array;
  readonly recoveryCodes: readonly string[];
  /** After the last step. */
  readonly page: Page;
}

/** From the page on which a second factor is chosen, or the account's, to the codes, where there are any. */
export async function enrolApp(site: Site, browser: Browser, choice: Page): Promise<App> {
  const setUp = await browser.open(linkTo(choice, 'enrol-totp'));
  const secret = secretOn(setUp);
  const page = await browser.submit(setUp, 'enrol-totp', { code: codeShown(secret, site.now()) });
  // The next code comes half a minute later.
  site.passTime(30_000);
  return { secret, recoveryCodes: codesOn(page), page };
}

export interface Key {
  readonly authenticator: Authenticator;
  readonly recoveryCodes: readonly string[];
  readonly page: Page;
}

export async function enrolPasskey(browser: Browser, choice: Page, name = 'Key'): Promise<Key> {
  const setUp = await browser.open(linkTo(choice, 'enrol-passkey'));
  const authenticator = makeAuthenticator();
  const response = authenticator.create({ ...PASSKEYS_AT, challenge: challengeOn(setUp) });
  const page = await browser.submit(setUp, 'enrol-passkey', { response, name });
  return { authenticator, recoveryCodes: codesOn(page), page };
}

/** The challenge that the page's script hands to the browser. */
export function challengeOn({ root }: Page): string {
  const ceremony = elements(root, 'div').find((element) => attribute(element, 'id') === 'passkey');
  const options = JSON.parse(attribute(ceremony, 'data-options') ?? '{}') as { readonly challenge?: string };
  return options.challenge ?? '';
}

export const answerWith = (authenticator: Authenticator, page: Page, party = PASSKEYS_AT): string =>
  authenticator.get({ ...party, challenge: challengeOn(page) });

export const typeCode = (site: Site, browser: Browser, page: Page, secret: Uint8Array): Promise<Page> =>
  browser.submit(page, 'totp', { code: codeShown(secret, site.now()) });
