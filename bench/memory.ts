/**
 * Memory of the server (resident, all its threads) after 10,000 and after 200,000 tokens by windowstransport. The short form
 * stops after 5,000.
 *
 *   node bench/memory.ts [--short]
 */
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { residentMiB } from './harness/memory.ts';
import { readOptions } from './harness/options.ts';
import { publish, verdict } from './harness/rows.ts';
import type { Row } from './harness/rows.ts';
import type { StartedContestant } from './harness/contestant.ts';
import { tokenContestant } from './tokens/contestant.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { ticketRequests } from './tokens/requests.ts';

const DEVICES = { count: 1_000 };
const CONNECTIONS = 16;
/** Tickets are minted for so many at a time: they are good for five minutes. */
const PORTION = 2_500;
const AIM_MIB = 250;

const { short } = readOptions(process.argv.slice(2));
const marks = short ? [2_500, 5_000] : [10_000, 50_000, 100_000, 200_000];

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) publish('memory', await measure());
else console.warn(`!!! Left out: ${unmeasurable}`);

async function measure(): Promise<readonly Row[]> {
  const started = await tokenContestant({
    name: 'windowstransport',
    connections: CONNECTIONS,
    start: () => startMortise({ devices: DEVICES }),
    requests: (site) => ticketRequests(site, (nth) => nthDevice(DEVICES, nth)),
  }).start();
  const rows: Row[] = [];
  try {
    const [pid = 0] = started.pids();
    let tokens = 0;
    for (const mark of marks) {
      for (; tokens < mark; tokens += PORTION) await askFor(started, PORTION);
      const mib = residentMiB(pid);
      console.log(`after ${mark.toLocaleString('en')} tokens: ${mib.toFixed(0)} MiB`);
      const what = `memory of the server (RSS) after ${mark.toLocaleString('en')} tokens`;
      rows.push({ what, result: `${mib.toFixed(0)} MiB`, ...verdict(mib, 'below', AIM_MIB, ' MiB') });
    }
  } finally {
    await started.stop();
  }
  return rows;
}

async function askFor(started: StartedContestant, count: number): Promise<void> {
  started.prepare?.(count);
  let begun = 0;
  const call = async (caller: number): Promise<void> => {
    while (begun < count) {
      begun++;
      await started.operation(caller);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, caller) => call(caller)));
}
