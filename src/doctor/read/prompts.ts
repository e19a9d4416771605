/** Shell prompts and the commands behind them: where one capture ends and the next begins. */

export type Section =
  | { readonly kind: 'join' | 'status' | 'events' }
  | { readonly kind: 'federation'; readonly domain: string | undefined };

/** The command of a prompt line; undefined where the line is no prompt. */
export function commandOf(line: string): string | undefined {
  return /^\s*(?:PS )?(?:[A-Za-z]:\\[^>]*|\/\S*)?>\s?(.*)$/.exec(line)?.[1]?.trim();
}

export function sectionOf(command: string): Section | undefined {
  if (/dsregcmd(?:\.exe)?.*[/-]join/i.test(command)) return { kind: 'join' };
  if (/dsregcmd(?:\.exe)?.*[/-]status/i.test(command)) return { kind: 'status' };
  if (/Get-MgDomainFederationConfiguration/i.test(command)) {
    return { kind: 'federation', domain: /-DomainId[:\s]+["']?([^"'\s|]+)/i.exec(command)?.[1] };
  }
  return /Get-WinEvent|wevtutil/i.test(command) ? { kind: 'events' } : undefined;
}

/** A line that only one kind of capture begins with. */
export function beginningOf(line: string): Section | undefined {
  if (/^DsrCLI: |^DsrCmdJoinHelper::Join: ClientRequestId|^TenantInfo::Discover/.test(line)) return { kind: 'join' };
  if (/^\|\s*Device State\s*\|/.test(line)) return { kind: 'status' };
  if (/^\s*AzureAdJoined : /.test(line)) return { kind: 'status' };
  if (/^(?:ActiveSignInUri|DisplayName|FederatedIdpMfaBehavior)\s{2,}: /.test(line))
    return { kind: 'federation', domain: undefined };
  return /^(?:TimeCreated|Message|ProviderName)\s+: /.test(line) ? { kind: 'events' } : undefined;
}
