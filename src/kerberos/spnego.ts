/**
 * SPNEGO (RFC 4178): negotiation tokens as data, and the mechanisms by name.
 *
 * Owns: NegTokenInit, NegTokenResp, object identifiers. Does not own: the negotiation itself (accept.ts).
 */
import * as der from './der.ts';

export const mechanisms = {
  spnego: '1.3.6.1.5.5.2',
  krb5: '1.2.840.113554.1.2.2',
  /** The KRB5 identifier as Windows 2000 misencoded it; every Windows still lists it first ([MS-SPNG] 1.4, RFC 4178 App. C). */
  msKrb5: '1.2.840.48018.1.2.2',
  negoex: '1.3.6.1.4.1.311.2.2.30',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
} as const;

export const isKerberos = (mechanism: string): boolean =>
  mechanism === mechanisms.krb5 || mechanism === mechanisms.msKrb5;

/** NTLM messages begin with this signature ([MS-NLMP] 2.2.1), with or without SPNEGO around them. */
const NTLM_SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
export const isNtlm = (token: Uint8Array): boolean => NTLM_SIGNATURE.equals(token.subarray(0, NTLM_SIGNATURE.length));

/** negState (§4.2.2). */
export const negState = { acceptCompleted: 0, acceptIncomplete: 1, reject: 2, requestMic: 3 } as const;
export type NegState = (typeof negState)[keyof typeof negState];

export interface NegTokenInit {
  readonly mechTypes: readonly string[];
  /** The DER of MechTypeList, over which a mechListMIC goes (§5): as received, never written anew. */
  readonly mechTypeList: Uint8Array;
  readonly mechToken: Uint8Array | undefined;
  readonly mechListMic: Uint8Array | undefined;
}

export interface NegTokenResp {
  readonly negState?: NegState | undefined;
  readonly supportedMech?: string | undefined;
  readonly responseToken?: Uint8Array | undefined;
  readonly mechListMic?: Uint8Array | undefined;
}

/** Windows lists four mechanisms, others fewer. */
const MAX_MECHANISMS = 32;

const NEG_TOKEN_INIT = der.context(0);
const NEG_TOKEN_RESP = der.context(1);

export const isNegTokenResp = (token: Uint8Array): boolean => token[0] === NEG_TOKEN_RESP;

/**
 * `NegTokenInit ::= SEQUENCE { mechTypes [0] MechTypeList, reqFlags [1] ContextFlags OPTIONAL, mechToken [2] OCTET STRING
 * OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL, ... }`, the inner token of an InitialContextToken.
 */
export function readNegTokenInit(inner: Uint8Array): NegTokenInit {
  const what = 'NegTokenInit';
  const fields = der.readFields(der.readOnly(inner, NEG_TOKEN_INIT, what), what, 3, true);
  const mechTypeList = fields.required(0, 'mechTypes');
  const mechTypes = der
    .readElements(der.readOnly(mechTypeList, der.tags.sequence, 'mechTypes'), 'mechTypes', MAX_MECHANISMS)
    .map((mechanism) => der.readObjectIdentifier(mechanism.encoded, 'mechType'));
  if (mechTypes.length === 0) throw new der.DerError('mechTypes is empty');
  // reqFlags is not protected and SHOULD be ignored (§4.2.1).
  return {
    mechTypes,
    mechTypeList,
    mechToken: readOptionalOctets(fields.optional(2), 'mechToken'),
    mechListMic: readOptionalOctets(fields.optional(3), 'mechListMIC'),
  };
}

/**
 * `NegTokenResp ::= SEQUENCE { negState [0] ENUMERATED OPTIONAL, supportedMech [1] MechType OPTIONAL, responseToken [2]
 * OCTET STRING OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL, ... }`
 */
export function readNegTokenResp(token: Uint8Array): NegTokenResp {
  const what = 'NegTokenResp';
  const fields = der.readFields(der.readOnly(token, NEG_TOKEN_RESP, what), what, 3, true);
  const state = fields.optional(0);
  const mechanism = fields.optional(1);
  return {
    negState: state && (der.readInteger(state, 'negState', 0, 3, der.tags.enumerated) as NegState),
    supportedMech: mechanism && der.readObjectIdentifier(mechanism, 'supportedMech'),
    responseToken: readOptionalOctets(fields.optional(2), 'responseToken'),
    mechListMic: readOptionalOctets(fields.optional(3), 'mechListMIC'),
  };
}

const readOptionalOctets = (bytes: Uint8Array | undefined, what: string): Uint8Array | undefined =>
  bytes && der.readOctetString(bytes, what);

export function writeNegTokenResp(response: NegTokenResp): Uint8Array {
  const { negState: state, supportedMech, responseToken, mechListMic } = response;
  const fields = der.sequence(
    der.explicit(0, state === undefined ? undefined : der.integer(state, der.tags.enumerated)),
    der.explicit(1, supportedMech === undefined ? undefined : der.objectIdentifier(supportedMech)),
    der.explicit(2, responseToken && der.octetString(responseToken)),
    der.explicit(3, mechListMic && der.octetString(mechListMic)),
  );
  return der.element(NEG_TOKEN_RESP, fields);
}
