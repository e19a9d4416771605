/** `mortise rehearse`: joins a sample device against a strict local Entra, and says what happened as Windows would. */
import { MISHAPS, isMishapName, mishapNames } from '../rehearsal/mishaps.ts';
import type { MishapName } from '../rehearsal/mishaps.ts';
import { SOUND_PLAN } from '../rehearsal/plan.ts';
import type { Plan } from '../rehearsal/plan.ts';
import { printOutcome, printReachable, rehearseJoin } from '../rehearsal/rehearse.ts';
import { openWorld } from '../rehearsal/world.ts';
import type { Fallback } from '../rehearsal/world.ts';
import { CommandError } from './problem.ts';

export interface RehearseOptions {
  readonly once?: true;
  readonly mishap?: string;
  readonly fallback?: string | true;
  readonly port?: number;
}

const write = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export async function rehearseCommand(options: RehearseOptions): Promise<number> {
  if (options.mishap === 'list') {
    for (const name of mishapNames()) write(name);
    return 0;
  }
  const mishap = options.mishap === undefined ? undefined : mishapOf(options.mishap);
  const plan: Plan = { ...SOUND_PLAN, ...(mishap !== undefined && MISHAPS[mishap].change) };
  const stopped = untilStopped();
  const world = await openWorld(plan, { fallback: fallbackOf(options.fallback), port: options.port });
  try {
    const result = await rehearseJoin(world, write);
    await printOutcome(world, result, mishap, write);
    const status = result.joinedBy === 'federation' ? 0 : 1;
    if (options.once) return status;
    printReachable(world, write);
    await stopped;
    return status;
  } finally {
    await world.close();
  }
}

function mishapOf(name: string): MishapName {
  if (isMishapName(name)) return name;
  throw new CommandError(
    `There is no mishap "${name}". These are known:\n${mishapNames()
      .map((known) => `  ${known}`)
      .join('\n')}`,
  );
}

/** `--fallback` alone means a device that Entra Connect has synchronised. */
function fallbackOf(option: string | true | undefined): Fallback {
  if (option === undefined) return 'disabled';
  if (option === true || option === 'synchronised') return 'synchronised';
  if (option === 'not-synchronised') return 'not-synchronised';
  throw new CommandError(`--fallback takes "synchronised" or "not-synchronised", not "${option}".`);
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
