/**
 * Second factors as the flow asks for them: authenticator apps, passkeys, the recovery codes that stand in for them, and
 * an administrator's code for the first one. Owns that each proof is taken once and that guessing is bounded. Does not own
 * who is asked for one (the policy), sessions, or how long a challenge lives.
 */
import { Refusal } from '../../refusal.ts';
import { openEnrolmentCodes } from './enrolment-code.ts';
import { openGuesses } from './guesses.ts';
import { knownFactor, openKeptFactors } from './kept-factors.ts';
import type { KeptFactors, KeptFactorsDependencies, KnownFactor, OpenedFactor } from './kept-factors.ts';
import type { Asked, ExpectedAnswer, RelyingParty } from './passkeys.ts';
import { openRecoveryCodes } from './recovery-codes.ts';
import { matchTotp } from './totp.ts';

export interface SecondFactors {
  /** In the order of creation. Throws KeyError when the master key does not open one. */
  list(userId: string): Promise<readonly KnownFactor[]>;
  recoveryCodesLeft(userId: string): Promise<number>;

  /**
   * @throws Refusal second-factor-wrong, second-factor-used (right, but its time step was used), second-factor-attempts-exhausted
   */
  passTotp(userId: string, code: string, now: Date): Promise<KnownFactor>;
  /** Uses it up. @throws Refusal second-factor-wrong, second-factor-attempts-exhausted */
  passRecoveryCode(userId: string, code: string, now: Date): Promise<void>;
  /** Undefined when the person has no passkey for this host. */
  passkeyOptions(userId: string, party: RelyingParty): Promise<Asked | undefined>;
  /**
   * @param response JSON of the PublicKeyCredential
   * @param expected whoever asked lets a challenge be answered once
   * @throws Refusal passkey-malformed, second-factor-wrong
   */
  passPasskey(userId: string, response: string, expected: ExpectedAnswer, now: Date): Promise<KnownFactor>;

  /**
   * Adds an app that shows the right code. The code counts as used.
   *
   * @throws Refusal second-factor-wrong, second-factor-limit, second-factor-used (the app is set up already)
   */
  addTotp(userId: string, secret: Uint8Array, code: string, name: string, now: Date): Promise<KnownFactor>;
  /** @param user `id` is the user's of this store */
  beginPasskey(
    user: { readonly id: string; readonly name: string; readonly displayName: string },
    party: RelyingParty,
  ): Promise<Asked>;
  /** @throws Refusal passkey-malformed, second-factor-wrong, second-factor-limit, second-factor-used */
  addPasskey(userId: string, response: string, expected: ExpectedAnswer, name: string, now: Date): Promise<KnownFactor>;
  /** False when the user has no such factor. */
  remove(userId: string, id: string): Promise<boolean>;
  /** One that was added a moment ago, the last one too; then the recovery codes go with it. */
  takeBack(userId: string, id: string): Promise<void>;

  /** New ones instead of the present ones; they are told this once. */
  makeRecoveryCodes(userId: string): Promise<readonly string[]>;
  /** A new one instead of the present one; the person may try at once. */
  makeEnrolmentCode(userId: string, now: Date): Promise<{ readonly code: string; readonly expiresAt: Date }>;
  /** Uses it up. @throws Refusal enrolment-code-wrong, second-factor-attempts-exhausted */
  useEnrolmentCode(userId: string, code: string, now: Date): Promise<void>;
  /** Factors and codes of the user, all gone; returns how many factors there were. */
  reset(userId: string): Promise<number>;
}

/** Loaded with the first passkey: its library is a third of what `serve` would load before it listens. */
const passkeys = () => import('./passkeys.ts');

