/** Peer: auth0's `wsfed`, in a process of its own. Owns what it is told; wsfed-server.ts is that process. */
import { join } from 'node:path';
import { startOwn } from '../harness/processes.ts';
import { HOST, makeThrowAwayKeys, PERSON } from './identity-provider.ts';
import type { IdentityProvider } from './identity-provider.ts';

export async function startWsfed(): Promise<IdentityProvider> {
  const keys = await makeThrowAwayKeys(new Date());
  const { pid, stop, ready } = await startOwn(join(import.meta.dirname, 'wsfed-server.ts'), keys);
  const { port } = ready as { readonly port: number };
  return {
    pids: [pid],
    address: `https://${HOST}:${port}/`,
    ca: keys.tls.ca,
    signingCertificate: keys.signing.certificate,
    person: PERSON,
    stop,
  };
}
