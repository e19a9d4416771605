/** Who gives a command, as the record names the administrator. */
import { userInfo } from 'node:os';

/** Who did it, for the record. Behind sudo the account is root's, and the person another. */
export function account(): string {
  const before = process.env['SUDO_USER'];
  const present = accountName();
  return (before === undefined || before === present ? present : `${before} as ${present}`).slice(0, 256);
}

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
