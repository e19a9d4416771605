/**
 * The whole windowstransport path (ticket in, recorded assertion out) over connections that are kept, with the embedded
 * directory and the record durable on disk, against this machine's RSA limit: tokens a CPU-second of the server.
 *
 *   node bench/windows-transport.ts [rounds] [--short]
 *
 * Where the time goes: MORTISE_BENCH_PROFILE=<folder> has a CPU profile of each server written there, and
 * `node bench/harness/show-profile.ts <folder>` sums them up.
 */
import type { Load } from './harness/contestant.ts';
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { readOptions } from './harness/options.ts';
import { summaryOf, table } from './harness/report.ts';
import { compare } from './harness/rounds.ts';
import { publish, verdict } from './harness/rows.ts';
import { tokenContestant } from './tokens/contestant.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { ticketRequests } from './tokens/requests.ts';

const DEVICES = { count: 1_000 };
const AIM = 0.6;

const { short, rounds } = readOptions(process.argv.slice(2));
const load: Load = {
  rounds: rounds ?? (short ? 2 : 15),
  roundMs: 1_500,
  warmUpMs: short ? 1_000 : 4_000,
  maxOperations: short ? 2_500 : 6_000,
  callers: 16,
};

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const results = await compare(
    [16, 64].map((connections) =>
      tokenContestant({
        name: `windowstransport, ${connections} connections`,
        connections,
        start: () => startMortise({ devices: DEVICES }),
        requests: (site) => ticketRequests(site, (nth) => nthDevice(DEVICES, nth)),
      }),
    ),
    load,
  );
  console.log(`windowstransport, ${load.rounds} interleaved rounds, ${DEVICES.count} devices, embedded directory\n`);
  console.log(table(results));
  const measured = results.flatMap((result) => ('rounds' in result ? [result] : []));
  publish(
    'windows-transport',
    measured.map(({ name, rounds: all }) => {
      const { ofLimit, p50, p99 } = summaryOf(all);
      const latencies = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
      return {
        what: `${name}, embedded directory, record durable`,
        result: `${ofLimit.toFixed(3)} of the RSA limit; ${latencies}`,
        ...verdict(ofLimit, 'at least', AIM),
      };
    }),
  );
  if (results.some((result) => 'failure' in result)) process.exitCode = 1;
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
