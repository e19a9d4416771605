/**
 * A person changes the password: AD is shown the old one and given the new one, it is never reset ([MS-ADTS]
 * §3.1.1.3.1.5). Who knows the old one is signed in with the new one.
 *
 * The old password is proved by a bind first, under the same guards as any sign-in: so a stranger guesses no faster here,
 * and whatever AD says of the new one is said to its owner alone.
 */
import type { ChangedPassword, PasswordVerdict } from '../../directory/directory.ts';
import type { Password } from '../../directory/password.ts';
import type { FoundPerson } from '../../gateway/find-person.ts';
import { lookUpAgain } from '../../gateway/look-up-again.ts';
import { Refusal } from '../../refusal.ts';
import type { RefusalCode } from '../../refusal.ts';
import { provePassword } from '../prove-password.ts';
import type { IssuingApplication } from '../issue.ts';
import type { Credential } from '../prove-password.ts';
import type { Answered, Decided, Progress, Refused } from '../recorded.ts';
import { attempt } from './attempt.ts';
import type { BrowserAttempt, BrowserDependencies } from './attempt.ts';
import { begin } from './open-session.ts';
import type { Opened, OpenOptions } from './open-session.ts';
import { isFailure } from './refresh.ts';

export interface PasswordChangeRequest extends Credential {
  readonly newPassword: Password;
}

/** They prove the owner as well as a password that is still good: changing it is what they ask for. */
const TO_BE_CHANGED: readonly PasswordVerdict[] = ['must-change', 'expired'];

const REFUSED: Readonly<Record<Exclude<ChangedPassword['verdict'], 'changed'>, RefusalCode>> = {
  wrong: 'password-change-failed',
  policy: 'password-change-policy',
  'not-allowed': 'password-change-not-allowed',
  'locked-out': 'account-locked-out',
  'no-such-account': 'password-change-failed',
  refused: 'password-change-failed',
};

export async function changePassword(
  asked: BrowserAttempt,
  { newPassword, ...credential }: PasswordChangeRequest,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<(Answered & Opened) | Refused> {
  const outcome = await attempt(asked, dependencies, async (progress, issuing) => {
    const person = await provePassword(progress, issuing, credential, dependencies, { alsoRight: TO_BE_CHANGED });
    await progress.record.step('change', (note) => change(person, credential.password, newPassword, note));
    const begun = await beginAfter(progress, issuing, person, options, dependencies);
    // The change is what is recorded; that a session was opened with it follows.
    return { ...begun, activity: progress.record.done('password-changed') };
  });
  return outcome as (Answered & Opened) | Refused;
}

async function change(
  { found, directory }: FoundPerson,
  oldPassword: Password,
  newPassword: Password,
  note: (text: string) => void,
): Promise<void> {
  const { entry, userType } = found;
  if (!userType.allowPasswordChanges)
    throw new Refusal('password-change-not-allowed', {
      attribute: 'allowPasswordChanges',
      actual: `false for user type ${userType.name}`,
    });
  const { verdict, detail } = await directory.changePassword({ dn: entry.dn, oldPassword, newPassword });
  note(verdict);
  if (verdict !== 'changed') throw new Refusal(REFUSED[verdict], { actual: entry.dn, detail });
}

/** Whatever keeps the session from being opened: the password is another one now, and the record says so. */
async function beginAfter(
  progress: Progress,
  issuing: IssuingApplication,
  person: FoundPerson,
  options: OpenOptions,
  dependencies: BrowserDependencies,
): Promise<Decided<Opened>> {
  const { gateway } = person;
  try {
    const found = await lookUpAfter(progress, person);
    return await begin(progress, issuing, { found, gateway, method: 'password' }, options, dependencies);
  } catch (error) {
    progress.record.note('the password was changed');
    throw error;
  }
}

/** pwdLastSet has changed, and the session remembers it. A replica that is behind leaves it as it was. */
async function lookUpAfter(
  { asking: { now }, record }: Progress,
  { found, directory }: FoundPerson,
): Promise<FoundPerson['found']> {
  const { userType } = found;
  const { objectGUID } = found.correlation;
  if (objectGUID === undefined) return found;
  try {
    return await record.step('directory', () => lookUpAgain({ userType, directory, objectGUID, now }));
  } catch (error) {
    if (!isFailure(error)) throw error;
    record.note(`the entry is that from before the change: ${error.code}`);
    return withoutPasswordTime(found);
  }
}

/** It is known to be another one: compared with it, the session would end at once. */
function withoutPasswordTime({ entry, ...found }: FoundPerson['found']): FoundPerson['found'] {
  const attributes = new Map([...entry.attributes].filter(([name]) => name !== 'pwdlastset'));
  return { ...found, entry: { ...entry, attributes } };
}
