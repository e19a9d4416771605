/** Networks in CIDR form, asked of an address. Owns nothing but the matching; who is asked stands in the configuration. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** `::ffff:10.1.2.3` is how a dual-stack socket shows an IPv4 peer. */
const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** `10.1.2.3:5544`, `[2001:db8::1]:5544`, `[2001:db8::1]`. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d{1,5}|\[([0-9a-f:.]+)\](?::\d{1,5})?)$/i;

/**
 * @param networks `10.0.0.0/8`, `fc00::/7`, or single addresses
 * @returns whether an address lies in one of them; anything that is no address does not
 */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (text) => {
    const address = plainAddress(text).replace(/%.*$/, '');
    if (isIPv4(address)) return list.check(address, 'ipv4');
    return isIPv6(address) && list.check(address, 'ipv6');
  };
}

/**
 * An address as people write it, without the port that some proxies add to X-Forwarded-For (Azure Application Gateway
 * does); `unknown` for a peer that has gone already.
 */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const bare =
    WITH_PORT.exec(address)
      ?.slice(1)
      .find((part) => part !== undefined) ?? address;
  return IPV4_MAPPED.exec(bare)?.[1] ?? bare;
}
