/**
 * Networks in CIDR form, asked of an address, and the one spelling that an address has here and in the record. Owns nothing
 * but that; who is asked stands in the configuration.
 */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** RFC 4291 §2.5.5.2: `::ffff:10.1.2.3` is how a dual-stack socket shows an IPv4 peer. */
const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** `10.1.2.3:5544`, `[2001:db8::1]:5544`, `[2001:db8::1]`. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d{1,5}|\[([0-9a-f:.]+)\](?::\d{1,5})?)$/i;

/** No address is longer, its port and the name of a zone included: what is, must not fill records and memory. */
const LONGEST_ADDRESS = 100;

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
 * An address in its one spelling, without the port that some proxies add to X-Forwarded-For (Azure Application Gateway
 * does); `unknown` for a peer that has gone already, and for what is too long to be one. An IPv4 address is one however it
 * came (`::ffff:a01:203`), and an IPv6 address is as RFC 5952 §4 writes it: whoever searches the record, or counts by source,
 * meets no second spelling.
 */
export function plainAddress(address: string | undefined): string {
  if (address === undefined || address.length > LONGEST_ADDRESS) return 'unknown';
  const bare =
    WITH_PORT.exec(address)
      ?.slice(1)
      .find((part) => part !== undefined) ?? address;
  const canonical = isIPv6(bare) ? canonicalIPv6(bare) : bare;
  return IPV4_MAPPED.exec(canonical)?.[1] ?? canonical;
}

/** RFC 4007 §11.2: behind `%` stands the zone of a link-local address, which is a name of this machine's. */
function canonicalIPv6(address: string): string {
  const [bare = '', ...zone] = address.split('%');
  return [new SocketAddress({ address: bare, family: 'ipv6' }).address, ...zone].join('%');
}
