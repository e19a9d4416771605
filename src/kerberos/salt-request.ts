/**
 * Asking a KDC with which salt it made an account's keys: an AS-REQ without pre-authentication, which AD answers with
 * KDC_ERR_PREAUTH_REQUIRED and PA-ETYPE-INFO2 (RFC 4120 §5.2.7.5, §5.9.1). A renamed account keeps the salt of the name
 * that it had when its password was set. No password is sent.
 *
 * Nothing protects the answer: a wrong salt makes keys that open nothing.
 * Owns: both messages. Does not own: the connection (directory/kdc.ts), which keys are made of it (keys.ts).
 */
import * as der from './der.ts';
import { kerberosTime } from './kerberos-time.ts';
import { PROTOCOL_VERSION } from './messages.ts';

const AS_REQ = 10;
const KRB_ERROR = 30;
const PREAUTH_REQUIRED = 25;
const PA_ETYPE_INFO2 = 19;
/** RFC 6806 §5: the KDC finds the account by its user principal name, and only with `canonicalize` (bit 15). */
const NT_ENTERPRISE = 10;
const CANONICALIZE = 0x0001_0000;
const NT_SRV_INST = 2;
const AES = [18, 17] as const;
const MAX_ELEMENTS = 32;

const principal = (type: number, ...components: readonly string[]): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(type)),
    der.explicit(1, der.sequence(...components.map((component) => der.kerberosString(component)))),
  );

/** @param nonce 31 bits, which an error does not repeat */
export function writeSaltRequest(userPrincipalName: string, realm: string, till: Date, nonce: number): Uint8Array {
  const body = der.sequence(
    der.explicit(0, der.flags(CANONICALIZE)),
    der.explicit(1, principal(NT_ENTERPRISE, userPrincipalName)),
    der.explicit(2, der.kerberosString(realm)),
    der.explicit(3, principal(NT_SRV_INST, 'krbtgt', realm)),
    der.explicit(5, kerberosTime(till)),
    der.explicit(7, der.integer(nonce)),
    der.explicit(8, der.sequence(...AES.map((type) => der.integer(type)))),
  );
  const request = der.sequence(
    der.explicit(1, der.integer(PROTOCOL_VERSION)),
    der.explicit(2, der.integer(AS_REQ)),
    der.explicit(4, body),
  );
  return der.element(der.application(AS_REQ), request);
}

/** The salts of AES keys, each once; none where the KDC says anything else. Throws DerError for what is no KRB-ERROR. */
export function readSalts(bytes: Uint8Array): readonly string[] {
  const fields = der.readFields(der.readOnly(bytes, der.application(KRB_ERROR), 'KRB-ERROR'), 'KRB-ERROR', 12);
  const code = der.readInteger(fields.required(6, 'error-code'), 'error-code', 0, 0x7fff_ffff);
  const data = fields.optional(12);
  if (code !== PREAUTH_REQUIRED || data === undefined) return [];
  const methods = sequenceOf(der.readOctetString(data, 'e-data'), 'METHOD-DATA').map((one) =>
    der.readFields(one, 'PA-DATA', 2),
  );
  const info = methods.find((one) => readInt32(one.required(1, 'padata-type'), 'padata-type') === PA_ETYPE_INFO2);
  if (info === undefined) return [];
  const entries = sequenceOf(der.readOctetString(info.required(2, 'padata-value'), 'padata-value'), 'ETYPE-INFO2');
  return [...new Set(entries.flatMap(saltOf))];
}

function saltOf(entry: Uint8Array): readonly string[] {
  const fields = der.readFields(entry, 'ETYPE-INFO2-ENTRY', 2);
  const type = readInt32(fields.required(0, 'etype'), 'etype');
  const salt = fields.optional(1);
  return salt !== undefined && AES.some((aes) => aes === type) ? [der.readKerberosString(salt, 'salt')] : [];
}

const sequenceOf = (bytes: Uint8Array, what: string): readonly Uint8Array[] =>
  der.readElements(der.readOnly(bytes, der.tags.sequence, what), what, MAX_ELEMENTS).map(({ encoded }) => encoded);

const readInt32 = (bytes: Uint8Array, what: string): number => der.readInteger(bytes, what, -0x8000_0000, 0x7fff_ffff);
