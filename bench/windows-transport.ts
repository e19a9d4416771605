/**
 * The whole windowstransport path (ticket in, recorded assertion out) over connections that are kept, with the embedded
 * directory and the record durable on disk, against this machine's RSA limit: tokens a CPU-second of the server.
 *
 *   node bench/windows-transport.ts [rounds] [--short]
 *
 * Where the time goes: MORTISE_BENCH_PROFILE=<folder> has a CPU profile of each server written there.
 */
import type { Load } from './harness/contestant.ts';
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { readOptions } from './harness/options.ts';
import { table } from './harness/report.ts';
import { compare } from './harness/rounds.ts';
import { deviceName } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { windowsTransport } from './tokens/windows-transport.ts';

const DEVICES = 1_000;

const { short, rounds } = readOptions(process.argv.slice(2));
const load: Load = {
  rounds: rounds ?? (short ? 3 : 15),
  roundMs: 1_500,
  warmUpMs: short ? 1_500 : 4_000,
  maxOperations: 6_000,
  callers: 16,
};

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const start = () => startMortise({ devices: DEVICES });
  const nameOf = (nth: number): string => deviceName(nth % DEVICES);
  const results = await compare(
    [16, 64].map((connections) =>
      windowsTransport({ name: `windowstransport, ${connections} connections`, connections, start, nameOf }),
    ),
    load,
  );
  console.log(`windowstransport, ${load.rounds} interleaved rounds, ${DEVICES} devices, embedded directory\n`);
  console.log(table(results));
  if (results.some((result) => 'failure' in result)) process.exitCode = 1;
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
