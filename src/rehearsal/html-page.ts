/**
 * A page of HTML as a browser without JavaScript uses it: its heading, its text, its forms and its links.
 *
 * Owns as much of HTML as the pages of a sign-in have. Does not own: fetching pages and sending forms (user-agent.ts).
 */

export interface HtmlPage {
  /** Of the first `h1`; empty without one. */
  readonly heading: string;
  /** What a person reads, a line for each block. */
  readonly lines: readonly string[];
  readonly forms: readonly HtmlForm[];
  /** Addresses as the page has them. */
  readonly links: readonly string[];
}

export interface HtmlForm {
  /** As the page has it; empty for the page's own address. */
  readonly action: string;
  readonly method: 'get' | 'post';
  readonly fields: readonly HtmlField[];
}

export interface HtmlField {
  readonly name: string;
  /** `text` when absent, as in HTML. */
  readonly type: string;
  readonly value: string;
}

/** What stands in a tag behind its name: a quoted value may hold any sign, `>` too. */
const IN_TAG = `(?=[\\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)`;

const FORM = new RegExp(`<form${IN_TAG}>(.*?)</form>`, 'gis');
const LINK = new RegExp(`<a${IN_TAG}>`, 'gi');
const INPUT = new RegExp(`<input${IN_TAG}>`, 'gi');
const HEADING = new RegExp(`<h1${IN_TAG}>(.*?)</h1>`, 'is');
const NOT_SHOWN = new RegExp(`<(script|style|title)${IN_TAG}>.*?</\\1>`, 'gis');
const BLOCK = new RegExp(`</?(?:h[1-6]|p|li|d[dt]|t[dhr]|div|br|form|label|main|footer|header)${IN_TAG}>`, 'gi');
const TAG = new RegExp(`<[!/]?[a-z]+${IN_TAG}>`, 'gi');

export function readHtmlPage(html: string): HtmlPage {
  return {
    heading: textOf(HEADING.exec(html)?.[2] ?? '').join(' '),
    lines: textOf(html),
    forms: [...html.matchAll(FORM)].map(([, tag = '', inside = '']) => {
      const { action = '', method = 'get' } = attributesOf(tag);
      return { action, method: method.toLowerCase() === 'post' ? 'post' : 'get', fields: fieldsOf(inside) };
    }),
    links: [...html.matchAll(LINK)].flatMap(([, tag = '']) => attributesOf(tag)['href'] ?? []),
  };
}

/** Fields without a name are not sent (HTML §4.10.21.4). */
function fieldsOf(html: string): readonly HtmlField[] {
  return [...html.matchAll(INPUT)].flatMap(([, tag = '']) => {
    const { name, type = 'text', value = '' } = attributesOf(tag);
    return name === undefined ? [] : [{ name, type: type.toLowerCase(), value }];
  });
}

interface Attributes {
  readonly [name: string]: string | undefined;
  readonly name?: string;
  readonly type?: string;
  readonly value?: string;
  readonly action?: string;
  readonly method?: string;
}

function attributesOf(tag: string): Attributes {
  const pairs = tag.matchAll(/([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g);
  return Object.fromEntries(
    [...pairs].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decoded(double ?? single ?? bare ?? ''),
    ]),
  );
}

function textOf(html: string): readonly string[] {
  const blocks = html.replace(NOT_SHOWN, '').replace(/\s+/g, ' ').replace(BLOCK, '\n').replace(TAG, '');
  return decoded(blocks)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const LAST_CODE_POINT = 0x10_ffff;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|([a-z]{1,8}));/gi, (whole: string, decimal?: string, name = '') => {
    if (decimal === undefined) return ENTITIES[name as string] ?? whole;
    return Number(decimal) > LAST_CODE_POINT ? whole : String.fromCodePoint(Number(decimal));
  });
}
