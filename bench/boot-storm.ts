/**
 * The boot storm: 10,000 different devices, each with its own ticket and its own new TLS connection, as fast as the machine
 * can. Each must get its token, and each token must be in the record afterwards. The short form has 2,000 devices.
 *
 * The limits are those that Mortise has without a setting: 4,000 connections of one source address, 2,000 requests under
 * way. The devices come from four addresses, and keep their connections.
 *
 *   node bench/boot-storm.ts [--short]
 */
import { openSqliteStoreForReading } from '../src/store/sqlite.ts';
import { cpuSeconds, cpuTimeMissing } from './harness/cpu-time.ts';
import { residentMiB } from './harness/memory.ts';
import { readOptions } from './harness/options.ts';
import { quantile } from './harness/report.ts';
import { publish } from './harness/rows.ts';
import { nthDevice } from './tokens/forest.ts';
import { startMortise } from './tokens/mortise.ts';
import { ticketRequests } from './tokens/requests.ts';
import type { Site } from './tokens/site.ts';
import { raiseStorm } from './tokens/storm.ts';
import type { StormAnswer } from './tokens/storm.ts';

const SOURCES = 4;
const AT_ONCE = 1_000;

const { short } = readOptions(process.argv.slice(2));
const devices = { count: short ? 2_000 : 10_000 };

/** Assertions of which there is no record. */
let lost = Number.NaN;
const answers: StormAnswer[] = [];

async function countLost({ storeFile }: Site): Promise<void> {
  const store = await openSqliteStoreForReading(storeFile);
  try {
    const records = await store.activities.list({ limit: 2 * devices.count });
    const recorded = new Set(records.map(({ assertion }) => assertion?.id));
    lost = answers.filter(({ status, body }) => status === 200 && !recorded.has(assertionId(body))).length;
  } finally {
    await store.close();
  }
}

const assertionId = (body: string): string | undefined => /AssertionID="(?<id>[^"]+)"/.exec(body)?.groups?.['id'];

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const { site, pid, stop } = await startMortise({ devices, afterwards: countLost });
  const requests = ticketRequests(site, (nth) => nthDevice(devices, nth));
  const before = cpuSeconds([pid]);
  const settings = { port: site.port, ca: site.ca, devices: devices.count, atOnce: AT_ONCE, sources: SOURCES };
  const storm = await raiseStorm(settings, requests);
  const used = cpuSeconds([pid]) - before;
  const mib = residentMiB(pid);
  storm.end();
  answers.push(...storm.answers);
  await stop();

  const refused = answers.filter(({ status }) => status !== 200);
  const p99 = quantile(
    answers.map(({ milliseconds }) => milliseconds),
    0.99,
  );
  const name = `boot storm of ${devices.count.toLocaleString('en')} devices, ${AT_ONCE.toLocaleString('en')} at once`;
  const result =
    `${storm.failures.length + refused.length} refused, ${lost} lost; p99 ${(p99 / 1_000).toFixed(2)} s; ` +
    `${storm.seconds.toFixed(1)} s in all, ${used.toFixed(1)} s of CPU time, ${mib.toFixed(0)} MiB at its end`;
  console.log(`${name}: ${result}`);
  for (const [message, times] of Object.entries(Object.groupBy(storm.failures, (message) => message))) {
    console.warn(`${times?.length} times: ${message}`);
  }
  for (const { status, body } of refused.slice(0, 3)) console.warn(`answered ${status}: ${body}`);
  const met = storm.failures.length + refused.length + lost === 0;
  publish('boot-storm', [{ what: name, result, aim: 'none refused, none lost', met }]);
  if (!met) process.exitCode = 1;
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
