/**
 * The parameters of a query string or urlencoded body, decoded once and strictly.
 *
 * Only what is asked for is decoded: parameters of other products (a portal's links carry them) may hold anything. Owns the
 * decoding and the limit. Does not own what a parameter means (passive-request.ts).
 */
import { Refusal } from '../refusal.ts';
import type { RefusalCode } from '../refusal.ts';

/** Entra's own requests stay below 4 KiB. */
const MAX_QUERY_BYTES = 32_768;

export interface Query {
  /** The first value of this name; empty where it stands without one; undefined where it does not stand at all. */
  value(name: string, code?: RefusalCode): string | undefined;
}

/**
 * @param text without the question mark
 * @param once names that may not come twice
 * @throws Refusal wsfed-request-malformed
 */
export function readQuery(text: string, once: readonly string[]): Query {
  if (Buffer.byteLength(text) > MAX_QUERY_BYTES) {
    throw new Refusal('wsfed-request-malformed', { actual: `a query of ${Buffer.byteLength(text)} bytes` });
  }
  const raw = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
    // A name that cannot be read is none that is known here.
    if (name === undefined || name === '') continue;
    if (!raw.has(name)) raw.set(name, equals === -1 ? '' : pair.slice(equals + 1));
    else if (once.includes(name)) {
      throw new Refusal('wsfed-request-malformed', { attribute: name, actual: 'it comes twice' });
    }
  }
  return {
    value: (name, code = 'wsfed-request-malformed') => {
      const written = raw.get(name);
      if (written === undefined) return undefined;
      const value = decoded(written);
      if (value === undefined) {
        throw new Refusal(code, { attribute: name, expected: 'percent-encoded UTF-8 (RFC 3986 §2.1)' });
      }
      return value;
    },
  };
}

/** What an address cannot hold unencoded; a lone surrogate or Latin-1 that slipped through would not come back as it came. */
const NOT_ASCII = /[^\u0020-\u007E]/;

/** application/x-www-form-urlencoded, where `+` is a space. Undefined when an escape or its UTF-8 is broken. */
function decoded(written: string): string | undefined {
  if (NOT_ASCII.test(written)) return undefined;
  try {
    return decodeURIComponent(written.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
