/** One builder for each kind of capture: takes its lines in order, says which it knows, and bounds what it keeps. */
import type { Capture, FederationProperty, JoinStep, Quote, StatusCapture, StatusField } from '../capture.ts';
import statusFields from '../tables/status-fields.json' with { type: 'json' };
import { spelt } from '../field-name.ts';
import { KNOWN_LINES } from './known-lines.ts';

export interface Builder {
  /** False: no line of this kind of capture. `text` may be longer than the quote's. */
  take(quote: Quote, text: string): boolean;
  build(): Capture | undefined;
}

interface StatusBuilder extends Builder {
  build(): StatusCapture | undefined;
}

const MAX = { steps: 20_000, fields: 2_000, properties: 200, value: 32_768 } as const;
/** Names longer than that are none (`isField`); without an end a line of blanks would be tried from every one of them. */
const FIELD = /^\s*(?<name>[A-Za-z][\w .()/-]{0,80}?)\s*: ?(?<value>.*)$/;
/** The narrowest terminal, less a space that copying loses. */
const WIDTH = 79;
const KNOWN_FIELDS: ReadonlyMap<string, string> = new Map(statusFields.map(({ name }) => [spelt(name), name]));
const BOX = /^\s*\+-{5,}\+?\s*$/;

/** What stands between the bars of a box. By hand: a regular expression would try each blank of a long line as its end. */
function titleIn(text: string): string | undefined {
  const line = text.trim();
  return line.startsWith('|') ? line.slice(1).replace(/\|$/, '').trim() : undefined;
}

export function statusBuilder(): StatusBuilder {
  const fields: StatusField[] = [];
  let omitted = 0;
  let section: string | undefined;
  let broken = false;
  return {
    take(quote, text) {
      if (BOX.test(text)) return true;
      const title = titleIn(text);
      if (title !== undefined) {
        section = title;
        return true;
      }
      if (text.startsWith('For more information')) return true;
      const { name, value = '' } = FIELD.exec(text)?.groups ?? {};
      const known = name === undefined ? undefined : KNOWN_FIELDS.get(spelt(name));
      const isField = name !== undefined && name.length <= 60 && (known !== undefined || / :(?: |$)/.test(text));
      const last = fields.at(-1);
      if (!isField) {
        // A terminal breaks a long value; older builds print `KeySignTest: : MUST …`.
        if (!broken || last === undefined) return false;
        fields[fields.length - 1] = { ...last, value: (last.value + text.trim()).slice(0, MAX.value) };
        broken = text.length >= WIDTH;
        return true;
      }
      broken = text.length >= WIDTH;
      const field = {
        section,
        name: known ?? name,
        value: value.replace(/^: /, '').trim(),
        known: known !== undefined,
      };
      if (fields.length >= MAX.fields) omitted += 1;
      else fields.push({ ...field, quote });
      return true;
    },
    build: () => (fields.length === 0 ? undefined : { kind: 'status', fields, omitted }),
  };
}

export function joinBuilder(): Builder {
  const steps: JoinStep[] = [];
  const status = statusBuilder();
  let omitted = 0;
  let ended = false;
  /** A terminal breaks a long line; what follows belongs to it. */
  let broken = false;
  return {
    take(quote, text) {
      if (ended) return status.take(quote, text);
      const line = text.trimStart();
      const known = KNOWN_LINES.find(({ pattern }) => pattern.test(line));
      const last = steps.at(-1);
      if (known === undefined) {
        if (!broken || last === undefined || omitted > 0) return false;
        const joined = (last.quote.text + text).slice(0, 2_000);
        const whole = KNOWN_LINES.find(({ name }) => name === last.name)?.pattern.exec(joined.trimStart())?.groups;
        steps[steps.length - 1] = { ...last, values: { ...whole }, quote: { ...last.quote, text: joined } };
        broken = text.length >= WIDTH;
        return true;
      }
      broken = text.length >= WIDTH;
      ended = known.name === 'end';
      const { name, phase, pattern } = known;
      if (steps.length >= MAX.steps) omitted += 1;
      else steps.push({ name, phase, values: { ...pattern.exec(line)?.groups }, quote });
      return true;
    },
    build: () => (steps.length === 0 ? undefined : { kind: 'join', steps, status: status.build(), omitted }),
  };
}

export function federationBuilder(domain: string | undefined): Builder {
  const properties: FederationProperty[] = [];
  let omitted = 0;
  /** Of the whole list where a page indents it; values that PowerShell wraps stand deeper. */
  let indent: number | undefined;
  return {
    take(quote, text) {
      const { name, value = '' } = /^\s*(?<name>[A-Z]\w{1,60})\s*: ?(?<value>.*)$/.exec(text)?.groups ?? {};
      const depth = text.length - text.trimStart().length;
      if (name !== undefined && depth <= (indent ?? depth) && !/^https?$/i.test(name)) {
        indent ??= depth;
        if (properties.length >= MAX.properties) omitted += 1;
        else properties.push({ name, value: value.trim(), quote });
        return true;
      }
      const last = properties.at(-1);
      if (last === undefined || !(/^\s/.test(text) || /^[\w+/=:.%-]+$/.test(text.trim()))) return false;
      const more = last.name.endsWith('Certificate') ? text.replace(/\s+/g, '') : text.trim();
      properties[properties.length - 1] = { ...last, value: (last.value + more).slice(0, MAX.value) };
      return true;
    },
    build: () => (properties.length === 0 ? undefined : { kind: 'federation', properties, domain, omitted }),
  };
}
