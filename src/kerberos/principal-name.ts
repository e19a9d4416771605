/** PrincipalName (RFC 4120 §5.2.2): `host/sso.example.com` without its realm. */
import * as der from './der.ts';

/** `principal@REALM` in parts. The name type is a hint only (RFC 4120 §6.2) and is not kept. */
export interface PrincipalName {
  readonly components: readonly string[];
}

const MAX_COMPONENTS = 8;
/** All components together: an unproved name, too, goes into the record. */
const MAX_NAME_OCTETS = 4_096;

/** Name components joined by `/`. */
export const nameText = (name: PrincipalName): string => name.components.join('/');

export const sameName = (a: PrincipalName, b: PrincipalName): boolean =>
  a.components.length === b.components.length &&
  a.components.every((component, index) => component === b.components[index]);

/** `PrincipalName ::= SEQUENCE { name-type [0] Int32, name-string [1] SEQUENCE OF KerberosString }` */
export function readPrincipalName(bytes: Uint8Array, what: string): PrincipalName {
  const fields = der.readFields(bytes, what, 1);
  der.readInteger(fields.required(0, 'name-type'), `name-type of ${what}`, ...der.INT32);
  const list = der.readOnly(fields.required(1, 'name-string'), der.tags.sequence, what);
  if (list.length > MAX_NAME_OCTETS) throw new der.DerError(`${what} has ${list.length} octets`);
  const components = der
    .readElements(list, what, MAX_COMPONENTS)
    .map((component) => der.readKerberosString(component.encoded, what));
  if (components.length === 0 || components.includes('')) throw new der.DerError(`${what} is empty`);
  return { components };
}
