/**
 * The passkey script in a real Chromium with a virtual authenticator (WebAuthn Level 3 §11), judged by the library that
 * the server uses.
 */
import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON, WebAuthnCredential } from '@simplewebauthn/server';
import type { Browser, CDPSession, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enrolPasskeyPage } from '../../src/pages/enrol-passkey-page.ts';
import { secondFactorPage } from '../../src/pages/second-factor-page.ts';
import { counterpart } from '../counterparts.ts';
import { launch, servePages } from './browser.ts';
import type { PageServer } from './browser.ts';
import { contextOf } from './sample-pages.ts';

const chromium = counterpart('chromium');
const RP = 'localhost';
const CONTEXT = contextOf('en');
const FORM = { action: '/done', csrf: 'c', userName: 'nora.keller@corp.example.test' };
const FAILED = 'The passkey was not used';

let browser: Browser;
let server: PageServer;
let tab: Tab;
let devtools: CDPSession;

/** One that confirms by itself, as if the person had put a finger on it. */
async function plugIn(verifies: boolean): Promise<string> {
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: verifies,
  } as const;
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return authenticatorId;
}

async function showEnrolment(known: readonly string[] = []): Promise<string> {
  const options = await generateRegistrationOptions({
    rpName: 'Example',
    rpID: RP,
    userName: FORM.userName,
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
    excludeCredentials: known.map((id) => ({ id })),
    timeout: 5000,
  });
  server.show('/enrol', enrolPasskeyPage(CONTEXT, { ...FORM, options, backHref: '/back' }), CONTEXT.assets);
  await tab.goto(`${server.origin}/enrol`);
  return options.challenge;
}

async function showSignIn(known: readonly string[]): Promise<string> {
  const passkeyOptions = await generateAuthenticationOptions({
    rpID: RP,
    allowCredentials: known.map((id) => ({ id })),
    userVerification: 'required',
    timeout: 5000,
  });
  const view = { ...FORM, chosen: 'passkey', others: [], passkeyOptions, signOutHref: '/out' } as const;
  server.show('/sign-in', secondFactorPage(CONTEXT, view), CONTEXT.assets);
  await tab.goto(`${server.origin}/sign-in`);
  return passkeyOptions.challenge;
}

async function posted(): Promise<Readonly<Record<string, string>>> {
  await tab.waitForURL('**/done');
  return Object.fromEntries(server.takePosted()[0]?.fields ?? []);
}

async function enrol(): Promise<WebAuthnCredential> {
  const expectedChallenge = await showEnrolment();
  await tab.getByLabel('Name of the passkey').fill('Laptop');
  await tab.keyboard.press('Enter');
  const fields = await posted();
  expect(fields).toMatchObject({ csrf: 'c', step: 'enrol-passkey', name: 'Laptop' });
  const response = JSON.parse(fields['response'] ?? '') as RegistrationResponseJSON;
  const expected = { expectedChallenge, expectedOrigin: server.origin, expectedRPID: RP };
  const verified = await verifyRegistrationResponse({ response, ...expected });
  if (!verified.verified) throw new Error('not verified');
  expect(response.response.transports).toEqual(['internal']);
  return verified.registrationInfo.credential;
}

describe.skipIf(chromium === undefined)('passkeys in Chromium', () => {
  beforeAll(async () => {
    [browser, server] = await Promise.all([launch(chromium ?? ''), servePages()]);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), server.close()]);
  });
  beforeEach(async () => {
    const context = await browser.newContext();
    tab = await context.newPage();
    devtools = await context.newCDPSession(tab);
    await devtools.send('WebAuthn.enable');
    return async () => context.close();
  });

  test('are set up, and confirm a sign-in', async () => {
    await plugIn(true);
    const credential = await enrol();
    const expectedChallenge = await showSignIn([credential.id]);
    // The button has the focus.
    await tab.keyboard.press('Enter');
    const fields = await posted();
    expect(fields).toMatchObject({ csrf: 'c', step: 'passkey' });
    const response = JSON.parse(fields['response'] ?? '') as AuthenticationResponseJSON;
    const expected = { expectedChallenge, expectedOrigin: server.origin, expectedRPID: RP };
    const { verified } = await verifyAuthenticationResponse({ response, credential, ...expected });
    expect(verified).toBe(true);
  });

  test('that are set up already are not set up again', async () => {
    await plugIn(true);
    const { id } = await enrol();
    await showEnrolment([id]);
    await tab.getByRole('button', { name: 'Set up passkey' }).click();
    await tab.getByRole('alert').getByText('has been set up for you already').waitFor();
  });

  test('that do not know the person are told of in place, and may be tried again', async () => {
    const wrong = await plugIn(true);
    const credential = await enrol();
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId: wrong, isUserVerified: false });
    await showSignIn([credential.id]);
    const button = tab.getByRole('button', { name: 'Use passkey' });
    await button.click();
    await tab.getByRole('alert').getByText(FAILED).waitFor();
    expect(await button.evaluate('document.activeElement.id')).toBe('passkey-button');
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId: wrong, isUserVerified: true });
    await tab.keyboard.press('Enter');
    expect(await posted()).toMatchObject({ step: 'passkey' });
  });

  test('options that cannot be read are a failure, not a dead button', async () => {
    const view = { ...FORM, chosen: 'passkey', others: [], passkeyOptions: {}, signOutHref: '/out' } as const;
    server.show('/broken', secondFactorPage(CONTEXT, view), CONTEXT.assets);
    await tab.goto(`${server.origin}/broken`);
    await tab.getByRole('button').click();
    await tab.getByRole('alert').getByText(FAILED).waitFor();
    await tab.getByRole('button').click();
    expect(await tab.getByRole('alert').locator('p').count()).toBe(1);
  });

  test('a browser that cannot use them says so, and offers no button', async () => {
    await tab.addInitScript('delete window.PublicKeyCredential');
    await showSignIn([]);
    expect(await tab.getByText('This browser cannot use passkeys').isVisible()).toBe(true);
    expect(await tab.getByText('Passkeys need JavaScript').isVisible()).toBe(false);
    expect(await tab.getByRole('button').count()).toBe(0);
  });

  test('a browser that can says nothing of it', async () => {
    await showEnrolment();
    expect(await tab.getByText('This browser cannot use passkeys').isVisible()).toBe(false);
    expect(await tab.getByText('Passkeys need JavaScript').isVisible()).toBe(false);
    expect(await tab.getByRole('alert').count()).toBe(0);
    expect(await tab.evaluate('document.activeElement.id')).toBe('name');
  });
});
