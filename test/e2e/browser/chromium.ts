/**
 * A real Chromium, as Debian packages it: started with a profile of its own, trusting the certificate of the site under
 * test and no other that it would not trust anyway. Owns starting it. Does not own: what a person does in it.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { BASE_ENVIRONMENT } from '../../../lab/run.ts';
import { labAvailable } from '../../../lab/samba.ts';
import { counterpart } from '../../counterparts.ts';

const executablePath = counterpart('chromium');

/** For `describe.skipIf(!browserAvailable)`: a directory to ask, and a browser to ask from. */
export const browserAvailable: boolean = labAvailable && executablePath !== undefined;

/** For `describe` too: a test here takes one to five seconds, on a machine that does nothing else. */
export const PATIENCE = { timeout: 90_000 };

/** It asks the network for nothing by itself. */
const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface ChromiumOptions {
  /** PEM of the server certificate that it takes. */
  readonly certificate: string;
  /** Its home: nobody's settings count. */
  readonly home: string;
  /** Where its Kerberos tickets are. */
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** Each context of it is a private window: cookies of its own, and no silent sign-in. */
export async function startChromium(options: ChromiumOptions): Promise<Browser> {
  return chromium.launch(launchOptions(options));
}

/** An ordinary window of a profile that outlives it. */
export async function openProfile(
  folder: string,
  options: ChromiumOptions,
  more: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...launchOptions(options), ...more });
}

function launchOptions({ certificate, home, env = {}, flags = [] }: ChromiumOptions) {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  const trusted = createHash('sha256').update(spki).digest('base64');
  return {
    executablePath: executablePath ?? 'chromium',
    args: [...FLAGS, `--ignore-certificate-errors-spki-list=${trusted}`, ...flags],
    env: { ...BASE_ENVIRONMENT, HOME: home, ...env },
  };
}
