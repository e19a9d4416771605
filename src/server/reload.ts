/**
 * Which settings a running server takes up. Everything of `environment` and what stands in LIVE; the rest is bound to the
 * process, its listener or its store. A file that changes such a setting is not taken at all: half of it would be another
 * configuration than anybody wrote.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ServerSettings } from '../model/server.ts';

const LIVE = new Set<string>(['tls', 'windowsTransportNetworks', 'ldapCaFile'] satisfies (keyof ServerSettings)[]);

/** Settings of `server` that a start alone takes up, as the administrator wrote them: `server.listen`. */
export function settingsForAStart(inForce: ServerSettings, next: ServerSettings): readonly string[] {
  const [before, after]: Readonly<Record<string, unknown>>[] = [inForce, next];
  return [...new Set([...Object.keys(inForce), ...Object.keys(next)])]
    .filter((name) => !LIVE.has(name) && !isDeepStrictEqual(before?.[name], after?.[name]))
    .map((name) => `server.${name}`);
}

/** Why a changed configuration is not taken up, in words for the administrator. */
export class ReloadError extends Error {
  override readonly name = 'ReloadError';
}

/** @throws ReloadError naming each setting that needs a start */
export function requireReloadable(inForce: ServerSettings, next: ServerSettings): void {
  const settings = settingsForAStart(inForce, next);
  if (settings.length === 0) return;
  throw new ReloadError(
    `${settings.join(', ')}: changed, which only a restart takes up. Nothing of the file was taken.`,
  );
}
