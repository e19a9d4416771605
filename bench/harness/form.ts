/**
 * Forms of an HTML page, as much as a browser without JavaScript needs to send them: action, method and fields.
 * Any product's markup must do, so nothing depends on the order of attributes or on their quotes.
 */

export interface Form {
  /** As the page has it: relative, or empty for the page's own address. */
  readonly action: string;
  readonly method: 'get' | 'post';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      return ENTITIES[name ?? ''] ?? whole;
    },
  );
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of tag.matchAll(
    /([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    attributes.set(name.toLowerCase(), decoded(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

export function formsOf(html: string): readonly Form[] {
  return [...html.matchAll(/<form\b((?:[^>"']|"[^"]*"|'[^']*')*)>(.*?)<\/form\s*>/gis)].map(
    ([, tag = '', inner = '']) => {
      const attributes = attributesOf(tag);
      return {
        action: attributes.get('action') ?? '',
        method: attributes.get('method')?.toLowerCase() === 'post' ? 'post' : 'get',
        fields: fieldsOf(inner),
      };
    },
  );
}

/** Fields without a name are not sent (HTML, 4.10.21.4). */
function fieldsOf(html: string): readonly Field[] {
  return [...html.matchAll(/<input\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].flatMap(([, tag = '']) => {
    const attributes = attributesOf(tag);
    const name = attributes.get('name');
    if (name === undefined) return [];
    return [{ name, type: (attributes.get('type') ?? 'text').toLowerCase(), value: attributes.get('value') ?? '' }];
  });
}

export const fieldOf = (form: Form | undefined, name: string): string | undefined =>
  form?.fields.find((field) => field.name === name)?.value;
