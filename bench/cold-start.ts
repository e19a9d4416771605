/**
 * From starting `mortise serve`, compiled as it is shipped, until the first token is there: by windowstransport, of a
 * computer that is looked up in Samba over LDAPS. The files are in the system's cache, the store holds the computer's user.
 *
 *   node bench/cold-start.ts [starts] [--short]
 */
import { COMPUTERS } from '../lab/accounts.ts';
import { labMissing, startLab } from '../lab/samba.ts';
import type { Lab } from '../lab/samba.ts';
import { openHttpClient } from '../src/rehearsal/http-client.ts';
import { startForeign } from './harness/processes.ts';
import { readOptions } from './harness/options.ts';
import { median } from './harness/report.ts';
import { publish, verdict } from './harness/rows.ts';
import { compiledCommand } from './tokens/compiled.ts';
import { ticketRequests } from './tokens/requests.ts';
import { makeSite } from './tokens/site.ts';
import type { Site } from './tokens/site.ts';

const AIM_MS = 1_000;

const { short, rounds: starts = short ? 3 : 11 } = readOptions(process.argv.slice(2));

/** @returns milliseconds until it listens, and until the token */
async function startOnce(command: string, site: Site): Promise<{ readonly listening: number; readonly token: number }> {
  const requests = ticketRequests(site, () => `${COMPUTERS.consistent}$`);
  requests.prepare(1);
  const http = openHttpClient(site.ca);
  const begin = performance.now();
  const args = [command, 'serve', '--config', site.configurationFile];
  const server = await startForeign(process.execPath, args, { host: '127.0.0.1', port: site.port });
  const listening = performance.now() - begin;
  try {
    const { status, body } = await http.send(requests.next());
    if (status !== 200) throw new Error(`answered ${status}: ${body.toString('utf8')}`);
    return { listening, token: performance.now() - begin };
  } finally {
    http.close();
    await server.stop();
  }
}

async function measure(lab: Lab): Promise<void> {
  const command = compiledCommand();
  const site = await makeSite({ lab });
  try {
    // Makes the user, and brings the files into the system's cache.
    await startOnce(command, site);
    const all: { readonly listening: number; readonly token: number }[] = [];
    for (let start = 0; start < starts; start++) all.push(await startOnce(command, site));
    const token = median(all.map((one) => one.token));
    const listening = median(all.map((one) => one.listening));
    const result = `${token.toFixed(0)} ms, of which ${listening.toFixed(0)} ms until it listens`;
    console.log(`cold start to the first token, median of ${starts}: ${result}`);
    publish('cold-start', [
      { what: 'cold start of `mortise serve` to the first token', result, ...verdict(token, 'below', AIM_MS, ' ms') },
    ]);
  } finally {
    site.remove();
  }
}

const noLab = labMissing();
if (noLab === undefined) {
  const lab = await startLab();
  try {
    await measure(lab);
  } finally {
    await lab.stop();
  }
} else {
  console.warn(`!!! Left out: Samba, ${noLab}`);
}
