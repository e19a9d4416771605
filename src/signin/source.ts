/**
 * What one source is, for whoever counts by it: connections, requests, guesses. An IPv4 address, or the 64 bits of an IPv6
 * network, whose lower half a computer changes as it likes (RFC 4291 §2.5.1, RFC 8981).
 */
import { isIPv6 } from 'node:net';

/** `2001:db8:0:1::/64` for an IPv6 address; anything else is a source as it stands, IPv4 in IPv6's form as IPv4. */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? first : [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
