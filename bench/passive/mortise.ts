/** Mortise itself, in a process of its own. Owns what the benchmark knows of it; mortise-server.ts is that process. */
import { join } from 'node:path';
import { startOwn } from '../harness/processes.ts';
import type { IdentityProvider, Person } from './identity-provider.ts';

/** What the process says once it listens. */
export interface MortiseReady {
  readonly address: string;
  readonly ca: string;
  readonly signingCertificate: string;
  readonly person: Person;
}

export async function startMortise(): Promise<IdentityProvider> {
  const { pid, stop, ready } = await startOwn(join(import.meta.dirname, 'mortise-server.ts'), {});
  return { pids: [pid], ...(ready as MortiseReady), stop };
}
