/**
 * Whose a user name and password are: the person's entry, the guards against guessing, and AD's word on the
 * password by a bind as that person.
 *
 * Until the password is known to be right, whatever is learnt of the person is shown as `password-wrong`: whoever asks
 * may be a stranger, and must not learn who exists, who is locked and who is guarded.
 */
import { requireUsableAccount } from '../directory/account.ts';
import type { CheckedPassword, PasswordVerdict } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import type { Entry } from '../directory/entry.ts';
import { lockoutPolicyOf, lockoutStateOf } from '../directory/lockout.ts';
import type { Password } from '../directory/password.ts';
import { findPerson } from '../gateway/find-person.ts';
import type { FoundPerson } from '../gateway/find-person.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import type { IssuingApplication, IssuingGateway, ProofDependencies } from './issue.ts';
import { noted } from './record.ts';
import type { Progress } from './recorded.ts';
import { sourceOf } from './source.ts';

/** How long a source stays familiar, and how often its time is written anew. */
const FAMILIAR_MS = 90 * 86_400_000;
const REFRESH_MS = 86_400_000;

/** What says nothing about a person. */
const ABOUT_NOBODY: readonly RefusalCode[] = [
  'directory-down',
  'directory-bind-refused',
  'directory-search-refused',
  'internal-error',
];

const shownToStrangers = ({ code }: Refusal): RefusalCode | undefined =>
  ABOUT_NOBODY.includes(code) ? undefined : 'password-wrong';

export interface Credential {
  readonly username: string;
  readonly password: Password;
}

export interface ProofOptions {
  /** What AD says of a right password and is taken for right here: a password that must be changed proves its owner. */
  readonly alsoRight?: readonly PasswordVerdict[];
}

/**
 * Throws unless the password is that of the person with this user name, and the account usable.
 *
 * @throws Refusal
 */
export async function provePassword(
  progress: Progress,
  issuing: IssuingApplication,
  credential: Credential,
  dependencies: ProofDependencies,
  options: ProofOptions = {},
): Promise<FoundPerson> {
  const { asking, record } = progress;
  learnUserName(progress, credential);
  progress.showAs = shownToStrangers;
  const mark = dependencies.attempts.mark();
  const proving: Proving = { ...credential, ...options, progress, dependencies, mark };
  const person = await record.step('directory', async (note) => {
    const found = await findOrPretend(issuing, proving);
    noted(found.found, note);
    return found;
  });
  await record.step('password', (note) => requireRightPassword(person, proving, note));
  // He is who he says: from here on he may know what is wrong.
  progress.showAs = undefined;
  await record.step('account', () => requireUsableAccount(person.found.entry, asking.now));
  await rememberSource(person, proving);
  return person;
}

interface Proving extends Credential, ProofOptions {
  readonly progress: Progress;
  readonly dependencies: ProofDependencies;
  readonly mark: number;
}

function learnUserName({ record }: Progress, { username, password }: Credential): void {
  // Some people type the password into the first field.
  const isPassword = password.reveal() !== '' && username.includes(password.reveal());
  if (!isPassword && /^[^\\@]+[\\@][^\\@]+$/.test(username)) record.learn({ principal: username });
}

/** A name without an account costs what one with an account costs, so that time does not tell them apart. */
async function findOrPretend(issuing: IssuingApplication, proving: Proving): Promise<FoundPerson> {
  const matchedBy = issuing.application.userAttributeUsernameMatch ?? 'email';
  try {
    return await findPerson({ gateways: issuing.passwordGateways, matchedBy, username: proving.username });
  } catch (error) {
    const [gateway] = issuing.passwordGateways;
    const isAboutSomebody = error instanceof Refusal && !ABOUT_NOBODY.includes(error.code);
    if (gateway !== undefined && isAboutSomebody) await bindAsNobody(gateway, proving).catch(unlessExhausted);
    throw error;
  }
}

/** Nobody's attempts run out as somebody's do; the record says why there were none. */
function unlessExhausted(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'password-attempts-exhausted') throw error;
}

