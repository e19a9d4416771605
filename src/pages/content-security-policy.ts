/**
 * What a page may load, run and send, as its Content-Security-Policy (CSP Level 3). Owns: the policies. Does not own:
 * sending them (server/), nor the other headers.
 */

/** Nothing from elsewhere, nothing in a frame. */
const CLOSED = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** A page without a script. */
export const WITHOUT_SCRIPT = `${CLOSED}; img-src 'self'; form-action 'self'`;

/** A page that loads the passkey script. */
export const WITH_PASSKEY_SCRIPT = `${WITHOUT_SCRIPT}; script-src 'self'`;

/**
 * The page that posts itself to an application. `form-action` names no address: Chromium holds the redirects after the
 * post to it as well, and Entra redirects on to the hosts of other services. Where the form goes is decided by the
 * registered reply address alone.
 *
 * @param scriptHash of the one inline script, as base64 of its SHA-256
 */
export function forPosting(scriptHash: string): string {
  return `${CLOSED}; img-src 'self'; script-src 'sha256-${scriptHash}'; form-action https:`;
}

/** The page after sign-out: images from the applications that end their own session when one is asked for. */
export function withImagesFrom(addresses: readonly string[]): string {
  const origins = new Set(addresses.map(imageOrigin).filter((origin) => origin !== undefined));
  return `${CLOSED}; img-src ${["'self'", ...origins].join(' ')}; form-action 'self'`;
}

/** The origin of an https address, when it can stand in a policy: a host may hold `;`, a policy's host may not. */
export function imageOrigin(address: string): string | undefined {
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  return /^https:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?$/.test(origin) ? origin : undefined;
}
