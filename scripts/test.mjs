// npm test: install what the tests need, then type check, lint, format, generated documents, build and every test.
// Ends with one plain line: N passed, N failed, N skipped.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root, run } from './packages.mjs';

const report = join(root, '.cache', 'vitest.json');
const bin = (...parts) => join('node_modules', ...parts);

installPackages();
// Exit status 3: not root, or apt refused. The suites that need the missing programs skip themselves and say so.
const counterparts = run([join('lab', 'install.ts')]);

/** Checks that are not tests; each counts as one. The build is what the command tests start. */
const checks = [
  { name: 'type check', args: [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'] },
  { name: 'lint', args: [bin('oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', args: [bin('oxfmt', 'bin', 'oxfmt'), '--check'] },
  { name: 'generated documents', args: [join('scripts', 'docs.ts'), '--check'] },
  { name: 'build', args: [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'] },
];

let passed = 0;
let failed = 0;
for (const { name, args } of checks) {
  const ok = run(args) === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (ok) passed++;
  else failed++;
}

mkdirSync(join(root, '.cache'), { recursive: true });
rmSync(report, { force: true });
const status = run([
  bin('vitest', 'vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);

let results;
try {
  results = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.error('vitest wrote no report: see above.');
  console.log(`${passed} passed, ${failed + 1} failed, 0 skipped`);
  process.exit(1);
}

const skipped = results.testResults.flatMap((file) =>
  file.assertionResults
    .filter((test) => test.status === 'pending' || test.status === 'skipped' || test.status === 'todo')
    .map((test) => `${file.name.slice(root.length + 1)}: ${test.fullName}`),
);
if (skipped.length > 0 || counterparts !== 0) {
  console.log(
    '\n!!! LEFT OUT: these tests did not run, because a program or sample that they check against is not here.',
  );
  console.log('!!! As root on Debian `npm test` installs the programs by itself.');
  for (const name of skipped) console.log(`  - ${name}`);
}
passed += results.numPassedTests;
// A file that cannot be loaded has no test to count; it is a failure all the same.
failed +=
  results.numFailedTests +
  results.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
if (status !== 0 && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exit(failed === 0 ? 0 : 1);
