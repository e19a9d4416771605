/** What a browser sends: queries and forms, headers. Passkeys are in passkey.ts. */
import { chooseLanguage } from '../../../src/pages/language.ts';
import { Refusal } from '../../../src/refusal.ts';
import { readCookies } from '../../../src/server/browser/cookies.ts';
import { isFormToken } from '../../../src/server/browser/form-token.ts';
import { networkMatcher, plainAddress } from '../../../src/server/networks.ts';
import { readTypedCode } from '../../../src/signin/second-factor/typed-code.ts';
import { languageOf } from '../../../src/wsfed/language.ts';
import { parsePassiveRequest } from '../../../src/wsfed/passive-request.ts';
import { BYTES } from '../mutate-bytes.ts';
import { textMutators } from '../mutate-text.ts';
import { hasControlCharacters, mustHold, vectorFiles } from '../parser.ts';
import type { Parser } from '../parser.ts';

const isRefusal = (error: unknown): boolean => error instanceof Refusal;
const never = (): boolean => false;
const seed = (text: string): Buffer => Buffer.from(text);

const QUERY_WORDS = [
  '&',
  '=',
  '+',
  '%26',
  '%3d',
  'wa=wsignin1.0',
  'wa=wsignout1.0',
  'wtrealm=urn%3afederation%3aMicrosoftOnline',
  'wctx=',
  'wreply=https%3a%2f%2fevil.test',
  'wauth=',
  'wfresh=0',
  'mfa_max_age=',
  'login_hint=',
  'username=',
  'mkt=de-DE',
  'lc=1031',
  'prompt=login',
  'resource_params=',
  'client-request-id=',
  '%e2%80%a8',
  '%0d%0a',
];

/** A query of an address, or a request that came in a form. */
export const PASSIVE_REQUEST: Parser = {
  name: 'passive-request',
  seeds: () => ['entra', 'tolerated', 'refused'].flatMap((folder) => vectorFiles(`wsfed/${folder}`, /query$/)),
  mutators: [...BYTES, ...textMutators(QUERY_WORDS), ...textMutators(QUERY_WORDS)],
  refuses: isRefusal,
  take(input) {
    // Node hands an address on as a character a byte, and a form's text is UTF-8.
    for (const text of [input.toString('utf8'), input.toString('latin1')]) {
      const read = parsePassiveRequest(text);
      mustHold(!hasControlCharacters(Object.values(read).join('')), 'no control characters');
    }
    const { kind, ...read } = parsePassiveRequest(input.toString('latin1'));
    return `${kind} ${Object.entries(read)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name]) => name)
      .join(' ')}`;
  },
  runs: 8_000,
};

const inCompanyNetwork = networkMatcher(['10.0.0.0/8', 'fc00::/7']);

/** Headers, and what is typed into a form: nothing of it may throw at all. */
export const HEADERS: Parser = {
  name: 'headers-and-fields',
  seeds: () =>
    [
      '__Host-mortise-session=abc; __Host-mortise-visit=AAAAAAAAAAAAAAAAAAAAAA',
      'de-CH, de;q=0.9, en;q=0.8, *;q=0.5',
      '10.1.2.3:5544',
      '[2001:db8::1]:5544',
      '::ffff:10.1.2.3',
      'csrf=x&step=password&username=nora&password=a%20b',
      'ABCDE-FGHJK',
      'zh-Hant-TW-u-co-pinyin',
    ].map(seed),
  mutators: [
    ...BYTES,
    ...textMutators([';', ',', '=', 'q=', '*', ':', '::', '[', ']', '%1', '__Host-mortise-visit=', '-', '&']),
  ],
  refuses: never,
  take(input) {
    const text = input.toString('latin1');
    const { session, visit } = readCookies(text);
    const language = languageOf(text, text);
    const fields = new URLSearchParams(text);
    mustHold(!isFormToken(Buffer.alloc(32), visit, fields.get('csrf') ?? ''), 'nobody guesses a token');
    mustHold(['en', 'de'].includes(chooseLanguage(text, text, 'en')), 'a language that is spoken');
    const inside = inCompanyNetwork(plainAddress(text));
    return [
      session && 'session',
      visit && 'visit',
      language && 'language',
      inside && 'inside',
      readTypedCode(text) && 'code',
    ].join(' ');
  },
  runs: 8_000,
};
