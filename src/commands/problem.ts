/** What an administrator reads when a command fails: what is wrong and what to do, without a stack; a defect keeps its stack. */
import { ConfigurationError } from '../config/problem.ts';
import { ServiceKeyError } from '../kerberos/service-key-error.ts';
import { KeyError } from '../keys/key-error.ts';
import { Refusal } from '../refusal.ts';
import { ReloadError } from '../server/reload.ts';
import { StartError } from '../server/signing-keys.ts';
import { StoreError } from '../store/store-error.ts';

/** A mistake on the command line that commander cannot see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Errors that are about the administrator's files, keys or store; their message says all. */
const EXPLAINED = [
  ConfigurationError,
  StartError,
  ReloadError,
  StoreError,
  KeyError,
  CommandError,
  ServiceKeyError,
] as const;

/** Whether an error is the administrator's to mend, so that its message says all. */
export const isExplained = (error: unknown): boolean => EXPLAINED.some((kind) => error instanceof kind);

/** Why the system does not let a server listen, and the next step. */
const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there. Stop it, or choose another port',
  EADDRNOTAVAIL: 'this machine has no such address. Correct `server.listen.host`',
  ENOTFOUND: 'there is no such host. Give an address in `server.listen.host`',
  EACCES:
    'this account may not. Choose a port from 1024 on, or give the service CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities)',
};

export function explain(error: unknown): string {
  if (error instanceof Refusal)
    return [
      `${error.code}: ${error.row.title}`,
      ...Object.entries(error.facts).map(([name, value]) => `  ${name}: ${value}`),
      `  ${error.row.cure}`,
    ].join('\n');
  if (!(error instanceof Error)) return String(error);
  if (isExplained(error)) return error.message;
  return listenProblem(error) ?? error.stack ?? error.message;
}

function listenProblem(error: NodeJS.ErrnoException & { address?: string; hostname?: string; port?: number }) {
  const { syscall, code = '', address, hostname = address, port } = error;
  const reason = LISTEN_ERRORS[code];
  if (reason === undefined || (syscall !== 'listen' && syscall !== 'getaddrinfo')) return undefined;
  return `Cannot listen on ${[hostname, port].filter((part) => part !== undefined).join(' port ')}: ${reason}.`;
}
