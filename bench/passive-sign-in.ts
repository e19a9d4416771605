/**
 * Passive sign-in (WS-Federation, as Entra asks for it) against this machine's RSA limit, beside other products, in one
 * run: with a live session, and from nothing with user name and password. All sign SAML 1.1 with RSA-2048 and SHA-256
 * and answer over TLS. Takes about two minutes.
 *
 * The figure is operations a second of CPU time of the server's processes, so neither the client's own work nor the number
 * of cores is in it; the latencies are on the wall clock, of a machine that the client has its share of.
 *
 *   node bench/passive-sign-in.ts [rounds] [--short]
 */
import { availableParallelism } from 'node:os';
import type { Load } from './harness/contestant.ts';
import { cpuTimeMissing } from './harness/cpu-time.ts';
import { readOptions } from './harness/options.ts';
import { summaryOf, table } from './harness/report.ts';
import { compare } from './harness/rounds.ts';
import { publish } from './harness/rows.ts';
import { startMortise } from './passive/mortise.ts';
import { withLiveSession, withPassword } from './passive/sign-in.ts';
import { simplesamlphpMissing, startSimplesamlphp } from './passive/simplesamlphp.ts';
import { startWsfed } from './passive/wsfed.ts';

const { short, rounds = short ? 2 : 7 } = readOptions(process.argv.slice(2));
const load: Load = {
  rounds,
  roundMs: short ? 800 : 1_500,
  warmUpMs: short ? 800 : 3_000,
  maxOperations: 20_000,
  callers: 4 * availableParallelism(),
};

const unmeasurable = cpuTimeMissing();
if (unmeasurable === undefined) {
  const noSimplesamlphp = simplesamlphpMissing();
  if (noSimplesamlphp !== undefined) console.warn(`!!! SimpleSAMLphp is left out: ${noSimplesamlphp}`);
  const results = await compare(
    [
      withLiveSession('Mortise', startMortise, load.callers),
      withPassword('Mortise', startMortise, load.callers),
      ...(noSimplesamlphp === undefined
        ? [
            withLiveSession('SimpleSAMLphp adfs', startSimplesamlphp, load.callers),
            withPassword('SimpleSAMLphp adfs', startSimplesamlphp, load.callers),
          ]
        : []),
      withLiveSession('wsfed (auth0)', startWsfed, load.callers),
    ],
    load,
  );
  console.log(`passive sign-in, ${load.rounds} interleaved rounds, ${load.callers} callers, connections kept\n`);
  console.log(table(results));
  publish(
    'passive-sign-in',
    results.flatMap((result) => {
      if ('failure' in result) return [];
      const { ofLimit, p50, p99 } = summaryOf(result.rounds);
      const figure = `${ofLimit.toFixed(3)} of the RSA limit; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
      return [{ what: `sign-in in the browser, ${result.name}`, result: figure }];
    }),
  );
  if (results.some((result) => 'failure' in result)) process.exitCode = 1;
} else {
  console.warn(`!!! Left out: ${unmeasurable}`);
}
