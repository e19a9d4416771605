/**
 * Secrets and files that the configuration names. A secret comes from the environment or from a file of its own, so
 * that the configuration can be shown, copied and kept under version control.
 */
import { isAbsolute, join } from 'node:path';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** Folder that relative paths start from: that of the configuration file. */
  readonly directory: string;
}

export type Resolved =
  | { readonly value: string }
  | { readonly problem: { readonly message: string; readonly fix: string; readonly outside: boolean } };

const REFERENCE = /^\$\{(?<kind>env|file):(?<name>[^{}]+)\}$/;

/** Whether text looks like a reference to a secret; it is resolved in secrets only. */
export function looksLikeReference(text: string): boolean {
  return /\$\{(?:env|file):/.test(text);
}

/** The secret that a reference names. A problem never holds what the file or the variable holds. */
export function resolveSecret(text: unknown, surroundings: Surroundings): Resolved {
  const { kind, name } = (typeof text === 'string' && REFERENCE.exec(text)?.groups) || {};
  if (kind === undefined || name === undefined) {
    const fix =
      'Keep the secret elsewhere and write `${env:NAME}` or `${file:PATH}`; change it if the file was shown to anybody';
    return { problem: { message: 'is written into the file', fix, outside: false } };
  }
  return kind === 'env' ? fromEnvironment(name, surroundings) : fromFile(name, surroundings);
}

function fromEnvironment(name: string, { env }: Surroundings): Resolved {
  if (!Object.hasOwn(env, name)) return no(`names the variable ${name}, which is not set`, `Set ${name}`);
  const value = env[name];
  return value === undefined || value === ''
    ? no(`names the variable ${name}, which is empty`, `Set ${name}`)
    : { value };
}

function fromFile(name: string, surroundings: Surroundings): Resolved {
  const path = absolutePath(name, surroundings.directory);
  const text = readText(path, surroundings);
  if (text === undefined) return no(`names the file ${path}, which cannot be read`, 'Check path and permissions');
  // Editors and `echo` end the file with a newline that is no part of the secret.
  const value = text.replace(/\r?\n$/, '');
  return value === '' ? no(`names the file ${path}, which is empty`, 'Write the secret into it') : { value };
}

export function absolutePath(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

export function isReadable(path: string, surroundings: Surroundings): boolean {
  return readText(path, surroundings) !== undefined;
}

function readText(path: string, { readFile }: Surroundings): string | undefined {
  try {
    return readFile(path);
  } catch {
    return undefined;
  }
}

const no = (message: string, fix: string): Resolved => ({ problem: { message, fix, outside: true } });
