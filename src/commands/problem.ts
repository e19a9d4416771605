/** What an administrator reads when a command fails: what is wrong and what to do, without a stack; a defect keeps its stack. */
import { Refusal } from '../refusal.ts';

/** Errors that are about the administrator's files, keys or store; their message says all. */
const EXPLAINED = new Set([
  'ConfigurationError',
  'StartError',
  'StoreError',
  'KeyError',
  'CommandError',
  'ServiceKeyError',
]);

/** A mistake on the command line that commander cannot see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export function explain(error: unknown): string {
  if (error instanceof Refusal)
    return [
      `${error.code}: ${error.row.title}`,
      ...Object.entries(error.facts).map(([name, value]) => `  ${name}: ${value}`),
      `  ${error.row.cure}`,
    ].join('\n');
  if (!(error instanceof Error)) return String(error);
  if (EXPLAINED.has(error.name)) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `${error.message}\nAnother program listens there: stop it, or choose another port.`;
  if (code === 'EACCES')
    return `${error.message}\nThis account may not do that: check permissions (ports below 1024 need CAP_NET_BIND_SERVICE).`;
  if (code === 'ENOENT') return `${error.message}\nThere is no such file.`;
  return error.stack ?? error.message;
}
