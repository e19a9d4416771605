/**
 * How the settings of a gateway and its user types must fit together.
 *
 * Works on what could be read and what the templates added; says nothing about a setting that is already reported.
 */
import { FilterSyntaxError, parseFilterPattern } from '../directory/filter-pattern.ts';
import type { FilterPattern } from '../directory/filter.ts';
import type { Environment } from '../model/environment.ts';
import type { AttributeMapping, Gateway, UserType } from '../model/gateway.ts';
import { LDAP_REFERENCE, parseHostAndPort } from '../model/kinds.ts';
import { USER_ATTRIBUTES } from '../model/user-attributes.ts';
import type { Expanded } from './expand.ts';
import { nearest } from '../mapping/expression/nearest.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

/** What a check needs beside the part that it looks at. */
export interface Checking {
  readonly environment: Lenient<Environment>;
  readonly origins: Expanded['origins'];
  readonly findings: Findings;
}

export function checkGateway(gateway: Lenient<Gateway>, path: Path, checking: Checking): void {
  const { findings } = checking;
  checkConnection(gateway, path, findings);
  if (gateway.kerberos !== undefined) checkKerberos(gateway.kerberos, [...path, 'kerberos'], findings);
  gateway.userTypes?.forEach((type, index) => {
    if (type !== undefined) checkUserType(type, [...path, 'userTypes', index], checking);
  });
}

function checkConnection(gateway: Lenient<Gateway>, path: Path, { warning }: Findings): void {
  const { connectionSecurity, validateTlsCertificates, serversHostAndPort } = gateway;
  if (connectionSecurity === 'None') {
    warning([...path, 'connectionSecurity'], 'is None: the bind password crosses the network in clear text', 'Use TLS');
  }
  if (validateTlsCertificates === false && connectionSecurity !== 'None') {
    warning(
      [...path, 'validateTlsCertificates'],
      'is false: anybody on the network can pose as the domain controller',
      'Name its CA in `server.ldapCaFile` and leave this out',
    );
  }
  serversHostAndPort?.forEach((server, index) => {
    const port = server === undefined ? undefined : parseHostAndPort(server)?.port;
    // 389 and 3268 speak plain LDAP until StartTLS; 636 and 3269 speak TLS from the first byte.
    const fits = connectionSecurity === 'TLS' ? port !== 389 && port !== 3268 : port !== 636 && port !== 3269;
    if (port === undefined || connectionSecurity === undefined || fits) return;
    warning(
      [...path, 'serversHostAndPort', index],
      `has port ${port}, which does not speak ${connectionSecurity === 'None' ? 'LDAP in clear text' : connectionSecurity}`,
      `Use port ${connectionSecurity === 'TLS' ? '636' : '389'}`,
    );
  });
}

function checkKerberos(kerberos: NonNullable<Lenient<Gateway>['kerberos']>, path: Path, findings: Findings): void {
  const { serviceAccountPassword: password, keytabFile: keytab } = kerberos;
  if (password !== undefined && keytab !== undefined) {
    findings.problem([...path, 'keytabFile'], 'stands beside `serviceAccountPassword`', 'Keep one of the two');
  }
  // A password whose variable is not set is undefined too, and reported at its own path.
  const reported = findings.reported(path);
  if (password === undefined && keytab === undefined && !reported) {
    findings.problem(path, 'has no key of the service account', 'Give `serviceAccountPassword` or `keytabFile`');
  }
}

function checkUserType(type: Lenient<UserType>, path: Path, checking: Checking): void {
  const lookup = type.newUserLookup;
  if (lookup === undefined) return;
  const lookupPath = [...path, 'newUserLookup'];
  checkFilter(lookup.ldapFilterPattern, [...lookupPath, 'ldapFilterPattern'], checking.findings);
  checkPopulation(lookup.population?.id, [...lookupPath, 'population', 'id'], checking);
  const mappings = (lookup.attributeMappings ?? []).filter((row) => row !== undefined);
  const listPath = [...lookupPath, 'attributeMappings'];
  for (const row of mappings) checkMapping(row, checking.origins.get(row) ?? listPath, checking);
  checkAnchor(type, mappings, listPath, checking);
}

