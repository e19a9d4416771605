/**
 * A person's change of password: the old value deleted and the new one added in one modify ([MS-ADTS] §3.1.1.3.1.5.1).
 * AD compares the old one itself, and holds its lockout and its password policy against the change. A replace would be a
 * reset, which needs no old password: it is never made.
 *
 * The modify comes from the gateway's account, since nobody can bind with a password that has expired or must be changed.
 * By default AD grants the right to it (User-Change-Password) to everyone. Does not own: the connection (ldap-server.ts)
 * and what a server's answer means (ldap-change-errors.ts).
 */
import type { ChangedPassword, PasswordChange } from './directory.ts';
import { changeVerdict } from './ldap-change-errors.ts';
import { serverName } from './ldap-connection.ts';
import type { LdapConnection, LdapServer } from './ldap-connection.ts';
import { ServerDown, Unanswered } from './ldap-errors.ts';
import type { Password } from './password.ts';
import { verdictUnsent } from './unsent-change.ts';

/**
 * @param timeoutMs for the answer; the connection has had a time of its own
 * @param connect gives a connection that is bound as the gateway, for this change alone
 * @throws what `connect` throws; ServerDown when nothing was changed; Unanswered when that is not known
 */
export async function changeAsGateway(
  server: LdapServer,
  change: PasswordChange,
  timeoutMs: number,
  connect: () => Promise<LdapConnection>,
): Promise<ChangedPassword> {
  const unsent = verdictUnsent(change);
  if (unsent !== undefined) return unsent;
  const name = serverName(server);
  if (server.security === 'None') {
    const detail = `${name}: not sent: passwords are changed over TLS or StartTLS only (connectionSecurity)`;
    return { verdict: 'not-allowed', detail };
  }
  const connection = await connect();
  try {
    if (!connection.isOpen()) throw new ServerDown('the connection ended');
    return await send(connection, change, name, timeoutMs);
  } finally {
    connection.close();
  }
}

async function send(
  connection: LdapConnection,
  { dn, oldPassword, newPassword }: PasswordChange,
  server: string,
  timeoutMs: number,
): Promise<ChangedPassword> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Unanswered(`it did not answer a change of password within ${timeoutMs} ms, and may have made it`)),
    timeoutMs,
  );
  try {
    const answer = connection.changeValue(dn, 'unicodePwd', quoted(oldPassword), quoted(newPassword));
    await Promise.race([answer, silence]);
    return { verdict: 'changed', detail: server };
  } catch (error) {
    return changeVerdict(error, server);
  } finally {
    clearTimeout(timer);
  }
}

/** Between quotation marks, which are no part of it, even where it holds some itself. */
const quoted = (password: Password): Uint8Array => Buffer.from(`"${password.reveal()}"`, 'utf16le');
