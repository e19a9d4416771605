/** Which browsers are asked for a Kerberos ticket: by network and User-Agent, as AD FS decides it. */
import type { SignInSettings } from '../../model/sign-in.ts';
import { networkMatcher } from '../networks.ts';

/** No browser's is longer; what is matched with regular expressions must be bounded. */
const MAX_USER_AGENT = 512;

/** @param kerberosNetworks where the settings name none */
export function ticketAsker(
  { enabled, networks, userAgents }: SignInSettings['silent'],
  kerberosNetworks: readonly string[],
): (address: string, userAgent: string | undefined) => boolean {
  const isNear = networkMatcher(networks ?? kerberosNetworks);
  const patterns = userAgents.map(userAgentMatcher);
  return (address, userAgent) => {
    if (!enabled || userAgent === undefined || userAgent.length > MAX_USER_AGENT) return false;
    return isNear(address) && patterns.some((matches) => matches(userAgent));
  };
}

/** AD FS's WiaSupportedUserAgents: text that is contained, or `=~` and a regular expression. */
function userAgentMatcher(pattern: string): (userAgent: string) => boolean {
  if (!pattern.startsWith('=~')) return (userAgent) => userAgent.includes(pattern);
  const expression = new RegExp(pattern.slice(2));
  return (userAgent) => expression.test(userAgent);
}
