/**
 * How the settings of an application must fit together, with each other and with the gateways.
 *
 * Works on what could be read and what the templates added; says nothing about a setting that is already reported.
 */
import type { Application, ApplicationAttribute } from '../model/application.ts';
import { inspectAttributes } from '../mapping/inspection.ts';
import { applicationAttribute } from '../model/application.ts';
import type { CustomAttribute, Environment } from '../model/environment.ts';
import type { UserType } from '../model/gateway.ts';
import { checkClaimSources } from './check-claim-sources.ts';
import { allIdentified } from './check-gateways.ts';
import type { Checking } from './check-gateways.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

export function checkApplication(application: Lenient<Application>, path: Path, checking: Checking): void {
  checkDomain(application, path, checking);
  checkDeviceAttribute(application.hybridJoinDeviceAttribute, [...path, 'hybridJoinDeviceAttribute'], checking);
  checkUsernameMatch(application.userAttributeUsernameMatch, [...path, 'userAttributeUsernameMatch'], checking);
  const types = checkKerberosGateways(application, [...path, 'kerberos', 'gateways'], checking);
  checkClaims(application, types, [...path, 'attributes'], checking);
  if (application.useMex13 === false && types.some((type) => type.kind === 'device')) {
    checking.findings.warning(
      [...path, 'useMex13'],
      'is false: a device that joins asks for WS-Trust 1.3 and gives up without it',
      'Leave it out',
    );
  }
}

/** IssuerUri is made of the application's id, and Entra wants one for each domain (it answers 409 to a second). */
function checkDomain({ domainName }: Lenient<Application>, path: Path, { environment, findings }: Checking): void {
  if (domainName === undefined) return;
  const at = [...path, 'domainName'];
  const domain = domainName.toLowerCase();
  const others = (environment.applications ?? [])
    .slice(0, Number(path.at(-1)))
    .map((other) => other?.domainName?.toLowerCase());
  if (others.includes(domain)) {
    findings.problem(at, `is ${domainName}, as in another application above`, 'Keep one application for each domain');
  }
  if (/\.onmicrosoft\.(?:com|us|cn|de)$/.test(domain)) {
    findings.problem(at, `is ${domainName}, the tenant’s initial domain`, 'Name a custom domain verified in Entra');
  }
  const parent = (environment.applications ?? []).find(
    (other) => other?.domainName !== undefined && domain.endsWith(`.${other.domainName.toLowerCase()}`),
  );
  if (parent !== undefined) {
    findings.warning(
      at,
      `lies below ${parent.domainName}, whose federation settings Entra applies to it unless it is a root domain of its own`,
      'Leave the application out, where `Get-MgDomain` shows IsRoot False for it: its people then get the issuer of the domain above',
    );
  }
}

function customAttribute(name: string, { environment }: Checking): Lenient<CustomAttribute> | undefined {
  return (environment.customAttributes ?? []).find((attribute) => attribute?.name === name);
}

function checkDeviceAttribute(name: string | undefined, path: Path, checking: Checking): void {
  if (name === undefined) return;
  const { findings, environment, origins } = checking;
  const attribute = customAttribute(name, checking);
  if (attribute === undefined) {
    findings.problem(path, `is \`${name}\`, which is not declared`, 'Add it to `environment.customAttributes`');
    return;
  }
  if (attribute.enabled === false || attribute.unique === true) {
    findings.problem(path, `is \`${name}\`, which is not enabled or is unique`, 'Declare it enabled and not unique');
  }
  for (const type of (environment.gateways ?? []).flatMap((gateway) => gateway?.userTypes ?? [])) {
    const row = type?.newUserLookup?.attributeMappings?.find((mapping) => mapping?.name === name);
    if (row === undefined) continue;
    findings.problem(origins.get(row) ?? path, `maps \`${name}\`, which Mortise sets by itself`, 'Leave the row out');
  }
}

/** PingOne's conditions for `userAttributeUsernameMatch`: STRING, unique, enabled, one value. */
function checkUsernameMatch(name: string | undefined, path: Path, checking: Checking): void {
  // The standard attribute, which is also what is matched when nothing is named.
  if (name === undefined || name === 'email') return;
  const attribute = customAttribute(name, checking);
  if (attribute === undefined) {
    const fix = 'Add it to `environment.customAttributes`, or leave this out to match by email';
    checking.findings.problem(path, `is \`${name}\`, which is not declared`, fix);
  } else if (attribute.type === 'BOOLEAN' || attribute.unique === false || attribute.enabled === false) {
    checking.findings.problem(
      path,
      `is \`${name}\`, which is not of type STRING, unique and enabled`,
      'Declare it so: a username must find one user',
    );
  }
}

