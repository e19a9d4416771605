/** Shell prompts and the commands behind them: where one capture ends and the next begins. */

import type { LoggedEvent } from '../capture.ts';
import knownEvents from '../tables/known-events.json' with { type: 'json' };

export type Section =
  | { readonly kind: 'join' | 'status' | 'events' }
  | { readonly kind: 'federation'; readonly domain: string | undefined };

/** The command of a prompt line; undefined where the line is no prompt. */
export function commandOf(line: string): string | undefined {
  return /^\s*(?:PS (?:[A-Za-z]:\\|\/|[A-Za-z]+:)[^>]*|[A-Za-z]:\\[^>]*)>\s?(.*)$/.exec(line)?.[1]?.trim();
}

export function sectionOf(command: string): Section | undefined {
  if (/dsregcmd(?:\.exe)?.*[/-]join/i.test(command)) return { kind: 'join' };
  if (/dsregcmd(?:\.exe)?.*[/-]status/i.test(command)) return { kind: 'status' };
  if (/Get-MgDomainFederationConfiguration/i.test(command)) {
    return { kind: 'federation', domain: /-DomainId[:\s]+["']?([^"'\s|]+)/i.exec(command)?.[1] };
  }
  return /Get-WinEvent|wevtutil/i.test(command) ? { kind: 'events' } : undefined;
}

/** What mail, terminals and web pages add to a line: quoting, colours, spaces that do not break. */
export function withoutDressing(line: string): string {
  return line
    .replaceAll(ESCAPE, '')
    .replaceAll('\u00a0', ' ')
    .replaceAll('\0', '')
    .replace(/^(?:> ?)+/, '');
}

// eslint-disable-next-line no-control-regex -- ECMA-48 §5.4: a control sequence begins with it.
const ESCAPE = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

const STATUS_FIELD =
  /^\s*(?:AzureAdJoined|EnterpriseJoined|DomainJoined|WorkplaceJoined|AzureAdPrt|DeviceAuthStatus|NgcSet|AadRecoveryEnabled|KeySignTest) ?: ?/;
const FEDERATION_PROPERTY =
  /^(?:ActiveSignInUri|FederatedIdpMfaBehavior|IssuerUri|MetadataExchangeUri|PassiveSignInUri|SignOutUri|SigningCertificate|PreferredAuthenticationProtocol|PromptLoginBehavior)\s*: /;
const BOX_TITLE =
  /^\|\s*(?:Device State|Device Details|Tenant Details|User State|SSO State|Diagnostic Data|Ngc Prerequisite Check)\s*\|/;

/** A line that only one kind of capture begins with. */
export function beginningOf(text: string): Section | undefined {
  // Pages and tickets indent whole captures.
  const line = text.trimStart();
  if (/^DsrCLI: |^DsrCmdJoinHelper::Join: ClientRequestId|^TenantInfo::Discover/.test(line)) return { kind: 'join' };
  if (BOX_TITLE.test(line) || STATUS_FIELD.test(line)) return { kind: 'status' };
  if (FEDERATION_PROPERTY.test(line) || /^DisplayName\s{2,}: /.test(line))
    return { kind: 'federation', domain: undefined };
  return /^(?:TimeCreated|Message|ProviderName)\s+: |^Log Name:\s/.test(line) || knownEvent(line) !== undefined
    ? { kind: 'events' }
    : undefined;
}

/** The event whose message begins as the line does. */
export function knownEvent(line: string): { readonly id: number; readonly log: LoggedEvent['log'] } | undefined {
  const text = line.trim();
  const found = knownEvents.find(({ begins }) => text.startsWith(begins));
  return found && { id: found.id, log: found.log === 'aad' ? 'aad' : 'user-device-registration' };
}
