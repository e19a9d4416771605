/** What `mortise second-factor` prints: what is, what was done, and the next step. Pure. */
import type { OrderResult } from '../administration/orders.ts';
import { printable } from '../audit/terminal-text.ts';
import type { User } from '../model/user.ts';
import type { KnownFactor } from '../signin/second-factor/kept-factors.ts';

type Made = Extract<OrderResult, { kind: 'enrolment-code-made' }>;
type Reset = Extract<OrderResult, { kind: 'second-factors-reset' }>;

export interface Shown {
  readonly user: User;
  readonly factors: readonly KnownFactor[];
  readonly recoveryCodes: number;
}

export function secondFactorLines({ user, factors, recoveryCodes }: Shown, config: string): readonly string[] {
  const head = `${printable(user.username)} (${user.id})`;
  if (factors.length === 0)
    return [
      `${head} has no second factor.`,
      'It is set up in the browser, when a sign-in asks for one: from a network of `signIn.corporateNetworks`,',
      `or elsewhere with the code of: ${commandLine('code', user.username, config)}`,
    ];
  return [
    `${head} has ${counted(factors.length, 'second factor')} and ${counted(recoveryCodes, 'recovery code')}:`,
    ...factors.map((factor) => `  ${factorText(factor)}`),
    `Lost? They are all taken away by: ${commandLine('reset', user.username, config)}`,
  ];
}

export function enrolmentCodeLines({ username, code, expiresAt, factors }: Made, config: string): readonly string[] {
  return [
    `One-time code for ${printable(username)}, to set up a second factor from anywhere:`,
    '',
    `  ${code}`,
    '',
    `It is shown this once, works once, until ${time(expiresAt)}, and ends a code that was made before.`,
    'Give it to the person yourself, in person or by calling a number that you know: with the password, it is all that',
    'a stranger would need. The sign-in page asks for it.',
    ...(factors === 0
      ? []
      : [
          '',
          `There ${factors === 1 ? 'is 1 second factor' : `are ${factors} second factors`} already: the code is of no use beside them.`,
          `If they are lost: ${commandLine('reset', username, config)}, and then make another code.`,
        ]),
  ];
}

export function resetLines({ username, factors, sessions }: Reset, config: string): readonly string[] {
  const who = printable(username);
  return [
    factors === 0
      ? `${who} had no second factor; recovery codes and a one-time code, if there were any, are gone.`
      : `${who} has no second factor any more: ${counted(factors, 'second factor')} and the recovery codes are gone.`,
    `${sessions === 1 ? '1 session was' : `${sessions} sessions were`} ended: the next sign-in starts with the password.`,
    'A new second factor is set up from a network of `signIn.corporateNetworks`,',
    `or elsewhere with the code of: ${commandLine('code', username, config)}`,
  ];
}

function factorText({ kind, name, rpId, createdAt, lastUsedAt }: KnownFactor): string {
  const what = kind === 'totp' ? 'authenticator app' : `passkey of ${rpId}`;
  const used = lastUsedAt === undefined ? 'not used yet' : `last used ${time(lastUsedAt)}`;
  return `${printable(name)}: ${what}, set up ${time(createdAt)}, ${used}`;
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}

/** As it may be pasted into a shell. */
function commandLine(command: string, username: string, config: string): string {
  return `mortise second-factor ${command} ${quoted(username)} --config ${quoted(config)}`;
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${printable(argument).replaceAll("'", String.raw`'\''`)}'`;
}

function time(at: Date | string): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
