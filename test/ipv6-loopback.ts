/** Whether this machine has the loopback address of IPv6, for tests that listen there. */
import { networkInterfaces } from 'node:os';

function sayWhenMissing(): boolean {
  const found = Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === '::1');
  if (!found)
    console.error('!!! this machine has no IPv6 loopback address (::1): the tests that need it are left out.');
  return found;
}

/** For `describe.skipIf(!ipv6Available)`. Says loudly why when it is false. */
export const ipv6Available: boolean = sayWhenMissing();
