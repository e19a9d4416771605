/** Codes in lines that no reader knew: they are not lost, but judged last and without a place in an attempt. */
import type { Reading } from '../capture.ts';
import type { Finding } from '../finding.ts';
import { causesAmong, codeFinding, codesIn } from './cause.ts';
import type { Context } from './circumstances.ts';

/** More different codes than these are noise. */
const MOST = 20;
/** Says only that Entra refused; an AADSTS code says why. */
const INVALID_GRANT = '0xcaa20003';

const textsOf = (finding: Finding): readonly string[] => [
  ...finding.seen.map((quote) => quote.text.toLowerCase()),
  ...finding.consequences.flatMap((one) => textsOf(one)),
];

/** `judged`: what the captures gave. A code that stands there has its place already. */
export function judgeUnknown(reading: Reading, judged: readonly Finding[], context: Context): readonly Finding[] {
  const { quotes } = reading.unknown;
  // A bare hex number in an unknown line may be anything: only the families of the tables are taken.
  const codes = causesAmong(codesIn(quotes)).filter(
    (seen) => seen.kind === 'aadsts' || /^0x(?:caa|801c|8007|8009|c000|c004|8029|8028)/.test(seen.code),
  );
  const first = new Map(codes.toReversed().map((seen) => [`${seen.kind} ${seen.code}`, seen]));
  const shown = judged.flatMap((finding) => textsOf(finding)).join('\n');
  return [...first.values()]
    .toReversed()
    .filter((seen) => !shown.includes(seen.code) && !(seen.code === INVALID_GRANT && /aadsts\d/.test(shown)))
    .slice(0, MOST)
    .map((seen) => codeFinding(seen, [], { text: seen.quote.text, mappings: context.mappings }));
}
