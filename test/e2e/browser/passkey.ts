/**
 * A device that keeps passkeys, as Chromium plays one (WebAuthn Level 3 §11): its keys, counters and prompts are
 * Chromium's own.
 */
import type { CDPSession } from 'playwright-core';
import type { Person } from './place.ts';

export interface Authenticator {
  /** Passkeys on it, by the host that they are for, with how often each was used. */
  passkeys(): Promise<readonly { readonly rpId: string; readonly signCount: number }[]>;
  /** Whether the person confirms when asked. */
  confirms(whether: boolean): Promise<void>;
  /** As if the device were another one. */
  forgetAll(): Promise<void>;
}

/** A built-in one belongs to the tab that it was added to. */
export async function addAuthenticator({ context, page }: Person): Promise<Authenticator> {
  const cdp: CDPSession = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    passkeys: async () => {
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.map(({ rpId, signCount }) => ({ rpId: rpId ?? '', signCount }));
    },
    confirms: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    forgetAll: async () => {
      await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
    },
  };
}
