/** One builder for each kind of capture: takes its lines in order, says which it knows, and bounds what it keeps. */
import type {
  Capture,
  FederationProperty,
  JoinStep,
  LoggedEvent,
  Quote,
  StatusCapture,
  StatusField,
} from '../capture.ts';
import { KNOWN_LINES } from './known-lines.ts';

export interface Builder {
  /** False: no line of this kind of capture. `text` may be longer than the quote's. */
  take(quote: Quote, text: string): boolean;
  build(): Capture | undefined;
}

interface StatusBuilder extends Builder {
  build(): StatusCapture | undefined;
}

const MAX = { steps: 20_000, fields: 2_000, properties: 200, events: 5_000, message: 8_000, value: 32_768 } as const;
const FIELD = /^\s*(?<name>[A-Za-z][\w .()/-]*?)\s*: ?(?<value>.*)$/;
const BOX = /^\s*\+-{5,}\+?\s*$/;
const TITLE = /^\s*\|\s*(?<title>.*?)\s*\|?\s*$/;

export function statusBuilder(): StatusBuilder {
  const fields: StatusField[] = [];
  let omitted = 0;
  let section: string | undefined;
  return {
    take(quote, text) {
      if (BOX.test(text)) return true;
      const title = text.includes('|') ? TITLE.exec(text)?.groups?.['title'] : undefined;
      if (title !== undefined) {
        section = title;
        return true;
      }
      if (/^(?:For more information|DsrCLI|DsrCmd)/.test(text)) return true;
      const { name, value = '' } = FIELD.exec(text)?.groups ?? {};
      if (name === undefined || name.length > 60) return false;
      if (fields.length >= MAX.fields) omitted += 1;
      else fields.push({ section, name, value: value.trim(), known: true, quote });
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
      const known = KNOWN_LINES.find(({ pattern }) => pattern.test(text));
      const last = steps.at(-1);
      if (known === undefined) {
        if (!broken || last === undefined || omitted > 0) return false;
        const joined = (last.quote.text + text).slice(0, 2_000);
        steps[steps.length - 1] = { ...last, quote: { ...last.quote, text: joined } };
        broken = text.length >= 79;
        return true;
      }
      broken = text.length >= 79;
      ended = known.name === 'end';
      const { name, phase, pattern } = known;
      if (steps.length >= MAX.steps) omitted += 1;
      else steps.push({ name, phase, values: { ...pattern.exec(text)?.groups }, quote });
      return true;
    },
    build: () => (steps.length === 0 ? undefined : { kind: 'join', steps, status: status.build(), omitted }),
  };
}

export function federationBuilder(domain: string | undefined): Builder {
  const properties: FederationProperty[] = [];
  let omitted = 0;
  return {
    take(quote, text) {
      const { name, value = '' } = /^(?<name>[A-Z]\w{1,60})\s*: ?(?<value>.*)$/.exec(text)?.groups ?? {};
      if (name !== undefined && !/^https?$/i.test(name)) {
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

export function eventsBuilder(): Builder {
  const events: LoggedEvent[] = [];
  let omitted = 0;
  let time: string | undefined;
  let id: number | undefined;
  let log: LoggedEvent['log'];
  let inMessage = false;
  return {
    take(quote, text) {
      const { name, value = '' } =
        /^(?<name>TimeCreated|Id|EventId|ProviderName|LogName|LevelDisplayName|Message)\s*: ?(?<value>.*)$/i.exec(text)
          ?.groups ?? {};
      const key = name?.toLowerCase();
      if (key !== undefined) inMessage = false;
      if (key === 'timecreated') [time, id] = [value.trim(), undefined];
      else if (key === 'id' || key === 'eventid') id = /^\d+$/.test(value.trim()) ? Number(value) : undefined;
      else if (key === 'providername' || key === 'logname') log = logOf(value);
      else if (key === 'message') {
        inMessage = true;
        if (events.length >= MAX.events) omitted += 1;
        else
          events.push({
            id,
            log: log ?? (id !== undefined && id >= 1000 ? 'aad' : 'user-device-registration'),
            time,
            message: value.trim(),
            quote,
          });
      }
      if (key !== undefined) return true;
      const last = events.at(-1);
      if (!inMessage || last === undefined) return false;
      const message = `${last.message}\n${text.trim()}`.slice(0, MAX.message);
      if (omitted === 0) events[events.length - 1] = { ...last, message };
      return true;
    },
    build: () => (events.length === 0 ? undefined : { kind: 'events', events, omitted }),
  };
}

function logOf(name: string): LoggedEvent['log'] {
  if (/User Device Registration/i.test(name)) return 'user-device-registration';
  return /AAD/.test(name) ? 'aad' : undefined;
}
