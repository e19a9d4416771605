/**
 * Programs of other people that judge ours. A test that needs one is skipped where it is absent, loudly:
 *
 *   const xmlsec1 = counterpart('xmlsec1');
 *   describe.skipIf(xmlsec1 === undefined)('xmlsec1', () => …);
 *
 * `npm test` installs them on Debian when it may, and counts what it had to leave out.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of a program on PATH; undefined, with a word on stderr, when it is not there. */
export function counterpart(program: string): string | undefined {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable);
  if (found === undefined)
    console.error(`!!! ${program} is not installed: the tests that compare with it are left out.`);
  return found;
}

/** A file that a package brings (a schema); undefined, with a word on stderr, when it is not there. */
export function counterpartFile(path: string): string | undefined {
  if (existsSync(path)) return path;
  console.error(`!!! ${path} is not installed: the tests that compare with it are left out.`);
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
