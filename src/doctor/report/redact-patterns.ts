/**
 * What is recognised by its form alone when a report is redacted, and which names are Microsoft's own and stay. Names that
 * only their place betrays are collected in redact-names.ts.
 */

export type NameKind = 'user' | 'device' | 'domain' | 'organisation';
export type ValueKind = NameKind | 'id' | 'sid' | 'address' | 'thumbprint' | 'certificate' | 'value';

export interface Pattern {
  readonly kind: ValueKind;
  readonly pattern: RegExp;
  readonly keep?: (text: string) => boolean;
}

/** Ids that are the same in every tenant: Device Registration Service, the default WAM providers, nil. */
const PUBLIC_IDS = new Set([
  '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9',
  'b16898c6-a148-4967-9171-64d755da8520',
  'd7b530a3-7680-4c23-a8bf-c52c121d2e87',
  '62a0ff2e-97b9-4513-943f-0d221bd30080',
  '00000000-0000-0000-0000-000000000000',
]);

/** In the order in which they are tried: the longer form first. */
export const PATTERNS: readonly Pattern[] = [
  { kind: 'certificate', pattern: /\bMII[A-Za-z0-9+/=]{60,}/g },
  { kind: 'value', pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}={0,2}/g },
  { kind: 'sid', pattern: /\bS-1-(?:5-21|12-1)(?:-\d+)+\b/gi },
  {
    kind: 'id',
    pattern: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
    keep: (text) => PUBLIC_IDS.has(text.toLowerCase()),
  },
  // An ImmutableID: base64 of 16 bytes.
  { kind: 'id', pattern: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{22}==/g },
  { kind: 'thumbprint', pattern: /\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/gi },
  {
    kind: 'address',
    pattern: /(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w.]*\d)/g,
    keep: (text) => text.startsWith('127.') || text === '0.0.0.0',
  },
  {
    kind: 'address',
    pattern:
      /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])/gi,
  },
  // From the beginning of a word only: else every letter of a long one would be tried as its beginning.
  { kind: 'user', pattern: /(?<![\p{L}\p{N}._%+'$-])[\p{L}\p{N}._%+'$-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu },
];

const MICROSOFT = [
  'microsoft.com',
  'microsoftonline.com',
  'microsoftonline.us',
  'microsoftonline-p.com',
  'partner.microsoftonline.cn',
  'microsoftazuread-sso.com',
  'windows.net',
  'windowsazure.com',
  'azure.com',
  'azure.us',
  'azure.cn',
  'live.com',
  'office.com',
  'office365.com',
  'msftauth.net',
  'msauth.net',
  'aka.ms',
  'windowsupdate.com',
  'github.com',
  'xmlsoap.org',
  'w3.org',
  'oasis-open.org',
];

/** Hosts of Microsoft and of the standards; `contoso.onmicrosoft.com` is an organisation's. */
export function isPublicHost(host: string): boolean {
  const name = host.toLowerCase();
  return MICROSOFT.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

/** Dotted words that are no host: files, .NET types, expressions. */
const NO_HOST =
  /^(?:microsoft|system|windows|user|ldapattributes|adallog)\.|\.(?:dll|exe|sys|ts|js|json|ya?ml|txt|log|md|html?|evtx|ps1|cpp|h|externalid|uuidasbase64guid)$/i;

export function isHost(text: string): boolean {
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/i.test(text) && !NO_HOST.test(text) && !isPublicHost(text);
}
