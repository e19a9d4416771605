/** The signing keys of a configuration, out of the store: what an application names must be there. Owns that check. */
import type { Configuration } from '../config/load.ts';
import { loadSigningKeys } from '../keys/protection.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { StoredSigningKey } from '../store/store.ts';

/** Why `serve` does not start, in words for the administrator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * A missing key is found out at start, not by the first device.
 *
 * @throws StartError when an application has none; KeyError when the master key does not open one
 */
export async function requireSigningKeys(
  { server, environment }: Pick<Configuration, 'server' | 'environment'>,
  stored: readonly StoredSigningKey[],
): Promise<readonly SigningKey[]> {
  const signing = environment.applications.filter((application) => application.enabled);
  const named = new Set(signing.map((application) => application.idpSigning.key.id));
  // Keys that no application names may be under an old master key: they keep nobody from signing.
  const signingKeys = await loadSigningKeys(
    stored.filter((key) => named.has(key.id)),
    server.masterKey,
  );
  const present = new Set(signingKeys.map((key) => key.id));
  const missing = signing.filter((application) => !present.has(application.idpSigning.key.id));
  if (missing.length === 0) return signingKeys;
  const lines = missing.map(
    (application) => `  ${application.name}: idpSigning.key.id ${application.idpSigning.key.id}`,
  );
  throw new StartError(
    `The store holds no signing key for:\n${lines.join('\n')}\nMake one with \`mortise keys create --config FILE\`, or bring one with \`mortise keys import\`.`,
  );
}