async function bindAsNobody({ directory, userTypes }: IssuingGateway, proving: Proving): Promise<void> {
  const { dependencies, password, progress } = proving;
  const dn = `CN=${dependencies.randomUUID()},${userTypes[0]?.searchBaseDn ?? ''}`;
  const nobody: Entry = { dn, attributes: new Map() };
  const policy = await lockoutPolicyOf(nobody, directory);
  const person = `nobody:${proving.username.toLowerCase()}`;
  await guarded(proving, { person, passwordSet: '', familiar: false }, async (attempt) =>
    dependencies.attempts.check(
      { ...attempt, password, policy, state: NOTHING_WRONG, mark: 0 },
      progress.asking.now,
      async () => {
        const { detail } = await directory.checkPassword({ dn, password });
        return { verdict: 'wrong', detail };
      },
    ),
  );
}

const NOTHING_WRONG = { badPasswordCount: 0, lockedOut: false } as const;

interface Guarded {
  readonly person: string;
  readonly passwordSet: string;
  readonly familiar: boolean;
}

/** Slows a source down that tries many people, and counts what was wrong. */
async function guarded(
  { progress: { asking }, dependencies }: Proving,
  attempt: Guarded,
  check: (attempt: Guarded) => Promise<CheckedPassword>,
): Promise<CheckedPassword> {
  const source = sourceOf(asking.sourceAddress);
  const release = attempt.familiar ? undefined : await dependencies.spraying.wait(source, asking.now);
  const blame = (): void => dependencies.spraying.wrong(source, attempt.person, asking.now);
  try {
    const checked = await check(attempt);
    if (checked.verdict !== 'right' && ANSWERS[checked.verdict].told === undefined) blame();
    return checked;
  } catch (error) {
    if (error instanceof Refusal && !ABOUT_NOBODY.includes(error.code)) blame();
    throw error;
  } finally {
    release?.();
  }
}

async function requireRightPassword(
  { found, directory }: FoundPerson,
  proving: Proving,
  note: (text: string) => void,
): Promise<void> {
  const { progress, dependencies, password, mark, alsoRight = [] } = proving;
  const { now, sourceAddress } = progress.asking;
  const { entry } = found;
  const person = personOf(found);
  const since = new Date(now.getTime() - FAMILIAR_MS);
  const familiar = await dependencies.familiarSources.isFamiliar(person, sourceOf(sourceAddress), since);
  const policy = await lockoutPolicyOf(entry, directory);
  const state = lockoutStateOf(entry, policy, now);
  const passwordSet = texts(entry, 'pwdLastSet')[0] ?? '';
  const { verdict, detail } = await guarded(proving, { person, passwordSet, familiar }, async (attempt) =>
    dependencies.attempts.check({ ...attempt, password, policy, state, mark }, now, () =>
      directory.checkPassword({ dn: entry.dn, password }),
    ),
  );
  note(`${verdict}; source ${familiar ? 'familiar' : 'not familiar'}`);
  if (verdict === 'right' || alsoRight.includes(verdict)) return;
  const { code, told } = ANSWERS[verdict];
  if (told) progress.showAs = undefined;
  throw new Refusal(code, { actual: entry.dn, detail });
}

/** `told`: AD says it of the right password only, so whoever gave it may know. */
const ANSWERS: Readonly<
  Record<Exclude<PasswordVerdict, 'right'>, { readonly code: RefusalCode; readonly told?: true }>
> = {
  wrong: { code: 'password-wrong' },
  'no-such-account': { code: 'password-account-unknown' },
  'logon-hours': { code: 'password-logon-hours', told: true },
  workstation: { code: 'password-workstation', told: true },
  expired: { code: 'password-expired', told: true },
  disabled: { code: 'account-disabled', told: true },
  'account-expired': { code: 'account-expired', told: true },
  'must-change': { code: 'password-must-change', told: true },
  'locked-out': { code: 'account-locked-out' },
  refused: { code: 'password-refused' },
};

const personOf = (found: FoundPerson['found']): string =>
  found.correlation['objectGUID'] ?? found.entry.dn.toLowerCase();

async function rememberSource({ found }: FoundPerson, { progress, dependencies }: Proving): Promise<void> {
  const { familiarSources } = dependencies;
  const { now, sourceAddress } = progress.asking;
  const source = sourceOf(sourceAddress);
  const person = personOf(found);
  const recently = new Date(now.getTime() - REFRESH_MS);
  if (await familiarSources.isFamiliar(person, source, recently)) return;
  await familiarSources.remember(person, source, now);
}
