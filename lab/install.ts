/**
 * Installs the Debian packages that the tests need, and makes the domain of the lab. Exit status: 0 all are there, 3 some are missing and their tests
 * will be skipped.
 */
import { installingRefused, installPackages, missingPackages } from './packages.ts';
import { provisionedDomain } from './provision.ts';

const missing = missingPackages();
if (missing.length > 0) {
  const names = missing.map(({ name }) => name).join(' ');
  const refused = installingRefused();
  if (refused === undefined) console.log(`Installing Debian packages for the tests: ${names} …`);
  if (refused !== undefined || !installPackages(missing)) {
    console.warn(`\n!!! Not installed${refused === undefined ? '' : ` (${refused})`}: ${names}`);
    for (const what of new Set(missing.map(({ neededFor }) => neededFor))) console.warn(`!!!   goes untested: ${what}`);
    console.warn(`!!! As root: apt-get install ${names}\n`);
    process.exitCode = 3;
  }
}

// Loaded only now: it looks for its programs, and says so loudly when they are not there.
const { labMissing } = await import('./samba.ts');
// The first start of the lab makes its domain, which takes longer than a test should.
if (labMissing() === undefined) await provisionedDomain();
