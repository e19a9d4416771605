/**
 * Installs the Debian packages of the peers. Where it cannot, it says so and the benchmarks measure the rest; that is no
 * failure, so the exit status is 0.
 */
import { existsSync } from 'node:fs';
import { installingRefused, installPackages, missingPackages } from '../../lab/packages.ts';
import { BENCH_PACKAGES } from './packages.ts';

const missing = missingPackages(BENCH_PACKAGES);
if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(' ');
  const refused = installingRefused();
  if (refused === undefined) console.log(`Installing Debian packages of the peers: ${names} …`);
  if (refused !== undefined || !installPackages(missing)) {
    console.warn(`\n!!! Not installed${refused === undefined ? '' : ` (${refused})`}: ${names}`);
    for (const what of new Set(missing.map(({ neededFor }) => neededFor))) console.warn(`!!!   left out: ${what}`);
    console.warn(`!!! As root: apt-get install ${names}\n`);
  } else if (existsSync('/run/systemd/system')) {
    // They were not started, but Debian lets them start with the machine.
    console.log('Not wanted when this machine starts? systemctl disable nginx php*-fpm apache2');
  }
}
