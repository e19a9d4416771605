/**
 * Process of rsa-limit.ts: signs as many times as a message says, and answers with the CPU time that this took.
 * Nothing else runs in it, on one thread, so its CPU time is that of the signatures.
 */
import { generateKeyPairSync, sign } from 'node:crypto';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A SignedInfo has about this many bytes. */
const signedInfo = Buffer.alloc(800, 'x');

process.on('disconnect', () => process.exit());
process.on('message', ({ count }: { readonly count: number }) => {
  const before = process.cpuUsage();
  for (let done = 0; done < count; done++) sign('sha256', signedInfo, privateKey);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds: (user + system) / 1e6 });
});
