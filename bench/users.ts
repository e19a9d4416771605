/**
 * Whether the rate of tokens depends on how many users the store holds: windowstransport with 1,000 and with 1,000,000, in
 * the same rounds. The short form takes 50,000. Computers from all over the store ask.
 *
 *   node bench/users.ts [rounds] [--short]
 */
import type { Contestant, Load } from './harness/contestant.ts';
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { readOptions } from './harness/options.ts';
import { median, spread, table } from './harness/report.ts';
import type { Result } from './harness/rounds.ts';
import { compare } from './harness/rounds.ts';
import { publish, verdict } from './harness/rows.ts';
import { tokenContestant } from './tokens/contestant.ts';
import { fillUsers } from './tokens/fill-users.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { ticketRequests } from './tokens/requests.ts';

const FEW = 1_000;
/** Of them so many ask. */
const ASKING = 10_000;
const AIM = 0.95;

const { short, rounds } = readOptions(process.argv.slice(2));
const many = short ? 50_000 : 1_000_000;
const load: Load = {
  rounds: rounds ?? (short ? 2 : 15),
  roundMs: short ? 1_000 : 1_500,
  warmUpMs: short ? 1_000 : 6_000,
  maxOperations: short ? 2_500 : 10_000,
  callers: 16,
};

function withUsers(users: number): Contestant {
  const devices = { count: Math.min(users, ASKING), step: Math.max(1, users / ASKING) };
  const before = async (site: Parameters<typeof fillUsers>[0]): Promise<void> => fillUsers(site, users);
  return tokenContestant({
    name: `${users.toLocaleString('en')} users`,
    connections: load.callers,
    start: () => startMortise({ devices, before }),
    requests: (site) => ticketRequests(site, (nth) => nthDevice(devices, nth)),
  });
}

/** Of each round, the rate with many users divided by that with few. */
function ratiosOf(few: Result | undefined, other: Result | undefined): readonly number[] {
  if (few === undefined || other === undefined || !('rounds' in few && 'rounds' in other)) return [];
  const rate = ({ operations, cpuSeconds }: (typeof few.rounds)[number]): number => operations / cpuSeconds;
  return few.rounds.flatMap((round, index) => {
    const beside = other.rounds[index];
    return beside === undefined ? [] : [rate(beside) / rate(round)];
  });
}

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const results = await compare([withUsers(FEW), withUsers(many)], load);
  const ratios = ratiosOf(results[0], results[1]);
  const ratio = median(ratios);
  const figure = `${ratio.toFixed(3)} ${spread(ratios)}`;
  console.log(`windowstransport, ${load.rounds} interleaved rounds, ${load.callers} connections\n`);
  console.log(`${table(results)}\n\nrate with many, divided by rate with few: ${figure}`);
  publish('users', [
    {
      what: `tokens a CPU-second with ${many.toLocaleString('en')} users in the store, against ${FEW.toLocaleString('en')}`,
      // One median says nothing of 5 % when the rounds differ by more.
      result: figure,
      ...verdict(ratio, 'at least', AIM),
    },
  ]);
  if (results.some((result) => 'failure' in result)) process.exitCode = 1;
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
