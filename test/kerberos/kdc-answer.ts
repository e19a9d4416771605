/** What a KDC answers to a request without pre-authentication, with as much of it as is looked at. */
import * as der from '../../src/kerberos/der.ts';

export function krbError(code: number, padata: readonly Uint8Array[]): Uint8Array {
  const fields = der.sequence(
    der.explicit(0, der.integer(5)),
    der.explicit(1, der.integer(30)),
    der.explicit(6, der.integer(code)),
    der.explicit(12, der.octetString(der.sequence(...padata))),
  );
  return der.element(der.application(30), fields);
}

export const paData = (type: number, value: Uint8Array): Uint8Array =>
  der.sequence(der.explicit(1, der.integer(type)), der.explicit(2, der.octetString(value)));

/** Of ETYPE-INFO2. */
export const entry = (type: number, salt?: string): Uint8Array =>
  der.sequence(
    der.explicit(0, der.integer(type)),
    der.explicit(1, salt === undefined ? undefined : der.kerberosString(salt)),
  );
