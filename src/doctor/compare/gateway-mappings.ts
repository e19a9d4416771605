/**
 * The gateway's side of the attribute mappings: where the user types take from AD what the claims are made of, and in which
 * order stored users are found again.
 */
import type { UserType } from '../../model/gateway.ts';
import { AD_LINK_ATTRIBUTES } from '../../model/gateway.ts';
import type { ComparisonRow } from '../finding.ts';

/** The LDAP attribute from which a user attribute is mapped; undefined without a row for it. */
export function sourceOf(type: UserType, name: string): string | undefined {
  const row = type.newUserLookup.attributeMappings.find((mapping) => mapping.name === name);
  return row === undefined ? undefined : (/^\$\{ldapAttributes\.([^}]+)\}$/.exec(row.value)?.[1] ?? row.value);
}

export function compareUserTypes(types: readonly UserType[]): readonly ComparisonRow[] {
  return types.flatMap((type) => [
    ...(type.kind === 'device' ? [anchorRow(type), sidRow(type), nicknameRow(type)] : [externalIdRow(type)]),
    orderRow(type),
  ]);
}

const named = (type: UserType, what: string): string => `${type.name}: ${what}`;

/** Username and External ID of a device come from one attribute; which one is the deployment's choice. */
function anchorRow(type: UserType): ComparisonRow {
  const username = sourceOf(type, 'username');
  const externalId = sourceOf(type, 'externalId');
  const row = {
    name: named(type, 'Username and External ID'),
    expected: 'the same LDAP attribute: mS-DS-ConsistencyGuid where devices have it, else objectGUID',
    actual: `${username ?? 'not mapped'} and ${externalId ?? 'not mapped'}`,
  };
  if (username === undefined || externalId === undefined)
    return { ...row, verdict: 'missing', note: 'map both from the anchor' };
  if (username.toLowerCase() !== externalId.toLowerCase())
    return { ...row, verdict: 'differs', note: 'map both from the same attribute' };
  if (externalId.toLowerCase() === 'objectguid') return { ...row, verdict: 'same' };
  return {
    ...row,
    verdict: 'same',
    note: `Entra knows a device by its objectGUID: if ${externalId} is absent or differs, set \`anchor: objectGUID\``,
  };
}

function sidRow(type: UserType): ComparisonRow {
  const row = type.newUserLookup.attributeMappings.find(
    (mapping) => sourceOf(type, mapping.name)?.toLowerCase() === 'objectsid',
  );
  const base = { name: named(type, 'custom attribute for objectSid'), expected: 'one row with the source objectSid' };
  return row === undefined
    ? { ...base, actual: undefined, verdict: 'missing', note: 'without it primarysid has no value' }
    : { ...base, actual: `${row.name} from objectSid`, verdict: 'same' };
}

function nicknameRow(type: UserType): ComparisonRow {
  const source = sourceOf(type, 'nickname');
  const base = { name: named(type, 'Nickname'), expected: 'sAMAccountName', actual: source };
  if (source?.toLowerCase() === 'samaccountname') return { ...base, verdict: 'same' };
  return { ...base, verdict: 'shown', note: 'only names the device for people; the join does not need it' };
}

function externalIdRow(type: UserType): ComparisonRow {
  const source = sourceOf(type, 'externalId');
  return {
    name: named(type, 'External ID'),
    expected: 'the attribute that Entra Connect Sync uses as sourceAnchor (mS-DS-ConsistencyGuid by default)',
    actual: source,
    verdict: source === undefined ? 'missing' : 'shown',
  };
}

function orderRow(type: UserType): ComparisonRow {
  const actual = type.orderedCorrelationAttributes;
  const same =
    actual.length === AD_LINK_ATTRIBUTES.length &&
    AD_LINK_ATTRIBUTES.every((name, index) => name.toLowerCase() === actual[index]?.toLowerCase());
  return {
    name: named(type, 'look-up order'),
    expected: AD_LINK_ATTRIBUTES.join(', '),
    actual: actual.join(', '),
    verdict: same ? 'same' : 'differs',
    ...(same ? {} : { note: 'set orderedCorrelationAttributes to these, in this order' }),
  };
}
