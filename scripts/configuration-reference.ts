/**
 * `docs/configuration.md`, made from the schema that reads the file: type, default and meaning of every setting.
 *
 * Owns: the walk over the schema and the page. The words stand beside the settings in src/model and src/config/form.ts.
 */
import { z } from 'zod';
import { configurationForm } from '../src/config/form.ts';
import { form, unwrap } from '../src/config/read-form.ts';
import {
  DEFAULT_ANCHOR,
  defaultClaims,
  defaultCustomAttributes,
  defaultMappings,
  TEMPLATE_ATTRIBUTES,
  USER_TYPE_DEFAULTS,
  USER_TYPE_TEMPLATES,
} from '../src/config/templates.ts';
import { kinds } from '../src/model/kinds.ts';

export interface Setting {
  /** `environment.gateways[].name` */
  readonly path: string;
  readonly key: string;
  /** `group` for settings with settings in them, `list` for lists of such. */
  readonly shape: 'value' | 'group' | 'list';
  readonly type: string;
  readonly required: boolean;
  readonly fallback?: unknown;
  readonly meaning: string;
}

/** Every setting of the file, groups before their members. */
export function settings(): readonly Setting[] {
  return settingsOf(configurationForm, '');
}

function settingsOf(schema: z.ZodObject, prefix: string): readonly Setting[] {
  return Object.entries(schema.shape).flatMap(([key, member]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const { inner, optional, fallback } = unwrap(member);
    const element = inner instanceof z.ZodArray ? unwrap(inner.def.element).inner : undefined;
    const shape = inner instanceof z.ZodObject ? 'group' : element instanceof z.ZodObject ? 'list' : 'value';
    const setting: Setting = {
      path: shape === 'list' ? `${path}[]` : path,
      key,
      shape,
      type: typeOf(inner),
      required: !optional && fallback === undefined,
      ...(fallback === undefined ? {} : { fallback }),
      meaning: meaningOf(member),
    };
    const group = shape === 'list' ? element : inner;
    return [setting, ...(group instanceof z.ZodObject ? settingsOf(group, setting.path) : [])];
  });
}

/** Descriptions stand on the model's schema, below what the form wraps around it. */
function meaningOf(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return meaningOf(schema.def.innerType);
  }
  throw new Error('a setting has no description');
}

function typeOf(schema: z.core.$ZodType): string {
  if (kinds.get(schema)?.secret) return `secret: ${form(schema)}`;
  if (schema instanceof z.ZodArray && !(unwrap(schema.def.element).inner instanceof z.ZodObject)) {
    return `list, each ${form(schema.def.element)}`;
  }
  return form(schema);
}

const TEMPLATE_FALLBACKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (
      [
        'name',
        'kind',
        'orderedCorrelationAttributes',
        'allowPasswordChanges',
        'updateUserOnSuccessfulAuthentication',
      ] as const
    ).map((key) => [`environment.gateways[].userTypes[].${key}`, userTypeFallback(key)]),
  ),
  'environment.gateways[].userTypes[].newUserLookup.ldapFilterPattern': userTypeFallback('ldapFilterPattern'),
  'environment.gateways[].userTypes[].newUserLookup.attributeMappings[].value': 'the template row’s',
  'environment.applications[].hybridJoinDeviceAttribute': '`microsoft-365`: the name in `templateAttributes`',
  'environment.applications[].userAttributeUsernameMatch':
    '`microsoft-365`: `userPrincipalName` of `templateAttributes`; else by email',
  'environment.applications[].kerberos.gateways[]':
    '`microsoft-365`: every user type of every enabled gateway with Kerberos',
  'environment.applications[].attributes[].value': 'the template row’s',
  'environment.applications[].attributes[].required': 'the template row’s, else `false`',
  'environment.applications[].attributes[].nameFormat': 'the template row’s, else that of the known claim',
  'environment.applications[].attributes[].issuedTo':
    'the template row’s, else that of the known claim, else `everyone`',
};

