/**
 * Events of User Device Registration and AAD as text, in the forms that people copy: Event Viewer's, Get-WinEvent as list and
 * as table, and a message alone.
 */
import type { EventCapture, LoggedEvent, Quote } from '../capture.ts';
import type { Builder } from './builders.ts';
import { knownEvent } from './prompts.ts';

const MAX = { events: 5_000, message: 8_000 } as const;

const HEADER =
  /^(?<name>TimeCreated|Id|Event ?Id|ProviderName|LogName|Log Name|LevelDisplayName|Level|Source|Date|Task Category|Keywords|User|Computer|MachineName|Message|Description)\s*: ?\s*(?<value>.*)$/i;
const ROW =
  /^\s*(?<time>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)\s+(?<id>\d{3,4})\s+(?:(?:Information|Error|Warning|Critical)\s+)?(?<message>\S.*)$/;

interface Headers {
  time?: string;
  id?: number;
  log?: LoggedEvent['log'];
}

export function eventsBuilder(): Builder {
  const events: LoggedEvent[] = [];
  let omitted = 0;
  let headers: Headers = {};
  let inMessage = false;

  const add = (message: string, quote: Quote, about: Headers): void => {
    inMessage = true;
    const { id, time } = about;
    const log = about.log ?? (id !== undefined && id >= 1000 && id < 4000 ? 'aad' : 'user-device-registration');
    if (events.length >= MAX.events) omitted += 1;
    else events.push({ id, log, time, message: message.trim(), quote });
  };

  const takeHeader = (name: string, value: string, quote: Quote): void => {
    inMessage = false;
    if (name === 'timecreated' || name === 'logname') headers = {};
    if (name === 'timecreated' || name === 'date') headers.time = value.trim();
    if ((name === 'id' || name === 'eventid') && /^\d+$/.test(value.trim())) headers.id = Number(value);
    if (name === 'providername' || name === 'logname' || name === 'source') headers.log = logOf(value) ?? headers.log;
    if (name === 'message' || name === 'description') add(value, quote, { ...knownEvent(value), ...headers });
  };

  return {
    take(quote, text) {
      const row = ROW.exec(text)?.groups;
      if (row !== undefined) {
        add(row['message'] ?? '', quote, { time: row['time'] ?? '', id: Number(row['id']) });
        return true;
      }
      const { name, value = '' } = HEADER.exec(text)?.groups ?? {};
      if (name !== undefined) {
        takeHeader(name.toLowerCase().replaceAll(' ', ''), value, quote);
        return true;
      }
      const last = events.at(-1);
      const known = knownEvent(text);
      // Event Viewer prints the message below `Description:`, so an empty message is begun there.
      if (known !== undefined && (last === undefined || !inMessage || last.message !== '')) {
        add(text, quote, known);
        return true;
      }
      if (!inMessage || last === undefined) return false;
      const message = `${last.message}\n${text.trim()}`.trim().slice(0, MAX.message);
      if (omitted === 0) events[events.length - 1] = { ...last, ...(known && { id: last.id ?? known.id }), message };
      return true;
    },
    build: (): EventCapture | undefined => (events.length === 0 ? undefined : { kind: 'events', events, omitted }),
  };
}

function logOf(name: string): LoggedEvent['log'] {
  if (/User Device Registration/i.test(name)) return 'user-device-registration';
  return /AAD/.test(name) ? 'aad' : undefined;
}
