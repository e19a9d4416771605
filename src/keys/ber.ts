/** Reads the few ASN.1 forms that PKCS#12 is made of. BER, because Java and NSS write indefinite lengths (asn1js). */
import { Constructed, Integer, ObjectIdentifier, OctetString, Primitive, Sequence, fromBER } from 'asn1js';
import type { AsnType } from 'asn1js';
import { KeyError } from './key-error.ts';

export type BerNode = AsnType;

const CONTEXT_SPECIFIC = 3;

/** Any shape that is not the expected one ends here. */
function unexpected(): never {
  throw new KeyError('file-not-understood', 'malformed PKCS#12');
}

export function readBer(bytes: Uint8Array): BerNode {
  return decode(bytes) ?? unexpected();
}

/** asn1js reports most malformed input by its offset, and throws at some (a UniversalString of odd length). */
function decode(bytes: Uint8Array): BerNode | undefined {
  try {
    const { offset, result } = fromBER(bytes);
    return offset === -1 ? undefined : result;
  } catch {
    return undefined;
  }
}

/** The elements of a SEQUENCE. */
export function elements(node: BerNode | undefined): readonly BerNode[] {
  return node instanceof Sequence ? node.valueBlock.value : unexpected();
}

export function oid(node: BerNode | undefined): string {
  return node instanceof ObjectIdentifier ? node.valueBlock.toString() : unexpected();
}

export function integer(node: BerNode | undefined): number {
  return node instanceof Integer ? Number(node.toBigInt()) : unexpected();
}

/** The bytes of an OCTET STRING, in one piece or in several. */
export function octets(node: BerNode | undefined): Uint8Array {
  return node instanceof OctetString ? new Uint8Array(node.getValue()) : unexpected();
}

/** `[0] EXPLICIT`: the one element inside. */
export function explicit0(node: BerNode | undefined): BerNode {
  const inside = isContext0(node) && node instanceof Constructed ? node.valueBlock.value[0] : undefined;
  return inside ?? unexpected();
}

/** `[0] IMPLICIT OCTET STRING`, in one piece or in several. */
export function implicitOctets0(node: BerNode | undefined): Uint8Array {
  if (!isContext0(node)) return unexpected();
  if (node instanceof Primitive) return node.valueBlock.valueHexView;
  return node instanceof Constructed ? Buffer.concat(node.valueBlock.value.map(octets)) : unexpected();
}

/** Encodes a node again, for whoever wants the DER of a part. */
export function derOf(node: BerNode): Uint8Array {
  return new Uint8Array(node.toBER());
}

function isContext0(node: BerNode | undefined): node is BerNode {
  return node !== undefined && node.idBlock.tagClass === CONTEXT_SPECIFIC && node.idBlock.tagNumber === 0;
}
