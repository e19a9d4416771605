/** `mortise preview` in words: whose assertion, each claim with expression, source and value, and what Entra would say. */
import { wrapped } from '../audit/terminal-text.ts';
import { claimVerdict, missingVerdict, nameIdentifierVerdict } from '../entra/claim-verdicts.ts';
import type { KnownObject, Verdict } from '../entra/claim-verdicts.ts';
import { texts } from '../directory/entry.ts';
import type { IssuingApplication } from '../signin/issue.ts';
import { anchorOf } from '../signin/preview.ts';
import type { Preview, PreviewedRow } from '../signin/preview.ts';

const WIDTH = 120;

export interface PreviewText {
  readonly lines: readonly string[];
  /** Mortise would issue it, and Entra refuse no claim of it. */
  readonly sound: boolean;
}

export function previewText(preview: Preview, issuing: IssuingApplication): PreviewText {
  const object = objectOf(preview, issuing);
  const { nameIdentifier, rows } = preview;
  const judged = [
    judge(nameIdentifier, 'NameIdentifier', 'format', (value) =>
      nameIdentifierVerdict(value, nameIdentifier.namespace, object),
    ),
    ...rows.map((row) => judge(row, row.name, 'namespace', () => claimVerdict(row, object))),
  ];
  const verdicts = judged.flatMap(({ verdict }) => verdict ?? []);
  const missing = missingVerdict(rows, object);
  const refused = rows.concat(nameIdentifier).some(({ refusal }) => refusal !== undefined);
  const sound = !refused && missing === undefined && verdicts.every(({ says }) => says !== 'refuses');
  return {
    lines: [
      ...headOf(preview, issuing),
      '',
      ...judged.flatMap(({ lines }) => lines),
      ...(missing === undefined ? [] : ['What is missing', ...field('Entra', inWords(missing))]),
      '',
      ending(sound, refused, object),
    ],
    sound,
  };
}

function objectOf(preview: Preview, { issuerUri }: IssuingApplication): KnownObject {
  const { entry, userType, correlation } = preview.found;
  return {
    kind: userType.kind,
    issuer: issuerUri,
    objectGuid: correlation['objectGUID'],
    objectSid: correlation['objectSid'],
    immutableId: anchorOf(preview),
    userPrincipalName: texts(entry, 'userPrincipalName')[0],
  };
}

function headOf({ found, gateway, known, changes }: Preview, issuing: IssuingApplication): readonly string[] {
  const { application, issuerUri } = issuing;
  const { kind, name } = found.userType;
  return [
    ...field(kind, found.entry.dn),
    ...field('found by', `gateway ${gateway.name}, user type ${name}`),
    ...field('application', `${application.name} (${application.domainName})`),
    ...field('issuer', issuerUri),
    ...field('audience', application.audienceRestriction),
    ...field(
      'stored user',
      changes.length === 0 ? `${known.user.username}, as it is` : `at the sign-in: ${changes.join('; ')}`,
    ),
  ];
}

interface Judged {
  readonly lines: readonly string[];
  readonly verdict: Verdict | undefined;
}

/** A row that is refused or empty reaches nobody who could judge it. */
function judge(
  { namespace, expression, source, values, refusal }: PreviewedRow,
  title: string,
  kindOfName: string,
  verdictOf: (value: string) => Verdict,
): Judged {
  const [, behind] = source.split(' ← ');
  const [value] = values;
  const verdict = value === undefined ? undefined : verdictOf(value);
  const outcome =
    refusal === undefined
      ? [...(value === undefined ? ['no value: left out of the assertion'] : values)].flatMap((each) =>
          field('value', each),
        )
      : field('Mortise', `refuses the sign-in, ${refusal.code}: ${factsOf(refusal.facts)}`);
  const lines = [
    title,
    ...(namespace === '' ? [] : field(kindOfName, namespace)),
    ...field('expression', expression),
    ...(behind === undefined ? [] : field('from', behind)),
    ...outcome,
    ...(verdict === undefined ? [] : field('Entra', inWords(verdict))),
  ];
  return { lines, verdict };
}

const factsOf = (facts: object): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

const inWords = ({ says, why }: Verdict): string => `${says}: ${why}`;

function ending(sound: boolean, refused: boolean, { kind }: KnownObject): string {
  const nothing = 'Nothing was issued, recorded or stored.';
  if (refused) return `Mortise would refuse this ${kind}. ${nothing}`;
  return sound ? `Entra would take this ${kind}. ${nothing}` : `Entra would refuse this ${kind}. ${nothing}`;
}

const LABEL = 14;

/** Text on the lines of its own below a label. */
function field(label: string, text: string): readonly string[] {
  const [first = '', ...more] = wrapped(text, ' '.repeat(LABEL), WIDTH);
  return [`  ${label}`.padEnd(LABEL) + first.slice(LABEL), ...more];
}
