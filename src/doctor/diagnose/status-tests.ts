/**
 * The Diagnostic Data of a computer that is not joined yet: its tests in the order of the phases, and the last registration
 * that failed.
 */
import type { Quote, StatusCapture, StatusField } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { joinCode } from '../tables/codes.ts';
import { causeFinding, codesIn } from './cause.ts';
import { folded, found, withConsequences } from './found.ts';
import { fieldOf, quotesOf, type StatusContext } from './status-fields.ts';

/** In the order of the phases: a test runs only when the one before it passed. */
const TESTS = [
  { name: 'AD Connectivity Test', rule: 'DOC-PR-01', phase: 'pre-check' },
  { name: 'AD Configuration Test', rule: 'DOC-PR-02', phase: 'discover' },
  { name: 'DRS Discovery Test', rule: 'DOC-PR-03', phase: 'discover' },
  { name: 'DRS Connectivity Test', rule: 'DOC-PR-09', phase: 'discover' },
  { name: 'Token acquisition Test', rule: 'DOC-PR-04', phase: 'auth' },
] as const;

type Test = (typeof TESTS)[number];

const NETWORK = /0x(?:8007|caa8)2e|0x80072ef|\b120(?:02|07|29|30)\b/i;

export function judgeTests(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const failed = failedTest(capture, context);
  const previous = previousRegistration(capture, context);
  const fallback = fieldOf(capture, 'Fallback to Sync-Join');
  const on = fallback !== undefined && /ENABLED/i.test(fallback.value) ? [found('DOC-PR-06', [fallback.quote])] : [];
  const root = failed[0];
  const same = previous.filter((finding) => finding.id === root?.id);
  const others = previous.filter((finding) => finding.id !== root?.id);
  const first =
    root === undefined
      ? []
      : [
          withConsequences(
            root,
            same.flatMap((finding) => finding.consequences),
          ),
        ];
  return [...first, ...others, ...on];
}

function failedTest(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const test = TESTS.find(({ name }) => /^FAIL/i.test(fieldOf(capture, name)?.value ?? ''));
  const field = test === undefined ? undefined : fieldOf(capture, test.name);
  if (test === undefined || field === undefined) return [];
  const later = TESTS.slice(TESTS.indexOf(test) + 1).flatMap(({ name }) => fieldOf(capture, name) ?? []);
  const skipped = later.filter(({ value }) => /SKIP/i.test(value)).map(({ quote }) => quote);
  const rest = [
    ...(skipped.length === 0 ? [] : [found('DOC-PR-11', skipped)]),
    ...(NETWORK.test(field.value) ? directWay(capture) : []),
  ];
  return folded([...testCause(test, field, capture, context), ...rest]);
}

/** Only the token test's code names the cause better than the test itself. */
function testCause(test: Test, field: StatusField, capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const own = found(test.rule, [field.quote], meaningOf(field, test));
  if (test.rule !== 'DOC-PR-04') return [own];
  const message = quotesOf(capture, 'Server Message', 'Server ErrorCode');
  const text = [field.quote, ...message].map((quote) => quote.text).join('\n');
  const cause = causeFinding([field.quote], { phase: 'auth', text, mappings: context.mappings });
  return cause === undefined ? [own] : [cause, own];
}

/** Of `FAIL [code/suberror]` the last that is known. */
function meaningOf(field: StatusField, test: Test): { note?: string } {
  const told = codesIn([field.quote]).flatMap(({ code }) => {
    const row = joinCode(code, test.phase);
    return row === undefined ? [] : [`${code}: ${row.meaning}`];
  });
  return told.length === 0 ? {} : { note: told.join(' ') };
}

function directWay(capture: StatusCapture): readonly Finding[] {
  const access = fieldOf(capture, 'Access Type');
  return access !== undefined && /DIRECT/i.test(access.value) ? [found('DOC-ST-12', [access.quote])] : [];
}

const PREVIOUS = ['Previous Registration', 'Registration Type', 'Error Phase', 'Client ErrorCode', 'Server ErrorCode'];

function previousRegistration(capture: StatusCapture, context: StatusContext): readonly Finding[] {
  const codes: readonly Quote[] = quotesOf(capture, 'Server Message', 'Server ErrorCode', 'Client ErrorCode');
  const failed = fieldOf(capture, 'Client ErrorCode') ?? fieldOf(capture, 'Error Phase');
  if (failed === undefined) return [];
  const phase = fieldOf(capture, 'Error Phase')?.value.toLowerCase() ?? 'join';
  const text = codes.map((quote) => quote.text).join('\n');
  const cause = causeFinding(codes, { phase, text, mappings: context.mappings });
  const seen = [...quotesOf(capture, ...PREVIOUS), ...codes];
  const coded = cause === undefined ? [] : [cause];
  const type = fieldOf(capture, 'Registration Type');
  // The recorded attempt may be the fallback's: what failed before it is not in this box.
  if (type !== undefined && /sync/i.test(type.value)) return folded([found('DOC-PR-05', seen), ...coded]);
  return folded([...coded, found('DOC-PR-10', seen)]);
}
