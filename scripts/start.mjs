// npm start: install, build, and run the rehearsal. Everything after `--` goes to it: npm start -- --once
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bundledNode } from '../bin/bundled-node.js';
import { build, installPackages, root } from './packages.mjs';

installPackages();
build();

const child = spawn(bundledNode(), [join(root, 'dist', 'main.js'), 'rehearse', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// A terminal's Ctrl+C reaches the child by itself; a signal sent to this process alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
