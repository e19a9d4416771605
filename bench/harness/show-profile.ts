/**
 * Prints where the time of CPU profiles went.
 *
 *   node bench/harness/show-profile.ts <folder of .cpuprofile files>
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharesOf } from './profile.ts';
import type { Profile, Share } from './profile.ts';

const MOST = 30;
const [folder = '.'] = process.argv.slice(2);
const print = (shares: readonly Share[]): void => {
  for (const { name, share } of shares.slice(0, MOST))
    console.log(`${(100 * share).toFixed(1).padStart(6)} %  ${name}`);
};

for (const name of readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'))) {
  const { busySeconds, functions, places } = sharesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile);
  console.log(`\n${name}: ${busySeconds.toFixed(1)} s busy\n`);
  print(places);
  console.log('');
  print(functions);
}