function checkFilter(pattern: string | undefined, path: Path, findings: Findings): void {
  if (pattern === undefined) return;
  try {
    requireNoDn(parseFilterPattern(pattern), path, findings);
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    const fix = 'Write an LDAP filter such as (&(objectClass=computer)(sAMAccountName=${identifier}))';
    findings.problem(path, `is no filter with a place for the caller: ${error.message}`, fix);
  }
}

/** `dn` names the entry in mappings and links; in a filter AD takes it for an attribute that no entry has. */
function requireNoDn(filter: FilterPattern, path: Path, findings: Findings): void {
  if ('filters' in filter) {
    for (const inner of filter.filters) requireNoDn(inner, path, findings);
  } else if ('filter' in filter) {
    requireNoDn(filter.filter, path, findings);
  } else if (filter.attribute?.toLowerCase() === 'dn') {
    findings.problem(path, 'compares dn, which is no LDAP attribute: it would find nobody', 'Write distinguishedName');
  }
}

function checkPopulation(id: string | undefined, path: Path, { environment, findings }: Checking): void {
  const { populations } = environment;
  if (id === undefined || populations === undefined || !allIdentified(populations)) return;
  if (populations.some((population) => population?.id === id)) return;
  const known = populations.map((population) => `${population?.id} (${population?.name})`).join(', ');
  findings.problem(path, 'is no population of this file', `Give one of these: ${known}`);
}

/** Whether a missing reference is really missing: every item could be read as far as its identifier. */
export function allIdentified(items: readonly ({ readonly id?: string | undefined } | undefined)[]): boolean {
  return items.every((item) => item?.id !== undefined);
}

function checkMapping(row: Lenient<AttributeMapping>, path: Path, { environment, findings }: Checking): void {
  const { name } = row;
  if (name === undefined || (USER_ATTRIBUTES as readonly string[]).includes(name)) return;
  const attributes = (environment.customAttributes ?? []).filter((attribute) => attribute !== undefined);
  const declared = attributes.find((attribute) => attribute.name === name);
  if (declared === undefined) {
    const meant = nearest(name, [...USER_ATTRIBUTES, ...attributes.map((attribute) => attribute.name ?? '')]);
    const fix = 'Declare it in `environment.customAttributes`, or take a standard attribute';
    findings.problem(
      [...path, 'name'],
      `is \`${name}\`, which is no attribute of a user`,
      meant === undefined ? fix : `Did you mean \`${meant}\`?`,
    );
  } else if (declared.type === 'BOOLEAN') {
    findings.problem([...path, 'name'], `is \`${name}\`, a BOOLEAN`, 'Map values of AD to STRING attributes');
  } else if (declared.enabled === false) {
    findings.problem([...path, 'name'], `is \`${name}\`, which is not enabled`, 'Enable the custom attribute');
  }
}

/** External ID, and for devices Username, come from the anchor: Entra and the stored users must mean the same thing. */
function checkAnchor(
  { anchor, kind }: Lenient<UserType>,
  mappings: readonly Lenient<AttributeMapping>[],
  path: Path,
  { origins, findings }: Checking,
): void {
  // A row that could not be read may be the one that seems to be absent.
  const unsure = findings.reported(path);
  for (const name of ['username', 'externalId']) {
    const row = mappings.find((mapping) => mapping.name === name);
    const follows = name === 'externalId' || kind === 'device';
    if (row === undefined) {
      // People who are never synchronised to Entra need no External ID.
      const needed = name === 'username' || kind === 'device';
      if (needed && !unsure) findings.problem(path, `does not map \`${name}\``, 'Add the row');
      continue;
    }
    const attribute = row.value === undefined ? undefined : LDAP_REFERENCE.exec(row.value)?.groups?.['attribute'];
    if (!follows || anchor === undefined || attribute === undefined) continue;
    if (attribute.toLowerCase() !== anchor.toLowerCase()) {
      findings.problem(
        [...(origins.get(row) ?? path), 'value'],
        `maps \`${name}\` from ${attribute}, but \`anchor\` is ${anchor}`,
        `Leave the row out and write \`anchor: ${attribute}\`, if that is meant`,
      );
    }
  }
}
