/**
 * What a browser sends of a passkey: JSON of a PublicKeyCredential (WebAuthn Level 3 §5.1), read once and in bounds.
 * Everything in it is a stranger's. Owns the form, and that nobody attests. Does not own what it must say (passkeys.ts).
 */
import { decodeAttestationObject, decodeClientDataJSON, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import { Refusal } from '../../refusal.ts';

/** In characters; with attestation left out, no authenticator comes near. */
const LONGEST = 16_384;
/** What is told of a library's error in the record. */
const LONGEST_DETAIL = 200;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const credential = { id: base64url, rawId: base64url, type: z.literal('public-key') };

const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(32)).max(10).optional(),
  }),
});

const authentication = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

export type RegistrationResponse = z.infer<typeof registration>;
export type AuthenticationResponse = z.infer<typeof authentication>;

/** @throws Refusal passkey-malformed */
export function readRegistration(text: string): RegistrationResponse {
  const response = readJson(text, registration);
  readable(() => {
    requireOwnFrame(response.response.clientDataJSON);
    const attestation = decodeAttestationObject(bytesOf(response.response.attestationObject));
    parseAuthenticatorData(attestation.get('authData'));
    // WebAuthn §5.4.7: with `none` asked for, a browser leaves at most an authenticator's own signature, without
    // certificates. Others are not even looked at: their chains would have us fetch revocation lists from anywhere.
    const format: string = attestation.get('fmt');
    const certificates = attestation.get('attStmt').get('x5c') !== undefined;
    if (format !== 'none' && (format !== 'packed' || certificates)) throw new Error(`attestation of format ${format}`);
  });
  return response;
}

/** @throws Refusal passkey-malformed */
export function readAuthentication(text: string): AuthenticationResponse {
  const response = readJson(text, authentication);
  readable(() => {
    requireOwnFrame(response.response.clientDataJSON);
    parseAuthenticatorData(bytesOf(response.response.authenticatorData));
  });
  return response;
}

/** A library's words about a stranger's bytes, short enough for a record. */
export function toldOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'no further word').slice(0, LONGEST_DETAIL);
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}

function readJson<T>(text: string, form: z.ZodType<T>): T {
  if (text.length > LONGEST)
    throw new Refusal('passkey-malformed', { expected: `at most ${LONGEST} characters`, actual: `${text.length}` });
  const parsed = form.safeParse(readable(() => JSON.parse(text) as unknown));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal('passkey-malformed', { attribute: (issue?.path ?? []).join('.'), detail: toldOf(issue) });
}

/** The pages are in nobody's frame, so an answer that was asked for in one is not theirs (WebAuthn §7.2 step 13). */
function requireOwnFrame(clientDataJSON: string): void {
  const { crossOrigin, topOrigin } = decodeClientDataJSON(clientDataJSON);
  if (crossOrigin === true || topOrigin !== undefined) throw new Error('asked for in a frame of another origin');
}

/** The library throws plain errors, and TypeErrors where bytes are missing. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Refusal('passkey-malformed', { detail: toldOf(error) });
  }
}
