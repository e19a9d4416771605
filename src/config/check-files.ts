/**
 * What the files hold that a configuration names: whether `serve` can work with them. Found out before it starts, all
 * together, and not by the first device. The TLS pairs are looked at in check-tls.ts.
 */
import { serviceKeysFromKeytab } from '../kerberos/keys.ts';
import { ServiceKeyError } from '../kerberos/service-key-error.ts';
import type { Environment } from '../model/environment.ts';
import type { Gateway } from '../model/gateway.ts';
import type { ServerSettings } from '../model/server.ts';
import { checkTls } from './check-tls.ts';
import { logoDefect } from './logo.ts';
import { certificatesIn, readNamed } from './named-file.ts';
import type { FileContents } from './named-file.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

export function checkServerFiles(
  server: Lenient<ServerSettings>,
  path: Path,
  contents: FileContents,
  findings: Findings,
): void {
  checkTls(server, path, contents, findings);
  const caFile = readNamed(server.ldapCaFile, [...path, 'ldapCaFile'], contents);
  if (caFile !== undefined) certificatesIn(caFile, contents.now, findings);
}

export function checkKeytab(
  gateway: Lenient<Gateway> | undefined,
  path: Path,
  contents: FileContents | undefined,
  findings: Findings,
): void {
  const keytabPath = [...path, 'kerberos', 'keytabFile'];
  const file = contents && readNamed(gateway?.kerberos?.keytabFile, keytabPath, contents);
  if (file === undefined) return;
  try {
    serviceKeysFromKeytab(file.bytes);
  } catch (error) {
    if (!(error instanceof ServiceKeyError)) throw error;
    findings.outside(keytabPath, `cannot be used: ${error.message.replace(/\.$/, '')}`, 'Export the keytab anew');
  }
}

export function checkLogo(
  environment: Lenient<Environment> | undefined,
  path: Path,
  contents: FileContents,
  findings: Findings,
): void {
  const logoPath = [...path, 'signIn', 'branding', 'logoFile'];
  const file = readNamed(environment?.signIn?.branding?.logoFile, logoPath, contents);
  const defect = file && logoDefect(file.bytes);
  if (defect !== undefined) findings.outside(logoPath, defect.message, defect.fix);
}