/** @throws KeyError master-key-malformed */
export function openSecondFactors(dependencies: KeptFactorsDependencies): SecondFactors {
  const { store, masterKey, randomBytes } = dependencies;
  const kept = openKeptFactors(dependencies);
  const recoveryCodes = openRecoveryCodes(masterKey, randomBytes);
  const enrolmentCodes = openEnrolmentCodes(masterKey, randomBytes);
  const guesses = openGuesses();

  return {
    list: async (userId) => (await kept.list(userId)).map((factor) => knownFactor(factor)),
    recoveryCodesLeft: (userId) => store.recoveryCodesLeft(userId),

    passTotp: (userId, code, now) => guesses.guess(userId, now, () => useTotp(kept, store, userId, code, now)),
    passRecoveryCode: (userId, code, now) =>
      guesses.guess(userId, now, async () => {
        if (await store.useRecoveryCode(userId, recoveryCodes.digest(userId, code))) return;
        throw new Refusal('second-factor-wrong', { attribute: 'recovery code' });
      }),
    async passkeyOptions(userId, party) {
      const present = await passkeysAt(kept, userId, party.rpId);
      if (present.length === 0) return undefined;
      const { askForPasskey } = await passkeys();
      return askForPasskey(
        party,
        present.map(({ passkey }) => passkey),
        randomBytes,
      );
    },
    async passPasskey(userId, text, expected, now) {
      const { readAuthentication } = await import('./passkey-response.ts');
      const response = readAuthentication(text);
      const present = await passkeysAt(kept, userId, expected.rpId);
      const factor = present.find(({ passkey }) => passkey.credentialId === response.id);
      if (factor === undefined) throw wrongPasskey(`the person has no such passkey for ${expected.rpId}`);
      const { stored, passkey } = factor;
      const { provePasskey } = await passkeys();
      const counter = await provePasskey(response, passkey, stored.counter, { ...expected, userId });
      // Authenticators that do not count stay at 0.
      const mayStay = counter === 0;
      if (!(await store.use(stored.id, { counter, mayStay }, now)))
        throw wrongPasskey('its count did not go on, or it was removed meanwhile');
      return knownFactor(factor, now);
    },

    async addTotp(userId, secret, code, name, now) {
      const counter = matchTotp(secret, code, now);
      if (counter === undefined) throw new Refusal('second-factor-wrong', { attribute: 'code', detail: 'at set-up' });
      return kept.add(userId, { kind: 'totp', secret, name, counter }, now);
    },
    async beginPasskey(user, party) {
      const present = await passkeysAt(kept, user.id, party.rpId);
      const { askForNewPasskey } = await passkeys();
      return askForNewPasskey(
        user,
        party,
        present.map(({ passkey }) => passkey),
        randomBytes,
      );
    },
    async addPasskey(userId, response, expected, name, now) {
      const { newPasskeyOf } = await passkeys();
      return kept.add(userId, { kind: 'passkey', name, ...(await newPasskeyOf(response, expected)) }, now);
    },
    remove: (userId, id) => kept.removeUnlessLast(userId, id),
    async takeBack(userId, id) {
      await store.remove(userId, id);
      if ((await store.list(userId)).length === 0) await store.replaceRecoveryCodes(userId, []);
    },

    async makeRecoveryCodes(userId) {
      const { codes, digests } = recoveryCodes.make(userId);
      await store.replaceRecoveryCodes(userId, digests);
      return codes;
    },
    async makeEnrolmentCode(userId, now) {
      const { code, digest, expiresAt } = enrolmentCodes.make(userId, now);
      await store.putEnrolmentCode(userId, digest, expiresAt);
      guesses.forget(userId);
      return { code, expiresAt };
    },
    useEnrolmentCode: (userId, code, now) =>
      guesses.guess(userId, now, async () => {
        if (await store.useEnrolmentCode(userId, enrolmentCodes.digest(userId, code), now)) return;
        throw new Refusal('enrolment-code-wrong');
      }),
    async reset(userId) {
      const factors = await store.reset(userId);
      guesses.forget(userId);
      return factors;
    },
  };
}

/** The app that shows this code, and has not shown it before. */
async function useTotp(
  kept: KeptFactors,
  store: KeptFactorsDependencies['store'],
  userId: string,
  code: string,
  now: Date,
): Promise<KnownFactor> {
  const matching = (await kept.list(userId)).flatMap((factor) => {
    const step = factor.kind === 'totp' ? matchTotp(factor.secret, code, now) : undefined;
    return step === undefined ? [] : [{ factor, step }];
  });
  for (const { factor, step } of matching) {
    if (await store.use(factor.stored.id, { counter: step, mayStay: false }, now)) return knownFactor(factor, now);
  }
  throw new Refusal(matching.length === 0 ? 'second-factor-wrong' : 'second-factor-used', { attribute: 'code' });
}

type PasskeyFactor = Extract<OpenedFactor, { readonly kind: 'passkey' }>;

/** A browser finds passkeys of this host alone (WebAuthn §5.1.3, the RP ID must match the origin). */
async function passkeysAt(kept: KeptFactors, userId: string, rpId: string): Promise<readonly PasskeyFactor[]> {
  return (await kept.list(userId)).filter(
    (factor): factor is PasskeyFactor => factor.kind === 'passkey' && factor.passkey.rpId === rpId,
  );
}

function wrongPasskey(detail: string): Refusal {
  return new Refusal('second-factor-wrong', { attribute: 'passkey', detail });
}
