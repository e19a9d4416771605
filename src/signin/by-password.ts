/**
 * Who is asking, by user name and password: the person's entry, the guards against guessing, and AD's word on the
 * password by a bind as that person.
 *
 * Until the password is known to be right, whatever is learnt of the person is shown as `password-wrong`: whoever asks
 * may be a stranger, and must not learn who exists, who is locked and who is guarded.
 */
import { requireUsableAccount } from '../directory/account.ts';
import type { CheckedPassword, PasswordVerdict } from '../directory/directory.ts';
import { texts } from '../directory/entry.ts';
import type { Entry } from '../directory/entry.ts';
import { lockoutPolicyOf, lockoutStateOf, MAX_SKEW_MS } from '../directory/lockout.ts';
import { findPerson } from '../gateway/find-person.ts';
import type { FoundPerson } from '../gateway/find-person.ts';
import type { Application } from '../model/application.ts';
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';
import type { AskedFor, Identified, IssuingApplication, IssuingGateway, Progress } from './issue.ts';
import { requireOurRequest } from './our-request.ts';
import { noted } from './record.ts';
import { sourceOf } from './spraying.ts';

/** [SAML 1.1 core] §7.1.1 */
export const PASSWORD_AUTHENTICATION = 'urn:oasis:names:tc:SAML:1.0:am:password';

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

type Token = NonNullable<AskedFor['usernameToken']>;

/** @throws Refusal */
export async function identifyByPassword(progress: Progress, issuing: IssuingApplication): Promise<Identified> {
  const { request, record } = progress;
  const token = await record.step('request', () => requireCredential(progress, issuing.application));
  progress.showAs = shownToStrangers;
  const mark = progress.dependencies.attempts.mark();
  const person = await record.step('directory', async (note) => {
    const found = await findOrPretend(progress, issuing, token);
    noted(found.found, note);
    return found;
  });
  await record.step('password', (note) => requireRightPassword(progress, person, { ...token, mark }, note));
  // He is who he says: from here on he may know what is wrong.
  progress.showAs = undefined;
  await record.step('account', () => requireUsableAccount(person.found.entry, request.now));
  await rememberSource(progress, person);
  const { found, gateway } = person;
  return { kind: 'identified', found, gateway, authenticationMethod: PASSWORD_AUTHENTICATION };
}

function requireCredential(progress: Progress, application: Application): Token {
  const { usernameToken, timestamp } = requireOurRequest(progress, application);
  if (usernameToken === undefined) throw new Refusal('username-token-missing');
  if (timestamp === undefined) throw new Refusal('timestamp-missing');
  requireNow(timestamp, progress.request.now);
  const { username, password } = usernameToken;
  // Some people type the password into the first field.
  const isPassword = password.reveal() !== '' && username.includes(password.reveal());
  if (!isPassword && /^[^\\@]+[\\@][^\\@]+$/.test(username)) progress.record.learn({ principal: username });
  return usernameToken;
}

function requireNow({ created, expires }: NonNullable<AskedFor['timestamp']>, now: Date): void {
  const time = now.getTime();
  if (created.getTime() <= time + MAX_SKEW_MS && expires.getTime() > time - MAX_SKEW_MS) return;
  throw new Refusal('timestamp-out-of-range', {
    expected: `created before and expires after ${now.toISOString()}, with five minutes of tolerance`,
    actual: `created ${created.toISOString()}, expires ${expires.toISOString()}`,
  });
}

/** A name without an account costs what one with an account costs, so that time does not tell them apart. */
async function findOrPretend(progress: Progress, issuing: IssuingApplication, token: Token): Promise<FoundPerson> {
  const matchedBy = issuing.application.userAttributeUsernameMatch ?? 'email';
  try {
    return await findPerson({ gateways: issuing.passwordGateways, matchedBy, username: token.username });
  } catch (error) {
    const [gateway] = issuing.passwordGateways;
    const isAboutSomebody = error instanceof Refusal && !ABOUT_NOBODY.includes(error.code);
    if (gateway !== undefined && isAboutSomebody) await bindAsNobody(progress, gateway, token).catch(unlessExhausted);
    throw error;
  }
}

/** Nobody's attempts run out as somebody's do; the record says why there were none. */
function unlessExhausted(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'password-attempts-exhausted') throw error;
}

async function bindAsNobody(progress: Progress, { directory, userTypes }: IssuingGateway, token: Token): Promise<void> {
  const { dependencies } = progress;
  const dn = `CN=${dependencies.randomUUID()},${userTypes[0]?.searchBaseDn ?? ''}`;
  const nobody: Entry = { dn, attributes: new Map() };
  const policy = await lockoutPolicyOf(nobody, directory);
  const person = `nobody:${token.username.toLowerCase()}`;
  await guarded(progress, { person, passwordSet: '', familiar: false }, async (attempt) =>
    dependencies.attempts.check(
      { ...attempt, password: token.password, policy, state: NOTHING_WRONG, mark: 0 },
      progress.request.now,
      async () => {
        const { detail } = await directory.checkPassword({ dn, password: token.password });
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
  { request, dependencies }: Progress,
  attempt: Guarded,
  check: (attempt: Guarded) => Promise<CheckedPassword>,
): Promise<CheckedPassword> {
  const source = sourceOf(request.sourceAddress);
  const release = attempt.familiar ? undefined : await dependencies.spraying.wait(source, request.now);
  const blame = (): void => dependencies.spraying.wrong(source, attempt.person, request.now);
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
  progress: Progress,
  { found, directory }: FoundPerson,
  { password, mark }: Token & { readonly mark: number },
  note: (text: string) => void,
): Promise<void> {
  const { request, dependencies } = progress;
  const { now } = request;
  const { entry } = found;
  const person = personOf(found);
  const since = new Date(now.getTime() - FAMILIAR_MS);
  const familiar = await dependencies.familiarSources.isFamiliar(person, sourceOf(request.sourceAddress), since);
  const policy = await lockoutPolicyOf(entry, directory);
  const state = lockoutStateOf(entry, policy, now);
  const passwordSet = texts(entry, 'pwdLastSet')[0] ?? '';
  const { verdict, detail } = await guarded(progress, { person, passwordSet, familiar }, async (attempt) =>
    dependencies.attempts.check({ ...attempt, password, policy, state, mark }, now, () =>
      directory.checkPassword({ dn: entry.dn, password }),
    ),
  );
  note(`${verdict}; source ${familiar ? 'familiar' : 'not familiar'}`);
  if (verdict === 'right') return;
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

async function rememberSource({ request, dependencies }: Progress, { found }: FoundPerson): Promise<void> {
  const { familiarSources } = dependencies;
  const source = sourceOf(request.sourceAddress);
  const person = personOf(found);
  const recently = new Date(request.now.getTime() - REFRESH_MS);
  if (await familiarSources.isFamiliar(person, source, recently)) return;
  await familiarSources.remember(person, source, request.now);
}
