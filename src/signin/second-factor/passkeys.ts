/**
 * Passkeys as a second factor (WebAuthn Level 3 §7): what a browser is asked, and whether its answer proves the passkey.
 * Owns the choice of options and what is kept of a passkey. Does not own challenges' lifetime: whoever asks keeps the
 * challenge with the person's session and lets it be answered once.
 */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { Refusal } from '../../refusal.ts';
import { ALGORITHMS, requireUsableKey } from './credential-key.ts';
import { bytesOf, readRegistration, toldOf } from './passkey-response.ts';
import type { AuthenticationResponse } from './passkey-response.ts';

/** Where passkeys are asked for: they belong to one host, and work at no other. */
export interface RelyingParty {
  readonly rpId: string;
  /** `https://sso.example.test`, with the port where it is not 443. */
  readonly origin: string;
  /** Of the organisation, shown by the browser. */
  readonly name: string;
}

export type ExpectedAnswer = Pick<RelyingParty, 'rpId' | 'origin'> & {
  /** base64url, as it stood in the options. */
  readonly challenge: string;
};

/** What is kept of one. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly credentialId: string;
  /** COSE key (RFC 9052 §7), base64url. */
  readonly publicKey: string;
  readonly transports: readonly string[];
  readonly rpId: string;
  /** The model of the authenticator; zeros where it does not tell. */
  readonly aaguid: string;
}

export interface Asked {
  /** PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON. */
  readonly options: object;
  readonly challenge: string;
}

const TIMEOUT_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;
/** The password was the first factor: presence is demanded, a PIN or fingerprint is welcome. */
const USER_VERIFICATION = 'preferred';

type RandomBytes = (size: number) => Uint8Array;

/** Options for navigator.credentials.create(). */
export async function askForNewPasskey(
  user: { readonly id: string; readonly name: string; readonly displayName: string },
  party: RelyingParty,
  present: readonly Passkey[],
  randomBytes: RandomBytes,
): Promise<Asked> {
  const options = await generateRegistrationOptions({
    rpName: party.name,
    rpID: party.rpId,
    userID: Uint8Array.from(Buffer.from(user.id)),
    userName: user.name,
    userDisplayName: user.displayName,
    challenge: Uint8Array.from(randomBytes(CHALLENGE_BYTES)),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'discouraged', userVerification: USER_VERIFICATION },
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: present.map(descriptor),
  });
  return { options, challenge: options.challenge };
}

/** Options for navigator.credentials.get(). */
export async function askForPasskey(
  party: RelyingParty,
  present: readonly Passkey[],
  randomBytes: RandomBytes,
): Promise<Asked> {
  const options = await generateAuthenticationOptions({
    rpID: party.rpId,
    challenge: Uint8Array.from(randomBytes(CHALLENGE_BYTES)),
    timeout: TIMEOUT_MS,
    userVerification: USER_VERIFICATION,
    allowCredentials: present.map(descriptor),
  });
  return { options, challenge: options.challenge };
}

/**
 * The passkey that was made, and the count of its signatures.
 *
 * @throws Refusal passkey-malformed, second-factor-wrong
 */
export async function newPasskeyOf(
  text: string,
  { rpId, origin, challenge }: ExpectedAnswer,
): Promise<{ readonly passkey: Passkey; readonly counter: number }> {
  const response = readRegistration(text);
  const { transports = [] } = response.response;
  const { credential, aaguid } = await proved(async () => {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: {
        ...response,
        response: { ...response.response, transports },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (registrationInfo !== undefined) requireUsableKey(registrationInfo.credential.publicKey);
    return registrationInfo;
  });
  const { id: credentialId, publicKey, counter } = credential;
  if (credentialId !== response.id) throw wrong('the authenticator names another credential than the browser');
  return {
    passkey: { credentialId, publicKey: Buffer.from(publicKey).toString('base64url'), transports, rpId, aaguid },
    counter,
  };
}

/**
 * The count of its signatures after this one.
 *
 * @param counter the count that was seen last; an authenticator that counts must be above it (§7.2 step 22)
 * @throws Refusal second-factor-wrong
 */
export async function provePasskey(
  { response, ...credential }: AuthenticationResponse,
  passkey: Passkey,
  counter: number,
  expected: ExpectedAnswer & { readonly userId: string },
): Promise<number> {
  const { userHandle, ...assertion } = response;
  // §7.2 step 6.
  if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== expected.userId)
    throw wrong('the passkey is another person’s');
  const { newCounter } = await proved(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...credential, response: assertion, clientExtensionResults: {} },
      expectedChallenge: expected.challenge,
      expectedOrigin: expected.origin,
      expectedRPID: expected.rpId,
      credential: { id: passkey.credentialId, publicKey: bytesOf(passkey.publicKey), counter },
      requireUserVerification: false,
    });
    return verified ? authenticationInfo : undefined;
  });
  return newCounter;
}

function descriptor({ credentialId, transports }: Passkey): { id: string; transports: string[] } {
  return { id: credentialId, transports: [...transports] };
}

/** The library throws plain errors for whatever does not hold, and answers `verified: false` to a wrong signature. */
async function proved<T>(prove: () => Promise<T | undefined>): Promise<T> {
  let proof: T | undefined;
  try {
    proof = await prove();
  } catch (error) {
    throw wrong(toldOf(error));
  }
  if (proof === undefined) throw wrong('the signature is not the passkey’s');
  return proof;
}

function wrong(detail: string): Refusal {
  return new Refusal('second-factor-wrong', { attribute: 'passkey', detail });
}
