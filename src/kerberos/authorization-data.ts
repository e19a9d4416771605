/**
 * Authorization data of tickets and authenticators (RFC 4120 §5.2.6), as far as something in it is looked for.
 *
 * Owns: finding elements within AD-IF-RELEVANT. Does not own: what they say.
 */
import * as der from './der.ts';

/** RFC 4120 §5.2.6.1; AD-WIN2K-PAC ([MS-KILE] §3.4.5.3.1); AD-auth-data-ap-options ([MS-KILE] §3.2.5.8). */
export const authorizationDataTypes = { win2kPac: 128, apOptions: 143 } as const;
const IF_RELEVANT = 1;
const INT32 = [-0x8000_0000, 0x7fff_ffff] as const;
const MAX_ELEMENTS = 64;

/** The data of each element of this type in AD-IF-RELEVANT; an element that cannot be read is irrelevant. */
export const relevantData = (authorizationData: Uint8Array | undefined, type: number): readonly Uint8Array[] =>
  authorizationData === undefined
    ? []
    : dataOf(authorizationData, IF_RELEVANT).flatMap((relevant) => dataOf(relevant, type));

/** `AuthorizationData ::= SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }` */
function dataOf(list: Uint8Array, type: number): readonly Uint8Array[] {
  const what = 'authorization-data';
  try {
    return der.readElements(der.readOnly(list, der.tags.sequence, what), what, MAX_ELEMENTS).flatMap(({ encoded }) => {
      const fields = der.readFields(encoded, what, 1);
      const found = der.readInteger(fields.required(0, 'ad-type'), 'ad-type', ...INT32);
      return found === type ? [der.readOctetString(fields.required(1, 'ad-data'), 'ad-data')] : [];
    });
  } catch (error) {
    if (error instanceof der.DerError) return [];
    throw error;
  }
}
