/** The credential that a gateway's configuration gives: the keytab where there is one, else the password. */
import { readFileSync } from 'node:fs';
import type { ServiceCredential } from '../kerberos/credential.ts';
import type { Gateway } from '../model/gateway.ts';

/** Reads the keytab, and throws the system's error where it cannot. */
export function credentialOf(kerberos: NonNullable<Gateway['kerberos']>): ServiceCredential {
  if (kerberos.keytabFile !== undefined) return { kind: 'keytab', bytes: readFileSync(kerberos.keytabFile) };
  return {
    kind: 'password',
    from: {
      userPrincipalName: kerberos.serviceAccountUserPrincipalName,
      password: kerberos.serviceAccountPassword ?? '',
      samAccountName: kerberos.serviceAccountSamAccountName,
      realm: kerberos.realm,
    },
  };
}
