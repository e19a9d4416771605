/** The lab's certification authority and its domain controller's certificate, made by openssl for one run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DC_HOST, DOMAIN } from './accounts.ts';
import { run } from './run.ts';

export interface LabCertificates {
  readonly caFile: string;
  /** A CA that signed nothing here, for tests that must fail. */
  readonly otherCaFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'];

/** @param address of the domain controller, which stands in its certificate beside its names, and IPv6's loopback for relays */
export async function makeCertificates(folder: string, address: string): Promise<LabCertificates> {
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const makeCa = async (name: string, subject: string): Promise<void> => {
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    await run('openssl', [
      'req',
      '-x509',
      ...P256,
      '-days',
      '30',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      ...usage,
    ]);
  };
  await Promise.all([makeCa('ca', 'Mortise lab root'), makeCa('other-ca', 'Another root')]);
  await run('openssl', [
    'req',
    '-new',
    ...P256,
    '-subj',
    `/CN=${DC_HOST}`,
    '-keyout',
    at('dc.key'),
    '-out',
    at('dc.csr'),
  ]);
  // Samba's own certificate has no alternative names, and Node looks at nothing else.
  const names = [`DNS:${DC_HOST}`, `DNS:${DOMAIN}`, 'DNS:localhost', `IP:${address}`, 'IP:::1'].join(',');
  await writeFile(
    at('dc.ext'),
    `basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectAltName=${names}\n`,
  );
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('dc.ext')];
  await run('openssl', [
    'x509',
    '-req',
    '-sha256',
    '-days',
    '30',
    '-in',
    at('dc.csr'),
    ...signing,
    '-out',
    at('dc.pem'),
  ]);
  return {
    caFile: at('ca.pem'),
    otherCaFile: at('other-ca.pem'),
    certificateFile: at('dc.pem'),
    keyFile: at('dc.key'),
  };
}
