/**
 * Whether the claims that Entra decides by come from what it decides by: the rows of an application against the mappings
 * of each user type that it names.
 *
 * Warnings alone: an expression may do more than is seen here. Does not own: names and namespaces of rows
 * (mapping/inspection.ts), which rows there must be (check-applications.ts).
 */
import { ExpressionError } from '../mapping/expression/syntax.ts';
import { isIssuedTo, knownClaim, SUBJECT } from '../mapping/known-claims.ts';
import { parseValue } from '../mapping/mapping-value.ts';
import type { ApplicationAttribute } from '../model/application.ts';
import type { UserType } from '../model/gateway.ts';
import { LDAP_REFERENCE } from '../model/kinds.ts';
import type { Findings, Path } from './problem.ts';
import type { Lenient } from './read-form.ts';

/** What `uuidAsBase64Guid` can read: every other attribute of AD is given as the text that it holds. */
const GUIDS: ReadonlySet<string> = new Set(['objectguid', 'ms-ds-consistencyguid']);

/** Of these Entra wants base64 of a GUID's bytes. */
const ANCHORED: ReadonlySet<string> = new Set([SUBJECT, 'ImmutableID', 'onpremobjectguid']);

const AS_GUID = /#string\.uuidAsBase64Guid\(\s*user\.([A-Za-z][\w.-]*)/;

interface Row {
  readonly row: ApplicationAttribute;
  /** Of its value; of all rows, where the template brought this one. */
  readonly path: Path;
}

/**
 * @param known attributes that users can have; what nobody has is reported elsewhere
 */
export function checkClaimSources(
  rows: readonly Row[],
  types: readonly Lenient<UserType>[],
  known: ReadonlySet<string>,
  findings: Findings,
): void {
  // One anchor stands in several rows: it is said once, where it is first.
  const said = new Set<string>();
  for (const type of types) {
    const { kind } = type;
    const sources = sourcesOf(type);
    if (kind === undefined || sources === undefined) continue;
    for (const { row, path } of rows) {
      const found = isIssuedTo(row, kind)
        ? whatIsWrong(row, sources, known, `user type ${type.name ?? ''}`)
        : undefined;
      if (found === undefined || said.has(found.what)) continue;
      said.add(found.what);
      findings.warning(path, `(\`${row.name}\`) ${found.what}`, found.fix);
    }
  }
}

/** User attribute -> AD attribute; undefined when a mapping could not be read. */
function sourcesOf({ newUserLookup }: Lenient<UserType>): ReadonlyMap<string, string> | undefined {
  const mappings = newUserLookup?.attributeMappings?.map((row) => {
    const attribute = row?.value === undefined ? undefined : LDAP_REFERENCE.exec(row.value)?.groups?.['attribute'];
    return row?.name === undefined || attribute === undefined ? undefined : ([row.name, attribute] as const);
  });
  return mappings?.every((mapping) => mapping !== undefined) === true ? new Map(mappings) : undefined;
}

interface Wrong {
  readonly what: string;
  readonly fix: string;
}

function whatIsWrong(
  row: ApplicationAttribute,
  sources: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  type: string,
): Wrong | undefined {
  const reads = attributesRead(row.value);
  if (reads.length === 0 || (row.name !== SUBJECT && knownClaim(row.name) === undefined)) return undefined;
  const mapped = reads.filter((name) => sources.has(name));
  if (mapped.length === 0 && reads.some((name) => !known.has(name))) return undefined;
  if (mapped.length === 0) return unmapped(row, reads, sources, type);
  const source = (name: string): string => sources.get(name) ?? '';
  const isGuid = (name: string): boolean => GUIDS.has(source(name).toLowerCase());
  const asGuid = AS_GUID.exec(row.value)?.[1];
  if (asGuid !== undefined && sources.has(asGuid) && !isGuid(asGuid)) {
    return {
      what: `makes a GUID of user.${asGuid}, which ${type} maps from ${source(asGuid)}, a text: nothing comes of it unless the text is a GUID`,
      fix: 'Map it from objectGUID or mS-DS-ConsistencyGuid, or issue the text as Entra Connect does',
    };
  }
  const [first = ''] = mapped;
  if (ANCHORED.has(row.name) && !row.value.includes('uuidAsBase64Guid') && mapped.every(isGuid)) {
    return {
      what: `issues ${source(first)} of ${type} as the text of a GUID; Entra compares base64 of its bytes`,
      fix: `Write \${#string.uuidAsBase64Guid(user.${first},null)}`,
    };
  }
  if (row.name === 'primarysid' && mapped.every((name) => source(name).toLowerCase() !== 'objectsid')) {
    return {
      what: `reads user.${first}, which ${type} maps from ${source(first)}; Entra wants the objectSid`,
      fix: 'Map that attribute from objectSid',
    };
  }
  return undefined;
}

function unmapped(
  { name }: ApplicationAttribute,
  reads: readonly string[],
  sources: ReadonlyMap<string, string>,
  type: string,
): Wrong {
  const elsewhere =
    name === 'primarysid' ? [...sources].find(([, source]) => source.toLowerCase() === 'objectsid') : undefined;
  const what = `reads user.${reads.join(', user.')}, which ${type} does not map`;
  return elsewhere === undefined
    ? { what: `${what}: ${name} would have no value`, fix: 'Add the row to `attributeMappings`' }
    : { what: `${what}; its objectSid is mapped to ${elsewhere[0]}`, fix: `Write \${user.${elsewhere[0]}}` };
}

/** None where the value cannot be read, which is reported elsewhere. */
function attributesRead(value: string): readonly string[] {
  try {
    return parseValue(value).attributes;
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}
