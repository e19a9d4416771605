/**
 * From a user to the claims about it: the application's attribute rows, evaluated. Pure: the caller brings the
 * attributes as they are now, and where they came from.
 */
import type { Application, ApplicationAttribute } from '../model/application.ts';
import { Refusal } from '../refusal.ts';
import type { Claim } from '../saml/assertion.ts';
import { firstNonXmlCharacter } from '../xml/characters.ts';
import { Budget } from './expression/budget.ts';
import { ExpressionError } from './expression/syntax.ts';
import type { Properties } from './expression/value.ts';
import { isIssuedTo, type Kind, knownClaim, SUBJECT } from './known-claims.ts';
import { evaluateValue, type MappingValue, parseValue, propertiesOf } from './mapping-value.ts';

/** A claim and where it came from, for the record and the rehearsal's table. */
export interface MappedClaim extends Claim {
  readonly source: string;
}

export interface MappedSubject {
  readonly nameIdentifier: { readonly value: string; readonly format: string; readonly source: string };
  readonly claims: readonly MappedClaim[];
}

/** Attributes of a user by PingOne name, nested ones with dots (`name.given`), custom ones beside them. */
export type Attributes = Readonly<Record<string, string | boolean>>;
/** The LDAP attribute (`mS-DS-ConsistencyGuid`) behind an attribute of the user (`externalId`), where there is one. */
export type Sources = Readonly<Record<string, string>>;

/** An application's rows, parsed once, to be used for every token. */
export interface ApplicationMapper {
  /**
   * @param now the time of the request; without one, an expression that asks for it is refused
   * @throws Refusal `attribute-missing`, `attribute-not-xml` or `expression-failed`; `attribute` names the row
   */
  mapSubject(kind: Kind, attributes: Attributes, sources?: Sources, now?: Date): MappedSubject;
}

interface Row {
  readonly name: string;
  readonly namespace: string;
  readonly required: boolean;
  readonly value: MappingValue;
}

/** @throws ExpressionError for a value that cannot be read, and for a row without a namespace; see inspection.ts */
export function compileApplication(application: Application): ApplicationMapper {
  const rowsFor = (kind: Kind): readonly Row[] =>
    application.attributes.filter((row) => isIssuedTo(row, kind)).map(compileRow);
  const rows = { device: rowsFor('device'), person: rowsFor('person') };
  const format = application.subjectNameIdentifierFormat;
  return {
    mapSubject: (kind, attributes, sources = {}, now) =>
      mapRows(rows[kind], format, { user: propertiesOf(attributes), sources, now }),
  };
}

/** {@link compileApplication} and its mapper in one, where a single subject is mapped. */
export function mapSubject(subject: {
  readonly application: Application;
  readonly kind: Kind;
  readonly attributes: Attributes;
  readonly sources?: Sources;
  readonly now?: Date;
}): MappedSubject {
  const { kind, attributes, sources, now } = subject;
  return compileApplication(subject.application).mapSubject(kind, attributes, sources, now);
}

function compileRow(row: ApplicationAttribute): Row {
  const namespace = row.name === SUBJECT ? '' : (row.nameFormat ?? knownClaim(row.name)?.nameFormat);
  if (namespace === undefined) throw new ExpressionError(`the row \`${row.name}\` needs a nameFormat`, 0);
  // Without a NameIdentifier there is no assertion (SAML 1.1 core §2.4.2).
  return { name: row.name, namespace, required: row.required || row.name === SUBJECT, value: parseValue(row.value) };
}

interface Given {
  readonly user: Properties;
  readonly sources: Sources;
  readonly now: Date | undefined;
}

function mapRows(rows: readonly Row[], format: string, given: Given): MappedSubject {
  const subject = rows.find((row) => row.name === SUBJECT);
  if (subject === undefined) {
    throw new Refusal('attribute-missing', { attribute: SUBJECT, expected: 'a row `Subject` for this kind of user' });
  }
  const source = sourceOf(subject.value, given.sources);
  const [value, ...more] = valuesOf(subject, given, source);
  if (value === undefined || more.length > 0) {
    throw new Refusal('attribute-missing', {
      attribute: SUBJECT,
      expected: `one value from ${source}`,
      actual: `${1 + more.length} values`,
    });
  }
  const claims = rows
    .filter((row) => row.name !== SUBJECT)
    .flatMap((row) => claimOf(row, given, sourceOf(row.value, given.sources)));
  return { nameIdentifier: { value, format, source }, claims };
}

function claimOf(row: Row, given: Given, source: string): readonly MappedClaim[] {
  const values = valuesOf(row, given, source);
  return values.length === 0 ? [] : [{ name: row.name, namespace: row.namespace, values, source }];
}

function valuesOf(row: Row, { user, now }: Given, source: string): readonly string[] {
  const values = evaluateValue(row.value, user, new Budget(row.name), now);
  if (values.length === 0 && row.required) {
    throw new Refusal('attribute-missing', { attribute: row.name, expected: `a value from ${source}` });
  }
  for (const value of values) {
    const character = firstNonXmlCharacter(value);
    if (character !== undefined) {
      throw new Refusal('attribute-not-xml', {
        attribute: row.name,
        actual: character,
        detail: `The value comes from ${source}.`,
      });
    }
  }
  return values;
}

/** `${user.externalId} ← mS-DS-ConsistencyGuid`; the value alone when no LDAP attribute is behind it. */
function sourceOf(value: MappingValue, sources: Sources): string {
  const behind = value.attributes.flatMap((name) => (Object.hasOwn(sources, name) ? (sources[name] ?? []) : []));
  return behind.length === 0 ? value.text : `${value.text} ← ${[...new Set(behind)].join(', ')}`;
}
