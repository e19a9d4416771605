/**
 * In which language a person is spoken to. Owns: choosing among those that there are texts for. Does not own: the
 * texts (texts/).
 */
import { LANGUAGES } from '../model/sign-in.ts';

export type Language = (typeof LANGUAGES)[number];

/** A browser sends a few languages; a longer header is read no further. */
const MAX_HEADER = 500;

/**
 * The best match of the request's own wish (`mkt`, `lc`), the browser's languages (RFC 9110 §12.5.4) and the configured
 * default. Regions are not told apart: de-CH reads German.
 */
export function chooseLanguage(
  wish: string | undefined,
  acceptLanguage: string | undefined,
  fallback: Language,
): Language {
  return languageOf(wish) ?? accepted(acceptLanguage, fallback) ?? fallback;
}

function languageOf(tag: string | undefined): Language | undefined {
  const primary = tag?.trim().split(/[-_]/, 1)[0]?.toLowerCase();
  return LANGUAGES.find((language) => language === primary);
}

/** The accepted language with the highest weight; of equal ones the first. `*` is whatever is spoken here by default. */
function accepted(header: string | undefined, fallback: Language): Language | undefined {
  let best: { readonly language: Language; readonly weight: number } | undefined;
  for (const range of (header ?? '').slice(0, MAX_HEADER).split(',')) {
    const [tag, ...parameters] = range.split(';');
    const language = tag?.trim() === '*' ? fallback : languageOf(tag);
    const weight = weightOf(parameters);
    if (language !== undefined && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language;
}

/** RFC 9110 §12.4.2. A weight that cannot be read is none at all. */
function weightOf(parameters: readonly string[]): number {
  if (parameters.length === 0) return 1;
  const weight = /^\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(parameters.join(';'))?.[1];
  return weight === undefined ? 0 : Number(weight);
}
