/**
 * Puts contestants under load in interleaved rounds: each round has every contestant in turn, another one first each time,
 * and the RSA limit beside them. Owns starting and stopping them; report.ts makes a table of what it returns.
 */
import type { Contestant, Load, StartedContestant } from './contestant.ts';
import { cpuSeconds } from './cpu-time.ts';
import { startRsaLimit } from './rsa-limit.ts';

export interface Round {
  readonly operations: number;
  readonly cpuSeconds: number;
  /** RSA-2048 signatures a CPU-second, measured in the same round. */
  readonly rsaLimit: number;
  /** Milliseconds on the wall clock, one for each operation. */
  readonly latencies: readonly number[];
}

export type Result =
  | { readonly name: string; readonly rounds: readonly Round[] }
  /** Did not start, or answered wrongly: it has no figures. */
  | { readonly name: string; readonly failure: string };

interface Entrant {
  readonly name: string;
  readonly load: Load;
  readonly started: StartedContestant | undefined;
  readonly rounds: Round[];
  failure: string | undefined;
}

/** @throws what the RSA signer throws; a contestant that fails is only a result of its own */
export async function compare(contestants: readonly Contestant[], load: Load): Promise<readonly Result[]> {
  const rsa = await startRsaLimit();
  const entrants: Entrant[] = [];
  try {
    for (const contestant of contestants) entrants.push(await enter(contestant, load));
    for (const entrant of entrants) await attempt(entrant, (started) => warmUp(started, entrant.load));
    for (let round = 0; round < load.rounds; round++) {
      const rsaLimit = await rsa.signaturesPerCpuSecond();
      for (const entrant of rotated(entrants, round)) {
        await attempt(entrant, async (started) => {
          entrant.rounds.push({ ...(await measure(started, entrant.load)), rsaLimit });
        });
      }
    }
  } finally {
    await Promise.all([rsa.stop(), ...entrants.map(({ started }) => started?.stop())]);
  }
  return entrants.map(({ name, rounds, failure }) => (failure === undefined ? { name, rounds } : { name, failure }));
}

async function enter({ name, callers, start }: Contestant, given: Load): Promise<Entrant> {
  const load = { ...given, callers: callers ?? given.callers };
  try {
    return { name, load, started: await start(), rounds: [], failure: undefined };
  } catch (error) {
    return { name, load, started: undefined, rounds: [], failure: wordsOf(error) };
  }
}

/** After its first failure a contestant is left in peace. */
async function attempt(entrant: Entrant, work: (started: StartedContestant) => Promise<unknown>): Promise<void> {
  if (entrant.started === undefined || entrant.failure !== undefined) return;
  try {
    await work(entrant.started);
  } catch (error) {
    entrant.failure = wordsOf(error);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Another one first each time. */
export function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const first = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

async function warmUp(started: StartedContestant, load: Load): Promise<void> {
  started.prepare?.(load.maxOperations);
  await putUnderLoad(started, load, load.warmUpMs);
}

async function measure(started: StartedContestant, load: Load): Promise<Omit<Round, 'rsaLimit'>> {
  started.prepare?.(load.maxOperations);
  const before = cpuSeconds(started.pids());
  const latencies = await putUnderLoad(started, load, load.roundMs);
  const used = cpuSeconds(started.pids()) - before;
  return { operations: latencies.length, cpuSeconds: used, latencies };
}

/** @returns how long each operation took, in milliseconds */
async function putUnderLoad(started: StartedContestant, load: Load, forMs: number): Promise<readonly number[]> {
  const latencies: number[] = [];
  const end = performance.now() + forMs;
  let begun = 0;
  const call = async (caller: number): Promise<void> => {
    while (performance.now() < end && begun < load.maxOperations) {
      begun++;
      const start = performance.now();
      await started.operation(caller);
      latencies.push(performance.now() - start);
    }
  };
  // All are awaited even when one fails: nothing may be under way when the server is stopped.
  const callers = await Promise.allSettled(Array.from({ length: load.callers }, (_, caller) => call(caller)));
  for (const caller of callers) if (caller.status === 'rejected') throw caller.reason;
  return latencies;
}
