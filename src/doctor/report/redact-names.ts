/**
 * The names that a report must not give away, collected from their places: fields of dsregcmd, values of join lines, addresses,
 * accounts and prompts. Once collected, a name is replaced wherever it stands (redact.ts).
 */
import type { Capture, Reading } from '../capture.ts';
import type { NameKind } from './redact-patterns.ts';
import { isHost, isPublicHost } from './redact-patterns.ts';

export interface Name {
  readonly kind: NameKind;
  readonly value: string;
}

/** Names of fields and values, without blanks and case, that hold a name. */
const FIELDS: Readonly<Record<string, NameKind>> = {
  domainname: 'domain',
  devicename: 'device',
  domain: 'domain',
  forest: 'domain',
  domaincontroller: 'device',
  tenantname: 'organisation',
  tenantdisplayname: 'organisation',
  displayname: 'organisation',
  executingaccountname: 'user',
  useridentity: 'user',
  username: 'user',
  user: 'user',
  useremail: 'user',
  machine: 'device',
  computer: 'device',
  computername: 'device',
  workplacetenantname: 'organisation',
  idpdomain: 'domain',
  adname: 'domain',
};

const VALUES_THAT_ARE_NONE =
  /^(?:yes|no|error|undefined|null|none|not set|not tested|system|nt authority\\system|failed|success|\(empty\)|.{0,1})$/i;

export function namesIn({ captures, unknown }: Reading): readonly Name[] {
  const places = captures.flatMap(placesOf);
  return [
    ...places.flatMap(({ field, value }) => namesInField(field, value)),
    ...places.flatMap(({ quote }) => namesInText(quote)),
    ...unknown.quotes.flatMap(({ text }) => namesInText(text)),
  ];
}

interface Place {
  readonly field: string;
  readonly value: string;
  readonly quote: string;
}

function placesOf(capture: Capture): readonly Place[] {
  if (capture.kind === 'join') {
    const steps = capture.steps.flatMap(({ values, quote }) => [
      { field: '', value: '', quote: quote.text },
      ...Object.entries(values).map(([field, value]) => ({ field, value, quote: value })),
    ]);
    return [...steps, ...(capture.status === undefined ? [] : placesOf(capture.status))];
  }
  if (capture.kind === 'status')
    return capture.fields.map(({ name, value, quote }) => ({ field: name, value, quote: quote.text }));
  if (capture.kind === 'events') return capture.events.map(({ message }) => ({ field: '', value: '', quote: message }));
  const domain = capture.domain === undefined ? [] : [{ field: 'domain', value: capture.domain, quote: '' }];
  return [...domain, ...capture.properties.map(({ name, value }) => ({ field: name, value, quote: value }))];
}

export function namesInField(field: string, value: string): readonly Name[] {
  const kind = FIELDS[field.replace(/[\s_-]/g, '').toLowerCase()];
  if (kind === undefined) return [];
  return value
    .split(',')
    .map((part) => part.trim().replace(/^\\\\/, ''))
    .filter((part) => !VALUES_THAT_ARE_NONE.test(part) && !part.includes('Mortise'))
    .flatMap((part) => [{ kind, value: part }, ...parts(part, kind)]);
}

/** The short name of a device's, domain's or account's full name stands alone elsewhere. */
function parts(value: string, kind: NameKind): readonly Name[] {
  const account = /^([^\\@\s]+)\\([^\\\s]+)$/.exec(value);
  if (account !== null) {
    return [
      { kind: 'domain', value: account[1] as string },
      { kind: 'user', value: account[2] as string },
    ];
  }
  const mail = /^([^\\@\s]+)@(\S+)$/.exec(value);
  if (mail !== null) {
    return [
      { kind: 'user', value: mail[1] as string },
      { kind: 'domain', value: mail[2] as string },
    ];
  }
  const [label = '', ...rest] = value.split('.');
  if (rest.length < 1 || !isHost(value)) return [];
  const suffix = rest.join('.');
  return [
    ...(kind === 'device' || rest.length > 1 ? [{ kind, value: label }] : []),
    ...(isHost(suffix) ? [{ kind: 'domain' as const, value: suffix }] : []),
  ].filter((name) => name.value.length > 2);
}

/** Names that the text itself shows: hosts of addresses, accounts, distinguished names, profile folders, prompts. */
export function namesInText(text: string): readonly Name[] {
  const all = (pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  const hosts = [
    ...all(/\bhttps?:\/\/([a-z0-9.-]+)/gi),
    ...all(/\b(?:HTTP|HOST|LDAP|RPCSS|TERMSRV|cifs)\/([a-z0-9.-]+)/gi),
    ...all(/(?<![\w$.\\/#{-])([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?![\w(\\-])/gi),
    ...all(/-DomainId\s+["']?([^"'\s|]+)/gi),
    ...all(/@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi),
  ].filter((host) => isHost(host) && !isPublicHost(host));
  const accounts = [...text.matchAll(/(?<![\w\\:])([\w.-]{1,20})\\([\w.$-]{1,64})(?![\w\\])/g)].filter(
    ([, domain = '']) => !/^(?:HK\w*|AUTHORITY|BUILTIN|SERVICE|SOFTWARE|System32|Microsoft)$/i.test(domain),
  );
  return [
    ...hosts.map((value): Name => ({ kind: 'domain', value })),
    ...accounts.flatMap(([, domain = '', user = '']): Name[] => [
      { kind: 'domain', value: domain },
      { kind: 'user', value: user.replace(/\$$/, '') },
    ]),
    ...all(/\\\\([A-Za-z0-9-]{2,})/g).map((value): Name => ({ kind: 'device', value })),
    ...all(/\\Users\\([^\\>\s]+)/gi).map((value): Name => ({ kind: 'user', value })),
    ...all(/\b([A-Za-z0-9-]{2,15})\$(?=@|\s|$|["'),;])/g).map((value): Name => ({ kind: 'device', value })),
    ...all(/\b(?:CN|OU|DC|O|L|ST|E)=((?:\\,|[^,;/"\n])+)/g).map((value): Name => ({
      kind: 'organisation',
      value: value.trim(),
    })),
    ...all(/["']?\b(?:user|machine|computer)(?:\s?name)?["']?\s*[:=]\s*["']?([\w.@\\$-]{3,})/gi).flatMap((value) =>
      namesInField('user', value),
    ),
  ].filter(({ value }) => !VALUES_THAT_ARE_NONE.test(value));
}
