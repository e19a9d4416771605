/**
 * The yardstick: RSA-2048 signatures (SHA-256) a CPU-second on this machine, taken in every round, so that a machine that
 * slows down slows both sides of a ratio.
 */
import { join } from 'node:path';
import { startOwn } from './processes.ts';

export interface RsaLimit {
  readonly signaturesPerCpuSecond: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** About a third of a second. */
const SIGNATURES = 1_000;

export async function startRsaLimit(): Promise<RsaLimit> {
  const request = { count: SIGNATURES };
  // The first signatures load code and warm caches: not counted.
  const signer = await startOwn(join(import.meta.dirname, 'rsa-signer.ts'), request);
  const signaturesPerCpuSecond = async (): Promise<number> => {
    const { seconds } = (await signer.ask(request)) as { readonly seconds: number };
    return SIGNATURES / seconds;
  };
  return { signaturesPerCpuSecond, stop: signer.stop };
}
