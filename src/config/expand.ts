/**
 * From the file's form to the model: templates filled in, rows merged, names declared.
 *
 * Works on what could be read: a setting that was wrong stays undefined and is not asked for again. Rows remember
 * where they stand in the file, because a template's rows shift their places.
 */
import type { Application, ApplicationAttribute } from '../model/application.ts';
import type { CustomAttribute, Environment } from '../model/environment.ts';
import type { AttributeMapping, Gateway, UserType } from '../model/gateway.ts';
import { USER_ATTRIBUTES } from '../model/user-attributes.ts';
import type { ApplicationForm, EnvironmentForm, GatewayForm, UserTypeForm } from './form.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';
import {
  completeClaim,
  DEFAULT_ANCHOR,
  defaultClaims,
  defaultCustomAttributes,
  defaultMappings,
  TEMPLATE_ATTRIBUTES,
  USER_TYPE_DEFAULTS,
} from './templates.ts';
import type { TemplateAttributes } from './templates.ts';

export interface Expanded {
  readonly environment: Lenient<Environment>;
  readonly names: TemplateAttributes;
  /** Where a row stands in the file; a template's row stands where the list does. */
  readonly origins: ReadonlyMap<object, Path>;
}

interface Expansion {
  readonly names: TemplateAttributes;
  readonly findings: Findings;
  readonly origins: Map<object, Path>;
}

export function expand(form: Lenient<EnvironmentForm>, path: Path, findings: Findings): Expanded {
  const names = templateAttributes(form.templateAttributes ?? {});
  const expansion: Expansion = { names, findings, origins: new Map() };
  const at = (...steps: Path): Path => [...path, ...steps];
  const gateways = form.gateways?.map(
    (gateway, index) => gateway && expandGateway(gateway, at('gateways', index), expansion),
  );
  const environment: Lenient<Environment> = {
    populations: form.populations,
    customAttributes: declared(form, names),
    signIn: form.signIn,
    gateways,
    applications: form.applications?.map(
      (application, index) =>
        application && expandApplication(application, gateways ?? [], at('applications', index), expansion),
    ),
  };
  return { environment, names, origins: expansion.origins };
}

function templateAttributes(form: Lenient<TemplateAttributes>): TemplateAttributes {
  return {
    userPrincipalName: form.userPrincipalName ?? TEMPLATE_ATTRIBUTES.userPrincipalName,
    objectSid: form.objectSid ?? TEMPLATE_ATTRIBUTES.objectSid,
    hybridJoinDevice: form.hybridJoinDevice ?? TEMPLATE_ATTRIBUTES.hybridJoinDevice,
  };
}

/** The file's declarations, and those that a template in use needs beside them. */
function declared(form: Lenient<EnvironmentForm>, names: TemplateAttributes): readonly Lenient<CustomAttribute>[] {
  const own = (form.customAttributes ?? []).filter((attribute) => attribute !== undefined);
  const templates = [
    ...(form.applications ?? []).map((application) => application?.template),
    ...(form.gateways ?? []).flatMap((gateway) => gateway?.userTypes?.map((type) => type?.template)),
  ];
  if (templates.every((template) => template === undefined)) return own;
  const standard: readonly string[] = USER_ATTRIBUTES;
  const needed = defaultCustomAttributes(names).filter(({ name }) => !standard.includes(name));
  return [...own, ...needed.filter(({ name }) => !own.some((known) => known.name === name))];
}

function expandGateway(form: Lenient<GatewayForm>, path: Path, expansion: Expansion): Lenient<Gateway> {
  const { allowUnencryptedLdap, userTypes, ...gateway } = form;
  if (gateway.connectionSecurity === 'None' && allowUnencryptedLdap === false) {
    expansion.findings.problem(
      [...path, 'connectionSecurity'],
      'is None, which sends the bind password in clear text',
      'Use TLS or StartTLS, or add `allowUnencryptedLdap: true` to the gateway',
    );
  }
  return {
    ...gateway,
    userTypes: userTypes?.map((type, index) => type && expandUserType(type, [...path, 'userTypes', index], expansion)),
  };
}

