/**
 * In which language the person reads, as Entra passes it on: `mkt` is a BCP 47 tag, `lc` a decimal LCID ([MS-LCID] §2.2).
 * Owns the reading of both. Does not own which languages there are texts in.
 */

/** No registered tag with script, region and variants comes near it. */
const MAX_TAG_LENGTH = 35;

/** The ones that Windows and Office are delivered in, and the regions of their languages that differ. */
const TAGS: Readonly<Record<string, string>> = {
  '1025': 'ar-SA',
  '1026': 'bg-BG',
  '1027': 'ca-ES',
  '1028': 'zh-TW',
  '1029': 'cs-CZ',
  '1030': 'da-DK',
  '1031': 'de-DE',
  '1032': 'el-GR',
  '1033': 'en-US',
  '1034': 'es-ES',
  '1035': 'fi-FI',
  '1036': 'fr-FR',
  '1037': 'he-IL',
  '1038': 'hu-HU',
  '1039': 'is-IS',
  '1040': 'it-IT',
  '1041': 'ja-JP',
  '1042': 'ko-KR',
  '1043': 'nl-NL',
  '1044': 'nb-NO',
  '1045': 'pl-PL',
  '1046': 'pt-BR',
  '1048': 'ro-RO',
  '1049': 'ru-RU',
  '1050': 'hr-HR',
  '1051': 'sk-SK',
  '1053': 'sv-SE',
  '1054': 'th-TH',
  '1055': 'tr-TR',
  '1057': 'id-ID',
  '1058': 'uk-UA',
  '1060': 'sl-SI',
  '1061': 'et-EE',
  '1062': 'lv-LV',
  '1063': 'lt-LT',
  '1066': 'vi-VN',
  '1069': 'eu-ES',
  '1081': 'hi-IN',
  '1086': 'ms-MY',
  '1087': 'kk-KZ',
  '1110': 'gl-ES',
  '2052': 'zh-CN',
  '2055': 'de-CH',
  '2057': 'en-GB',
  '2058': 'es-MX',
  '2060': 'fr-BE',
  '2064': 'it-CH',
  '2067': 'nl-BE',
  '2070': 'pt-PT',
  '2077': 'sv-FI',
  '3076': 'zh-HK',
  '3079': 'de-AT',
  '3081': 'en-AU',
  '3082': 'es-ES',
  '3084': 'fr-CA',
  '4103': 'de-LU',
  '4105': 'en-CA',
  '4108': 'fr-CH',
  '5127': 'de-LI',
  '5129': 'en-NZ',
  '6153': 'en-IE',
  '9242': 'sr-Latn-RS',
};

/** A BCP 47 tag in its canonical case; undefined for what is none. */
export function languageOf(mkt: string | undefined, lc: string | undefined): string | undefined {
  return canonicalTag(mkt) ?? (lc !== undefined && Object.hasOwn(TAGS, lc) ? TAGS[lc] : undefined);
}

function canonicalTag(tag: string | undefined): string | undefined {
  if (tag === undefined || tag.length > MAX_TAG_LENGTH) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    // RangeError: no well-formed tag (ECMA-402, IsWellFormedLanguageTag); an empty one is none either.
    return undefined;
  }
}
