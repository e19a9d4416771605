/**
 * A site with a browser in it: people open windows, and whatever a window complains of fails the test that it was opened
 * for. Owns the windows' lifetime. Does not own: what a person does in one (steps.ts).
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions, ConsoleMessage, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { openSite } from '../site.ts';
import type { Site } from '../site.ts';
import { openProfile, startChromium } from './chromium.ts';

/** Somebody at a browser. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
}

export interface WindowOptions extends BrowserContextOptions {
  /** What the browser may say to its console. */
  readonly expected?: RegExp;
}

export interface ProfileOptions extends WindowOptions {
  /** Of the lab's tickets: `tickets.env`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hosts that it gives tickets to, as the policy AuthServerAllowlist has them. */
  readonly ticketsFor?: string;
  /** Of an earlier window, closed meanwhile. */
  readonly folder?: string;
}

export interface Place extends Site {
  /** A private window without anything from before, closed when the test has finished. */
  person(options?: WindowOptions): Promise<Person>;
  /** An ordinary window of a profile in a folder. */
  ownProfile(options?: ProfileOptions): Promise<Person & { readonly folder: string }>;
}

export async function openPlace(): Promise<Place> {
  const site = await openSite();
  const chromium = { certificate: site.tls.certificate, home: site.lab.folder };
  try {
    const browser = await startChromium(chromium);
    return {
      ...site,
      person: async ({ expected, ...options } = {}) => {
        const context = await browser.newContext(options);
        watch(context, expected);
        return { context, page: await context.newPage() };
      },
      ownProfile: async ({ env = {}, ticketsFor, folder: earlier, expected, ...options } = {}) => {
        const folder = earlier ?? (await makeProfile(site.lab.folder));
        const flags = ticketsFor === undefined ? [] : [`--auth-server-allowlist=${ticketsFor}`];
        const context = await openProfile(folder, { ...chromium, env, flags }, options);
        watch(context, expected);
        return { context, folder, page: context.pages()[0] ?? (await context.newPage()) };
      },
      close: async () => {
        await browser.close();
        await site.close();
      },
    };
  } catch (error) {
    await site.close();
    throw error;
  }
}

/**
 * On Linux Chromium's network service runs in a sandbox, without the library of Kerberos, until the profile has met
 * `Negotiate` once: the first visit of a new profile shows the form. This profile met it long ago.
 */
const MET_NEGOTIATE = { net: { received_http_auth_negotiate_headers: true } };

async function makeProfile(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'profile-'));
  await writeFile(join(folder, 'Local State'), JSON.stringify(MET_NEGOTIATE));
  return folder;
}

/** Of the status of an answer, which is often the point: 401 with the form in it. */
const STATUS = /^Failed to load resource: the server responded with a status of \d+/;

/** A page that breaks its own policy, a script that fails, a warning of any kind. */
function watch(context: BrowserContext, expected: RegExp | undefined): void {
  // Below the time limit of a test: what is waited for is named then.
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const hear = (message: ConsoleMessage): void => {
    const text = message.text();
    if (!['warning', 'error'].includes(message.type())) return;
    if (STATUS.test(text) || expected?.test(text) === true) return;
    complaints.push(`${message.type()} at ${message.location().url}: ${text}`);
  };
  context.on('console', hear);
  context.on('weberror', (error) => complaints.push(String(error.error())));
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
}
