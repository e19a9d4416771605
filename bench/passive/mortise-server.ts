/**
 * Mortise as `serve` runs it, with the rehearsal's sample forest as its directory: store on disk, records durable, a line
 * of its log for each request.
 * It says where it listens to the process that started it, or on standard output when that has no channel:
 *
 *   node bench/passive/mortise-server.ts
 */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { SOUND_PLAN } from '../../src/rehearsal/plan.ts';
import { openWorld } from '../../src/rehearsal/world.ts';
import type { MortiseReady } from './mortise.ts';

const ended = Promise.race([once(process, 'disconnect'), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
const world = await openWorld(SOUND_PLAN, { fallback: 'disabled', port: 0, logLevel: 'info' });
try {
  const [key] = await world.store.signingKeys.list();
  if (key === undefined) throw new Error('the rehearsal has a signing key');
  const ready: MortiseReady = {
    address: world.urls.passiveSignInUri,
    ca: world.ca,
    signingCertificate: new X509Certificate(key.certificate).toString(),
    person: { username: world.person.userPrincipalName, password: world.person.typedPassword },
  };
  if (process.send === undefined) console.log(ready.address);
  else process.send(ready);
  await ended;
} finally {
  await world.close();
  if (process.connected) process.disconnect?.();
}