/** The user types that are found; a gateway or user type that could not be read is not asked for. */
function checkKerberosGateways(
  application: Lenient<Application>,
  path: Path,
  { environment, findings }: Checking,
): readonly Lenient<UserType>[] {
  const references = application.kerberos?.gateways ?? [];
  if (references.length === 0 && application.kerberos?.gateways !== undefined) {
    findings.warning(path, 'is empty: nobody can sign in by Kerberos', 'Add the gateway with its user types');
  }
  const seen = new Set<string>();
  return references.flatMap((reference, index) => {
    const gatewayId = reference?.id;
    const typeId = reference?.userType?.id;
    if (gatewayId === undefined || typeId === undefined) return [];
    const gateway = environment.gateways?.find((candidate) => candidate?.id === gatewayId);
    if (gateway === undefined) {
      if (allIdentified(environment.gateways ?? [undefined])) {
        findings.problem([...path, index, 'id'], 'is no gateway of this file', 'Give the `id` of a gateway');
      }
      return [];
    }
    const type = gateway.userTypes?.find((candidate) => candidate?.id === typeId);
    const typePath = [...path, index, 'userType', 'id'];
    if (type === undefined) {
      if (allIdentified(gateway.userTypes ?? [undefined])) {
        findings.problem(typePath, 'is no user type of this gateway', 'Give the `id` of one of its user types');
      }
      return [];
    }
    if (seen.has(typeId)) findings.problem(typePath, 'names a user type again', 'Keep one');
    seen.add(typeId);
    const gatewayPath = ['environment', 'gateways', environment.gateways?.indexOf(gateway) ?? 0];
    if (gateway.kerberos === undefined && !findings.reported([...gatewayPath, 'kerberos'])) {
      reportNoKerberos(type, [...path, index, 'id'], findings);
    }
    if (gateway.enabled === false) {
      findings.warning([...path, index, 'id'], 'is a gateway that is not enabled', 'Enable it, or take it out');
    }
    return [type];
  });
}

/** People may sign in by password alone; a device has no other credential than its ticket. */
function reportNoKerberos({ kind }: Lenient<UserType>, path: Path, { problem, warning }: Findings): void {
  const what = 'is a gateway without `kerberos`';
  const fix = 'Give the gateway a service account';
  if (kind === 'person') warning(path, `${what}: its people sign in by password alone`, `${fix}, if that is not meant`);
  else problem(path, what, fix);
}

/** What Entra wants to see of a device; without it the join ends in AADSTS51004. */
const DEVICE_CLAIMS = ['ImmutableID', 'accounttype', 'onpremobjectguid', 'primarysid'];

function checkClaims(
  { attributes }: Lenient<Application>,
  types: readonly Lenient<UserType>[],
  path: Path,
  { environment, origins, findings }: Checking,
): void {
  if (attributes === undefined) return;
  const rows = attributes.filter(isWhole);
  const devices = types.some((type) => type.kind === 'device');
  const absent = DEVICE_CLAIMS.filter((name) => !attributes.some((row) => row?.name === name));
  if (devices && absent.length > 0) {
    findings.warning(
      path,
      `has no row ${absent.join(', ')}: Entra refuses the device`,
      'Add it, or keep the template’s',
    );
  }
  reportIssuerId(rows, path, { origins, findings });
  const people = types.some((type) => type.kind === 'person');
  if (people && !attributes.some((row) => row?.name === 'ImmutableID' && row.issuedTo !== 'device')) {
    findings.warning(
      path,
      'has no row ImmutableID for people: Entra knows nobody without it',
      'Add it, or keep the template’s',
    );
  }
  const placed = rows.map((row) => {
    const origin = origins.get(row) ?? path;
    // A row of the template has the list’s own path.
    return { row, path: typeof origin.at(-1) === 'number' ? [...origin, 'value'] : origin };
  });
  const known = userAttributes(environment);
  checkClaimSources(placed, types, known, findings);
  // A row that could not be read may be the one that seems to be absent.
  const unsure = findings.reported(path);
  for (const { row, field, severity, message } of inspectAttributes(rows, known)) {
    if (row === undefined && unsure) continue;
    const place = row === undefined ? path : (origins.get(rows[row] ?? {}) ?? path);
    const report = severity === 'error' ? findings.problem : findings.warning;
    const { what, fix } = inTwo(message);
    report(
      field === undefined ? place : [...place, field],
      `${severity === 'error' ? 'is wrong' : 'looks wrong'}: ${what}`,
      fix,
    );
  }
}

/** Rules of their own that state another issuerid than the Issuer are AD FS's usual way to AADSTS50107. */
function reportIssuerId(
  rows: readonly ApplicationAttribute[],
  path: Path,
  { origins, findings }: Pick<Checking, 'origins' | 'findings'>,
): void {
  for (const row of rows.filter(({ name }) => name.toLowerCase() === 'issuerid')) {
    findings.warning(
      [...(origins.get(row) ?? path), 'name'],
      'is `issuerid`, which Mortise states by itself where it serves several domains, always the Issuer',
      'Leave the row out',
    );
  }
}

function isWhole(row: Lenient<ApplicationAttribute> | undefined): row is ApplicationAttribute {
  return applicationAttribute.safeParse(row).success;
}

/** What expressions can read of a user: what is mapped or declared, and the objects around nested names. */
function userAttributes(environment: Lenient<Environment>): ReadonlySet<string> {
  const types = (environment.gateways ?? []).flatMap((gateway) => gateway?.userTypes ?? []);
  const mapped = types.flatMap((type) => type?.newUserLookup?.attributeMappings?.map((row) => row?.name ?? '') ?? []);
  const custom = (environment.customAttributes ?? []).map((attribute) => attribute?.name ?? '');
  return new Set([...mapped, ...custom].flatMap((name) => [name, name.split('.')[0] ?? name]));
}

/** A message of `mapping` says what to write after its last semicolon. */
function inTwo(message: string): { readonly what: string; readonly fix: string } {
  const at = message.lastIndexOf('; ');
  if (at === -1) return { what: message, fix: 'Correct it, or leave the setting out' };
  const fix = message.slice(at + 2);
  return { what: message.slice(0, at), fix: fix.charAt(0).toUpperCase() + fix.slice(1) };
}
