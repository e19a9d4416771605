/** That identifiers and names are unique, and that custom attributes do not hide standard ones. */
import type { Environment } from '../model/environment.ts';
import { USER_ATTRIBUTES } from '../model/user-attributes.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';
import type { TemplateAttributes } from './templates.ts';

/** Names at the root of `user` in expressions, which a custom attribute would hide; in lower case. */
const RESERVED = new Set(
  USER_ATTRIBUTES.map((name) => (name.split('.')[0] ?? name).toLowerCase()).concat(
    ['id', 'enabled', 'population', 'environment', 'password', 'account', 'lifecycle', 'createdat', 'updatedat'],
    ['photo', 'identityprovider', 'lastsignon', 'mfaenabled', 'emailverified', 'verifystatus'],
    ['memberofgroupids', 'memberofgroupnames'],
  ),
);

/** Where the three names of the templates lead: one attribute each, and a standard one only for objectSid. */
export function checkTemplateAttributes(names: TemplateAttributes, path: Path, findings: Findings): void {
  const entries = Object.entries(names);
  for (const [key, name] of entries) {
    // PingOne's guide allows Account ID as the store of objectSid.
    if (RESERVED.has(name.toLowerCase()) && !(key === 'objectSid' && name === 'accountId')) {
      findings.problem([...path, key], `is \`${name}\`, a standard attribute of users`, 'Choose another name');
    }
    if (entries.some(([other, taken]) => other < key && taken.toLowerCase() === name.toLowerCase())) {
      findings.problem([...path, key], `is \`${name}\`, as another of the three`, 'Choose another name');
    }
  }
}

export function checkIdentities(environment: Lenient<Environment>, path: Path, findings: Findings): void {
  const unique = (places: readonly Place[], kind: string): void => checkUnique(places, kind, findings);
  const { populations, gateways, applications, customAttributes } = environment;
  const types = (gateways ?? []).flatMap((gateway, index) =>
    places(gateway?.userTypes, 'id', [...path, 'gateways', index, 'userTypes']),
  );
  unique(places(populations, 'id', [...path, 'populations']), 'population');
  unique(places(populations, 'name', [...path, 'populations']), 'population');
  unique(places(gateways, 'id', [...path, 'gateways']), 'gateway');
  unique(places(gateways, 'name', [...path, 'gateways']), 'gateway');
  unique(types, 'user type');
  gateways?.forEach((gateway, index) =>
    unique(places(gateway?.userTypes, 'name', [...path, 'gateways', index, 'userTypes']), 'user type'),
  );
  unique(places(applications, 'id', [...path, 'applications']), 'application');
  unique(places(customAttributes, 'name', [...path, 'customAttributes']), 'custom attribute');
  for (const place of places(customAttributes, 'name', [...path, 'customAttributes'])) {
    if (RESERVED.has(place.value.toLowerCase())) {
      findings.problem(place.path, `is \`${place.value}\`, a standard attribute of users`, 'Choose another name');
    }
  }
}

interface Place {
  readonly value: string;
  readonly path: Path;
}

function places<Key extends string>(
  items: readonly ({ readonly [K in Key]?: string | undefined } | undefined)[] | undefined,
  key: Key,
  path: Path,
): readonly Place[] {
  return (items ?? []).flatMap((item, index) => {
    const value = item?.[key];
    return value === undefined ? [] : [{ value, path: [...path, index, key] }];
  });
}

function checkUnique(all: readonly Place[], kind: string, findings: Findings): void {
  const seen = new Set<string>();
  for (const { value, path } of all) {
    const folded = value.toLowerCase();
    if (seen.has(folded)) findings.problem(path, `is \`${value}\`, as in another ${kind} above`, 'Choose another');
    seen.add(folded);
  }
}