function userTypeFallback(key: Exclude<keyof (typeof USER_TYPE_DEFAULTS)['cloud-user'], 'passwordAuthority'>): string {
  const values = USER_TYPE_TEMPLATES.map((template) => [template, code(USER_TYPE_DEFAULTS[template][key])] as const);
  const [first] = values;
  if (values.every(([, value]) => value === first?.[1])) return `with a template: ${first?.[1]}`;
  // A permission that nobody gives is not given; anything else must be written where no template is named.
  const otherwise = typeof USER_TYPE_DEFAULTS['cloud-user'][key] === 'boolean' ? ['otherwise: `false`'] : [];
  return [...values.map(([template, value]) => `\`${template}\`: ${value}`), ...otherwise].join('<br>');
}

function fallbackText(setting: Setting): string {
  const fromTemplate = TEMPLATE_FALLBACKS[setting.path];
  if (fromTemplate !== undefined) return fromTemplate;
  if (setting.fallback === undefined) return setting.required ? '**required**' : '—';
  return setting.shape === 'group' ? 'see below' : code(setting.fallback);
}

function code(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(code).join(', ');
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** A pipe ends a table's cell, in code too. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
}

function groupSection(group: Setting, all: readonly Setting[]): string {
  const members = all.filter(({ path, key }) => path.replace(/\[\]$/, '') === `${group.path}.${key}`);
  const rows = members.map((member) => [
    `\`${member.key}\``,
    member.shape === 'value' ? member.type : member.shape === 'group' ? 'settings' : 'list of settings',
    fallbackText(member),
    member.meaning,
  ]);
  return `## \`${group.path}\`\n\n${group.meaning}\n\n${table(['Setting', 'Value', 'Default', 'Meaning'], rows)}\n`;
}

function templateSections(): string {
  const names = TEMPLATE_ATTRIBUTES;
  const mappings = USER_TYPE_TEMPLATES.map((template) => {
    const rows = defaultMappings(template, DEFAULT_ANCHOR, names).map(({ name, value }) => [
      `\`${name}\``,
      `\`${value}\``,
    ]);
    return `### \`${template}\`\n\n${table(['User attribute', 'From'], rows)}\n`;
  });
  const claims = defaultClaims(names).map(
    ({ name, value, nameFormat = '`subjectNameIdentifierFormat`', issuedTo, required }) => [
      `\`${name}\``,
      `\`${value}\``,
      nameFormat,
      issuedTo,
      String(required),
    ],
  );
  const declared = defaultCustomAttributes(names).map(({ name, type, unique }) => [
    `\`${name}\``,
    type,
    String(unique),
  ]);
  return `## Templates

A template fills what is left out. A row of the file with the name of a template row replaces it setting by setting, one
with another name is added, and one with \`remove: true\` takes the template’s row out. Where the tables say
\`${DEFAULT_ANCHOR}\`, the row follows \`anchor\`.

${mappings.join('\n')}
### \`microsoft-365\`

${table(['Row', 'Value', 'nameFormat', 'Issued to', 'Required'], claims)}

### Custom attributes that the templates declare

Under the names of \`environment.templateAttributes\`, unless the file declares them itself. \`objectSid\` may be
\`accountId\`, the standard attribute.

${table(['Default name', 'Type', 'Unique'], declared)}
`;
}

const OPENING = `<!-- Made by \`npm run docs\` from src/config/form.ts and src/model/. Do not edit. -->

# The configuration file

One YAML file. It is checked whole before anything starts, and all problems are shown at once, each with its line, its
path and the way to fix it. A setting that is not in these tables is an error. \`config.example.yaml\` shows every
setting in its place; \`mortise check --config FILE\` checks a file.

Secrets never stand in the file: \`\${env:NAME}\` reads an environment variable, \`\${file:PATH}\` a file of its own (a line
break at its end is dropped). Relative paths start from the folder of the configuration file. \`\${identifier}\`,
\`\${ldapAttributes.NAME}\` and the expressions of claims are no such references: they are kept as they stand.

YAML takes quotation marks away: \`value: "DJ"\` arrives as \`DJ\`, which is the literal DJ and means the same. YAML takes
what follows a free-standing \`#\` for a comment: write \`value: '#string.uuidAsBase64Guid(user.externalId,null)'\`.
Anchors, aliases and tags are refused.
`;

export function configurationReference(): string {
  const all = settings();
  const groups = all.filter(({ shape }) => shape !== 'value');
  return [OPENING, ...groups.map((group) => groupSection(group, all)), templateSections()].join('\n');
}
