/**
 * Process of assertions.ts: signs as many assertions as a message says, by one product, and answers with the CPU time
 * that this took. Nothing else runs in it.
 */
import { once } from 'node:events';
import { SIGNERS } from './products.ts';
import type { Keys, Product } from './products.ts';

/** As many as wait for the thread pool in a busy server. */
const IN_FLIGHT = 16;

process.on('disconnect', () => process.exit());
const [{ product, keys }] = (await once(process, 'message')) as [{ readonly product: Product; readonly keys: Keys }];
const sign = SIGNERS[product](keys);

async function signMany(count: number): Promise<void> {
  let begun = 0;
  const keepOneGoing = async (): Promise<void> => {
    while (begun < count) {
      begun++;
      await sign();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepOneGoing));
}

async function answer(count: number): Promise<void> {
  const before = process.cpuUsage();
  await signMany(count);
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds: (user + system) / 1e6 });
}

process.on('message', ({ count }: { readonly count: number }) => void answer(count));
process.send?.({ sample: await sign() });