function expandUserType(form: Lenient<UserTypeForm>, path: Path, expansion: Expansion): Lenient<UserType> {
  const { template, newUserLookup, ...own } = form;
  const defaults = template === undefined ? undefined : USER_TYPE_DEFAULTS[template];
  const { ldapFilterPattern, ...settings } = defaults ?? {};
  const type = { allowPasswordChanges: false, updateUserOnSuccessfulAuthentication: false, ...settings, ...own };
  const pattern = newUserLookup?.ldapFilterPattern ?? ldapFilterPattern;
  for (const key of ['name', 'kind', 'orderedCorrelationAttributes'] as const) {
    if (type[key] === undefined) expansion.findings.missing([...path, key], 'Give it, or name a `template`');
  }
  const lookupPath = [...path, 'newUserLookup'];
  if (newUserLookup !== undefined && pattern === undefined) {
    expansion.findings.missing([...lookupPath, 'ldapFilterPattern'], 'Give it, or name a `template`');
  }
  const rows = template === undefined ? [] : defaultMappings(template, type.anchor ?? DEFAULT_ANCHOR, expansion.names);
  const mappings = mergeRows<Lenient<AttributeMapping>>(
    rows,
    newUserLookup?.attributeMappings ?? [],
    [...lookupPath, 'attributeMappings'],
    expansion,
  );
  return {
    ...type,
    newUserLookup: newUserLookup && {
      population: newUserLookup.population,
      ldapFilterPattern: pattern,
      attributeMappings: mappings,
    },
  };
}

function expandApplication(
  form: Lenient<ApplicationForm>,
  gateways: readonly (Lenient<Gateway> | undefined)[],
  path: Path,
  expansion: Expansion,
): Lenient<Application> {
  const { template, attributes, kerberos, ...own } = form;
  const { names, findings } = expansion;
  const defaults =
    template === undefined
      ? {}
      : { hybridJoinDeviceAttribute: names.hybridJoinDevice, userAttributeUsernameMatch: names.userPrincipalName };
  const application = { ...defaults, ...own };
  if (application.hybridJoinDeviceAttribute === undefined) {
    findings.missing([...path, 'hybridJoinDeviceAttribute'], 'Give it, or name a `template`');
  }
  const claims = mergeRows<Lenient<ApplicationAttribute>>(
    template === undefined ? [] : defaultClaims(names),
    attributes ?? [],
    [...path, 'attributes'],
    expansion,
  );
  return {
    ...application,
    kerberos: { gateways: kerberos?.gateways ?? (template === undefined ? [] : everyUserType(gateways)) },
    attributes: claims.map((row) => completed(row, expansion)),
  };
}

/** "Add Gateway User Type" for each there is: what the template gives when `kerberos.gateways` is left out. */
function everyUserType(
  gateways: readonly (Lenient<Gateway> | undefined)[],
): NonNullable<NonNullable<Lenient<Application>['kerberos']>['gateways']> {
  const references = gateways
    .filter((gateway) => gateway?.kerberos !== undefined && gateway.enabled === true)
    .flatMap((gateway) => (gateway?.userTypes ?? []).map((type) => ({ gatewayId: gateway?.id, typeId: type?.id })));
  // Identifiers that stand twice are reported where they stand.
  const once = new Map(references.map((reference) => [reference.typeId, reference]));
  return [...once.values()].map(({ gatewayId, typeId }) => ({ id: gatewayId, type: 'LDAP', userType: { id: typeId } }));
}

interface Row {
  readonly name?: string | undefined;
  readonly value?: string | undefined;
}

/** Template rows, each replaced in its place, setting by setting, by the file's row of the same name; then the file's other rows. */
function mergeRows<Merged extends Row>(
  templateRows: readonly Merged[],
  fileRows: readonly ((Merged & { readonly remove?: boolean | undefined }) | undefined)[],
  path: Path,
  { findings, origins }: Expansion,
): readonly Merged[] {
  const merged = new Map<string | undefined, Merged>(templateRows.map((row) => [row.name, row]));
  for (const row of templateRows) origins.set(row, path);
  const seen = new Set<string>();
  fileRows.forEach((row, index) => {
    if (row?.name === undefined) return;
    const at = [...path, index];
    if (seen.has(row.name)) findings.problem([...at, 'name'], `is \`${row.name}\`, as in a row above`, 'Keep one');
    seen.add(row.name);
    const { remove, ...own } = row;
    const whole = { ...merged.get(row.name), ...own } as unknown as Merged;
    if (remove === true) {
      const removed = merged.delete(row.name);
      if (!removed) findings.problem([...at, 'remove'], 'has no row of the template to remove', 'Leave the row out');
      return;
    }
    if (whole.value === undefined) findings.missing([...at, 'value'], 'Give it');
    origins.set(whole, at);
    merged.set(row.name, whole);
  });
  return [...merged.values()];
}

/** What the row's name says about namespace and recipients, where the file does not. */
function completed(row: Lenient<ApplicationAttribute>, { origins }: Expansion): Lenient<ApplicationAttribute> {
  const { name, value, required = false } = row;
  if (name === undefined || value === undefined) return row;
  const whole = completeClaim({ name, value, required, nameFormat: row.nameFormat, issuedTo: row.issuedTo });
  const origin = origins.get(row);
  if (origin !== undefined) origins.set(whole, origin);
  return whole;
}
