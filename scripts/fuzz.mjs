// npm run fuzz: changed inputs for every parser (test/fuzz/command.ts says how). npm run fuzz -- --parser der --minutes 30
import { join } from 'node:path';
import { installPackages, run } from './packages.mjs';

installPackages();
process.exit(run([join('test', 'fuzz', 'command.ts'), ...process.argv.slice(2)]));
