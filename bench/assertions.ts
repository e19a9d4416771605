/**
 * Signed assertions a CPU-second against bare RSA-2048 signatures a CPU-second of one thread, beside other products that
 * sign the same content in processes of their own.
 *
 *   node bench/assertions.ts [rounds] [--short]
 */
import { join } from 'node:path';
import { startOwn } from './harness/processes.ts';
import type { OwnProcess } from './harness/processes.ts';
import { readOptions } from './harness/options.ts';
import { columns, median, spread } from './harness/report.ts';
import { rotated } from './harness/rounds.ts';
import { startRsaLimit } from './harness/rsa-limit.ts';
import { publish, verdict } from './harness/rows.ts';
import { proveAssertion } from './assertions/proof.ts';
import { PRODUCTS } from './assertions/products.ts';
import type { Product } from './assertions/products.ts';
import { makeThrowAwayKeys } from './passive/identity-provider.ts';
import { missingPeers } from './peers/missing.ts';

/** About a third of a second of each. */
const COUNTS: Readonly<Record<Product, number>> = {
  mortise: 1_000,
  'rsa-in-pool': 1_000,
  'xml-crypto': 200,
  saml: 150,
  samlify: 150,
};
const NAMES: Readonly<Record<Product, string>> = {
  mortise: 'Mortise',
  'rsa-in-pool': 'RSA alone, in the thread pool as Mortise',
  'xml-crypto': 'xml-crypto 6 (text given)',
  saml: 'saml 4',
  samlify: 'samlify 2 (text given)',
};
const AIM = 0.92;

interface Entrant {
  readonly product: Product;
  readonly signer: OwnProcess;
  readonly perSecond: number[];
  readonly ratios: number[];
}

const { short, rounds = short ? 5 : 31 } = readOptions(process.argv.slice(2));
const { signing: keys } = await makeThrowAwayKeys(new Date());
const missing = missingPeers();
if (missing.length > 0) console.warn(`!!! Left out, because it is not installed: ${missing.join(', ')}`);

/** A product that does not do the work has no figures, and the others have. */
async function enter(product: Product): Promise<readonly Entrant[]> {
  const signer = await startOwn(join(import.meta.dirname, 'assertions/signer.ts'), { product, keys });
  try {
    const { sample } = signer.ready as { readonly sample: string };
    if (product !== 'rsa-in-pool') proveAssertion(sample, keys.certificate);
  } catch (error) {
    await signer.stop();
    process.exitCode = 1;
    console.warn(`!!! ${NAMES[product]} FAILED: ${String(error)}`);
    return [];
  }
  await sign(signer, COUNTS[product]);
  return [{ product, signer, perSecond: [], ratios: [] }];
}

/** @returns assertions a CPU-second */
async function sign(signer: OwnProcess, count: number): Promise<number> {
  const { seconds } = (await signer.ask({ count })) as { readonly seconds: number };
  return count / seconds;
}

const limits: number[] = [];
const rsa = await startRsaLimit();
const entrants = (await Promise.all(PRODUCTS.filter((name) => !missing.includes(name)).map(enter))).flat();
for (let round = 0; round < rounds; round++) {
  const limit = await rsa.signaturesPerCpuSecond();
  limits.push(limit);
  for (const { product, signer, perSecond, ratios } of rotated(entrants, round)) {
    const rate = await sign(signer, COUNTS[product]);
    perSecond.push(rate);
    ratios.push(rate / limit);
  }
}
await Promise.all([rsa, ...entrants.map(({ signer }) => signer)].map(({ stop }) => stop()));

console.log(`signed assertions, ${rounds} interleaved rounds; RSA limit: ${median(limits).toFixed(0)} a CPU-second\n`);
console.log(
  columns([
    ['', 'a CPU-second', 'of the RSA limit', '(least–most)'],
    ...entrants.map(({ product, perSecond, ratios }) => [
      NAMES[product],
      median(perSecond).toFixed(0),
      median(ratios).toFixed(3),
      spread(ratios),
    ]),
  ]),
);
publish(
  'assertions',
  entrants.map(({ product, ratios }) => ({
    what: `signed assertions of one thread, ${NAMES[product]}`,
    result: `${median(ratios).toFixed(3)} of the RSA limit`,
    ...(product === 'mortise' && verdict(median(ratios), 'at least', AIM)),
  })),
);
